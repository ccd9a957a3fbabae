// SPDX-License-Identifier: BSD-2-Clause
/* src/health/schedule.c under a clock of the test's own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "health/schedule.h"

enum { EPOCH = 1200000 }; /* when the tests begin; a multiple of all intervals used */

/* At a phase of the test's choice. */
static void add(struct schedule *s, struct slot *slot, dur_ms_t interval_ms, dur_ms_t phase_ms)
{
    *slot = (struct slot){0};
    schedule_join(s, slot, interval_ms, EPOCH);
    slotheap_remove(&s->lanes[LANE_PROMPT], slot);
    slot->phase_ms = phase_ms;
    slot->due = EPOCH + (phase_ms > 0 ? phase_ms : interval_ms);
    slotheap_add(&s->lanes[LANE_PROMPT], slot);
}

static void end(struct schedule *s, struct slot *slot, mono_ms_t now)
{
    schedule_ended(s, slot);
    schedule_return(s, slot, false, now);
}

static void hang(struct schedule *s, struct slot *slot, mono_ms_t now)
{
    schedule_ended(s, slot);
    schedule_return(s, slot, true, now);
}

/* Whenever it joins: at its phase, within an interval, and not now. */
static void test_first_start(void **state)
{
    (void)state;
    struct schedule s;

    schedule_init(&s, 1, 1);
    for (mono_ms_t now = EPOCH; now < EPOCH + 200; now++) {
        struct slot slot = {0};
        schedule_join(&s, &slot, 100, now);
        assert_in_range(slot.due, now + 1, now + 100);
        assert_int_equal(slot.due % 100, slot.phase_ms);
        schedule_leave(&s, &slot);
    }
    schedule_fini(&s);
}

/* What one slot of interval 100 and phase 30 does, by how long its probes take. */
static void test_start_to_start(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        dur_ms_t takes_ms;
        mono_ms_t starts[4];
    } cases[] = {
        {"a quick probe keeps its phase", 5, {30, 130, 230, 330}},
        {"one as long as the interval too", 100, {30, 130, 230, 330}},
        {"one that is longer starts again at once", 140, {30, 170, 310, 450}},
        {"back on its grid, without making up what was missed", 250, {30, 280, 530, 780}},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct schedule s;
        struct slot slot;
        mono_ms_t now = EPOCH;

        schedule_init(&s, 10, 1);
        add(&s, &slot, 100, 30);
        for (size_t k = 0; k < 4; k++) {
            while (schedule_take(&s, now) == NULL)
                now++;
            if (now - EPOCH != cases[i].starts[k])
                fail_msg("%s: start %zu at %lld", cases[i].why, k, (long long)(now - EPOCH));
            now += cases[i].takes_ms;
            end(&s, &slot, now);
        }
        schedule_fini(&s);
    }
}

/* The first moment at which a slot's verdict is down, when its endpoint hangs from `stop` on. */
static mono_ms_t detect(dur_ms_t interval_ms, dur_ms_t timeout_ms, unsigned fall, mono_ms_t stop)
{
    struct schedule s;
    struct slot slot;
    mono_ms_t now = EPOCH;

    schedule_init(&s, 1, 1);
    add(&s, &slot, interval_ms, 0);
    for (unsigned failed = 0; failed < fall;) {
        while (schedule_take(&s, now) == NULL)
            now++;
        const bool hangs = now >= stop;
        now += hangs ? timeout_ms : 1;
        failed += hangs;
        end(&s, &slot, now);
    }
    schedule_fini(&s);
    return now;
}

/* What we promise: fall × interval + timeout, whenever it stops, for timeouts up to the interval. */
static void test_time_to_detect(void **state)
{
    (void)state;
    static const dur_ms_t timeouts_ms[] = {1, 20, 99, 100};

    for (size_t i = 0; i < sizeof(timeouts_ms) / sizeof(timeouts_ms[0]); i++)
        for (mono_ms_t stop = EPOCH + 200; stop < EPOCH + 300; stop++)
            for (unsigned fall = 1; fall <= 4; fall++)
                assert_true(detect(100, timeouts_ms[i], fall, stop) - stop <=
                            fall * 100 + timeouts_ms[i]);
}


/* --- Ten thousand endpoints. --- */

enum { N = 10000, BIN_MS = 100 };

/* Slots that are asked in no time, until `end`: how many start in each tenth of a second. */
static unsigned run(struct schedule *s, mono_ms_t from, mono_ms_t to, unsigned *starts)
{
    unsigned n = 0;

    for (mono_ms_t now = from; now < to; now++)
        for (struct slot *slot; (slot = schedule_take(s, now)) != NULL; n++) {
            starts[(now - EPOCH) / BIN_MS]++;
            end(s, slot, now);
        }
    return n;
}

