/*
 * src/data/negative.c: the SOA of negative answers, its pointers for names of any length.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "data/negative.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "data/zone.h"
#include "zonekit.h"

static struct zone *load(const char *apex, const char *soa)
{
    struct err err;
    char text[256];

    err_init(&err);
    snprintf(text, sizeof(text), "@ 60 SOA %s 1 2 3 4 5\n@ 60 NS ns.example.org.\n", soa);
    struct zone *z = zonekit_load(apex, text, strlen(text), &err);
    assert_non_null(z);
    err_fini(&err);
    return z;
}

static struct name_key key_of(const char *text)
{
    uint8_t name[NAME_MAX_LEN];
    struct name_key key;
    const char *why;

    assert_true(name_parse(text, strlen(text), name_root, name, &why));
    name_key_init(&key, name);
    return key;
}

/* Where the pointers lead behind a question for a name, in the order of their places. */
static void test_pointers(void **state)
{
    static const struct {
        const char *apex, *soa, *name;
        unsigned len; /* octets of the record */
        unsigned n, want[3];
    } cases[] = {
        /* the question at 12: 3 w w w 7 example 3 com 0; the SOA at 12 + 17 + 4 */
        {"example.com.", "ns h", "example.com.", 2 + 10 + 5 + 4 + 20, 3, {12, 12, 12}},
        {"example.com.", "ns h", "www.example.com.", 2 + 10 + 5 + 4 + 20, 3, {16, 16, 16}},
        {"example.com.", "ns h", "a.b.example.com.", 2 + 10 + 5 + 4 + 20, 3, {16, 16, 16}},
        {"example.com.", "ns h.ns", "www.example.com.", 2 + 10 + 5 + 4 + 20, 3, {16, 16, 45}},
        {"example.com.", "ns.com. .", "www.example.com.", 2 + 10 + 5 + 1 + 20, 2, {16, 24}},
        {"example.com.", "@ h.net.", "www.example.com.", 2 + 10 + 2 + 7 + 20, 2, {16, 16}},
        {".", "a. b.a.", "www.", 1 + 10 + 3 + 4 + 20, 1, {12 + 5 + 4 + 11}},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct zone *z = load(cases[i].apex, cases[i].soa);
        const struct negative *n = zone_negative(z);
        const struct name_key key = key_of(cases[i].name);
        uint8_t out[512];
        assert_int_equal(n->len, cases[i].len);
        assert_int_equal(n->n_pointers, cases[i].n);
        assert_true(negative_suits(n, &key));
        assert_ptr_equal(negative_write(n, &key, 3, out), out + n->len);
        assert_int_equal(get_u32(out + n->ttl_at), 3);
        negative_write(n, &key, 9, out);
        assert_int_equal(get_u32(out + n->ttl_at), 5); /* MINIMUM */
        for (unsigned p = 0; p < n->n_pointers; p++)
            assert_int_equal(get_u16(out + n->pointers[p]), 0xc000 | cases[i].want[p]);
        zone_unref(z);
    }
}

/* Names behind which the writer would point at more than the apex. */
static void test_suits(void **state)
{
    static const struct {
        const char *apex, *soa, *name;
        bool want;
    } cases[] = {
        {"example.com.", "ns h", "ns.example.com.", false},
        {"example.com.", "ns h", "x.NS.example.com.", false},
        {"example.com.", "NS h", "x.ns.example.com.", false},
        {"example.com.", "ns h", "h.example.com.", false},
        {"example.com.", "ns h", "ns.x.example.com.", true},
        {"example.com.", "ns h", "nt.example.com.", true},
        {"example.com.", "ns h", "nss.example.com.", true},
        {"example.com.", "a.ns h", "a.example.com.", true},
        {"example.com.", "a.ns h", "x.ns.example.com.", false},
        {"example.com.", "ns.example.net. h.example.net.", "ns.example.com.", true},
        {"example.com.", "ns.com. h.com.", "ns.example.com.", true},
        {"example.com.", "@ @", "ns.example.com.", true},
        {".", "a.b. c.", "x.b.", false},
        {".", "a.b. c.", "a.", true},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct zone *z = load(cases[i].apex, cases[i].soa);
        const struct name_key key = key_of(cases[i].name);
        if (negative_suits(zone_negative(z), &key) != cases[i].want)
            fail_msg("%s with %s", cases[i].name, cases[i].soa);
        zone_unref(z);
    }
}

/* A zone without SOA, or with rdata that is none: a name, or the numbers, cut off; one octet too many. */
static void test_no_soa(void **state)
{
    static const uint8_t soa[] = "\1a\0\1b\0"
                                 "01234567890123456789";

    for (size_t len = 0; len <= sizeof(soa); len++) {
        struct zone *z = zone_new((const uint8_t *)"\1x");
        uint8_t *rdata = malloc(len + 1);
        memcpy(rdata, soa, len);
        if (len > 0)
            zone_add_rr(z, (const uint8_t *)"\1x", TYPE_SOA, 60, rdata, (uint16_t)len);
        zone_seal(z);
        assert_int_equal(zone_negative(z) != NULL, len == sizeof(soa) - 1);
        zone_unref(z);
        free(rdata);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pointers),
        cmocka_unit_test(test_suits),
        cmocka_unit_test(test_no_soa),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
