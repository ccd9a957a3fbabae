/* SPDX-License-Identifier: BSD-2-Clause */
#include "load/maprules.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "geokit.h"

static void rules_match_from_narrow_to_wide(void **state)
{
    static const struct {
        const char *why, *rules,
            *client;         /* "ADDR COUNTRY CONTINENT SUBDIVISION ASN", - for nothing */
        unsigned prefer;     /* the line of the rule that orders; 0: none */
        const char *allowed; /* NULL: fences that leave nothing */
    } cases[] = {
        {"no rule", "", "192.0.2.1 KR AS - 0", 0, "abcd"},
        {"a country", "KR >c", "192.0.2.1 KR AS - 0", 1, "abcd"},
        {"another", "KR >c", "192.0.2.1 JP AS - 0", 0, "abcd"},
        {"country over continent", "+AS >a\nKR >c", "192.0.2.1 KR AS - 0", 2, "abcd"},
        {"a continent alone", "+AS >a\nKR >c", "192.0.2.1 - AS - 0", 1, "abcd"},
        {"subdivision over country", "US >a\nUS-CA >c", "192.0.2.1 US NA US-CA 0", 2, "abcd"},
        {"ASN over subdivision", "US-CA >c\nAS64496 >b", "192.0.2.1 US NA US-CA 64496", 2, "abcd"},
        {"network over ASN", "AS64496 >b\n192.0.2.0/24 >a", "192.0.2.1 - - - 64496", 2, "abcd"},
        {"the longest network", "192.0.2.0/25 >a\n192.0.0.0/16 >b\n0.0.0.0/0 >c",
         "192.0.2.1 - - - 0", 1, "abcd"},
        {"a rule without prefer is passed over", "KR =ac\n+AS >a", "192.0.2.1 KR AS - 0", 2, "ac"},
        {"of equal rules the first", "KR >c\nKR >a", "192.0.2.1 KR AS - 0", 1, "abcd"},
        {"of equal networks the first", "192.0.2.0/24 >c\n192.0.2.0/24 >a", "192.0.2.1 - - - 0", 1,
         "abcd"},
        {"IPv6 networks", "2001:db8::/32 >c\n::/0 >a", "2001:db8::1 - - - 0", 1, "abcd"},
        {"families are apart", "::/0 >a", "192.0.2.1 - - - 0", 0, "abcd"},

        {"fences intersect", "+AS =abc\nKR =bcd", "192.0.2.1 KR AS - 0", 0, "bc"},
        {"also with a network's", "+AS =abc\n192.0.2.0/24 =cd", "192.0.2.1 KR AS - 0", 0, "c"},
        {"a narrower rule alone lifts nothing", "+EU =b\nDE >a", "192.0.2.1 DE EU - 0", 2, "b"},
        {"unless it says so", "+EU =b\nDE off", "192.0.2.1 DE EU - 0", 0, "abcd"},
        {"its own fence stays", "+EU =b\nDE =a off", "192.0.2.1 DE EU - 0", 0, "a"},
        {"narrower fences stay", "+EU =b\nDE off\n192.0.2.0/24 =a", "192.0.2.1 DE EU - 0", 0, "a"},
        {"those of equal rules too", "DE =ab\nDE off\n+EU =d", "192.0.2.1 DE EU - 0", 0, "ab"},
        {"in either order", "DE off\nDE =ab\n+EU =d", "192.0.2.1 DE EU - 0", 0, "ab"},
        {"a network lifts a wider network's", "192.0.0.0/16 =b\n192.0.2.0/24 off",
         "192.0.2.1 - - - 0", 0, "abcd"},
        {"nothing is left", "+EU =b\nDE =a", "192.0.2.1 DE EU - 0", 0, NULL},
        {"nothing of three", "+EU =ab\nDE =ac\n192.0.2.0/24 =bc", "192.0.2.1 DE EU - 0", 0, NULL},
        {"these two never meet", "FR =b\nDE =a", "192.0.2.1 DE EU - 0", 0, "a"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char addr_text[64], country[8], continent[8], subdivision[16];
        struct place place = {0};
        struct ipaddr addr;
        struct match m;
        struct err err;
        struct map_spec *map = geokit_map(cases[i].rules);
        assert_int_equal(sscanf(cases[i].client, "%63s %7s %7s %15s %u", addr_text, country,
                                continent, subdivision, &place.asn),
                         5);
        assert_true(ipaddr_parse(addr_text, &addr));
        if (*country != '-')
            memcpy(place.country, country, 3);
        if (*continent != '-')
            memcpy(place.continent, continent, 3);
        if (*subdivision != '-')
            memcpy(place.subdivision, subdivision, strlen(subdivision) + 1);
        err_init(&err);
        struct maprules *rules = maprules_new(map, &err);
        maprules_match(rules, netrules_find(maprules_networks(rules), &addr), &place,
                       geokit_set("abcd"), &m);
        if ((m.prefer != NULL ? m.prefer->pos.line : 0) != cases[i].prefer)
            fail_msg("%s: prefer", cases[i].why);
        if ((m.conflict == NULL) != (cases[i].allowed != NULL))
            fail_msg("%s: conflict", cases[i].why);
        if (m.conflict == NULL && m.allowed != geokit_set(cases[i].allowed))
            fail_msg("%s: allowed %#lx", cases[i].why, (unsigned long)m.allowed);
        assert_int_equal(err.n, 0);
        maprules_free(rules);
        geokit_free(map);
        err_fini(&err);
    }
}

static void fences_are_told_narrow_first(void **state)
{
    struct map_spec *map = geokit_map("+EU =abc\n192.0.2.0/24 =ab\nDE =bc");
    const struct place place = {.country = "DE", .continent = "EU"};
    struct ipaddr addr;
    struct match m;
    struct err err;

    err_init(&err);
    struct maprules *rules = maprules_new(map, &err);
    assert_true(ipaddr_parse("192.0.2.1", &addr));
    maprules_match(rules, netrules_find(maprules_networks(rules), &addr), &place,
                   geokit_set("abcd"), &m);
    assert_int_equal(m.n_fences, 3);
    assert_int_equal(m.fences[0]->pos.line, 2);
    assert_int_equal(m.fences[1]->pos.line, 3);
    assert_int_equal(m.fences[2]->pos.line, 1);
    maprules_free(rules);
    geokit_free(map);
    err_fini(&err);
}

static void asns_that_no_rule_names_are_alike(void **state)
{
    struct map_spec *map = geokit_map("AS64496 >c\nAS64500 >a\nKR >b");
    const struct place other = {.asn = PLACE_ASN_OTHER};
    struct match m;
    struct err err;

    err_init(&err);
    struct maprules *rules = maprules_new(map, &err);
    assert_true(maprules_has_asn(rules, 64496));
    assert_true(maprules_has_asn(rules, 64500));
    assert_false(maprules_has_asn(rules, 64497));
    maprules_match(rules, 0, &other, geokit_set("abcd"), &m);
    assert_null(m.prefer);
    maprules_free(rules);
    geokit_free(map);
    err_fini(&err);
}

static void a_network_inside_an_embedding_is_warned_of(void **state)
{
    struct map_spec *map = geokit_map("2002:a00::/24 >c\n2000::/3 >a\n::ffff:10.0.0.0/104 >b");
    struct err err;

    err_init(&err);
    struct maprules *rules = maprules_new(map, &err);
    assert_int_equal(err.n, 2);
    assert_int_equal(err.errors, 0);
    assert_non_null(strstr(err.items[0].text, "map:1:1: 2002:a00::/24 never matches"));
    maprules_free(rules);
    geokit_free(map);
    err_fini(&err);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules_match_from_narrow_to_wide),
        cmocka_unit_test(fences_are_told_narrow_first),
        cmocka_unit_test(asns_that_no_rule_names_are_alike),
        cmocka_unit_test(a_network_inside_an_embedding_is_warned_of),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
