/* src/answer/steer.c: client → ranking → choice → records.  SPDX-License-Identifier: BSD-2-Clause */
#include "answer/steer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "dns/types.h"
#include "steerkit.h"

/* "set b /24", "all ab /2", … */
static const char *pick_text(const struct pick *p, char out[32])
{
    char letters[4] = "";
    unsigned n = 0;

    switch (p->kind) {
    case PICK_SET:
        snprintf(out, 32, "set %c /%u", p->set->wire[p->set->len - 1], p->scope);
        return out;
    case PICK_ALL:
        for (unsigned i = 0; i < 3; i++)
            if (p->all >> i & 1)
                letters[n++] = (char)p->answers->set[i]->wire[p->answers->set[i]->len - 1];
        snprintf(out, 32, "all %s /%u", letters, p->scope);
        return out;
    case PICK_NODATA: return strcpy(out, "nodata");
    case PICK_SERVFAIL: return strcpy(out, "servfail");
    }
    return NULL;
}

/* 192.0.2.0/24 may not have region 2; steerkit.h says the rest. */
static void test_picks(void **state)
{
    static const struct {
        const char *why, *records;
        uint8_t choice[STEERKIT_RANKINGS]; /* of everybody else, of 192.0.2.0/24 */
        const char *client, *want;
    } cases[] = {
        {"a region", "abc", {0, 1}, "198.51.100.1", "set a /6"},
        {"another for the block, and its exact scope", "abc", {0, 1}, "192.0.2.77", "set b /24"},
        {"the neighbour of the block", "abc", {0, 1}, "192.0.3.0", "set a /24"},
        {"IPv6", "abc", {2, 1}, "2001:db8::1", "set c /0"},
        {"IPv4 in IPv6 has the scope of its own family",
         "abc",
         {0, 1},
         "::ffff:192.0.2.1",
         "set b /120"},
        {"a region without a record of the type", "-bc", {0, 1}, "8.8.8.8", "nodata"},
        {"a choice for nodata", "abc", {CHOICE_NODATA, 1}, "8.8.8.8", "nodata"},
        {"a choice for servfail", "abc", {CHOICE_SERVFAIL, 1}, "8.8.8.8", "servfail"},
        {"all regions", "abc", {CHOICE_ALL, 1}, "8.8.8.8", "all abc /1"},
        {"all that the fence allows", "abc", {0, CHOICE_ALL}, "192.0.2.1", "all ab /24"},
        {"all that own a record", "a-c", {CHOICE_ALL, 1}, "8.8.8.8", "all ac /1"},
        {"all that are allowed own none", "--c", {0, CHOICE_ALL}, "192.0.2.1", "nodata"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct steerkit_type type = {.type = TYPE_A, .records = cases[i].records};
        struct ipaddr client;
        char got[32];
        memcpy(type.choice, cases[i].choice, sizeof(type.choice));
        assert_true(ipaddr_parse(cases[i].client, &client));
        struct steered *s = steerkit_steered(DYN_ADDRESSES, steerkit_map(), &type, 1);
        struct pick p;
        steer_pick(s, &s->types[0], &client, &p);
        if (strcmp(pick_text(&p, got), cases[i].want) != 0)
            fail_msg("%s: %s, not %s", cases[i].why, got, cases[i].want);
        steered_free(s);
    }
}

/* Of all three, those that are in the spread. */
static void test_spread(void **state)
{
    const struct steerkit_type type = {TYPE_A, "abc", {CHOICE_ALL, 1}};
    struct steered *s = steerkit_steered(DYN_ADDRESSES, steerkit_map(), &type, 1);
    struct ipaddr client;
    char got[32];

    assert_true(ipaddr_parse("8.8.8.8", &client));
    s->types[0].spread = 6;
    struct pick p;
    steer_pick(s, &s->types[0], &client, &p);
    assert_string_equal(pick_text(&p, got), "all bc /1");
    steered_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_picks),
        cmocka_unit_test(test_spread),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
