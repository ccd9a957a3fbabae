/*
 * Queries, each made from the run's seed and its own number alone, so that one can be asked again
 * without the others.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../unit/rng.h"
#include "dns/name.h"
#include "world.h"

#define QUERY_MAX 1024

/* What is out of the ordinary; in the rest a query is what a resolver sends. */
#define QUERY_KINDS(X)                                             \
    X(names, "names and types")                                    \
    X(types, "meta and unknown types, ANY")                        \
    X(class, "other classes than IN")                              \
    X(opcode, "other opcodes than QUERY")                          \
    X(flags, "any flags in the header")                            \
    X(edns, "versions, flags and sizes of EDNS")                   \
    X(option, "options of EDNS")                                   \
    X(records, "records where a query has none; two OPT; no room") \
    X(broken, "what is no DNS message, or half a one")

enum query_kind {
#define KIND(name, what) KIND_##name,
    QUERY_KINDS(KIND)
#undef KIND
        N_KINDS
};

struct query_option {
    uint16_t code, len;
    uint8_t data[40];
};

struct query {
    uint64_t number;
    enum query_kind kind;
    bool tcp;
    uint16_t id;
    uint16_t flags; /* with the opcode */
    uint8_t name[NAME_MAX_LEN];
    uint16_t type, class;
    struct {
        bool present;
        uint8_t version;
        uint16_t size, flags; /* DO and the rest */
        struct query_option option[3];
        unsigned n_options;
    } edns;
    const char *damage; /* what was done to the message, by name; NULL: nothing */
    uint16_t len, question_len;
    uint8_t wire[QUERY_MAX];
};

/* From here on in dns/types.h's terms: the query of this number. */
void query_make(struct query *q, const struct world *w, uint64_t seed, uint64_t number);
const char *query_kind_name(enum query_kind kind);

/* What it is made of, once the fields are set: the message; parts of query_make. */
void query_name_make(struct query *q, const struct world *w, struct rng *rng);
void query_write(struct query *q);
/* Spoil what query_write has written; records: with records, else with octets. */
void query_damage(struct query *q, struct rng *rng, bool records);
