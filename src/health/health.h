/*
 * The prober: every endpoint of every pool, asked at its own phase of the interval, each one once
 * however many pools name it.  It collects results and keeps verdicts; what follows from a verdict
 * is the steering compiler's.
 *
 * Control thread, on its libuv loop; it does not block.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <uv.h>

#include "health/probe.h"
#include "health/reports.h"
#include "health/track.h"
#include "health/verdict.h"

struct exechelper;
struct health;
struct target; /* one endpoint under one probe */

struct health_opts {
    unsigned max_in_flight; /* probes at once, at least 1; further ones wait their turn */
    uint64_t seed; /* of the phases: two servers do not ask an endpoint at the same moment */
    /*
     * A verdict turned, or suspicion began or ended: answers that hold the target are to be made
     * anew.  Must not drop or get targets; note it and return.
     */
    void (*on_change)(void *arg, struct target *t);
    /* Sight was lost or came back (sight.h).  The same goes for it. */
    void (*on_sight)(void *arg);
    void *arg;
    const struct exechelper *exec; /* what runs the programs of exec probes, or NULL; borrowed */
};

/* The process ignores SIGPIPE: OpenSSL, under https probes, writes to connections that went away. */
struct health *health_open(uv_loop_t *loop, const struct health_opts *opts);
/*
 * Stop all probes and release everything, targets that are still referenced too; no pointer to one
 * may be used any more.  closed(arg) runs on the loop when nothing is left.
 */
void health_close(struct health *h, void (*closed)(void *arg), void *arg);

/*
 * The target of an endpoint under a probe: an existing one (same probe name, same endpoint) with a
 * new reference, its spec replaced if it changed and its verdict kept, or a new one, unknown,
 * first asked at its phase within one interval.  Copies spec and dest.
 */
struct target *health_target(struct health *h, const struct probe_spec *spec,
                             const struct probe_dest *dest);
/* One that is there already, borrowed; or NULL. */
struct target *health_find(const struct health *h, const char *probe,
                           const struct probe_dest *dest);
/* The last one stops its probes: on_change will not be called with it any more. */
void target_unref(struct target *t);

/* Which regions a target stands for, or that it is asked only to know whether we see. */
void target_serves(struct target *t, uint64_t regions, bool is_reference);
/* Over how many percent of the targets must fail at once for it to be our fault; 100: never so. */
void health_set_blind_at(struct health *h, unsigned percent);

struct health_sight {
    bool is_blind;
    mono_ms_t since;        /* when it last turned; 0: never */
    unsigned targets, dark; /* how many there are, whose last probe failed */
    unsigned dark_regions;
    unsigned references;
    dur_ms_t stood_ms;    /* > 0: it is blind because the loop stood still for so long */
    uint64_t times, lags; /* how often it was blind; how often the loop was away for too long */
};
struct health_sight health_sight(const struct health *h);

/* What is known now.  All pointers are borrowed until the loop runs on. */
struct target_status {
    const struct probe_spec *spec; /* a copy; its pos is empty */
    const struct probe_dest *dest;
    enum verdict_state verdict;
    const struct damping *damping; /* an endpoint that is not down may be held */
    bool suspect;                  /* not down, but its last probe failed */
    mono_ms_t since;               /* of the verdict; of creation while unknown */
    uint64_t probes, failures;     /* results that counted */
    mono_ms_t last_at;             /* end of the last probe, counted or not; 0: none yet */
    dur_ms_t last_ms;              /* how long it took */
    const char *last_error;        /* NULL: it succeeded, or there was none */
    const char *last_said;         /* what a successful one saw, or NULL */
    unsigned streak;               /* equal results in a row, at most 64 */
};
void target_status(const struct target *t, struct target_status *out);

/* What a restart is to know of it (control/memory.h). */
struct target_memory {
    struct verdict verdict;
    mono_ms_t since;
    struct damping damping;
};
struct target_memory target_remember(const struct target *t);
/* What an earlier server knew, in place of what this one does.  Until it has been asked, an endpoint
 * that is not down is suspected: nobody looked meanwhile.  on_change is not called. */
void target_recall(struct target *t, const struct target_memory *m);
/* What came of its probes so far, and what an earlier server saw of that: taken. */
const struct track *target_track(const struct target *t);
void target_recall_track(struct target *t, struct track track);
/* Forget its penalties, so that it is not held.  on_change is not called. */
void target_release(struct target *t);

/* The caller's own mark on a target. */
void target_set_data(struct target *t, void *data);
void *target_data(const struct target *t);

/* How the prober keeps its schedule. */
struct health_load {
    size_t targets;
    unsigned running; /* probes under way */
    dur_ms_t late_ms; /* the latest start of about the last minute; waits for a slow probe's end not
                         counted */
};
struct health_load health_load(const struct health *h, mono_ms_t now);

/* Each target once, in no order: for (t = NULL; (t = health_next(h, t)) != NULL; ) */
struct target *health_next(const struct health *h, const struct target *t);

/* What an agent found out: it is looked at now.  Copies.  False: its probe is not of type push. */
bool target_report(struct target *t, const struct report *r);

/*
 * Ask now, outside the schedule; the result counts as any other, and on_change fires as usual.
 * Then done, exactly once, on the loop; t is NULL if the target or the prober went away meanwhile.
 * False: one is under way already, or as many as a quarter of max_in_flight are, at most 250, that
 * were asked for in this way; done will not be called, try again soon.
 */
bool target_probe_now(struct target *t, void (*done)(void *arg, struct target *t), void *arg);
