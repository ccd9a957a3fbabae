// SPDX-License-Identifier: BSD-2-Clause
/* src/model: resolvers, what happens to regions, and what a run of all of it gives. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model/model.h"

#define REGIONS 4

/* ---- resolvers ---- */

/* Users of each want the name all the time: what is kept is the TTL. */
static struct resolvers_spec busy(size_t n)
{
    return (struct resolvers_spec){.n = n, .home_share = 1.0 / 3, .wishes_per_s = 1000};
}

static void resolvers_keep_what_they_got(void **state)
{
    (void)state;
    static const struct {
        uint32_t ttl_min_s, ttl_s, kept_s;
    } cases[] = {{0, 10, 10}, {0, 0, 0}, {30, 10, 30}, {30, 60, 60}, {300, 0, 300}};
    const struct resolvers_spec spec = busy(1);

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct resolver r = {.ttl_min_s = cases[i].ttl_min_s, .random = i};
        for (int k = 0; k < 100; k++)
            assert_in_range(resolver_keeps(&r, &spec, cases[i].ttl_s), cases[i].kept_s * 1000,
                            cases[i].kept_s * 1000 + 20);
    }
}

/* Asked again when somebody wants it: on average a wish's time after its end. */
static void resolvers_wait_for_a_wish(void **state)
{
    (void)state;
    struct resolvers_spec spec = busy(1);
    struct resolver r = {.random = 1};
    double sum_ms = 0;

    spec.wishes_per_s = 0.5;
    for (int i = 0; i < 10000; i++)
        sum_ms += (double)resolver_keeps(&r, &spec, 10);
    assert_true(fabs(sum_ms / 10000 - 12000) < 100); /* five standard deviations */
}

/* At the beginning each is somewhere in the life of its answer. */
static void resolvers_begin_anywhere(void **state)
{
    (void)state;
    const struct resolvers_spec spec = busy(1);
    struct resolver r = {.random = 1};
    unsigned quarters[4] = {0};

    for (int i = 0; i < 4000; i++) {
        const dur_ms_t first = resolver_first(&r, &spec, 100);
        assert_in_range(first, 0, 100 * 1000 + 20);
        quarters[first < 100000 ? first / 25000 : 3]++;
    }
    for (size_t q = 0; q < 4; q++)
        assert_in_range(quarters[q], 860, 1140);
}

static void resolvers_are_so_many_of_each(void **state)
{
    (void)state;
    const struct resolvers_spec spec = {
        .n = 10000, .home_share = 0.4, .wishes_per_s = 1, .stubborn = {{0.2, 30}, {0.1, 300}}};
    struct resolver *all = resolvers_new(&spec, 3, 7);
    unsigned at_home[3] = {0}, min_30 = 0, min_300 = 0;

    for (size_t i = 0; i < spec.n; i++) {
        assert_int_equal(all[i].region, all[i].home);
        at_home[all[i].home]++;
        min_30 += all[i].ttl_min_s == 30;
        min_300 += all[i].ttl_min_s == 300;
    }
    assert_int_equal(at_home[0], 4000);
    assert_int_equal(at_home[1], 3000);
    assert_int_equal(at_home[2], 3000);
    assert_in_range(min_30, 1800, 2200);
    assert_in_range(min_300, 850, 1150);
    free(all);
}

/* ---- traces ---- */

static const struct trace_piece *piece_at(const struct trace *t, size_t region, mono_ms_t at)
{
    const struct trace_region *r = &t->regions[region];
    size_t i = 0;

    while (i + 1 < r->n && r->pieces[i + 1].from_ms <= at)
        i++;
    return &r->pieces[i];
}

static void all_is_well_before_and_after(void **state)
{
    (void)state;
    for (int kind = 0; kind < TRACE_KINDS; kind++) {
        struct trace *t = trace_new((enum trace_kind)kind, REGIONS);
        assert_int_equal(t->n_regions, REGIONS);
        for (size_t r = 0; r < REGIONS; r++) {
            assert_int_equal(t->regions[r].pieces[0].from_ms, 0);
            assert_true(piece_at(t, r, t->hit_ms - 1)->user_fails <= 0);
            assert_true(piece_at(t, r, t->hit_ms - 1)->probe_fails <= 0);
            if (kind != TRACE_LOSS || r > 0)
                assert_true(piece_at(t, r, t->length_ms)->user_fails <= 0);
        }
        trace_free(t);
    }
}

