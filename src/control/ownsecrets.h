/*
 * The cookie secrets of a server that shares none: made at random, kept over a restart, changed
 * about daily in the three stages of RFC 9018 §5.  Rules of time alone; time and randomness are
 * arguments.
 *
 * Control thread, or its thread pool.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "control/secrets.h"

struct own_secret {
    uint8_t key[SIPHASH_KEY_LEN];
    int64_t since_s, until_s; /* since 1970; made, and to be followed by another */
};

struct ownsecrets {
    unsigned n;              /* 0: none yet */
    struct own_secret at[2]; /* the newer one first */
};

/* What a new secret is made of. */
struct ownsecrets_random {
    uint8_t key[SIPHASH_KEY_LEN];
    uint32_t jitter;
};

/* Make a secret if there is none or the newest is due, and forget one that nobody's cookie can be
 * of any more.  True: something changed. */
bool ownsecrets_step(struct ownsecrets *o, int64_t now_s, const struct ownsecrets_random *random);

/* Those in force: while the newer one gets round, the older one signs. */
struct cookie_secrets ownsecrets_at(const struct ownsecrets *o, int64_t now_s);

/* When ownsecrets_step or ownsecrets_at has something new; there is at least one secret. */
int64_t ownsecrets_next_s(const struct ownsecrets *o, int64_t now_s);

/* As kept in the state folder: a line each, "SECRET SINCE UNTIL".  Returns owned text. */
char *ownsecrets_print(const struct ownsecrets *o);
/* False and an error: it is not what ownsecrets_print wrote. */
bool ownsecrets_parse(struct ownsecrets *o, const char *path, const char *text, struct err *err);
