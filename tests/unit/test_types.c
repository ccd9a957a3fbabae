/* src/dns/types.c: mnemonics, and where names may be compressed.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "dns/types.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <ldns/ldns.h>

#define COUNT(cases) (sizeof(cases) / sizeof((cases)[0]))

static void test_parse(void **state)
{
    static const struct {
        const char *text;
        int type; /* -1: none */
    } cases[] = {
        {"A", 1},
        {"aaaa", 28},
        {"Cname", 5},
        {"ANY", 255},
        {"TYPE1", 1},
        {"type65535", 65535},
        {"TYPE0", 0},
        {"TYPE65536", -1},
        {"TYPE", -1},
        {"TYPE-1", -1},
        {"TYPE1x", -1},
        {"TYPE 1", -1},
        {"TYPE99999999999999999999", -1},
        {"", -1},
        {"NOPE", -1},
        {"A ", -1},
        {"DYNA", -1},
        {"HTTPS", 65},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        uint16_t type = 9;
        const bool ok = type_parse(cases[i].text, &type);
        if (ok != (cases[i].type >= 0) || type != (ok ? cases[i].type : 9))
            fail_msg("%s: %d", cases[i].text, type);
    }
}

/* Every number prints as something that reads back as it; ldns knows no other name for it. */
static void test_every_number(void **state)
{
    for (unsigned type = 0; type <= 65535; type++) {
        char text[TYPE_TEXT];
        uint16_t back;
        assert_true(type_parse(type_print((uint16_t)type, text), &back));
        assert_int_equal(back, type);
        const ldns_rr_type theirs = ldns_get_rr_type_by_name(text);
        if (theirs != 0 && theirs != type)
            fail_msg("%s is %u here and %u for ldns", text, type, theirs);
    }
}

/* RFC 3597 §4: names are compressed in types of RFC 1035 alone. */
static void test_names_in_rdata(void **state)
{
    static const struct {
        const char *type;
        unsigned n, skip;
    } cases[] = {
        {"NS", 1, 0},    {"CNAME", 1, 0}, {"PTR", 1, 0}, {"SOA", 2, 0}, {"MX", 1, 2},
        {"MINFO", 2, 0}, {"MB", 1, 0},    {"SRV", 0, 0}, {"RP", 0, 0},  {"DNAME", 0, 0},
        {"NAPTR", 0, 0}, {"A", 0, 0},     {"TXT", 0, 0}, {"KX", 0, 0},  {"HTTPS", 0, 0},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        uint16_t type;
        assert_true(type_parse(cases[i].type, &type));
        const struct rdata_names names = rdata_names(type);
        assert_int_equal(names.n, cases[i].n);
        assert_int_equal(names.skip[0], cases[i].skip);
    }
}

/* RFC 6895 §3.1 */
static void test_meta_types(void **state)
{
    static const struct {
        uint16_t type;
        bool meta;
    } cases[] = {{1, false},  {41, true},  {127, false}, {128, true},   {249, true},
                 {252, true}, {255, true}, {256, false}, {65280, false}};

    for (size_t i = 0; i < COUNT(cases); i++)
        assert_int_equal(type_is_meta(cases[i].type), cases[i].meta);
}

static void names_of_hosts_in_rdata(void **state)
{
    assert_int_equal(rdata_host(TYPE_NS), 0);
    assert_int_equal(rdata_host(TYPE_MX), 2);
    assert_int_equal(rdata_host(TYPE_SRV), 6);
    assert_true(rdata_host(TYPE_CNAME) == RDATA_NO_HOST);
}

/* What may be copied as it was rendered has nothing that the message or the zone add to. */
static void test_plain(void **state)
{
    for (unsigned type = 0; type <= UINT16_MAX; type++) {
        const uint16_t t = (uint16_t)type;
        const bool names = rdata_names(t).n > 0 || rdata_host(t) != RDATA_NO_HOST;
        assert_int_equal(type_is_plain(t), !names && !type_is_svcb(t));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_every_number),
        cmocka_unit_test(test_names_in_rdata),
        cmocka_unit_test(test_meta_types),
        cmocka_unit_test(names_of_hosts_in_rdata),
        cmocka_unit_test(test_plain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
