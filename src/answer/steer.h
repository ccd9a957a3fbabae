/*
 * Steer and pick: client → ranking → choice → rendered records, three table look-ups.
 *
 * Pure, workers.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "data/steered.h"

enum pick_kind {
    PICK_SET, /* one region's records */
    PICK_ALL, /* those of several regions */
    PICK_NODATA,
    PICK_SERVFAIL,
};

struct pick {
    enum pick_kind kind;
    const struct rrset *set;             /* PICK_SET; else NULL */
    const struct steer_answers *answers; /* PICK_ALL: of the regions in all; else not filled in */
    regionset_t all;
    uint8_t scope; /* of the client's block; see steered_choice */
};

/* What a steered name answers a client of one type with; st is of s. */
void steer_pick(const struct steered *s, const struct steer_type *st, const struct ipaddr *client,
                struct pick *p);