static unsigned most(const unsigned *starts, size_t n)
{
    unsigned m = 0;

    for (size_t i = 0; i < n; i++)
        m = starts[i] > m ? starts[i] : m;
    return m;
}

/* No tenth of a second has twice its share of starts, of several intervals together neither. */
static void test_phases_spread(void **state)
{
    (void)state;
    static const dur_ms_t intervals_ms[] = {5000, 2000, 10000, 1000};
    static const struct {
        const char *why;
        size_t kinds;
        unsigned starts; /* in ten seconds */
    } cases[] = {
        {"all every five seconds", 1, 2 * N},
        {"four intervals", 4, 2 * N / 4 + 5 * N / 4 + N / 4 + 10 * N / 4},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct slot *slots = calloc(N, sizeof(*slots));
        unsigned starts[100] = {0};
        struct schedule s;
        schedule_init(&s, N, 1);
        for (size_t k = 0; k < N; k++)
            schedule_join(&s, &slots[k], intervals_ms[k % cases[i].kinds], EPOCH - 1);
        assert_int_equal(run(&s, EPOCH, EPOCH + 10000, starts), cases[i].starts);
        if (most(starts, 100) > cases[i].starts / 100 * 5 / 4)
            fail_msg("%s: %u of %u within %d ms", cases[i].why, most(starts, 100), cases[i].starts,
                     BIN_MS);
        schedule_fini(&s);
        free(slots);
    }
}

/* The loop was away for two seconds: nobody is left out, and what was missed does not come at once. */
static void test_missed_starts_are_spread(void **state)
{
    (void)state;
    struct slot *slots = calloc(N, sizeof(*slots));
    unsigned starts[150] = {0}, n = 0;
    struct schedule s;

    schedule_init(&s, N, 1);
    for (size_t i = 0; i < N; i++)
        schedule_join(&s, &slots[i], 5000, EPOCH - 1);
    n += run(&s, EPOCH, EPOCH + 5000, starts);
    n += run(&s, EPOCH + 7000, EPOCH + 15000, starts);
    assert_int_equal(n, 3 * N);
    assert_in_range(most(starts, 150), 300, 400); /* the mean is 200 */
    assert_int_equal(lateness_worst(&s.late, EPOCH + 15000), 2000);
    for (size_t i = 110; i < 150; i++)
        assert_in_range(starts[i], 190, 210); /* made up for within four seconds */
    schedule_fini(&s);
    free(slots);
}

/* A machine so busy that the loop gets a turn only now and then: it keeps up. */
static void test_starved(void **state)
{
    (void)state;
    static const mono_ms_t turns_ms[] = {20, 100, 250, 300, 500, 1000};

    for (size_t i = 0; i < sizeof(turns_ms) / sizeof(turns_ms[0]); i++) {
        struct slot *slots = calloc(N, sizeof(*slots));
        unsigned starts[101] = {0}, n = 0;
        struct schedule s;
        schedule_init(&s, N, 1);
        for (size_t k = 0; k < N; k++)
            schedule_join(&s, &slots[k], 5000, EPOCH - 1);
        for (mono_ms_t t = 0; t <= 10000; t += turns_ms[i])
            n += run(&s, EPOCH + t, EPOCH + t + 1, starts);
        assert_in_range(n, 2 * N - 10 - (turns_ms[i] > 250 ? N / 5 : 0), 2 * N + 10);
        assert_true(lateness_worst(&s.late, EPOCH + 10000) <= 2 * turns_ms[i]);
        schedule_fini(&s);
        free(slots);
    }
}


/* --- How many at once. --- */

static void test_limit_queues_in_order(void **state)
{
    (void)state;
    struct schedule s;
    struct slot slots[5];

    schedule_init(&s, 2, 1);
    for (size_t i = 0; i < 5; i++)
        add(&s, &slots[i], 100, 10 * (4 - i)); /* due 40, 30, 20, 10, and 100: the last waits */
    const mono_ms_t now = EPOCH + 50;
    assert_ptr_equal(schedule_take(&s, now), &slots[3]);
    assert_ptr_equal(schedule_take(&s, now), &slots[2]);
    assert_null(schedule_take(&s, now)); /* two others are due, but two are under way */
    assert_int_equal(lateness_worst(&s.late, now), 40);
    assert_int_equal(schedule_wait(&s, now), SCHEDULE_BEAT_MS);

    end(&s, &slots[3], now + 1);
    assert_int_equal(schedule_wait(&s, now + 1), 0);
    assert_ptr_equal(schedule_take(&s, now + 1), &slots[1]);
    assert_null(schedule_take(&s, now + 1));
    end(&s, &slots[2], now + 2);
    assert_ptr_equal(schedule_take(&s, now + 2), &slots[0]);
    end(&s, &slots[1], now + 3);
    assert_null(schedule_take(&s, now + 3)); /* nothing else is due */
    schedule_fini(&s);
}

