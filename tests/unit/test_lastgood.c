/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/lastgood.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/xalloc.h"
#include "folderkit.h"

struct fixture {
    struct folderkit f;
    struct lastgood copy;
};

static void begin(struct fixture *x, const char *text)
{
    lastgood_begin(&x->copy, xstrdup(folderkit_path(&x->f, "good/a")));
    fputs(text, x->copy.file);
    lastgood_finish(&x->copy);
}

static void set_up(struct fixture *x)
{
    folderkit_init(&x->f);
    folderkit_write(&x->f, "good/a", "old");
}

static void check(struct fixture *x, const char *text)
{
    char *now = folderkit_read(&x->f, "good/a");
    char *files = folderkit_list(&x->f, "good");

    assert_string_equal(now, text);
    assert_string_equal(files, "a\n"); /* nothing is left beside it */
    free(now);
    free(files);
}

static void a_copy_takes_its_place_when_committed(void **state)
{
    struct fixture x;

    set_up(&x);
    begin(&x, "new");
    char *before = folderkit_read(&x.f, "good/a");
    assert_string_equal(before, "old");
    free(before);
    lastgood_commit(&x.copy);
    check(&x, "new");
    lastgood_commit(&x.copy); /* nothing to do twice */
    folderkit_fini(&x.f);
}

static void one_that_is_dropped_leaves_the_old(void **state)
{
    struct fixture x;

    set_up(&x);
    begin(&x, "new");
    lastgood_drop(&x.copy);
    check(&x, "old");
    lastgood_drop(&x.copy);
    folderkit_fini(&x.f);
}

static void two_in_the_making_do_not_touch_each_other(void **state)
{
    struct fixture x;

    set_up(&x);
    begin(&x, "one");
    struct lastgood one = x.copy;
    begin(&x, "two");
    lastgood_drop(&x.copy);
    lastgood_commit(&one);
    check(&x, "one");
    folderkit_fini(&x.f);
}

/* A full disk, in small: the old copy stays. */
static void one_that_could_not_be_written_is_thrown_away(void **state)
{
    struct fixture x;

    set_up(&x);
    lastgood_begin(&x.copy, xstrdup(folderkit_path(&x.f, "good/a")));
    fclose(x.copy.file);
    x.copy.file = fopen("/dev/full", "w");
    fputs("new", x.copy.file);
    lastgood_finish(&x.copy);
    lastgood_commit(&x.copy);
    check(&x, "old");
    folderkit_fini(&x.f);
}

/* The log says so. */
static void one_that_cannot_be_moved_is_thrown_away(void **state)
{
    struct fixture x;
    struct stat st;

    set_up(&x);
    folderkit_write(&x.f, "good/b/file", "in the way");
    lastgood_begin(&x.copy, xstrdup(folderkit_path(&x.f, "good/b")));
    char *tmp = xstrdup(x.copy.tmp);
    lastgood_finish(&x.copy);
    lastgood_commit(&x.copy);
    assert_null(x.copy.path);
    assert_int_equal(stat(tmp, &st), -1);
    free(tmp);
    folderkit_fini(&x.f);
}

static void set_mtime(const char *path, time_t s)
{
    const struct timespec times[2] = {{.tv_sec = s}, {.tv_sec = s}};

    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void copy_file(struct fixture *x)
{
    lastgood_copy_file(&x->copy, xstrdup(folderkit_path(&x->f, "good/a")),
                       folderkit_path(&x->f, "file"));
}

static void a_file_is_copied_once(void **state)
{
    struct fixture x;

    set_up(&x);
    folderkit_write(&x.f, "file", "new");
    set_mtime(folderkit_path(&x.f, "file"), 1000);
    copy_file(&x);
    lastgood_commit(&x.copy);
    check(&x, "new");
    copy_file(&x);
    assert_null(x.copy.path); /* same size and time: nothing to do */

    folderkit_write(&x.f, "file", "NEW");
    set_mtime(folderkit_path(&x.f, "file"), 1001);
    copy_file(&x);
    assert_non_null(x.copy.path);
    lastgood_commit(&x.copy);
    check(&x, "NEW");
    folderkit_fini(&x.f);
}

static void a_file_that_is_gone_leaves_the_old(void **state)
{
    struct fixture x;

    set_up(&x);
    copy_file(&x);
    lastgood_commit(&x.copy);
    check(&x, "old");
    folderkit_fini(&x.f);
}

static void the_state_folder_of_a_broken_configuration_is_found(void **state)
{
    static const struct {
        const char *why, *text, *state; /* state: relative to the test's folder; or absolute */
    } cases[] = {
        {"in block style", "server:\n  state: st\n  listen: [\n", "etc/st"},
        {"in flow style", "server: {user: x, state: st/}\n{{\n", "etc/st/"},
        {"first", "server: {state: st, user: x}\n", "etc/st"},
        {"as JSON", "{\"server\": {\"state\": \"st\"}}\n", "etc/st"},
        {"quoted", "server:\n  state: 'st'\n", "etc/st"},
        {"with a blank in it", "server: {state: \"my state\", user: x}\n", "etc/my state"},
        {"absolute", "server:\n  state: /var/st\n", "/var/st"},
        {"with a comment", "server:\n  state: st # here\n", "etc/st"},
        {"another word that ends so", "maps: {united-state: x}\n", "/fallback"},
        {"in a comment", "# state: st\n", "/fallback"},
        {"nothing said", "server:\n  listen: [\n", "/fallback"},
        {"nothing behind it", "server:\n  state:\n", "/fallback"},
        {"an empty file", "", "/fallback"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct folderkit f;
        folderkit_init(&f);
        folderkit_write(&f, "etc/proxima.yaml", cases[i].text);
        char *found = lastgood_guess_state(folderkit_path(&f, "etc/proxima.yaml"), "/fallback");
        const char *expected =
            cases[i].state[0] == '/' ? cases[i].state : folderkit_path(&f, cases[i].state);
        if (strcmp(found, expected) != 0)
            fail_msg("%s: %s", cases[i].why, found);
        free(found);
        folderkit_fini(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_copy_takes_its_place_when_committed),
        cmocka_unit_test(one_that_is_dropped_leaves_the_old),
        cmocka_unit_test(two_in_the_making_do_not_touch_each_other),
        cmocka_unit_test(one_that_could_not_be_written_is_thrown_away),
        cmocka_unit_test(one_that_cannot_be_moved_is_thrown_away),
        cmocka_unit_test(a_file_is_copied_once),
        cmocka_unit_test(a_file_that_is_gone_leaves_the_old),
        cmocka_unit_test(the_state_folder_of_a_broken_configuration_is_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
