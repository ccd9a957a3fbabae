/*
 * src/data/denial.c and denial_build.c: by which records a zone denies, and what is found where a
 * chain is odd: several, incomplete, of too many iterations.  Hashes are those of example.'s names
 * without salt and iterations, where nothing else is said.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "data/denial.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "zonekit.h"

#define HEAD                "$TTL 60\n@ SOA ns.x. h.x. 1 2 3 4 5\n@ NS ns.x.\n"
#define HASH_APEX           "3msev9usmd4br9s97v51r2tdvmr9iqo1"
#define HASH_A              "6cd522290vma0nr8lqu1ivtcofj94rga"
#define NSEC(name)          name " NSEC @ A\n"
#define PARAM(p)            "@ 0 NSEC3PARAM " p "\n"
#define NSEC3(hash, params) hash " NSEC3 " params " " HASH_APEX " A\n"

static struct zone *load(const char *text)
{
    struct err err;

    err_init(&err);
    struct zone *z = zonekit_load("example", text, strlen(text), &err);
    assert_non_null(z);
    err_fini(&err);
    return z;
}

static const uint8_t *parse(const char *text, uint8_t out[NAME_MAX_LEN])
{
    const char *why;

    if (!name_parse(text, strlen(text), (const uint8_t *)"\7example", out, &why))
        fail_msg("%s: %s", text, why);
    return out;
}

static void check_owner(const struct node *n, const char *owner)
{
    uint8_t want[NAME_MAX_LEN];
    char text[NAME_TEXT];

    if (!name_equal(n->name, parse(owner, want)))
        fail_msg("%s, not %s", name_print(n->name, text), owner);
}

static void test_which(void **state)
{
    static const struct {
        const char *why, *text;
        bool denies, nsec3;
    } cases[] = {
        {"not signed", HEAD, false, false},
        {"NSEC", HEAD NSEC("@"), true, false},
        {"NSEC, but none of the apex", HEAD "a A 192.0.2.1\n" NSEC("a"), false, false},
        {"NSEC3", HEAD PARAM("1 0 0 -") NSEC3(HASH_APEX, "1 0 0 -"), true, true},
        {"NSEC3PARAM before its chain", HEAD PARAM("1 0 0 -"), false, false},
        {"a chain before its NSEC3PARAM", HEAD NSEC3(HASH_APEX, "1 0 0 -"), false, false},
        {"NSEC3, but none of the apex", HEAD PARAM("1 0 0 -") NSEC3(HASH_A, "1 0 0 -"), false,
         false},
        {"both", HEAD NSEC("@") PARAM("1 0 0 -") NSEC3(HASH_APEX, "1 0 0 -"), true, true},
        {"NSEC, and a chain that is not there yet", HEAD NSEC("@") PARAM("1 0 0 -"), true, false},
        {"flags other than 0 are not to be used (RFC 5155 §4.1.2)",
         HEAD NSEC("@") PARAM("1 1 0 -") NSEC3(HASH_APEX, "1 0 0 -"), true, false},
        {"another algorithm", HEAD NSEC("@") PARAM("2 0 0 -") NSEC3(HASH_APEX, "2 0 0 -"), true,
         false},
        {"other parameters", HEAD NSEC("@") PARAM("1 0 0 bb") NSEC3(HASH_APEX, "1 0 0 -"), true,
         false},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct zone *z = load(cases[i].text);
        const struct denial *d = zone_denial(z);
        if ((d != NULL) != cases[i].denies || (d != NULL && denial_is_nsec3(d) != cases[i].nsec3))
            fail_msg("%s", cases[i].why);
        zone_unref(z);
    }
}

/* In the order of RFC 4034 §6.1, whatever the file's; what a delegation hides is none of it. */
static void test_nsec(void **state)
{
    static const struct {
        const char *name, *owner;
    } cases[] = {
        {"@", "@"},
        {"a", "a"},
        {"\\000.a", "a"},
        {"b", "zabc.a"},
        {"yljkjljk.a", "yljkjljk.a"},
        {"yljkjljl.a", "yljkjljk.a"},
        {"Z.a", "z.a"},
        {"zabc.a", "zabc.a"},
        {"x.z", "*.z"},
        {"z", "z"},
        {"\\001.z", "\\001.z"},
        {"*.z", "*.z"},
        {"\\200.z", "\\200.z"},
        {"zz", "\\200.z"},
        {"cut", "cut"},
        {"x.cut", "cut"},
        {"cuu", "cut"},
        {"!", "@"},
    };
    struct zone *z = load(HEAD "\\200.z NSEC @ A\n*.z NSEC @ A\n\\001.z NSEC @ A\nz NSEC @ A\n"
                               "zABC.a NSEC @ A\nZ.a NSEC @ A\nyljkjljk.a NSEC @ A\na NSEC @ A\n"
                               "@ NSEC a A\ncut NS ns.x.\ncut NSEC z NS\nx.cut NSEC z A\n");
    const struct denial *d = zone_denial(z);
    uint8_t name[NAME_MAX_LEN];

    assert_int_equal(denial_count(d), 10);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        parse(cases[i].name, name);
        name_lower(name);
        check_owner(denial_nsec(d, name), cases[i].owner);
    }
    zone_unref(z);
}

