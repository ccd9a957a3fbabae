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
static char *list_text(struct zone_source *zones, size_t n)
{
    char *text = xstrdup(""), name[NAME_TEXT];

    for (size_t i = 0; i < n; i++) {
        char *longer = xasprintf("%s%s%s=%s", text, i > 0 ? " " : "",
                                 strrchr(zones[i].path, '/') + 1, name_print(zones[i].apex, name));
        free(text);
        text = longer;
        zone_source_fini(&zones[i]);
    }
    free(zones);
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
        struct zone_source *zones;
        struct err err;
        size_t n;
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
        const bool ok = zonedir_list(folderkit_path(&f, "zones"), &zones, &n, &err);
        char *told = told_of(&f, &err), *listed = list_text(zones, n);
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
    struct zone_source *zones, z;
    struct err err;
    size_t n;

    err_init(&err);
    folderkit_init(&f);
    assert_false(zonedir_list(folderkit_path(&f, "zones"), &zones, &n, &err));
    assert_null(zones);
    assert_int_equal(n, 0);
    check_told(&f, &err, "cannot list the zone directory zones: No such file or directory\n");
    assert_false(zonedir_find(folderkit_path(&f, "zones"), name_root, &z, &err));
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
        struct zone_source z = {0};
        struct err err;
        err_init(&err);
        folderkit_init(&f);
        for (size_t j = 0; j < 4 && cases[i].files[j] != NULL; j++) {
            char path[256];
            snprintf(path, sizeof(path), "zones/%s", cases[i].files[j]);
            folderkit_write(&f, path, "");
        }
        const bool found = zonedir_find(folderkit_path(&f, "zones"), example, &z, &err);
        char *told = told_of(&f, &err);
        if (strcmp(told, cases[i].told) != 0 || found != (cases[i].path != NULL))
            fail_msg("%s: %s", cases[i].why, told);
        if (found)
            assert_string_equal(z.path, folderkit_path(&f, cases[i].path));
        zone_source_fini(&z);
        free(told);
        folderkit_fini(&f);
    }
}

/* ---- reading ---- */

struct fixture {
    struct folderkit f;
    struct zone_source z;
    struct err err;
};

static void set_up(struct fixture *x, const char *text)
{
    err_init(&x->err);
    folderkit_init(&x->f);
    folderkit_write(&x->f, "state/good/zones/.keep", "");
    folderkit_write(&x->f, "zones/example.zone", text);
    assert_true(zonedir_find(folderkit_path(&x->f, "zones"), example, &x->z, &x->err));
}

static void tear_down(struct fixture *x)
{
    zone_source_fini(&x->z);
    err_fini(&x->err);
    folderkit_fini(&x->f);
}

static bool read_zone(struct fixture *x)
{
    return zone_source_read(&x->z, folderkit_path(&x->f, "state"), &x->err);
}

static void a_copy_is_made_while_reading(void **state)
{
    struct fixture x;

    set_up(&x, ZONE);
    assert_true(read_zone(&x));
    assert_int_equal(x.z.origin, ORIGIN_FRESH);
    assert_true(x.z.read_at > 0);
    lastgood_commit(&x.z.copy);
    zone_source_fini(&x.z);

    folderkit_write(&x.f, "zones/example.zone", "nonsense\n");
    assert_true(zonedir_find(folderkit_path(&x.f, "zones"), example, &x.z, &x.err));
    assert_false(read_zone(&x));
    assert_int_equal(x.z.origin, ORIGIN_NONE);
    check_told(
        &x.f, &x.err,
        "zones/example.zone:1: the record type is missing; a line that starts with a blank "
        "inherits the owner\n"
        "zones/example.zone:1: no SOA of example. in the file (RFC 1035 §5.2); what others include "
        "belongs in a folder of its own\n");
    zone_source_fall_back(&x.z, folderkit_path(&x.f, "state"), xstrdup("why"));
    assert_int_equal(x.z.origin, ORIGIN_LAST_GOOD);
    assert_int_equal(zone_records(x.z.zone), 3);
    assert_string_equal(x.z.problem, "why");
    tear_down(&x);
}

static void a_file_with_an_error_leaves_no_copy(void **state)
{
    struct fixture x;

    set_up(&x, ZONE "nonsense\n");
    assert_false(read_zone(&x));
    char *copies = folderkit_list(&x.f, "state/good/zones");
    assert_string_equal(copies, "");
    free(copies);
    zone_source_fall_back(&x.z, folderkit_path(&x.f, "state"), xstrdup("why"));
    assert_int_equal(x.z.origin, ORIGIN_NONE);
    assert_null(x.z.zone);
    tear_down(&x);
}

static void a_broken_copy_is_none(void **state)
{
    struct fixture x;

    set_up(&x, "nonsense\n");
    folderkit_write(&x.f, "state/good/zones/example.zone", "more nonsense\n");
    zone_source_fall_back(&x.z, folderkit_path(&x.f, "state"), xstrdup("why"));
    assert_int_equal(x.z.origin, ORIGIN_NONE);
    tear_down(&x);
}

static void without_a_state_folder_no_copy_is_made(void **state)
{
    struct fixture x;

    set_up(&x, ZONE);
    assert_true(zone_source_read(&x.z, NULL, &x.err));
    assert_null(x.z.copy.path);
    tear_down(&x);
}

static void a_duplicate_shares_the_zone_and_not_the_copy(void **state)
{
    struct fixture x;

    set_up(&x, ZONE);
    assert_true(read_zone(&x));
    struct zone_source dup = zone_source_dup(&x.z);
    assert_ptr_equal(dup.zone, x.z.zone);
    assert_ptr_not_equal(dup.path, x.z.path);
    assert_null(dup.copy.path);
    zone_source_fini(&dup);
    lastgood_commit(&x.z.copy); /* still there */
    tear_down(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_are_zones),
        cmocka_unit_test(a_directory_that_is_not_there),
        cmocka_unit_test(one_zone_is_found_among_others),
        cmocka_unit_test(a_copy_is_made_while_reading),
        cmocka_unit_test(a_file_with_an_error_leaves_no_copy),
        cmocka_unit_test(a_broken_copy_is_none),
        cmocka_unit_test(without_a_state_folder_no_copy_is_made),
        cmocka_unit_test(a_duplicate_shares_the_zone_and_not_the_copy),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
