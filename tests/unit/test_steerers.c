// SPDX-License-Identifier: BSD-2-Clause
/* src/model: what each kind of nameserver makes of results of probes, fed by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "model/steerer.h"

#define REGIONS 4
#define STEPS   24

/* ---- a story ---- */

/*
 * Of each region the results of its probes, one an interval, '+' good, '-' bad; a region without is well.
 * `regions` is what clients of region 0 get a second after each round, a digit each; `ttls` for how long.
 */
struct story {
    const char *why, *results[REGIONS], *regions;
    uint32_t ttls[STEPS]; /* 0: any */
};

static bool is_good(const struct story *s, size_t region, size_t i)
{
    return s->results[region] == NULL || s->results[region][i] == '+';
}

static void tell(const struct steerer_spec *spec, const struct story *s)
{
    struct trace *trace = trace_new_calm(REGIONS, 1);
    struct steerer *it = steerer_new(spec, trace, 1);

    for (size_t i = 0; s->regions[i] != '\0'; i++) {
        const mono_ms_t now = ((mono_ms_t)i + 1) * spec->interval_ms;
        for (size_t r = 0; r < REGIONS; r++)
            steerer_on_probe(it, r, 0, is_good(s, r, i), now);
        const struct steer_answer a = steerer_answer(it, 0, 0, now + 1000);
        if (a.region != s->regions[i] - '0')
            fail_msg("%s: round %zu answers %u", s->why, i + 1, a.region);
        if (s->ttls[i] > 0 && a.ttl_s != s->ttls[i])
            fail_msg("%s: round %zu has TTL %u", s->why, i + 1, a.ttl_s);
    }
    steerer_free(it);
    trace_free(trace);
}

static void tell_all(const struct steerer_spec *spec, const struct story *stories, size_t n)
{
    for (size_t i = 0; i < n; i++)
        tell(spec, &stories[i]);
}

#define TELL_ALL(spec, stories) tell_all(spec, stories, sizeof(stories) / sizeof((stories)[0]))

/* ---- gdnsd ---- */

static struct steerer_spec gdnsd_strict(void)
{
    struct steerer_spec s = steerer_gdnsd();

    s.interval_ms = 2000;
    s.gdnsd.up_thresh = s.gdnsd.ok_thresh = s.gdnsd.down_thresh = 1;
    return s;
}

/* TTL: interval times what is missing to the next turn, of all regions looked at, within 60/5. */
static void gdnsd_by_default(void **state)
{
    (void)state;
    static const struct story stories[] = {
        {"all is well", {NULL}, "00", {60, 60}},
        {"ten failures", {"----------"}, "0000000001", {60, 60, 60, 60, 50, 40, 30, 20, 10, 60}},
        {"nine successes in a row forget none of five failures",
         {"-----+++++++++-+-"},
         "00000000000000000",
         {60, 60, 60, 60, 50, 50, 50, 50, 50, 50, 50, 50, 50, 50, 40, 40, 30}},
        {"ten forget them all",
         {"-----++++++++++-"},
         "0000000000000000",
         {60, 60, 60, 60, 50, 50, 50, 50, 50, 50, 50, 50, 50, 50, 60, 60}},
        {"all down: the first, as long as if it were up",
         {"----------", "----------", "----------", "----------"},
         "0000000000",
         {60, 60, 60, 60, 50, 40, 30, 20, 10, 60}},
    };
    const struct steerer_spec spec = steerer_gdnsd();

    TELL_ALL(&spec, stories);
}

static void gdnsd_at_its_fastest(void **state)
{
    (void)state;
    static const struct story stories[] = {
        {"each result turns it", {"+-+--+"}, "010110", {5, 5, 5, 5, 5, 5}},
        {"the next one is down as well", {"-", "-"}, "2", {5}},
    };
    const struct steerer_spec spec = gdnsd_strict();

    TELL_ALL(&spec, stories);
}

