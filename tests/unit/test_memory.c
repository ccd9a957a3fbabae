// SPDX-License-Identifier: BSD-2-Clause
/* src/control/memory.c: what is known of endpoints and regions, as text and back. */
#include "control/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct memory_entry endpoint = {
    .verdict = {.history = 0xf0f0f0f0f0f0f0f0, .known = 64, .fresh = 9, .state = VERDICT_DOWN},
    .since = 1764000000123,
    .asks = 0x0123456789abcdef,
    .penalty = 1985.125,
    .penalty_at = 1764000000000,
    .held_until = 1764000168000,
};

static struct recall *read_back(const struct memory *m)
{
    struct err err = {0};
    char *text = memory_text(m);
    struct recall *r = recall_read("health.json", text, strlen(text), &err);

    assert_non_null(r);
    free(text);
    return r;
}

static void all_comes_back(void **state)
{
    struct memory *m = memory_new(1764000001000);
    struct memory_entry e;

    memory_add(m, MEMORY_ENDPOINT, "web 2001:db8::1", &endpoint);
    memory_add(m, MEMORY_REGION, "web.example.com. default A us", &endpoint);
    struct recall *r = read_back(m);
    assert_int_equal(recall_at(r), 1764000001000);
    assert_true(recall_has(r, MEMORY_REGION));
    assert_true(recall_find(r, MEMORY_ENDPOINT, "web 2001:db8::1", &e));
    assert_memory_equal(&e.verdict, &endpoint.verdict, sizeof(e.verdict));
    assert_true(e.since == endpoint.since && e.asks == endpoint.asks);
    assert_true(e.penalty == endpoint.penalty && e.penalty_at == endpoint.penalty_at);
    assert_true(e.held_until == endpoint.held_until);
    assert_true(recall_find(r, MEMORY_REGION, "web.example.com. default A us", &e));
    assert_true(e.penalty == endpoint.penalty && e.held_until == endpoint.held_until);
    assert_int_equal(e.verdict.known, 0);
    assert_false(recall_find(r, MEMORY_REGION, "web 2001:db8::1", &e));
    assert_false(recall_find(r, MEMORY_ENDPOINT, "web 2001:db8::2", &e));
    recall_free(r);
    memory_free(m);
}

static void ramps_come_back(void **state)
{
    static const struct memory_entry ramps[] = {
        {.ramp = RAMP_WAITS},
        {.ramp = RAMP_FREED},
        {.ramp = RAMP_CLIMBS, .ramp_done_ms = 60000, .ramp_at = 1764000000123},
    };
    struct memory *m = memory_new(5);

    for (size_t i = 0; i < sizeof(ramps) / sizeof(ramps[0]); i++)
        memory_add(m, MEMORY_REGION, (const char[]){(char)('a' + i), '\0'}, &ramps[i]);
    struct recall *r = read_back(m);
    for (size_t i = 0; i < sizeof(ramps) / sizeof(ramps[0]); i++) {
        struct memory_entry e;
        assert_true(recall_find(r, MEMORY_REGION, (const char[]){(char)('a' + i), '\0'}, &e));
        assert_int_equal(e.ramp, ramps[i].ramp);
        assert_int_equal(e.ramp_done_ms, ramps[i].ramp_done_ms);
        assert_int_equal(e.ramp_at, ramps[i].ramp_at);
    }
    recall_free(r);
    memory_free(m);
}

/* A probe may have any name, and an endpoint that never fell has no penalty. */
static void any_key_comes_back(void **state)
{
    static const char *const keys[] = {"\"web\" 192.0.2.1", "a\\b 192.0.2.1", "\x01\n\t 192.0.2.1",
                                       "gr\xc3\xbc\xc3\x9f 192.0.2.1"};
    struct memory *m = memory_new(1);
    struct memory_entry good = endpoint, e;

    good.penalty = 0;
    good.held_until = 0;
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        memory_add(m, MEMORY_ENDPOINT, keys[i], &good);
    struct recall *r = read_back(m);
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        assert_true(recall_find(r, MEMORY_ENDPOINT, keys[i], &e));
        assert_memory_equal(&e.verdict, &endpoint.verdict, sizeof(e.verdict));
        assert_true(e.penalty == 0 && e.held_until == 0);
    }
    recall_free(r);
    memory_free(m);
}

