/*
 * A trace played against settings: what the prober would have seen of it, what would have been
 * answered, and how the clients of a busy resolver would have fared.
 *
 * Clients of one endpoint that have another to go to.  Resolvers are busy: each asks again as soon as
 * its answer is over, and those of one endpoint ask at all moments alike.
 *
 * What model.h finds with dice for one setting within a second is worked out here for hundreds, without
 * luck in it, so that they can be compared; the test holds one against the other.
 *
 * Pure.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "health/damping.h"
#include "health/ttl.h"
#include "health/verdict.h"
#include "model/outages.h"

struct settings {
    dur_ms_t interval_ms, timeout_ms;
    struct verdict_rule rule;
    struct damping_rule damping; /* of the endpoint */
    struct ttl_rule ttl;
};

/* Sums over traces; add them up. */
struct figures {
    double seen_ms;
    double outages;
    double noticed;   /* of these, where it was taken for down */
    double detected;  /* of these, where it fell */
    double falls;     /* verdicts that turned to down, false alarms too */
    double changes;   /* of the answer */
    double detect_ms; /* sum over those detected */
    dur_ms_t detect_worst_ms;
    double failed_ms;         /* how long an average client was sent to it while it was down */
    dur_ms_t failed_worst_ms; /* the unluckiest, in one outage */
    double queries;           /* of one resolver */
};

/* How many ways there are for probes to fall into an outage, and for answers into a cache.  Powers of
 * two; more of them change figures by less than a tenth. */
enum { REPLAY_PHASES = 4, REPLAY_RESOLVERS = 8 };

/*
 * Add to the figures of n ≥ 1 settings what these outages come to.  The settings differ in their TTLs
 * alone: what is probed and held of it is played once for all of them.
 */
void replay(const struct settings *s, size_t n, const struct outages *o, struct figures *out);