static void gdnsd_comes_back_after_twenty(void **state)
{
    (void)state;
    const struct steerer_spec spec = steerer_gdnsd();
    struct trace *trace = trace_new_calm(REGIONS, 1);
    struct steerer *it = steerer_new(&spec, trace, 1);
    mono_ms_t now = 0;

    for (int i = 0; i < 10; i++)
        steerer_on_probe(it, 0, 0, false, now += spec.interval_ms);
    for (int i = 1; i < 20; i++)
        steerer_on_probe(it, 0, 0, true, now += spec.interval_ms);
    const struct steer_answer just_before = steerer_answer(it, 0, 0, now + 1000);
    steerer_on_probe(it, 0, 0, true, now += spec.interval_ms);
    const struct steer_answer after = steerer_answer(it, 0, 0, now + 1000);
    assert_int_equal(just_before.region, 1);
    assert_int_equal(just_before.ttl_s, 10); /* though it is answered with region 1 */
    assert_int_equal(after.region, 0);
    steerer_free(it);
    trace_free(trace);
}

/* Its tables are swapped a second after a change, whatever else changes in it. */
static void gdnsd_takes_a_second(void **state)
{
    (void)state;
    const struct steerer_spec spec = gdnsd_strict();
    struct trace *trace = trace_new_calm(REGIONS, 1);
    struct steerer *it = steerer_new(&spec, trace, 1);

    steerer_on_probe(it, 0, 0, false, 10000);
    steerer_on_probe(it, 1, 0, false, 10900);
    assert_int_equal(steerer_answer(it, 0, 0, 10999).region, 0);
    assert_int_equal(steerer_answer(it, 0, 0, 11000).region, 2);
    steerer_free(it);
    trace_free(trace);
}

/* ---- PowerDNS ---- */

static void powerdns_turns_at_once(void **state)
{
    (void)state;
    static const struct story stories[] = {
        {"each result turns it", {"+-+--+"}, "010110", {10, 10, 10, 10, 10, 10}},
        {"the next ones are down as well", {"-", "-", "-"}, "3", {10}},
    };
    const struct steerer_spec spec = steerer_powerdns(10);
    struct steerer_spec two = spec;
    const struct story patient = {"minimumFailures 2", {"-+--+"}, "00010", {0}};

    TELL_ALL(&spec, stories);
    two.powerdns.minimum_failures = 2;
    tell(&two, &patient);
}

static void powerdns_rolls_dice_when_all_are_down(void **state)
{
    (void)state;
    const struct steerer_spec spec = steerer_powerdns(10);
    struct trace *trace = trace_new_calm(REGIONS, 1);
    struct steerer *it = steerer_new(&spec, trace, 1);
    unsigned n[REGIONS] = {0};

    for (size_t r = 0; r < REGIONS; r++)
        steerer_on_probe(it, r, 0, false, 5000);
    for (int i = 0; i < 4000; i++) {
        const struct steer_answer a = steerer_answer(it, 0, 0, 5000);
        assert_true(a.is_random);
        n[a.region]++;
    }
    for (size_t r = 0; r < REGIONS; r++)
        assert_in_range(n[r], 850, 1150); /* five standard deviations */
    steerer_free(it);
    trace_free(trace);
}

/* ---- Route 53 ---- */

/* Results of the same for checkers 0 up to n. */
struct vote {
    unsigned n, times;
    bool is_good;
};

static void route53_asks_many(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        struct vote votes[2];
        unsigned region;
    } cases[] = {
        {"all, but not often enough", {{16, 2, false}}, 0},
        {"all, three times", {{16, 3, false}}, 1},
        {"two of 16 say it is well: 12.5 %", {{14, 3, false}}, 1},
        {"three do: 18.75 %", {{13, 3, false}}, 0},
        {"one good result between", {{16, 2, false}, {16, 1, true}}, 0},
        {"two are convinced again", {{16, 3, false}, {2, 3, true}}, 1},
        {"three are", {{16, 3, false}, {3, 3, true}}, 0},
        {"not in two rounds", {{16, 3, false}, {16, 2, true}}, 1},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct steerer_spec spec = steerer_route53(10000);
        struct trace *trace = trace_new_calm(REGIONS, 1);
        struct steerer *it = steerer_new(&spec, trace, 1);
        for (size_t v = 0; v < 2; v++)
            for (unsigned k = 0; k < cases[i].votes[v].n * cases[i].votes[v].times; k++)
                steerer_on_probe(it, 0, k % cases[i].votes[v].n, cases[i].votes[v].is_good, 0);
        const struct steer_answer a = steerer_answer(it, 0, 0, 0);
        if (a.region != cases[i].region || a.ttl_s != 60)
            fail_msg("%s: region %u, TTL %u", cases[i].why, a.region, a.ttl_s);
        steerer_free(it);
        trace_free(trace);
    }
}