/* However many hang, those that do not are asked in time. */
static void test_slow_ones_have_a_lane(void **state)
{
    (void)state;
    struct schedule s;
    struct slot slow[8], prompt;

    schedule_init(&s, 4, 1);
    for (size_t i = 0; i < 8; i++) {
        add(&s, &slow[i], 1000, 1 + (dur_ms_t)i);
        assert_ptr_equal(schedule_take(&s, EPOCH + 100 * (mono_ms_t)i + 10), &slow[i]);
        hang(&s, &slow[i], EPOCH + 100 * (mono_ms_t)i + 50);
    }
    add(&s, &prompt, 1000, 500);
    const mono_ms_t now = EPOCH + 1400; /* all are due */
    unsigned hanging = 0;
    for (struct slot *slot; (slot = schedule_take(&s, now)) != NULL && slot != &prompt;)
        hanging++;
    assert_int_equal(hanging, 0); /* due longest */
    for (struct slot *slot; (slot = schedule_take(&s, now + 50)) != NULL;)
        hanging++;
    assert_int_equal(hanging, 3);
    end(&s, &prompt, now + 60);
    for (mono_ms_t due = EPOCH + 1500; due < EPOCH + 9000; due += 1000) {
        assert_null(schedule_take(&s, due - 1));
        assert_int_equal(schedule_wait(&s, due - 1), 1);
        assert_ptr_equal(schedule_take(&s, due), &prompt);
        end(&s, &prompt, due + 5);
    }

    /* One that ends makes room for the next; one that does not hang any more leaves the lane. */
    end(&s, &slow[0], EPOCH + 9000);
    assert_ptr_equal(schedule_take(&s, EPOCH + 9000), &slow[3]);
    assert_ptr_equal(schedule_take(&s, EPOCH + 9000), &slow[0]);
    assert_null(schedule_take(&s, EPOCH + 9000));
    schedule_fini(&s);
}

static void test_ask_now_keeps_the_phase(void **state)
{
    (void)state;
    struct schedule s;
    struct slot a, b;

    schedule_init(&s, 1, 1);
    add(&s, &a, 100, 50);
    add(&s, &b, 100, 20);
    assert_ptr_equal(schedule_take(&s, EPOCH + 20), &b);
    schedule_take_now(&s, &a, EPOCH + 25); /* over the limit: somebody wants to know */
    assert_int_equal(s.running, 2);
    end(&s, &a, EPOCH + 30);
    end(&s, &b, EPOCH + 31);
    assert_null(schedule_take(&s, EPOCH + 49));
    assert_ptr_equal(schedule_take(&s, EPOCH + 50), &a);
    schedule_fini(&s);
}

static void test_who_left_is_not_started(void **state)
{
    (void)state;
    struct schedule s;
    struct slot slots[8];

    schedule_init(&s, 8, 1);
    for (size_t i = 0; i < 8; i++)
        add(&s, &slots[i], 100, 10 + i);
    for (size_t i = 0; i < 8; i += 2)
        schedule_leave(&s, &slots[i]);
    for (size_t i = 1; i < 8; i += 2)
        assert_ptr_equal(schedule_take(&s, EPOCH + 99), &slots[i]);
    assert_null(schedule_take(&s, EPOCH + 99));
    schedule_fini(&s);
}

static void test_wait(void **state)
{
    (void)state;
    struct schedule s;
    struct slot slot;

    schedule_init(&s, 1, 1);
    assert_int_equal(schedule_wait(&s, EPOCH), -1);
    add(&s, &slot, 1000, 400);
    assert_int_equal(schedule_wait(&s, EPOCH), 400);
    assert_int_equal(schedule_wait(&s, EPOCH + 500), 0); /* late is not negative */
    schedule_take(&s, EPOCH + 500);
    assert_int_equal(schedule_wait(&s, EPOCH + 500), SCHEDULE_BEAT_MS);
    end(&s, &slot, EPOCH + 510);
    assert_int_equal(schedule_wait(&s, EPOCH + 510), 890);
    schedule_fini(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_first_start),
        cmocka_unit_test(test_start_to_start),
        cmocka_unit_test(test_time_to_detect),
        cmocka_unit_test(test_phases_spread),
        cmocka_unit_test(test_missed_starts_are_spread),
        cmocka_unit_test(test_starved),
        cmocka_unit_test(test_limit_queues_in_order),
        cmocka_unit_test(test_slow_ones_have_a_lane),
        cmocka_unit_test(test_ask_now_keeps_the_phase),
        cmocka_unit_test(test_who_left_is_not_started),
        cmocka_unit_test(test_wait),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