static void what_happens(void **state)
{
    (void)state;
    static const struct {
        enum trace_kind kind;
        dur_ms_t after_hit_ms;
        size_t region;
        double users, probes, capacity;
        bool hangs, is_dark;
    } cases[] = {
        {TRACE_CRASH, 0, 0, 1, 1, 0, false, false},
        {TRACE_CRASH, 0, 1, 0, 0, 0, false, false},
        {TRACE_CRASH, 59999, 0, 1, 1, 0, false, false},
        {TRACE_CRASH, 60000, 0, 0, 0, 0, false, false},
        {TRACE_BLACKHOLE, 30000, 0, 1, 1, 0, true, false},
        {TRACE_SLOW_START, 60000, 0, 0, 0, 0.2, false, false},
        {TRACE_SLOW_START, 120000, 0, 0, 0, 0.6, false, false},
        {TRACE_SLOW_START, 180000, 0, 0, 0, 0, false, false},
        {TRACE_FLAP_1S, 1299, 0, 1, 1, 0, false, false},
        {TRACE_FLAP_1S, 1300, 0, 0, 0, 0, false, false},
        {TRACE_FLAP_1S, 299000, 0, 1, 1, 0, false, false},
        {TRACE_FLAP_1S, 300300, 0, 0, 0, 0, false, false},
        {TRACE_FLAP_30S, 30000, 0, 0, 0, 0, false, false},
        {TRACE_FLAP_30S, 60000, 0, 1, 1, 0, false, false},
        {TRACE_LOSS, 60000, 0, 0.05, 0.05, 0, true, false},
        {TRACE_BROWN_OUT, 599999, 0, 0.5, 1.0 / 3, 0, false, false},
        {TRACE_BROWN_OUT, 600000, 0, 0, 0, 0, false, false},
        {TRACE_BLIND, 30000, 0, 0, 0, 0, false, true},
        {TRACE_BLIND, 30000, 3, 0, 0, 0, false, true},
        {TRACE_BLIND, 60000, 3, 0, 0, 0, false, false},
        {TRACE_ALL_REFUSE, 30000, 3, 1, 1, 0, false, false},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct trace *t = trace_new(cases[i].kind, REGIONS);
        const struct trace_piece *is =
            piece_at(t, cases[i].region, t->hit_ms + cases[i].after_hit_ms);
        if (fabs(is->user_fails - cases[i].users) > 1e-9 ||
            fabs(is->probe_fails - cases[i].probes) > 1e-9 ||
            fabs(is->capacity - cases[i].capacity) > 1e-9 || is->hangs != cases[i].hangs ||
            is->is_dark != cases[i].is_dark)
            fail_msg("%s, region %zu, after %d ms", t->name, cases[i].region,
                     (int)cases[i].after_hit_ms);
        trace_free(t);
    }
}

/* ---- a run ---- */

#define HIT_MS 120000

/* Something happens to region 0 for a minute; six minutes in all. */
static struct trace *short_trace(struct trace_piece piece)
{
    struct trace *t = trace_new_calm(REGIONS, 360000);

    t->hit_ms = piece.from_ms = HIT_MS;
    trace_add(t, 0, piece);
    trace_add(t, 0, (struct trace_piece){.from_ms = HIT_MS + 60000});
    return t;
}

static struct model_result play(const struct steerer_spec *steerer, struct trace_piece piece,
                                const struct resolvers_spec *resolvers)
{
    struct trace *t = short_trace(piece);
    const struct model_spec spec = {t, steerer, resolvers, .seed = 1};
    const struct model_result r = model_mean(&spec, 8);

    trace_free(t);
    return r;
}

static const struct trace_piece crash = {.user_fails = 1, .probe_fails = 1};

static void assert_near(const char *why, const char *what, double is, double should, double share)
{
    if (fabs(is - should) > share * should)
        fail_msg("%s: %g %s, not %g", why, is, what, should);
}

static void a_run_is_repeatable(void **state)
{
    (void)state;
    const struct steerer_spec steerer = steerer_powerdns(10);
    const struct resolvers_spec resolvers = resolvers_default();
    struct trace *t =
        short_trace((struct trace_piece){.user_fails = 0.5, .probe_fails = 0.3, .hangs = true});
    struct model_spec spec = {t, &steerer, &resolvers, .seed = 3};

    const struct model_result a = model_run(&spec), b = model_run(&spec);
    assert_memory_equal(&a, &b, sizeof(a));
    spec.seed = 4;
    const struct model_result c = model_run(&spec);
    assert_memory_not_equal(&a, &c, sizeof(a));
    trace_free(t);
}