static void route53_fails_open(void **state)
{
    (void)state;
    const struct steerer_spec spec = steerer_route53(30000);
    struct trace *trace = trace_new_calm(REGIONS, 1);
    struct steerer *it = steerer_new(&spec, trace, 1);

    for (unsigned i = 0; i < 3; i++)
        for (size_t r = 0; r < REGIONS; r++)
            for (unsigned c = 0; c < spec.checkers; c++)
                steerer_on_probe(it, r, c, false, 0);
    assert_int_equal(steerer_answer(it, 2, 0, 0).region, 2);
    steerer_free(it);
    trace_free(trace);
}

/* ---- the perfect one ---- */

static void perfect_knows_what_is(void **state)
{
    (void)state;
    static const struct {
        enum trace_kind kind;
        dur_ms_t after_hit_ms;
        unsigned region;
    } cases[] = {
        {TRACE_CRASH, -1, 0},     {TRACE_CRASH, 0, 1},          {TRACE_CRASH, 59999, 1},
        {TRACE_CRASH, 60000, 0},  {TRACE_LOSS, 0, 1},           {TRACE_BROWN_OUT, 599999, 1},
        {TRACE_BLIND, 30000, 0},  {TRACE_ALL_REFUSE, 30000, 0}, {TRACE_FLAP_1S, 1299, 1},
        {TRACE_FLAP_1S, 1300, 0}, {TRACE_FLAP_30S, 299999, 0},  {TRACE_FLAP_30S, 269999, 1},
    };
    const struct steerer_spec spec = steerer_perfect(5);

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct trace *trace = trace_new(cases[i].kind, REGIONS);
        struct steerer *it = steerer_new(&spec, trace, 1);
        const mono_ms_t now = trace->hit_ms + cases[i].after_hit_ms;
        if (steerer_answer(it, 0, 0, now).region != cases[i].region)
            fail_msg("%s after %d ms", trace->name, (int)cases[i].after_hit_ms);
        steerer_free(it);
        trace_free(trace);
    }
}

/* ---- ours ---- */

static void ours_by_default(void **state)
{
    (void)state;
    static const struct story stories[] = {
        {"all is well", {NULL}, "00", {300, 300}},
        {"suspicion, then down", {"---"}, "001", {10, 10, 10}},
        {"a false alarm", {"-++"}, "000", {10, 300, 300}},
        {"a second one: the next takes it down", {"-+-+"}, "0000", {10, 300, 10, 10}},
        {"each second one fails", {"-+-+-"}, "00001", {10, 300, 10, 10, 10}},
        {"one in three does",
         {"-++-++-++"},
         "000000000",
         {10, 300, 300, 10, 300, 300, 10, 300, 300}},
        {"an outage is no reason for a hold", {"---+++"}, "001100", {10, 10, 10, 10, 10, 10}},
        {"two are", {"---++---+++"}, "00110001111", {0}},
        {"the next one is down as well", {"---", "---"}, "002", {0}},
    };
    const struct steerer_spec spec = steerer_ours();

    TELL_ALL(&spec, stories);
}

static void ours_in_a_row(void **state)
{
    (void)state;
    static const struct story stories[] = {
        {"each second one fails", {"-+-+-"}, "00000", {10, 300, 10, 300, 10}},
        {"three in a row", {"-+---"}, "00001", {10, 300, 10, 10, 10}},
    };
    struct steerer_spec spec = steerer_ours();

    spec.ours.verdict.fall_of = 3;
    TELL_ALL(&spec, stories);
}

