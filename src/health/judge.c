/* SPDX-License-Identifier: BSD-2-Clause */
#include "health/judge.h"

#include "health/doubt.h"

static struct verdict_rule rule_of(const struct target *t)
{
    const struct probe_spec *s = &t->spec->is;

    return (struct verdict_rule){.rise = s->rise, .fall = s->fall, .fall_of = s->fall_of};
}

bool judge_is_suspect(const struct target *t)
{
    const struct verdict_rule rule = rule_of(t);

    return verdict_is_suspect(&t->verdict, &rule) ||
           (t->is_recalled && t->verdict.state != VERDICT_DOWN);
}

/* May this result count? */
static bool is_seen(struct judge *j, struct target *t, bool is_good, mono_ms_t now)
{
    if (t->seen.is_told)
        return true;
    if (sight_result(&j->sight, &t->seen, is_good, now)) {
        if (j->sight.is_blind) {
            j->sight.round_ms = doubt_round(&j->targets);
            doubt_failures(&j->targets, now, j->on_change, j->arg);
        }
        j->on_sight(j->arg);
    }
    return !j->sight.is_blind;
}

static void record(const struct judge *j, struct target *t, bool is_good, mono_ms_t now)
{
    const struct probe_spec *s = &t->spec->is;

    track_add(&t->track,
              &(struct track_result){.is_good = is_good,
                                     .took_ms = t->last_ms,
                                     .at = now,
                                     .within_ms = s->interval_ms + s->timeout_ms},
              track_limit(j->targets.n));
}

/* Into what is known of the target, and tell if that changes answers. */
static void fold_result(struct judge *j, struct target *t, bool is_good, mono_ms_t now)
{
    const struct verdict_rule rule = rule_of(t);
    const bool was_suspect = judge_is_suspect(t);
    const bool turned = verdict_step(&t->verdict, &rule, is_good);

    t->is_recalled = false;
    t->probes++;
    t->failures += !is_good;
    if (turned)
        t->since = now;
    if (turned && t->verdict.state == VERDICT_DOWN)
        damping_fall(&t->damping, &t->spec->is.damping, now);
    if (turned || judge_is_suspect(t) != was_suspect)
        j->on_change(j->arg, t);
}

void judge_result(struct judge *j, struct target *t, bool is_good, mono_ms_t now)
{
    if (!is_seen(j, t, is_good, now))
        return;
    if (!is_good)
        doubt_keep(t, now);
    record(j, t, is_good, now);
    fold_result(j, t, is_good, now);
}

void judge_standstill(struct judge *j, dur_ms_t away_ms, mono_ms_t now)
{
    const dur_ms_t round_ms = j->targets.n > 0 ? doubt_round(&j->targets) : away_ms;

    if (away_ms > round_ms && sight_standstill(&j->sight, away_ms, round_ms, now))
        j->on_sight(j->arg);
}

void judge_look(struct judge *j, mono_ms_t now)
{
    if (sight_nobody(&j->sight, now))
        j->on_sight(j->arg);
}

void judge_silence(struct judge *j, struct target *t, mono_ms_t now)
{
    if (t->verdict.known == 0)
        return;
    if (j->sight.is_blind && j->sight.stood_ms > 0)
        return; /* he may have spoken while we did not listen */
    t->verdict = (struct verdict){0};
    t->since = now;
    j->on_change(j->arg, t);
}