/* At once answers say so, and then caches run out evenly; so it is on the way back. */
static void accounts_of_a_crash(void **state)
{
    (void)state;
    const struct resolvers_spec resolvers = busy(1500);
    const struct steerer_spec steerer = steerer_perfect(10);
    const struct model_result r = play(&steerer, crash, &resolvers);

    assert_near("half", "s", r.left_50_s, 5, 0.05);
    assert_near("95 %", "s", r.left_95_s, 9.5, 0.03);
    assert_near("99 %", "s", r.left_99_s, 9.9, 0.03);
    assert_near("crash", "user-s of failure", r.failure_user_s, 500 * 5, 0.03);
    assert_near("crash", "user-s away", r.away_user_s, 500 * 5, 0.03);
    assert_near("crash", "queries/s", r.queries_per_s, 150, 0.02);
    assert_near("crash", "queries/s before", r.calm_per_s, 150, 0.02);
    assert_near("crash", "changes", r.changes, 2, 0);
}

/* Who is slow to leave is seen in the last percents only: 4 % keep an answer for a minute. */
static void accounts_of_the_stubborn(void **state)
{
    (void)state;
    struct resolvers_spec resolvers = busy(1500);
    const struct steerer_spec steerer = steerer_perfect(5);

    resolvers.stubborn[0] = (struct resolvers_stubborn){0.04, 60};
    const struct model_result r = play(&steerer, crash, &resolvers);
    assert_true(r.left_95_s > 0 && r.left_95_s < 10);
    assert_true(r.left_99_s < 0 || r.left_99_s > 30);
    assert_near("stubborn", "user-s of failure", r.failure_user_s, 480 * 2.5 + 20 * 30, 0.15);
}

/* It comes back cold: what is more than it can serve fails, and nobody is elsewhere without reason. */
static void accounts_of_the_cold(void **state)
{
    (void)state;
    const struct resolvers_spec resolvers = busy(300);
    const struct steerer_spec steerer = steerer_perfect(10);
    const struct trace_piece cold = {.capacity = 0.4};
    const struct model_result r = play(&steerer, cold, &resolvers);

    assert_near("cold", "user-s of failure", r.failure_user_s, 0.6 * 100 * 60, 0.001);
    assert_near("cold", "user-s away", r.away_user_s, 0, 0);
}

static struct steerer_spec gdnsd_strict(void)
{
    struct steerer_spec s = steerer_gdnsd();

    s.interval_ms = 2000;
    s.gdnsd.up_thresh = s.gdnsd.ok_thresh = s.gdnsd.down_thresh = 1;
    return s;
}

static struct steerer_spec gdnsd_at_once(void)
{
    struct steerer_spec s = gdnsd_strict();

    s.at_once = true;
    return s;
}

/* What does not reply fails when the timeout is over. */
static void a_timeout_takes_its_time(void **state)
{
    (void)state;
    const struct resolvers_spec resolvers = busy(1500);
    const struct steerer_spec steerer = steerer_powerdns(10);
    const struct trace_piece hangs = {.user_fails = 1, .probe_fails = 1, .hangs = true};
    const struct model_result refused = play(&steerer, crash, &resolvers),
                              silent = play(&steerer, hangs, &resolvers);

    assert_near("silent", "user-s more", silent.failure_user_s - refused.failure_user_s, 500 * 2,
                0.05);
}

/* Of what clients are answered, when one region crashes, when all do, and when nobody can see. */
static void how_often_answers_change(void **state)
{
    (void)state;
    const struct {
        struct steerer_spec steerer;
        enum trace_kind kind;
        double least, most;
    } cases[] = {
        {steerer_ours(), TRACE_CRASH, 2, 2},
        {steerer_ours(), TRACE_ALL_REFUSE, 0, 0},
        {steerer_ours(), TRACE_BLIND, 0, 0},
        {steerer_gdnsd(), TRACE_CRASH, 0, 0},      /* over before it is noticed */
        {gdnsd_strict(), TRACE_ALL_REFUSE, 2, 10}, /* one after the other is seen to */
        {gdnsd_at_once(), TRACE_ALL_REFUSE, 0, 0},
        {steerer_powerdns(60), TRACE_CRASH, 2, 2},
        {steerer_powerdns(60), TRACE_ALL_REFUSE, 100, INFINITY},
        {steerer_powerdns(60), TRACE_BLIND, 100, INFINITY},
        {steerer_route53(10000), TRACE_BLIND, 0, 0}, /* one of 16 places */
    };
    const struct resolvers_spec resolvers = busy(300);

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct trace *t = trace_new(cases[i].kind, REGIONS);
        const struct model_spec spec = {t, &cases[i].steerer, &resolvers, .seed = 1};
        const struct model_result r = model_mean(&spec, 2);
        if (r.changes < cases[i].least || r.changes > cases[i].most)
            fail_msg("%s, %s: %g changes", cases[i].steerer.name, t->name, r.changes);
        trace_free(t);
    }
}