static void ours_doubts_itself(void **state)
{
    (void)state;
    static const struct story stories[] = {
        {"all at once", {"----+", "----+", "----+", "----+"}, "00000", {300, 300, 300, 300, 300}},
        {"one was down already", {"----", "+++-", "+++-", "+++-"}, "0011", {0}},
        {"all but one: it is them", {"----", "----", "----"}, "0033", {0}},
    };
    struct steerer_spec spec = steerer_ours();
    const struct story touchy = {
        "what just fell is taken back", {"-+", "-+", "-+", "-+"}, "00", {0}};

    TELL_ALL(&spec, stories);
    spec.ours.verdict.fall = 1;
    tell(&spec, &touchy);
}

/* Region 0 falls for the second time at 40 s: held until its penalty of 1866 has decayed to 750. */
static struct steerer *ours_in_a_hold(const struct steerer_spec *spec, const struct trace *trace)
{
    static const char results[] = "---++---++";
    struct steerer *it = steerer_new(spec, trace, 1);

    for (size_t i = 0; results[i] != '\0'; i++) {
        const mono_ms_t now = ((mono_ms_t)i + 1) * 5000;
        steerer_on_probe(it, 0, 0, results[i] == '+', now);
        steerer_answer(it, 0, 0, now);
    }
    return it;
}

static void ours_glides_to_the_end_of_a_hold(void **state)
{
    (void)state;
    static const struct {
        mono_ms_t at_s;
        unsigned region;
        uint32_t ttl_s;
    } cases[] = {
        {60, 1, 20}, {120, 1, 40}, {157, 1, 20}, {177, 1, 10}, {197, 1, 10}, {198, 0, 10},
    };
    struct steerer_spec spec = steerer_ours();
    struct trace *trace = trace_new_calm(REGIONS, 1);

    spec.ours.ttl.growth = 1;
    struct steerer *it = ours_in_a_hold(&spec, trace);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct steer_answer a = steerer_answer(it, 0, 0, cases[i].at_s * 1000);
        if (a.region != cases[i].region || a.ttl_s != cases[i].ttl_s)
            fail_msg("after %d s: region %u, TTL %u", (int)cases[i].at_s, a.region, a.ttl_s);
    }
    steerer_free(it);
    trace_free(trace);
}

/* Clients of region 0 that are at home. */
static unsigned count_at_home(struct steerer *it, mono_ms_t now)
{
    unsigned n = 0;

    for (uint32_t client = 1; client <= 1000; client++)
        n += steerer_answer(it, 0, client, now).region == 0;
    return n;
}

static void ours_lets_clients_home_one_by_one(void **state)
{
    (void)state;
    static const char results[] = "---++";
    struct steerer_spec spec = steerer_ours();
    struct trace *trace = trace_new_calm(REGIONS, 1);

    spec.ours.ramp_ms = 60000;
    struct steerer *it = steerer_new(&spec, trace, 1);
    for (size_t i = 0; results[i] != '\0'; i++) {
        const mono_ms_t now = ((mono_ms_t)i + 1) * 5000;
        steerer_on_probe(it, 0, 0, results[i] == '+', now);
        assert_int_equal(count_at_home(it, now), i < 2 ? 1000 : 0);
    }
    assert_in_range(count_at_home(it, 25000 + 15000), 180, 320); /* five standard deviations */
    assert_in_range(count_at_home(it, 25000 + 30000), 420, 580);
    assert_int_equal(count_at_home(it, 25000 + 60000), 1000);
    steerer_free(it);
    trace_free(trace);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gdnsd_by_default),
        cmocka_unit_test(gdnsd_at_its_fastest),
        cmocka_unit_test(gdnsd_comes_back_after_twenty),
        cmocka_unit_test(gdnsd_takes_a_second),
        cmocka_unit_test(powerdns_turns_at_once),
        cmocka_unit_test(powerdns_rolls_dice_when_all_are_down),
        cmocka_unit_test(route53_asks_many),
        cmocka_unit_test(route53_fails_open),
        cmocka_unit_test(perfect_knows_what_is),
        cmocka_unit_test(ours_by_default),
        cmocka_unit_test(ours_in_a_row),
        cmocka_unit_test(ours_doubts_itself),
        cmocka_unit_test(ours_glides_to_the_end_of_a_hold),
        cmocka_unit_test(ours_lets_clients_home_one_by_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