static void nothing_is_something(void **state)
{
    struct memory *m = memory_new(5);
    struct recall *r = read_back(m);

    assert_int_equal(recall_at(r), 5);
    assert_false(recall_has(r, MEMORY_ENDPOINT));
    recall_free(r);
    memory_free(m);
}

static void check_unknown(const char *section, enum memory_of of, const char *entry)
{
    struct memory_entry e;
    char text[512];
    struct err err = {0};

    snprintf(text, sizeof(text), "{\"at\": 1, \"%s\": {\"x\": %s}}", section, entry);
    struct recall *r = recall_read("health.json", text, strlen(text), &err);
    assert_non_null(r);
    assert_false(recall_find(r, of, "x", &e));
    recall_free(r);
}

/* Whatever lies in that file: it is none of ours, or what is not right in it is not known. */
static void nonsense_is_not_believed(void **state)
{
    static const char *const files[] = {"", "{", "[]", "{}", "{\"at\": \"1\"}"};
    static const char *const entries[] = {
        "5",
        "{}",
        "{\"verdict\": \"up\"}",
        "{\"verdict\": \"ill\", \"history\": \"0000000000000001\", \"asks\": \"0000000000000001\"}",
        "{\"verdict\": \"up\", \"history\": \"1\", \"asks\": \"0000000000000001\"}",
        "{\"verdict\": \"up\", \"history\": \"000000000000000x\", \"asks\": \"0000000000000001\"}",
        "{\"verdict\": \"up\", \"history\": \"0000000000000001\", \"asks\": \"0000000000000001\", "
        "\"known\": 65}",
        "{\"verdict\": \"up\", \"history\": \"0000000000000001\", \"asks\": \"0000000000000001\", "
        "\"known\": 1, \"fresh\": 2}",
        "{\"verdict\": \"up\", \"history\": \"0000000000000001\", \"asks\": \"0000000000000001\", "
        "\"penalty\": -1}",
    };

    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        struct err err = {0};
        assert_null(recall_read("health.json", files[i], strlen(files[i]), &err));
        assert_int_equal(err.errors, 1);
        assert_memory_equal(err.items[0].text, "health.json: is no list of verdicts: ", 37);
        err_fini(&err);
    }
    for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++)
        check_unknown("endpoints", MEMORY_ENDPOINT, entries[i]);
    check_unknown("regions", MEMORY_REGION, "{\"ramp\": \"hops\"}");
    check_unknown("regions", MEMORY_REGION, "{\"ramp\": \"climbs\", \"ramp_done\": -1}");
    check_unknown("regions", MEMORY_REGION, "{\"ramp\": \"climbs\", \"ramp_done\": 86400001}");
}

/* Bits beyond what is known would count as successes. */
static void history_is_no_longer_than_known(void **state)
{
    struct memory *m = memory_new(5);
    struct memory_entry e = endpoint;

    e.verdict.known = e.verdict.fresh = 5;
    memory_add(m, MEMORY_ENDPOINT, "x", &e);
    struct recall *r = read_back(m);
    assert_true(recall_find(r, MEMORY_ENDPOINT, "x", &e));
    assert_int_equal(e.verdict.history, 0x10);
    recall_free(r);
    memory_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_comes_back),
        cmocka_unit_test(ramps_come_back),
        cmocka_unit_test(any_key_comes_back),
        cmocka_unit_test(nothing_is_something),
        cmocka_unit_test(nonsense_is_not_believed),
        cmocka_unit_test(history_is_no_longer_than_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
