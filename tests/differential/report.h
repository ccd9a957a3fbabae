/*
 * What a run has found: how many queries of which kind, how far each peer agrees, which lines of the
 * list were needed, and what nothing explains.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "explain.h"

struct report;

/* seed: for the lines that say how to ask again; dumps: unexplained ones shown whole. */
struct report *report_new(struct explained *e, uint64_t seed, size_t dumps);
void report_free(struct report *r);

void report_query(struct report *r, const struct query *q);
/* One query's comparison with one peer; wire: the replies, ours first. */
void report_compared(struct report *r, const struct difference *d, const struct items *items,
                     const struct datagram wire[2]);
/* Print it; stale: a line of the list that explained nothing is a mistake.  True: all is well. */
bool report_end(const struct report *r, bool stale);
