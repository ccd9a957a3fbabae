// SPDX-License-Identifier: BSD-2-Clause
/* src/model/outages.c, timeline.c, replay.c: histories, and what settings make of them. */
#include "model/replay.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/xalloc.h"
#include "model/model.h"

#define SECOND ((dur_ms_t)1000)
#define HOUR   (3600 * SECOND)

/* ---- what a record tells ---- */

static void outages_of_records(void **state)
{
    static const struct {
        const char *why, *runs, *outages; /* from-to/fails, in seconds */
        dur_ms_t length_s;
        size_t blips;
    } cases[] = {
        {"never asked", "", "", 0, 0},
        {"never failed", "+100:7:495000", "", 495, 0},
        {"it turned halfway between two results", "+3:7:15000 -4:1000:20000 +2:7:5000",
         " 12.5-32.5/1.0", 40, 0},
        {"a single probe", "+3:7:15000 -1:0:5000 +2:7:5000", " 12.5-17.5/0.0", 25, 1},
        {"from the first result on", "-4:0:20000 +2:7:5000", " 0.0-17.5/0.0", 25, 0},
        {"still, as of the newest", "+3:7:15000 -4:0:15000", " 12.5-30.0/0.0", 30, 0},
        {"one failure, just now", "+3:7:15000 -1:0:0", "", 15, 1},
        {"twice", "+3:7:15000 -1:0:5000 +1:7:5000 -1:0:5000 +1:7:0", " 12.5-17.5/0.0 22.5-27.5/0.0",
         30, 2},
        {"what nobody saw is left out", "+3:7:10000 ?500000 +3:7:15000 -2:0:10000 +1:7:0",
         " 22.5-32.5/0.0", 35, 0},
        {"nobody saw it end", "+3:7:15000 -3:0:10000 ?500000 +3:7:10000", " 12.5-25.0/0.0", 35, 0},
        {"down before, down after: one", "+3:7:15000 -3:0:10000 ?500000 -3:0:15000 +1:7:0",
         " 12.5-37.5/0.0", 40, 0},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct track track;
        struct outages o;
        char text[128] = "";
        assert_true(track_parse(cases[i].runs, 0, &track));
        outages_of_track(&track, &o);
        for (size_t k = 0; k < o.n; k++)
            sprintf(text + strlen(text), " %.1f-%.1f/%.1f", (double)o.items[k].from / 1000,
                    (double)o.items[k].to / 1000, (double)o.items[k].fails_ms / 1000);
        if (strcmp(text, cases[i].outages) != 0 || o.length_ms != cases[i].length_s * SECOND ||
            o.blips != cases[i].blips)
            fail_msg("%s:%s, %lld ms, %zu", cases[i].why, text, (long long)o.length_ms, o.blips);
        track_fini(&track);
        outages_fini(&o);
    }
}

/* ---- settings against outages ---- */

#define CALM_DAMPING                                                                  \
    {                                                                                 \
        .suppress = 1500, .reuse = 750, .half_life_ms = 120000, .max_hold_ms = 600000 \
    }

/* The defaults of proxima.yaml(5). */
static const struct settings defaults = {.interval_ms = 5000,
                                         .timeout_ms = 2000,
                                         .rule = {.rise = 2, .fall = 3},
                                         .damping = CALM_DAMPING,
                                         .ttl = {.min_s = 10, .max_s = 300, .growth = 8}};

static struct settings settings(dur_ms_t interval_ms, uint8_t fall, uint32_t min_s, uint32_t max_s)
{
    struct settings s = defaults;

    s.interval_ms = interval_ms;
    s.rule.fall = fall;
    s.ttl.min_s = min_s;
    s.ttl.max_s = max_s;
    return s;
}

/* One outage of down_s in the middle of two days, whose probes fail at once, or after fails_ms. */
static struct figures crash(struct settings s, dur_ms_t down_s, dur_ms_t fails_ms)
{
    struct figures f = {0};
    struct outages o;

