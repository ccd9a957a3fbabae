/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/state.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "folderkit.h"

static void check_told(struct err *err, const char *told)
{
    char *text = err_text(err);

    assert_string_equal(text, told);
    free(text);
    err_fini(err);
}

static void folders_are_made_with_their_parents(void **state)
{
    static const char *const folders[] = {"a/b/state", "a/b/state/good/zones",
                                          "a/b/state/good/geo"};
    struct folderkit f;
    struct err err;

    err_init(&err);
    folderkit_init(&f);
    struct state *s = state_open(folderkit_path(&f, "a/b/state"), NULL, &err);
    check_told(&err, "");
    for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
        struct stat st;
        assert_int_equal(stat(folderkit_path(&f, folders[i]), &st), 0);
        assert_true(S_ISDIR(st.st_mode));
        assert_int_equal(st.st_mode & 07, 0); /* what was drained is nobody else's business */
    }
    assert_int_equal(state_path(s)[0], '/');
    assert_true(folderkit_has(&f, "a/b/state/lock"));
    state_close(s);
    folderkit_fini(&f);
}

static void what_is_there_stays(void **state)
{
    struct folderkit f;
    struct err err;

    err_init(&err);
    folderkit_init(&f);
    folderkit_write(&f, "state/good/zones/example.com.zone", "kept");
    struct state *s = state_open(folderkit_path(&f, "state"), NULL, &err);
    assert_non_null(s);
    char *text = folderkit_read(&f, "state/good/zones/example.com.zone");
    assert_string_equal(text, "kept");
    free(text);
    state_close(s);
    folderkit_fini(&f);
}

static void a_second_server_is_refused(void **state)
{
    struct folderkit f;
    struct err err;
    char told[8192];

    err_init(&err);
    folderkit_init(&f);
    struct state *first = state_open(folderkit_path(&f, "state"), NULL, &err);
    assert_non_null(first);
    assert_null(state_open(folderkit_path(&f, "state"), NULL, &err));
    snprintf(told, sizeof(told),
             "%s: another proximad uses this state folder; stop it, or give this one a "
             "server.state of its own\n",
             state_path(first));
    check_told(&err, told);
    state_close(first);
    struct state *next = state_open(folderkit_path(&f, "state"), NULL, &err);
    assert_non_null(next);
    state_close(next);
    folderkit_fini(&f);
}

/* As kill -9 does: nothing is cleaned up, and the lock is gone all the same. */
static void the_lock_ends_with_its_process(void **state)
{
    struct folderkit f;
    struct err err;
    int status;

    err_init(&err);
    folderkit_init(&f);
    const pid_t child = fork();
    if (child == 0) {
        (void)state_open(folderkit_path(&f, "state"), NULL, &err);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(folderkit_has(&f, "state/lock"));
    struct state *s = state_open(folderkit_path(&f, "state"), NULL, &err);
    assert_non_null(s);
    state_close(s);
    folderkit_fini(&f);
}

/* The server answers without it, so that is no error but a problem to be told. */
static void a_folder_that_cannot_be_made_is_a_problem(void **state)
{
    struct folderkit f;
    struct err err;
    char told[8192];

    err_init(&err);
    folderkit_init(&f);
    folderkit_write(&f, "file", "");
    const char *path = folderkit_path(&f, "file/state");
    struct state *s = state_open(path, NULL, &err);
    snprintf(told, sizeof(told), "cannot make the state folder %s: Not a directory", path);
    assert_non_null(s);
    assert_string_equal(state_problem(s), told);
    check_told(&err, "");
    state_close(s);
    folderkit_fini(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folders_are_made_with_their_parents),
        cmocka_unit_test(what_is_there_stays),
        cmocka_unit_test(a_second_server_is_refused),
        cmocka_unit_test(the_lock_ends_with_its_process),
        cmocka_unit_test(a_folder_that_cannot_be_made_is_a_problem),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
