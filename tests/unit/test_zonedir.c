/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/zonedir.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/xalloc.h"
#include "folderkit.h"

#define ZONE "@ 60 SOA ns h 1 2 3 4 5\n@ 60 NS ns\nns 60 A 192.0.2.53\n"

/* The errors without the test's own folder before each path. */
static char *told_of(const struct folderkit *f, struct err *err)
{
    char *text = err_text(err), *at;
    const size_t len = strlen(f->path) + 1;

    while ((at = strstr(text, f->path)) != NULL)
        memmove(at, at + len, strlen(at + len) + 1);
    err_fini(err);
    return text;
}

static void check_told(const struct folderkit *f, struct err *err, const char *told)
{
    char *text = told_of(f, err);

    assert_string_equal(text, told);
    free(text);
}

/* "file=zone file=zone", in the order of the list; frees it. */
static char *list_text(struct zone_list *zones)
{
    char *text = xstrdup(""), name[NAME_TEXT];

    for (size_t i = 0; i < zones->n; i++) {
        const struct zone_source *z = zones->at[i];
        char *longer = xasprintf("%s%s%s=%s", text, i > 0 ? " " : "", strrchr(z->path, '/') + 1,
                                 name_print(z->apex, name));
        free(text);
        text = longer;
    }
    zone_list_fini(zones);
    return text;
}

static void files_are_zones(void **state)
{
    static const struct {
        const char *why, *files, *zones, *told;
    } cases[] = {
        {"by name, sorted", "b.example.zone a.example",
         "a.example=a.example. b.example.zone=b.example.", ""},
        {"the root, and a slash", "root.zone 0@25.2.0.192.in-addr.arpa",
         "0@25.2.0.192.in-addr.arpa=0/25.2.0.192.in-addr.arpa. root.zone=.", ""},
        {"not what editors leave", "a.example a.example~ .a.example.swp a.example.orig",
         "a.example=a.example.", ""},
        {"nor folders", "a.example more/b.example", "a.example=a.example.", ""},
        {"case does not count", "A.Example", "A.Example=a.example.", ""},
        {"none", "", "", ""},
        {"twins: the first stays, and the rest", "a.example a.example.zone b.example",
         "a.example=a.example. b.example=b.example.",
         "zones/a.example and zones/a.example.zone are the same zone; remove one of them\n"},
        {"triplets", "A.example a.example a.example.zone", "A.example=a.example.",
         "zones/A.example and zones/a.example are the same zone; remove one of them\n"
         "zones/A.example and zones/a.example.zone are the same zone; remove one of them\n"},
        {"no zone's name", "a.example b..example", "a.example=a.example.",
         "b..example: the file's name is not that of a zone: empty label; name it as "
         "example.com.zone\n"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct folderkit f;
        struct zone_list zones;
        struct err err;
        char *files = xstrdup(cases[i].files), *save;
        err_init(&err);
        folderkit_init(&f);
        folderkit_write(&f, "zones/.keep", "");
        for (char *file = strtok_r(files, " ", &save); file != NULL;
             file = strtok_r(NULL, " ", &save)) {
            char path[256];
            snprintf(path, sizeof(path), "zones/%s", file);
            folderkit_write(&f, path, "");
        }
        const bool ok = zonedir_list(folderkit_path(&f, "zones"), &zones, &err);
        char *told = told_of(&f, &err), *listed = list_text(&zones);
        if (strcmp(listed, cases[i].zones) != 0 || strcmp(told, cases[i].told) != 0)
            fail_msg("%s: %s\n%s", cases[i].why, listed, told);
        assert_true(ok == (told[0] == '\0'));
        free(told);
        free(listed);
        free(files);
        folderkit_fini(&f);
    }
}

static void a_directory_that_is_not_there(void **state)
{
    struct folderkit f;
    struct zone_list zones;
    struct err err;

    err_init(&err);
    folderkit_init(&f);
    assert_false(zonedir_list(folderkit_path(&f, "zones"), &zones, &err));
    assert_null(zones.at);
    assert_int_equal(zones.n, 0);
    check_told(&f, &err, "cannot list the zone directory zones: No such file or directory\n");
    assert_null(zonedir_find(folderkit_path(&f, "zones"), name_root, &err));
    check_told(&f, &err, "cannot list the zone directory zones: No such file or directory\n");
    folderkit_fini(&f);
}

static const uint8_t example[] = "\7example";

/* Reloading one zone: what is wrong with other files does not matter. */
static void one_zone_is_found_among_others(void **state)
{
    static const struct {
        const char *why, *files[4], *path, *told;
    } cases[] = {
        {"there", {"example.zone", "other.zone"}, "zones/example.zone", ""},
        {"in another spelling", {"EXAMPLE"}, "zones/EXAMPLE", ""},
        {"beside what is no zone", {"example.zone", "b..example"}, "zones/example.zone", ""},
        {"beside other twins", {"example.zone", "b.zone", "b"}, "zones/example.zone", ""},
        {"not there",
         {"other.zone"},
         NULL,
         "no file in zones is zone example.; if it was taken away, `reload` without a zone drops "
         "it\n"},
        {"with a twin",
         {"example.zone", "example"},
         NULL,
         "zones/example and zones/example.zone are the same zone; remove one of them\n"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct folderkit f;
        struct err err;
        err_init(&err);
        folderkit_init(&f);
        for (size_t j = 0; j < 4 && cases[i].files[j] != NULL; j++) {
            char path[256];
            snprintf(path, sizeof(path), "zones/%s", cases[i].files[j]);
            folderkit_write(&f, path, "");
        }
        struct zone_source *z = zonedir_find(folderkit_path(&f, "zones"), example, &err);
        char *told = told_of(&f, &err);
        if (strcmp(told, cases[i].told) != 0 || (z != NULL) != (cases[i].path != NULL))
            fail_msg("%s: %s", cases[i].why, told);
        if (z != NULL)
            assert_string_equal(z->path, folderkit_path(&f, cases[i].path));
        zone_source_unref(z);
        free(told);
        folderkit_fini(&f);
    }
}

/* ---- reading ---- */

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_are_zones),
        cmocka_unit_test(a_directory_that_is_not_there),
        cmocka_unit_test(one_zone_is_found_among_others),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