static void test_nsec3(void **state)
{
    struct zone *z =
        load(HEAD "a A 192.0.2.1\nb A 192.0.2.1\n" PARAM("1 0 0 -") NSEC3(HASH_A, "1 0 0 -")
                 NSEC3(HASH_APEX, "1 0 0 -") NSEC3("0123456789abcdefghijklmnopqrstuv", "1 0 0 aa"));
    const struct denial *d = zone_denial(z);
    uint8_t name[NAME_MAX_LEN];
    bool matches;

    assert_int_equal(denial_count(d), 2); /* the one with salt is of another chain */
    assert_int_equal(zone_nsec3_count(z), 3);
    assert_int_equal(zone_node_count(z), 3);
    assert_null(zone_node(z, parse(HASH_A, name)));
    check_owner(denial_nsec3(d, zone_apex_node(z), &matches), HASH_APEX);
    assert_true(matches);
    check_owner(denial_nsec3(d, zone_node(z, parse("a", name)), &matches), HASH_A);
    assert_true(matches);
    /* b has none, as in a broken chain */
    check_owner(denial_nsec3(d, zone_node(z, parse("b", name)), &matches), HASH_A);
    assert_false(matches);
    /* hashes below the first one stand behind the last */
    check_owner(denial_nsec3_absent(d, parse("n3", name)), HASH_A);
    zone_unref(z);
}

/* Of several chains the first that is there. */
static void test_two_chains(void **state)
{
    struct zone *z = load(HEAD PARAM("1 0 0 bb") PARAM("1 0 0 -") NSEC3(HASH_APEX, "1 0 0 -")
                              NSEC3(HASH_A, "1 0 0 bb"));
    const struct denial *d = zone_denial(z);

    assert_int_equal(denial_count(d), 1);
    assert_int_equal(denial_params(d)->salt_len, 0);
    zone_unref(z);
}

/* Nothing is hashed: whatever is asked is denied by the record of the apex, from which a validator
 * learns how many iterations there are. */
static void test_too_many_iterations(void **state)
{
    struct zone *z = load(HEAD "a A 192.0.2.1\n" PARAM("1 0 200 -") NSEC3(
        "ve4l17t6uvub8ej2onmievtfeicmjjrv", "1 0 200 -") NSEC3(HASH_A, "1 0 200 -"));
    const struct denial *d = zone_denial(z);
    uint8_t name[NAME_MAX_LEN];
    bool matches;

    check_owner(denial_nsec3(d, zone_node(z, parse("a", name)), &matches),
                "ve4l17t6uvub8ej2onmievtfeicmjjrv");
    assert_true(matches);
    check_owner(denial_nsec3_wildcard(d, zone_apex_node(z)), "ve4l17t6uvub8ej2onmievtfeicmjjrv");
    check_owner(denial_nsec3_absent(d, parse("n1", name)), "ve4l17t6uvub8ej2onmievtfeicmjjrv");
    zone_unref(z);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_which),
        cmocka_unit_test(test_nsec),
        cmocka_unit_test(test_nsec3),
        cmocka_unit_test(test_two_chains),
        cmocka_unit_test(test_too_many_iterations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