    outages_of_crash(24 * HOUR, down_s * SECOND, &o);
    o.items[0].fails_ms = fails_ms;
    replay(&s, 1, &o, &f);
    outages_fini(&o);
    return f;
}

static bool is_about(double is, double expected, double within)
{
    return fabs(is - expected) <= within * expected;
}

static void a_crash(void **state)
{
    static const struct {
        const char *why;
        dur_ms_t interval_ms;
        uint8_t fall;
        uint32_t min_s, max_s;
        dur_ms_t down_s, fails_ms;
        double detect_s, failed_s; /* of an average client */
    } cases[] = {
        /* The first failure comes half an interval after the crash on average. */
        {"first failure, two more, then half a TTL", 2000, 3, 10, 10, 60, 0, 5, 10},
        {"each failure takes its time", 2000, 3, 10, 10, 60, 1000, 6, 11},
        {"no longer than the timeout", 2000, 3, 10, 10, 60, 99000, 7, 12},
        {"the first failure counts", 1000, 1, 2, 2, 60, 0, 0.5, 1.5},
        /* Of 300 s, uniformly left, a client has 60 or more with 4 in 5, and half of 60 with the rest. */
        {"caches that keep it for longer than it lasts", 5000, 3, 10, 300, 60, 0, 12.5, 54},
        {"it is over before it is noticed", 10000, 3, 10, 10, 15, 0, 0, 15},
        {"an hour: who still has the answer goes on", 5000, 3, 10, 300, 3600, 0, 12.5, 153},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct settings s =
            settings(cases[i].interval_ms, cases[i].fall, cases[i].min_s, cases[i].max_s);
        const struct figures f = crash(s, cases[i].down_s, cases[i].fails_ms);
        const bool is_noticed = cases[i].detect_s > 0;
        assert_int_equal(f.outages, 1);
        assert_true(f.noticed == is_noticed && f.falls == is_noticed);
        assert_true(f.changes == 2 * is_noticed);
        if (!is_about(f.detect_ms / 1000, cases[i].detect_s, 0.01) ||
            !is_about(f.failed_ms / 1000, cases[i].failed_s, 0.06))
            fail_msg("%s: noticed after %g s, %g s failed", cases[i].why, f.detect_ms / 1000,
                     f.failed_ms / 1000);
        assert_true((double)f.detect_worst_ms >= f.detect_ms);
        assert_true((double)f.failed_worst_ms >= f.failed_ms);
        assert_true(f.failed_worst_ms <= cases[i].down_s * SECOND);
    }
}

static void queries(void **state)
{
    struct outages calm = {.length_ms = 10 * HOUR};
    struct figures f = {0};

    replay(&defaults, 1, &calm, &f);
    assert_true(is_about(f.queries, 10 * 12, 0.01)); /* stable for ever: each 300 s */
    f = crash(settings(5000, 3, 60, 60), 60, 0);
    assert_true(is_about(f.queries, 48 * 60 + 1, 0.01));
    /* After it, the TTL grows again: 10, 20, 40 … 300 s while it is an eighth of how long it was calm. */
    f = crash(defaults, 600, 0);
    assert_in_range((int)f.queries, 48 * 12 + 20, 48 * 12 + 120);
}

/* Up 1.3 s, down 1.3 s, for five minutes: what damping is for. */
static void a_flap(void **state)
{
    struct outage items[115];
    struct outages o = {.items = items, .n = 115, .length_ms = 24 * HOUR + 300 * SECOND};
    struct settings s = settings(500, 1, 10, 300);
    struct figures damped = {0}, bare = {0};

    s.rule.rise = 1;
    for (size_t i = 0; i < o.n; i++)
        items[i] = (struct outage){.from = 12 * HOUR + (dur_ms_t)i * 2600,
                                   .to = 12 * HOUR + (dur_ms_t)i * 2600 + 1300};
    replay(&s, 1, &o, &damped);
    assert_true(damped.changes <= 4);
    s.damping.max_hold_ms = 0;
    replay(&s, 1, &o, &bare);
    assert_true(bare.changes > 200 && bare.falls > 100);
    assert_true(bare.failed_ms > damped.failed_ms);
}

