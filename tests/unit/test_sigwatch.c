/*
 * When the first signature of a zone ends, and what is said of it (src/control/sigwatch.c, data/sigtime.h).
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "control/sigwatch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/cursor.h"
#include "data/sigtime.h"
#include "dns/types.h"

#define APEX ((const uint8_t *)"\7example")
#define HOUR INT64_C(3600)
#define DAY  (24 * HOUR)

/* Signed once for each end, 0 after the last. */
static struct zone *make_zone(const uint32_t *ends)
{
    struct zone *z = zone_new(APEX);

    zone_add_rr(z, APEX, TYPE_TXT, 60, (const uint8_t *)"\1x", 2);
    for (; *ends != 0; ends++) {
        uint8_t rdata[SIG_FIXED_LEN + 2] = {0};
        put_u32(rdata + SIG_EXPIRATION, *ends);
        zone_add_rr(z, APEX, TYPE_RRSIG, 60, rdata, sizeof(rdata));
    }
    zone_seal(z);
    return z;
}

static void test_first_end(void **state)
{
    (void)state;
    /* now and end in seconds since 1970; end 0: not signed */
    static const struct {
        const char *why;
        int64_t now_s;
        uint32_t ends[4];
        int64_t end_s;
    } cases[] = {
        {"not signed", 1800000000, {0}, 0},
        {"one signature", 1800000000, {1800000600}, 1800000600},
        {"the first of three", 1800000000, {1800000600, 1800000300, 1800000900}, 1800000300},
        {"one that has expired", 1800000000, {1800000600, 1799999999}, 1799999999},
        {"beyond 2106 (RFC 4034 §3.1.5)", 4294967000, {704, 4294967200}, 4294967200},
        {"and from there on", 4294968000, {704 + 4}, 4294967296 + 708},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct zone *z = make_zone(cases[i].ends);
        real_ms_t end = 0;
        const bool is_signed = sigwatch_end(z, cases[i].now_s * 1000 + 999, &end);
        if (is_signed != (cases[i].end_s != 0) || end != cases[i].end_s * 1000)
            fail_msg("%s: %lld", cases[i].why, (long long)end);
        zone_unref(z);
    }
}

static void test_problems(void **state)
{
    (void)state;
    static const struct {
        int64_t left_s;
        const char *problem; /* NULL: none */
    } cases[] = {
        {30 * DAY, NULL},
        {3 * DAY, NULL},
        {3 * DAY - 1,
         "zone example.: a signature expires in 2d23h: sign the zone again, then reload"},
        {1, "zone example.: a signature expires in 1s: sign the zone again, then reload"},
        {-HOUR, "zone example.: a signature has expired 1h ago: validators refuse what it signs"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct zone *z = make_zone((const uint32_t[]){1800000000, 0});
        char *problem = sigwatch_problem(z, APEX, (1800000000 - cases[i].left_s) * 1000);
        if (cases[i].problem == NULL)
            assert_null(problem);
        else
            assert_string_equal(problem, cases[i].problem);
        free(problem);
        zone_unref(z);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_first_end),
        cmocka_unit_test(test_problems),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
