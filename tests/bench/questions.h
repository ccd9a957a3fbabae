/*
 * What the load generator asks: names drawn at random from a list or by a pattern, a share of them changed
 * so that they do not exist, from client subnets drawn at random.  The same seed draws the same queries.
 *
 * One thread at a time.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct questions;

#define QUESTION_MAX 512 /* octets: header, the longest name, OPT with a client subnet are 306 */

/* All text is borrowed until questions_new returns. */
struct questions_opts {
    /* One name, or the path of a file of lines "NAME [TYPE]" if it has a '/'.  A '#' in a name stands
     * for a number below numbers, drawn for each query. */
    const char *names;
    unsigned numbers;
    const char *type;    /* where a line says none; NULL: A */
    const char *subnets; /* one prefix, or the path of a file of them, one a line; NULL: no ECS */
    unsigned nxdomain_per100; /* of 100 queries so many get a random first label */
    bool no_edns;             /* without OPT; not with subnets */
    uint64_t seed;
};

/* Returns owned, or NULL and errors. */
struct questions *questions_new(const struct questions_opts *opts, struct err *err);
void questions_free(struct questions *q); /* NULL is fine */

/* The next query, with this ID; cap: at least QUESTION_MAX.  Returns its octets. */
size_t questions_next(struct questions *q, uint16_t id, uint8_t *out, size_t cap);