/* ---- the model and the world ---- */

static struct steerer_spec ours(dur_ms_t interval_ms, uint8_t fall, uint32_t max_s, uint32_t min_s)
{
    struct steerer_spec s = steerer_ours();

    s.interval_ms = interval_ms;
    s.ours.verdict.fall = fall;
    s.ours.ttl.max_s = max_s;
    s.ours.ttl.min_s = min_s;
    return s;
}

struct measured {
    const char *what;
    struct steerer_spec steerer;
    double failure_user_s, queries_per_s; /* 0: not told */
};

static void assert_measured(const struct measured *m, size_t n, const struct resolvers_spec *spec,
                            double share)
{
    for (size_t i = 0; i < n; i++) {
        const struct model_result r = play(&m[i].steerer, crash, spec);
        assert_near(m[i].what, "user-s of failure", r.failure_user_s, m[i].failure_user_s, share);
        if (m[i].queries_per_s > 0)
            assert_near(m[i].what, "queries/s", r.queries_per_s, m[i].queries_per_s, 0.03);
    }
}

/*
 * What real daemons gave, 600 resolvers of which a third live in a region that refuses all for a minute
 * (the means of two crashes each; the model's, of 8).  None keeps an answer for longer than it may,
 * and each asks again as soon as it is over.
 */
static void as_measured_on_daemons(void **state)
{
    (void)state;
    const struct measured cases[] = {
        {"gdnsd 2 s 1/1/1 60/5", gdnsd_strict(), 746, 119},
        {"PowerDNS TTL 10", steerer_powerdns(10), 1488, 59.6},
        {"PowerDNS TTL 60", steerer_powerdns(60), 6490, 10},
        {"500 ms, fall 2, 5/5", ours(500, 2, 5, 5), 579, 119},
        {"500 ms, fall 2, 10/10", ours(500, 2, 10, 10), 1088, 59.6},
        {"500 ms, fall 2, 60/60", ours(500, 2, 60, 60), 6311, 10},
        {"1 s, fall 3, 5/5", ours(1000, 3, 5, 5), 935, 119},
        {"1 s, fall 3, 10/10", ours(1000, 3, 10, 10), 1474, 59.6},
        {"1 s, fall 3, 60/5", ours(1000, 3, 60, 5), 5557, 0},
        {"1 s, fall 3, 60/60", ours(1000, 3, 60, 60), 6577, 9.9},
        {"5 s, fall 3, 5/5", ours(5000, 3, 5, 5), 2832, 119},
        {"5 s, fall 3, 10/10", ours(5000, 3, 10, 10), 3377, 59.7},
        {"5 s, fall 3, 60/60", ours(5000, 3, 60, 60), 7828, 9.8},
        {"5 s, fall 3, 300/10", ours(5000, 3, 300, 10), 10993, 0},
    };
    const struct resolvers_spec resolvers = busy(600);

    assert_measured(cases, sizeof(cases) / sizeof(cases[0]), &resolvers, 0.25);
}

/*
 * Measured another time, where each asked a fifth of a second late, as the queries say.  One crash
 * each: it may come anywhere between two probes, which makes of PowerDNS' 1500 anything from 1000 to 2000.
 */
static void as_measured_before(void **state)
{
    (void)state;
    const struct measured cases[] = {
        {"gdnsd 2 s 1/1/1 60/5", gdnsd_strict(), 1000, 115},
        {"PowerDNS TTL 10", steerer_powerdns(10), 1200, 58},
        {"PowerDNS TTL 60", steerer_powerdns(60), 6500, 10},
        {"perfect TTL 5", steerer_perfect(5), 660, 115},
    };
    struct resolvers_spec resolvers = busy(600);

    resolvers.wishes_per_s = 5;
    assert_measured(cases, sizeof(cases) / sizeof(cases[0]), &resolvers, 0.3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(resolvers_keep_what_they_got),
        cmocka_unit_test(resolvers_wait_for_a_wish),
        cmocka_unit_test(resolvers_begin_anywhere),
        cmocka_unit_test(resolvers_are_so_many_of_each),
        cmocka_unit_test(all_is_well_before_and_after),
        cmocka_unit_test(what_happens),
        cmocka_unit_test(a_run_is_repeatable),
        cmocka_unit_test(accounts_of_a_crash),
        cmocka_unit_test(accounts_of_the_stubborn),
        cmocka_unit_test(accounts_of_the_cold),
        cmocka_unit_test(a_timeout_takes_its_time),
        cmocka_unit_test(how_often_answers_change),
        cmocka_unit_test(as_measured_on_daemons),
        cmocka_unit_test(as_measured_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
