/*
 * A reply as ldns reads it, in a form in which two can be compared: RRsets with lower-case names,
 * in order of their first record, rdata sorted.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ask.h"

enum { ANSWER, AUTHORITY, ADDITIONAL, N_SECTIONS };

struct rdata {
    uint8_t *octets; /* owned */
    size_t len;
};

struct rrset {
    uint8_t *owner; /* lower-case, owned */
    uint16_t type, class;
    uint16_t covered; /* an RRSIG's; else 0 */
    uint32_t ttl_s;
    bool ttls_differ;
    struct rdata *rdata; /* as RFC 4034 §6.2, sorted */
    size_t n;
};

struct section {
    struct rrset *set;
    size_t n;
};

struct reply_option {
    uint16_t code, len;
    uint8_t *data; /* owned */
};

struct reply {
    enum { REPLY_NONE, REPLY_BROKEN, REPLY_WHOLE } state; /* only a whole one has more */
    size_t len;
    uint16_t flags;
    unsigned rcode; /* with OPT's bits */
    enum { QUESTION_NONE, QUESTION_ECHO, QUESTION_OTHER } question;
    struct section section[N_SECTIONS];
    bool opt;
    uint8_t version;
    uint16_t opt_flags;
    struct reply_option *option;
    size_t n_options;
};

/* Release with reply_fini. */
void reply_read(struct reply *r, const struct query *q, const struct datagram *d);
void reply_fini(struct reply *r);

/* Records of a type in a section, all owners. */
size_t reply_count(const struct reply *r, unsigned section, uint16_t type);
const struct rrset *reply_find(const struct reply *r, unsigned section, const struct rrset *like);
bool rrset_same_rdata(const struct rrset *a, const struct rrset *b);
const struct reply_option *reply_option(const struct reply *r, uint16_t code);
const char *section_name(unsigned section);
/* As dig has it, owned. */
char *reply_text(const struct datagram *d);
