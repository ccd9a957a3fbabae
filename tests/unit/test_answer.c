/*
 * src/answer/answer.c: what it counts, and that it is a pure function.  What it answers is in
 * tests/answer, see test_answer_cases.c.  SPDX-License-Identifier: BSD-2-Clause
 */
#include "answer/answer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "answerkit.h"
#include "dns/types.h"

static int open_kit(void **state)
{
    static struct answerkit a;

    answerkit_open(&a);
    *state = &a;
    return 0;
}

static int close_kit(void **state)
{
    answerkit_close(*state);
    return 0;
}

static size_t ask(const struct snapshot *s, const struct packet *p, uint8_t *out,
                  struct stats *stats)
{
    struct answer_request request = {.packet = p->data, .len = p->len};

    if (!ipaddr_parse("198.51.100.1", &request.client))
        fail();
    return answer(s, &request, out, ANSWER_UDP_ROOM, stats);
}

/* The counters that are not zero, by name. */
static const char *stats_text(const struct stats *s, char out[256])
{
    size_t len = 0;

    out[0] = '\0';
    for (int i = 0; i < STAT_COUNT; i++)
        if (stats_get(s, (enum stats_id)i) > 0)
            len += (size_t)snprintf(out + len, 256 - len, "%s%s", len > 0 ? " " : "",
                                    stat_name((enum stats_id)i));
    return out;
}

enum { STEER, PLAIN, CHILD, ROOT, RFC4592, WILD, DNAMES, BIG }; /* as answerkit has them */

static void test_counters(void **state)
{
    static const struct {
        unsigned snapshot;
        struct kit_query query;
        const char *want;
    } cases[] = {
        {PLAIN, {"www.example.com", "A"}, "noerror"},
        {PLAIN, {"alias.example.com", "A"}, "noerror"},
        {PLAIN, {"www.example.com", "MX"}, "nodata"},
        {PLAIN, {"none.example.com", "A"}, "nxdomain"},
        {PLAIN, {"tonothing.example.com", "A"}, "nxdomain"},
        {PLAIN, {"x.sub.example.com", "A"}, "referral"},
        {PLAIN, {"elsewhere.", "A"}, "refused"},
        {PLAIN, {"x.broken.example", "A"}, "servfail"},
        {PLAIN, {"www.example.com", "A", .edns = true}, "noerror edns"},
        {PLAIN, {"www.example.com", "A", .version = 1}, "badvers edns"},
        {PLAIN, {"www.example.com", "A", .ecs = "192.0.2.0/24"}, "noerror edns ecs"},
        {PLAIN, {"www.example.com", "A", .option = "8:00"}, "formerr edns"},
        {PLAIN, {"www.example.com", "A", .opcode = OPCODE_UPDATE}, "notimp"},
        {PLAIN, {"www.example.com", "A", .class = CLASS_ANY}, "noerror"},
        {PLAIN, {"www.example.com", "MX", .class = CLASS_ANY}, "nodata"},
        {PLAIN, {"www.example.com", "A", .flags = FLAG_QR}, "dropped"},
        {STEER, {"www.example.com", "A"}, "noerror steered"},
        {STEER, {"www.example.com", "AAAA"}, "nodata"},
        {STEER, {"cdn.example.com", "A"}, "noerror steered"},
        {STEER, {"www.example.com", "TXT"}, "noerror"},
        {BIG, {"many.example.com", "A"}, "truncated nodata"},
        {BIG, {"alias.example.com", "A"}, "truncated noerror"},
        {BIG, {"x.huge.example.com", "A"}, "truncated referral"},
        {DNAMES,
         {"12345678901234567890123456789012345678901234567890.12345678901234567890.long.example.com",
          "A"},
         "yxdomain"},
    };
    const struct answerkit *a = *state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct packet p = kit_query(&cases[i].query);
        uint8_t out[ANSWER_UDP_ROOM];
        static struct stats stats; /* on the stack GCC's ASan would misalign it */
        char got[256];
        memset(&stats, 0, sizeof(stats));
        ask(a->snap[cases[i].snapshot], &p, out, &stats);
        if (strcmp(stats_text(&stats, got), cases[i].want) != 0)
            fail_msg("%s %s: %s, not %s", cases[i].query.name, cases[i].query.type, got,
                     cases[i].want);
    }
}

/* The same query has the same answer, whatever was asked before, and the packet is not touched. */
static void test_pure(void **state)
{
    static const char *const names[] = {"www.example.com",  "alias.example.com", "cdn.example.com",
                                        "none.example.com", "x.app.example.com", "sub.example.com"};
    const struct answerkit *a = *state;
    uint8_t first[6][ANSWER_UDP_ROOM], again[ANSWER_UDP_ROOM];
    size_t len[6];
    static struct stats stats;

    for (unsigned round = 0; round < 2; round++) {
        for (unsigned i = 0; i < 6; i++) {
            const struct packet p = q(names[i], "A", .ecs = "198.51.100.0/24"), copy = p;
            const size_t n = ask(a->snap[STEER], &p, round == 0 ? first[i] : again, &stats);
            assert_memory_equal(&p, &copy, sizeof(p));
            if (round == 0)
                len[i] = n;
            else
                assert_true(n == len[i] && memcmp(again, first[i], n) == 0);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counters),
        cmocka_unit_test(test_pure),
    };
    return cmocka_run_group_tests(tests, open_kit, close_kit);
}
