/*
 * src/control/secrets.c: the file of a fleet's cookie secrets, and what is told of a broken one.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "control/secrets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "serverkit.h"

#define A "e5e973e5a6b2a43f48e7dc849e37bfcf"
#define B "dd3bdf9344b678b185a6f5cb60fca715"

static void check_told(const struct folderkit *f, struct err *err, const char *want)
{
    char *told = serverkit_told(f, err);

    assert_string_equal(told, want);
    free(told);
    err_fini(err);
}

static void test_parse(void **state)
{
    static const char *const wrong[] = {"",
                                        "e5",
                                        A "0",
                                        A "00",
                                        "g5e973e5a6b2a43f48e7dc849e37bfcf",
                                        " 5e973e5a6b2a43f48e7dc849e37bfcf"};
    uint8_t key[SIPHASH_KEY_LEN];
    char text[SECRET_TEXT];

    assert_true(secret_parse("E5E973e5a6b2a43f48e7dc849e37bfcf", key));
    assert_int_equal(key[0], 0xe5);
    assert_int_equal(key[15], 0xcf);
    assert_string_equal(secret_print(key, text), A);
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_false(secret_parse(wrong[i], key));
    assert_int_equal(key[0], 0xe5); /* not written */
}

static void test_load(void **state)
{
    static const struct {
        const char *text;
        unsigned n;
        const char *told;
    } cases[] = {
        {A "\n", 1, ""},
        {A "\n" B, 2, ""},
        {"# of the fleet\r\n\r\n  " A "  # since May\r\n\t" B "\r\n", 2, ""},
        {"", 0, "f: holds no secret: put one there, as `openssl rand -hex 16` makes them\n"},
        {"# none yet\n", 0,
         "f: holds no secret: put one there, as `openssl rand -hex 16` makes them\n"},
        {A "\n" A "0\nsecret\n", 0,
         "f:2: expected a secret of 32 hex digits, as `openssl rand -hex 16` makes them\n"
         "f:3: expected a secret of 32 hex digits, as `openssl rand -hex 16` makes them\n"},
        {A "\n" B "\n" A "\n" B "\n" A "\n", 0, "f:5: more than 4 secrets: remove the oldest\n"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct folderkit f;
        struct cookie_secrets s = {0};
        struct err err;
        err_init(&err);
        folderkit_init(&f);
        folderkit_write(&f, "f", cases[i].text);
        assert_int_equal(chmod(folderkit_path(&f, "f"), 0600), 0);
        assert_true(secrets_load(&s, folderkit_path(&f, "f"), &err) == (cases[i].n > 0));
        assert_int_equal(s.n, cases[i].n);
        check_told(&f, &err, cases[i].told);
        folderkit_fini(&f);
    }
}

/* A NUL hides nothing: neither what is behind it nor the line below. */
static void test_nul(void **state)
{
    static const char text[] = "\0\n" A "\n" B "\0" A "\n";
    struct folderkit f;
    struct cookie_secrets s = {0};
    struct err err;

    err_init(&err);
    folderkit_init(&f);
    folderkit_write(&f, "f", "");
    FILE *file = fopen(folderkit_path(&f, "f"), "w");
    assert_int_equal(fwrite(text, 1, sizeof(text) - 1, file), sizeof(text) - 1);
    fclose(file);
    assert_int_equal(chmod(folderkit_path(&f, "f"), 0600), 0);
    assert_false(secrets_load(&s, folderkit_path(&f, "f"), &err));
    check_told(&f, &err,
               "f:1: expected a secret of 32 hex digits, as `openssl rand -hex 16` makes them\n"
               "f:3: expected a secret of 32 hex digits, as `openssl rand -hex 16` makes them\n");
    folderkit_fini(&f);
}

/* A line that is too long for any buffer is one line. */
static void test_long_line(void **state)
{
    struct folderkit f;
    struct cookie_secrets s = {0};
    struct err err;
    char *text = malloc(4000);

    memset(text, '#', 3000);
    strcpy(text + 3000, "\n" A "\n");
    err_init(&err);
    folderkit_init(&f);
    folderkit_write(&f, "f", text);
    assert_int_equal(chmod(folderkit_path(&f, "f"), 0600), 0);
    assert_true(secrets_load(&s, folderkit_path(&f, "f"), &err));
    assert_int_equal(s.n, 1);
    check_told(&f, &err, "");
    free(text);
    folderkit_fini(&f);
}

static void test_file(void **state)
{
    struct folderkit f;
    struct cookie_secrets s = {0};
    struct err err;

    err_init(&err);
    folderkit_init(&f);
    assert_false(secrets_load(&s, folderkit_path(&f, "f"), &err));
    check_told(&f, &err, "f: cannot be read: No such file or directory\n");
    err_init(&err);
    assert_false(secrets_load(&s, "/dev/zero", &err));
    check_told(&f, &err, "/dev/zero: cannot be read: it is no regular file\n");
    err_init(&err);
    folderkit_write(&f, "f", A "\n");
    assert_int_equal(chmod(folderkit_path(&f, "f"), 0644), 0);
    assert_true(secrets_load(&s, folderkit_path(&f, "f"), &err));
    check_told(&f, &err, "warning: f: everybody may read these secrets: chmod o-r\n");
    folderkit_fini(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse),     cmocka_unit_test(test_load), cmocka_unit_test(test_nul),
        cmocka_unit_test(test_long_line), cmocka_unit_test(test_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
