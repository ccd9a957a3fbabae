// SPDX-License-Identifier: BSD-2-Clause
/* src/health/schedule.c under a clock of the test's own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/hash.h"
#include "health/schedule.h"

enum { EPOCH = 1200000 }; /* when the tests begin; a multiple of all intervals used */

static void add(struct schedule *s, struct slot *slot, dur_ms_t interval_ms, uint64_t phase)
{
    *slot = (struct slot){.interval_ms = interval_ms, .phase = phase};
    slot_aim(slot, EPOCH);
    schedule_add(s, slot);
}

static void end(struct schedule *s, struct slot *slot, mono_ms_t now)
{
    schedule_ended(s, now);
    schedule_return(s, slot, now);
}

static void test_first_start(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        uint64_t phase;
        mono_ms_t now, due;
    } cases[] = {
        /* interval 100 */
        {"its phase is still to come", 70, 20, 70},
        {"its phase is over: the next round", 10, 20, 110},
        {"now is not later", 20, 20, 120},
        {"phases are modulo the interval", 1070, 20, 70},
        {"phase zero", 0, 0, 100},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct slot slot = {.interval_ms = 100, .phase = cases[i].phase};
        slot_aim(&slot, EPOCH + cases[i].now);
        if (slot.due != EPOCH + cases[i].due)
            fail_msg("%s: due at %lld", cases[i].why, (long long)(slot.due - EPOCH));
    }
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

        schedule_init(&s, 10);
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

    schedule_init(&s, 1);
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

/* Ten thousand endpoints, five seconds: no tenth of a second has twice its share of starts. */
static void test_phases_spread(void **state)
{
    (void)state;
    enum { N = 10000, INTERVAL = 5000, BIN = 100 };
    struct slot *slots = calloc(N, sizeof(*slots));
    unsigned starts[INTERVAL / BIN] = {0};
    struct schedule s;
    size_t n = 0;

    schedule_init(&s, N);
    for (uint64_t i = 0; i < N; i++)
        add(&s, &slots[i], INTERVAL, hash_bytes(&i, sizeof(i), 1));
    for (mono_ms_t t = 1; t <= INTERVAL; t++)
        for (; schedule_take(&s, EPOCH + t) != NULL; n++)
            starts[(t - 1) / BIN]++;
    assert_int_equal(n, N);
    for (size_t i = 0; i < INTERVAL / BIN; i++)
        assert_in_range(starts[i], 1, 2 * N / (INTERVAL / BIN));
    schedule_fini(&s);
    free(slots);
}

static void test_limit_queues_in_order(void **state)
{
    (void)state;
    struct schedule s;
    struct slot slots[5];

    schedule_init(&s, 2);
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

static void test_ask_now_keeps_the_phase(void **state)
{
    (void)state;
    struct schedule s;
    struct slot a, b;

    schedule_init(&s, 1);
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

static void test_removed_is_not_started(void **state)
{
    (void)state;
    struct schedule s;
    struct slot slots[8];

    schedule_init(&s, 8);
    for (size_t i = 0; i < 8; i++)
        add(&s, &slots[i], 100, 10 + i);
    for (size_t i = 0; i < 8; i += 2)
        schedule_remove(&s, &slots[i]);
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

    schedule_init(&s, 1);
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
        cmocka_unit_test(test_limit_queues_in_order),
        cmocka_unit_test(test_ask_now_keeps_the_phase),
        cmocka_unit_test(test_removed_is_not_started),
        cmocka_unit_test(test_wait),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
