/*
 * What most queries get: records that were rendered when their zone was sealed or their region chosen,
 * copied behind the question.  chain.c composes the same octets from the same records, and everything
 * else; test_answer_direct holds the two against each other.
 *
 * Pure, workers.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "answer/find.h"
#include "dns/query.h"

struct direct {
    const struct query *q; /* of class IN, without TSIG; of EDNS options the client subnet counts */
    const struct found *f; /* for the question's name */
    uint16_t udp_size;     /* for OPT */
    bool ecs;              /* the query's client subnet goes back */
    bool located;          /* with the scope of what was found */
};

/*
 * Write the whole reply.  Returns its length; 0: it is not of this kind, or longer than limit, and
 * nothing is said of what is in out.
 */
size_t direct_write(const struct direct *d, uint8_t *out, size_t limit);
