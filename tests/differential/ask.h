/*
 * Ask a server many queries and tell its replies from its silence without waiting for it: behind
 * the queries goes one that it is known to answer, and as each server answers in the order in
 * which it was asked, what has no reply when that one's comes gets none.  What got none is asked
 * again alone before it is believed.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "query.h"
#include "server.h"

struct datagram {
    uint8_t *octets; /* owned; NULL: no reply */
    size_t len;
};

/* UDP or TCP, the same for all; reply[i] is query[i]'s. */
void ask_all(struct server *s, const struct query *const *query, size_t n, struct datagram *reply);

/* Wait until it answers for every zone with authority; ends the program if it does not. */
void ask_until_ready(struct server *s, const struct world *w);
