/*
 * src/data/nsec3.c: the hashes of RFC 5155, appendix A, and what owner names and rdata are read as.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "data/nsec3.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dns/name.h"

static const struct nsec3_params rfc = {.iterations = 12,
                                        .salt_len = 4,
                                        .salt = (const uint8_t *)"\xaa\xbb\xcc\xdd"};

static void label_of(const char *text, uint8_t label[1 + NSEC3_LABEL_LEN])
{
    assert_int_equal(strlen(text), NSEC3_LABEL_LEN);
    label[0] = NSEC3_LABEL_LEN;
    memcpy(label + 1, text, NSEC3_LABEL_LEN);
}

static void test_rfc5155(void **state)
{
    static const struct {
        const char *name, *hash;
    } cases[] = {
        {"example", "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom"},
        {"a.example", "35mthgpgcu1qg68fab165klnsnk3dpvl"},
        {"ai.example", "gjeqe526plbf1g8mklp59enfd789njgi"},
        {"ns1.example", "2t7b4g4vsa5smi47k61mv5bv1a22bojr"},
        {"ns2.example", "q04jkcevqvmu85r014c7dkba38o0ji5r"},
        {"w.example", "k8udemvp1j2f7eg6jebps17vp3n8i58h"},
        {"*.w.example", "r53bq7cc2uvmubfu5ocmm6pers9tk9en"},
        {"x.w.example", "b4um86eghhds6nea196smvmlo4ors995"},
        {"y.w.example", "ji6neoaepv8b5o6k4ev33abha8ht9fgc"},
        {"x.y.w.example", "2vptu5timamqttgl4luu9kg21e0aor3s"},
        {"xx.example", "t644ebqk9bibcna874givr6joj62mlhv"},
        {"2t7b4g4vsa5smi47k61mv5bv1a22bojr.example", "kohar7mbb8dc2ce8a9qvl8hon4k53uhi"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        uint8_t name[NAME_MAX_LEN], label[1 + NSEC3_LABEL_LEN];
        uint8_t want[NSEC3_HASH_LEN], got[NSEC3_HASH_LEN];
        const char *why;
        assert_true(name_parse(cases[i].name, strlen(cases[i].name), name_root, name, &why));
        label_of(cases[i].hash, label);
        assert_true(nsec3_label_read(label, want));
        nsec3_hash(&rfc, name, got);
        assert_memory_equal(got, want, NSEC3_HASH_LEN);
    }
}

static void test_labels(void **state)
{
    uint8_t label[1 + NSEC3_LABEL_LEN], lower[NSEC3_HASH_LEN], upper[NSEC3_HASH_LEN];

    label_of("0p9mhaveqvm6t7vbl5lop2u3t2rp3tom", label);
    assert_true(nsec3_label_read(label, lower));
    assert_memory_equal(lower, "\x06\x53\x68\xab\xee\xd7", 6);
    label_of("0P9MHAVEQVM6T7VBL5LOP2U3T2RP3TOM", label);
    assert_true(nsec3_label_read(label, upper));
    assert_memory_equal(lower, upper, NSEC3_HASH_LEN);
    label_of("0p9mhaveqvm6t7vbl5lop2u3t2rp3tow", label); /* w is no digit */
    assert_false(nsec3_label_read(label, lower));
    label_of("0p9mhaveqvm6t7vbl5lop2u3t2rp3to-", label);
    assert_false(nsec3_label_read(label, lower));
    assert_false(nsec3_label_read((const uint8_t *)"\3abc", lower));
}

static void test_params(void **state)
{
    struct nsec3_params p;
    uint8_t flags;

    assert_true(
        nsec3_params_read((const uint8_t *)"\1\1\0\14\4\xaa\xbb\xcc\xdd\x14", 10, &flags, &p));
    assert_int_equal(flags, 1);
    assert_true(nsec3_params_equal(&p, &rfc));
    assert_true(nsec3_params_read((const uint8_t *)"\1\0\0\14\3\xaa\xbb\xcc", 8, &flags, &p));
    assert_false(nsec3_params_equal(&p, &rfc));
    assert_false(nsec3_params_read((const uint8_t *)"\2\0\0\14\0", 5, &flags, &p)); /* algorithm */
    assert_false(nsec3_params_read((const uint8_t *)"\1\0\0\14\4\xaa", 6, &flags, &p));
    assert_false(nsec3_params_read((const uint8_t *)"\1\0\0", 3, &flags, &p));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rfc5155),
        cmocka_unit_test(test_labels),
        cmocka_unit_test(test_params),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
