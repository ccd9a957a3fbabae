/*
 * src/control/cookies.c: secrets that a restart keeps, and what of a folder that it cannot use.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "control/cookies.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/xalloc.h"
#include "serverkit.h"

#define OLD "e5e973e5a6b2a43f48e7dc849e37bfcf"

static void check_told(const struct folderkit *f, struct err *err, const char *want)
{
    char *told = serverkit_told(f, err);

    assert_string_equal(told, want);
    free(told);
    err_fini(err);
}

static void no_change(void *arg)
{
    (void)arg;
    fail();
}

/* The secrets of a server that starts and stops; what is told. */
static struct cookie_secrets run(struct folderkit *f, const char *state, const char *told)
{
    uv_loop_t loop;
    struct err err;

    err_init(&err);
    uv_loop_init(&loop);
    struct cookies *c = cookies_open(&loop, folderkit_path(f, state), no_change, NULL, &err);
    const struct cookie_secrets s = cookies_secrets(c);
    cookies_close(c);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&loop), 0);
    check_told(f, &err, told);
    return s;
}

static void a_restart_keeps_them(void **state)
{
    struct folderkit f;
    struct stat st;

    folderkit_init(&f);
    folderkit_write(&f, "state/lock", "");
    const struct cookie_secrets first = run(&f, "state", ""), again = run(&f, "state", "");
    assert_int_equal(first.n, 1);
    assert_memory_equal(&first, &again, sizeof(first));
    assert_int_equal(stat(folderkit_path(&f, "state/cookie-secrets"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    folderkit_fini(&f);
}

static void each_server_has_its_own(void **state)
{
    struct folderkit f;

    folderkit_init(&f);
    folderkit_write(&f, "a/lock", "");
    folderkit_write(&f, "b/lock", "");
    const struct cookie_secrets a = run(&f, "a", ""), b = run(&f, "b", "");
    assert_memory_not_equal(a.key[0], b.key[0], SIPHASH_KEY_LEN);
    folderkit_fini(&f);
}

static void broken_ones_are_replaced(void **state)
{
    struct folderkit f;

    folderkit_init(&f);
    folderkit_write(&f, "state/cookie-secrets", "what\n");
    const struct cookie_secrets first = run(
        &f, "state", "state/cookie-secrets:1: expected SECRET SINCE UNTIL: a new secret is made\n");
    const struct cookie_secrets again = run(&f, "state", "");
    assert_int_equal(first.n, 1);
    assert_memory_equal(&first, &again, sizeof(first));
    folderkit_fini(&f);
}

static void without_a_folder_they_are_good_for_this_run(void **state)
{
    struct folderkit f;

    folderkit_init(&f);
    const struct cookie_secrets s =
        run(&f, "none", "none/cookie-secrets: cannot be written: No such file or directory\n");
    assert_int_equal(s.n, 1);
    folderkit_fini(&f);
}

/* The server's end, when it has been told of a change. */
static void close_on_change(void *arg)
{
    cookies_close(*(struct cookies **)arg);
}

/* One whose day is over a second from now: both are in force, on the disk too, when that is told. */
static void a_secret_changes_while_it_runs(void **state)
{
    const int64_t now_s = real_ms() / 1000;
    struct folderkit f;
    struct cookies *c;
    uv_loop_t loop;
    struct err err;
    char *text = xasprintf(OLD " %lld %lld\n", (long long)now_s - 1000, (long long)now_s + 1);

    err_init(&err);
    folderkit_init(&f);
    folderkit_write(&f, "state/cookie-secrets", text);
    free(text);
    uv_loop_init(&loop);
    c = cookies_open(&loop, folderkit_path(&f, "state"), close_on_change, &c, &err);
    assert_int_equal(cookies_secrets(c).n, 1);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&loop), 0);
    check_told(&f, &err, "");

    const struct cookie_secrets kept = run(&f, "state", "");
    uint8_t old[SIPHASH_KEY_LEN];
    assert_true(secret_parse(OLD, old));
    assert_int_equal(kept.n, 2);
    assert_memory_equal(kept.key[0], old, sizeof(old)); /* still the one that signs */
    folderkit_fini(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_restart_keeps_them),
        cmocka_unit_test(each_server_has_its_own),
        cmocka_unit_test(broken_ones_are_replaced),
        cmocka_unit_test(a_secret_changes_while_it_runs),
        cmocka_unit_test(without_a_folder_they_are_good_for_this_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