/* One that never comes back is answered no more, whatever the length of the trace costs. */
static void down_for_good(void **state)
{
    const dur_ms_t month = 30 * 24 * HOUR;
    struct outage item = {.from = HOUR, .to = month};
    struct outages o = {.items = &item, .n = 1, .length_ms = month};
    struct figures f = {0};

    replay(&defaults, 1, &o, &f);
    assert_true(f.noticed == 1 && f.changes == 1 && f.failed_worst_ms < 400 * SECOND);
}

/* Played together or one by one, TTLs come to the same. */
static void ttls_together(void **state)
{
    struct settings s[3] = {settings(2000, 2, 5, 60), settings(2000, 2, 10, 300),
                            settings(2000, 2, 30, 30)};
    struct figures together[3] = {{0}};
    struct outages o;

    outages_of_crash(HOUR, 90 * SECOND, &o);
    replay(s, 3, &o, together);
    for (int i = 0; i < 3; i++) {
        struct figures alone = {0};
        replay(&s[i], 1, &o, &alone);
        assert_memory_equal(&alone, &together[i], sizeof(alone));
    }
    outages_fini(&o);
}

/* ---- held against the model ---- */

/* Half an hour of model.h's, whose resolvers are thrown with dice, all at home in the region that fails. */
static struct model_result by_dice(const struct settings *s, const struct trace *t)
{
    struct steerer_spec ours = steerer_ours();
    const struct resolvers_spec resolvers = {.n = 1000, .home_share = 1, .wishes_per_s = 1000};

    ours.interval_ms = s->interval_ms;
    ours.timeout_ms = s->timeout_ms;
    ours.ours.verdict = s->rule;
    ours.ours.damping = s->damping;
    ours.ours.ttl = s->ttl;
    return model_mean(
        &(struct model_spec){.trace = t, .steerer = &ours, .resolvers = &resolvers, .seed = 7}, 8);
}

static void outages_of_trace(const struct trace *t, struct outages *out)
{
    const struct trace_region *r = &t->regions[0];

    *out = (struct outages){.length_ms = t->length_ms};
    for (size_t i = 0; i < r->n; i++) {
        const dur_ms_t to = i + 1 < r->n ? r->pieces[i + 1].from_ms : t->length_ms;
        if (r->pieces[i].user_fails < 1)
            continue;
        out->items = xgrow(out->items, out->n, sizeof(*out->items));
        out->items[out->n++] = (struct outage){
            .from = r->pieces[i].from_ms, .to = to, .fails_ms = r->pieces[i].hangs ? INT32_MAX : 0};
    }
}

static void as_the_model_has_it(void **state)
{
    static const enum trace_kind kinds[] = {TRACE_CRASH, TRACE_BLACKHOLE, TRACE_FLAP_30S};
    const struct settings all[] = {defaults, settings(2000, 2, 5, 60), settings(1000, 3, 10, 10)};

    for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
        struct trace *t = trace_new(kinds[k], 2);
        struct outages o;
        outages_of_trace(t, &o);
        for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
            struct figures f = {0};
            const struct model_result m = by_dice(&all[i], t);
            replay(&all[i], 1, &o, &f);
            const double failed_s = m.failure_user_s / 1000;
            const double queries = m.queries_per_s * (double)t->length_ms / 1000 / 1000;
            if (!is_about(f.failed_ms / 1000, failed_s, 0.1) ||
                !is_about(f.queries, queries, 0.1) || fabs(f.changes - m.changes) > 1)
                fail_msg("%s, %zu: %g s failed, %g queries, %g changes; the model: %g, %g, %g",
                         t->name, i, f.failed_ms / 1000, f.queries, f.changes, failed_s, queries,
                         m.changes);
        }
        outages_fini(&o);
        trace_free(t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(outages_of_records),
        cmocka_unit_test(a_crash),
        cmocka_unit_test(queries),
        cmocka_unit_test(a_flap),
        cmocka_unit_test(down_for_good),
        cmocka_unit_test(ttls_together),
        cmocka_unit_test(as_the_model_has_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
