/*
 * src/load/zonecheck_dnssec.c: what is said of signed zones.  Each case is a zone that is signed well
 * but for what it is about; its signatures are none, for nobody looks at them.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/xalloc.h"
#include "load/zoneload.h"

#define NOW (1780272000LL * 1000) /* 2026-06-01 */

#define SIG_TIMES(type, ttl, ends, begins) \
    " " ttl " RRSIG " type " 13 2 " ttl " " ends " " begins " 1 example. AQID\n"
#define SIG(type)      SIG_TIMES(type, "300", "20300101000000", "20200101000000")
#define SIG_ZERO(type) SIG_TIMES(type, "0", "20300101000000", "20200101000000")

#define APEX                                                                \
    "$TTL 300\n@ SOA ns.x. h.x. 1 2 3 4 5\n" SIG("SOA") "@ NS ns.x.\n" SIG( \
        "NS") "@ DNSKEY 257 3 13 AQID\n" SIG("DNSKEY")

/* A zone with one name, a. */
#define NSEC_APEX APEX "@ NSEC a NS SOA RRSIG NSEC DNSKEY\n" SIG("NSEC")
#define NSEC_A    "a NSEC @ A RRSIG NSEC\n" SIG("NSEC")
#define NSEC_ZONE NSEC_APEX "a A 192.0.2.1\n" SIG("A") NSEC_A

/* The same with NSEC3: the hashes, without salt and iterations, of example. and a.example. */
#define HASH_APEX                         "3msev9usmd4br9s97v51r2tdvmr9iqo1"
#define HASH_A                            "6cd522290vma0nr8lqu1ivtcofj94rga"
#define NSEC3_PARAMS                      "1 0 0 -"
#define NSEC3_APEX                        APEX "@ 0 NSEC3PARAM " NSEC3_PARAMS "\n" SIG_ZERO("NSEC3PARAM")
#define NSEC3_RECORD(owner, params, next) owner " NSEC3 " params " " next " A\n" SIG("NSEC3")
#define NSEC3_ZONE                                                                      \
    NSEC3_APEX "a A 192.0.2.1\n" SIG("A") NSEC3_RECORD(HASH_APEX, NSEC3_PARAMS, HASH_A) \
        NSEC3_RECORD(HASH_A, NSEC3_PARAMS, HASH_APEX)

static void check(const char *why, const char *text, real_ms_t now, const char *want)
{
    struct err err;

    err_init(&err);
    struct zone *z = zoneload_text(
        &(struct zoneload_opts){.path = "z", .apex = (const uint8_t *)"\7example", .now = now},
        text, strlen(text), &err);
    char *got = err_text(&err);
    if (z == NULL || strcmp(got, want) != 0)
        fail_msg("%s:\n--- got\n%s--- want\n%s", why, got, want);
    free(got);
    zone_unref(z);
    err_fini(&err);
}

struct check_case {
    const char *why, *text, *want;
};

static void check_cases(const struct check_case *cases, size_t n)
{
    for (size_t i = 0; i < n; i++)
        check(cases[i].why, cases[i].text, NOW, cases[i].want);
}

#define CHECK(cases) check_cases((cases), sizeof(cases) / sizeof((cases)[0]))

static void test_sound(void **state)
{
    static const struct check_case cases[] = {
        {"not signed", "$TTL 300\n@ SOA ns.x. h.x. 1 2 3 4 5\n@ NS ns.x.\na A 192.0.2.1\n", ""},
        {"NSEC", NSEC_ZONE, ""},
        {"NSEC3", NSEC3_ZONE, ""},
        {"a key alone does not make a zone a signed one",
         "$TTL 300\n@ SOA ns.x. h.x. 1 2 3 4 5\n@ NS ns.x.\n@ DNSKEY 257 3 13 AQID\n", ""},
        {"glue and NS of a delegation have no signatures",
         NSEC_APEX "a NS ns.a\nns.a A 192.0.2.1\na NSEC @ NS RRSIG NSEC\n" SIG("NSEC"), ""},
        {"an unsigned delegation needs no NSEC3", NSEC3_ZONE "c NS ns.x.\n", ""},
    };

    CHECK(cases);
}

static void test_signatures(void **state)
{
    static const struct check_case cases[] = {
        {"a set without", NSEC_APEX "a A 192.0.2.1\n" NSEC_A,
         "warning: z:10: a.example. A has no RRSIG, in a signed zone (RFC 4035 §2.2)\n"},
        {"many, told once", NSEC_ZONE "a TXT \"x\"\na MX 1 ns.x.\na AVC \"x\"\n",
         "warning: z:15: a.example. MX has no RRSIG, in a signed zone (RFC 4035 §2.2); 2 more are "
         "like it\n"},
        {"DS of a delegation",
         NSEC_APEX "a NS ns.x.\na DS 1 13 1 0000000000000000000000000000000000000000\n"
                   "a NSEC @ NS DS RRSIG NSEC\n" SIG("NSEC"),
         "warning: z:11: a.example. DS has no RRSIG, in a signed zone (RFC 4035 §2.2)\n"},
        {"of what is not there", NSEC_ZONE "a" SIG("TXT"),
         "warning: z:11: a.example. has an RRSIG of TXT, of which it has none\n"},
        {"of an NSEC3 that is not there",
         NSEC3_ZONE "0123456789abcdefghijklmnopqrstuv" SIG("NSEC3"),
         "warning: z:16: 0123456789abcdefghijklmnopqrstuv.example. has an RRSIG of NSEC3, of which "
         "it has none\n"},
        {"TTL", NSEC_ZONE "b 60 A 192.0.2.2\nb" SIG("A") "b NSEC @ A\nb" SIG("NSEC"),
         "warning: z:12: a.example.: its NSEC names another than the next owner of the chain\n"
         "warning: z:14: b.example. A and its RRSIG differ in their TTL (RFC 4034 §3)\n"},
        {"TTLs of one set's signatures",
         NSEC_ZONE "a 60 RRSIG A 13 2 300 20300101000000 20200101000000 2 example. AQID\n",
         "warning: z:14: TTL differs from the earlier RRSIG records of the name, whose TTL is taken "
         "(RFC 2181 §5.2)\n"},
    };

    CHECK(cases);
}

