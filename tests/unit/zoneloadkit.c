/* SPDX-License-Identifier: BSD-2-Clause */
#include "zoneloadkit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/xalloc.h"
#include "zonekit.h"

void zoneloadkit_printed(const char *why, const struct zone *z, const char *want)
{
    char *printed = zonekit_print(z), *got = zonekit_sorted(printed),
         *sorted = zonekit_sorted(want);

    if (strcmp(got, sorted) != 0)
        fail_msg("%s:\n--- got\n%s--- want\n%s", why, got, sorted);
    free(printed);
    free(got);
    free(sorted);
}

void zoneloadkit_again(const char *about, const char *apex, const struct zone *z)
{
    struct err err;
    char *printed = zonekit_print(z), *why;

    err_init(&err);
    struct zone *again = zonekit_load(apex, printed, strlen(printed), &err);
    char *text = err_text(&err);
    if (again == NULL)
        fail_msg("%s: what is printed does not load: %s", about, text);
    if (!zonekit_same(z, again, &why))
        fail_msg("%s: what is printed loads to another zone: %s", about, why);
    free(text);
    free(printed);
    zone_unref(again);
    err_fini(&err);
}

static void check_case(const struct load_case *c)
{
    const char *messages = c->messages != NULL ? c->messages : "";
    char *text = xasprintf("%s%s", ZONE_HEAD, c->text);
    struct err err;

    err_init(&err);
    struct zone *z = zonekit_load("example.com", text, strlen(text), &err);
    char *got = err_text(&err);
    if (strcmp(got, messages) != 0)
        fail_msg("%s:\n--- got\n%s--- want\n%s", c->why, got, messages);
    assert_true((z == NULL) == (err.errors > 0));
    assert_true((z == NULL) == (c->zone == NULL));
    if (z != NULL) {
        char *want = xasprintf("%s%s", ZONE_HEAD_PRINTED, c->zone);
        zoneloadkit_printed(c->why, z, want);
        zoneloadkit_again(c->why, "example.com", z);
        free(want);
    }
    zone_unref(z);
    free(got);
    free(text);
    err_fini(&err);
}

void zoneloadkit_cases(const struct load_case *cases, size_t n)
{
    for (size_t i = 0; i < n; i++)
        check_case(&cases[i]);
}

void zoneloadkit_whole(const char *why, const char *text, const char *want_zone,
                       const char *want_messages)
{
    struct err err;

    err_init(&err);
    struct zone *z = zonekit_load("example.com", text, strlen(text), &err);
    char *got = err_text(&err);
    if (strcmp(got, want_messages) != 0)
        fail_msg("%s:\n--- got\n%s--- want\n%s", why, got, want_messages);
    assert_true((z == NULL) == (want_zone == NULL));
    if (z != NULL)
        zoneloadkit_printed(why, z, want_zone);
    zone_unref(z);
    free(got);
    err_fini(&err);
}
