/*
 * Resolvers with users behind them, that ask a real server: each keeps an answer for its TTL, as caches
 * do, and each second one of its users goes where the answer says.
 *
 * Every region is the home of a third of them: they ask from 127.54.H.1, H from 1, which the server
 * is to steer to region H-1 first.  One thread.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/ipaddr.h"

enum { HOMES = 3, PER_HOME = 200, BACKENDS_PER_REGION = 2 };

/* Where the backends are, and which regions are dead just now. */
struct world {
    struct ipaddr backend[HOMES][BACKENDS_PER_REGION];
    unsigned dead; /* a bit a region */
};

struct resolvers;

/* All that ask one server for one name.  world is borrowed; NULL: no socket, or no such name. */
struct resolvers *resolvers_new(const struct world *world, const struct endpoint_addr *server,
                                const char *name, uint64_t seed);
void resolvers_free(struct resolvers *r);

/* Take what has come, and do what is due in this millisecond; called for every one, in order. */
void resolvers_step(struct resolvers *r, mono_ms_t now);

/* From now on users ask; before, only those who watch. */
void resolvers_begin(struct resolvers *r);

struct resolvers_seen {
    uint64_t asked;  /* queries of resolvers */
    uint64_t failed; /* seconds of a user whose answer was dead, or who had none */
    uint64_t away;   /* seconds of one who was elsewhere while home was well */
    uint64_t moves;  /* answers that sent a resolver's users to another place than the one before */
    uint64_t changes; /* of the answers to a home, as seen by one who asks ten times a second */
};
struct resolvers_seen resolvers_seen(const struct resolvers *r);