static void test_times(void **state)
{
#define TIMES(ends, begins) NSEC_APEX "a A 192.0.2.1\n" SIG_TIMES("A", "300", ends, begins) NSEC_A
    static const struct check_case cases[] = {
        {"expired", TIMES("20260531235959", "20260101000000"),
         "warning: z:10: a.example. A has an RRSIG that has expired\n"},
        {"soon", TIMES("20260603235959", "20260101000000"),
         "warning: z:10: a.example. A has an RRSIG that expires within three days\n"},
        {"not so soon", TIMES("20260604000000", "20260101000000"), ""},
        {"not yet valid", TIMES("20300101000000", "20260601000001"),
         "warning: z:10: a.example. A has an RRSIG that is not valid yet\n"},
    };

    CHECK(cases);
    check("nobody says what time it is", TIMES("20200101000000", "20190101000000"), 0, "");
}

static void test_chains(void **state)
{
    static const struct check_case cases[] = {
        {"no NSEC of a name", NSEC_ZONE "b A 192.0.2.2\nb" SIG("A"),
         "warning: z:14: b.example. has no NSEC (RFC 4035 §2.3, RFC 5155 §7.1)\n"},
        {"the next owner",
         NSEC_APEX "a A 192.0.2.1\n" SIG("A") "a NSEC b A RRSIG NSEC\n" SIG("NSEC"),
         "warning: z:12: a.example.: its NSEC names another than the next owner of the chain\n"},
        {"no NSEC3 of a name", NSEC3_ZONE "b A 192.0.2.2\nb" SIG("A"),
         "warning: z:16: b.example. has no NSEC3 (RFC 4035 §2.3, RFC 5155 §7.1)\n"},
        {"the next hash",
         NSEC3_APEX "a A 192.0.2.1\n" SIG("A") NSEC3_RECORD(HASH_APEX, NSEC3_PARAMS, HASH_APEX)
             NSEC3_RECORD(HASH_A, NSEC3_PARAMS, HASH_APEX),
         "warning: z:12: " HASH_APEX
         ".example.: its NSEC3 names another than the next owner of the chain\n"},
        {"an NSEC3 of other parameters",
         NSEC3_ZONE NSEC3_RECORD("0123456789abcdefghijklmnopqrstuv", "1 0 0 aa", HASH_A),
         "warning: z:16: 0123456789abcdefghijklmnopqrstuv.example.: its NSEC3 is of no chain that an "
         "NSEC3PARAM names (RFC 5155 §4)\n"},
    };

    CHECK(cases);
}

static void test_zones(void **state)
{
#define ITERATED(n, hash)                                                                      \
    APEX "@ 0 NSEC3PARAM 1 0 " n " -\n" SIG_ZERO("NSEC3PARAM") hash " NSEC3 1 0 " n " - " hash \
                                                                    " NS SOA RRSIG\n" SIG("NSEC3")
    static const struct check_case cases[] = {
        {"no key",
         "$TTL 300\n@ SOA ns.x. h.x. 1 2 3 4 5\n" SIG("SOA") "@ NS ns.x.\n" SIG(
             "NS") "@ NSEC @ NS SOA RRSIG NSEC\n" SIG("NSEC"),
         "warning: z:2: the zone is signed but has no DNSKEY: nobody can check it (RFC 4035 §2.1)\n"},
        {"no denial", APEX,
         "warning: z:2: the zone is signed but has neither NSEC nor NSEC3 of its own name: nothing "
         "can be denied (RFC 4035 §2.3, RFC 5155 §7.1)\n"},
        {"iterations", ITERATED("1", "c1kgc91hrn9nqi2qjh1ms78ki8p7s75o"),
         "warning: z:8: NSEC3 with 1 iterations: they cost each resolver and gain nothing, write 0 "
         "(RFC 9276 §3.1)\n"},
        {"iterations that nobody works out", ITERATED("200", "ve4l17t6uvub8ej2onmievtfeicmjjrv"),
         "warning: z:8: NSEC3 with 200 iterations, above 150: validators take the zone for insecure "
         "(RFC 9276 §3.2), and no answer proves more than that\n"},
    };

    CHECK(cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sound), cmocka_unit_test(test_signatures),
        cmocka_unit_test(test_times), cmocka_unit_test(test_chains),
        cmocka_unit_test(test_zones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
