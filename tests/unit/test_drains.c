/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/drains.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/xalloc.h"
#include "dns/name.h"
#include "tmpdir.h"

static char a[] = "a", b[] = "b", c[] = "c";
static const struct region_spec regions[] = {{.name = a}, {.name = b}, {.name = c}};
#define N_REGIONS 3

struct fixture {
    uv_loop_t loop;
    char *dir;
    struct drains *drains;
    struct err err;
    bool done, changed, failed; /* of the last change */
};

static int setup(void **state)
{
    struct fixture *f = xcalloc(1, sizeof(*f));

    uv_loop_init(&f->loop);
    f->dir = tmpdir_new();
    f->drains = drains_new(&f->loop, f->dir);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    drains_close(f->drains);
    uv_run(&f->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&f->loop), 0);
    tmpdir_free(f->dir);
    err_fini(&f->err);
    free(f);
    return 0;
}

static void on_done(void *arg, bool changed, const struct err *err)
{
    struct fixture *f = arg;

    f->done = true;
    f->changed = changed;
    f->failed = err->errors > 0;
}

static uint8_t *name_of(const char *text, uint8_t out[NAME_MAX_LEN])
{
    const char *why;

    if (text == NULL)
        return NULL;
    assert_true(name_parse(text, strlen(text), name_root, out, &why));
    return out;
}

/* "+a" drains region a, "-a" undrains it, "+a/web" in pool web.  True if that changed anything. */
static bool change(struct fixture *f, const char *text)
{
    uint8_t name[NAME_MAX_LEN];
    const char *slash = strchr(text, '/');
    char region[2] = {text[1], '\0'};
    uint8_t *pool = name_of(slash != NULL ? slash + 1 : NULL, name);
    const struct drain drain = {.region = region, .pool = pool, .since = 1000, .uid = 7};

    f->done = false;
    if (text[0] == '+')
        drains_add(f->drains, &drain, on_done, f);
    else
        drains_remove(f->drains, region, pool, on_done, f);
    uv_run(&f->loop, UV_RUN_DEFAULT);
    assert_true(f->done);
    return f->changed;
}

/* The drained regions of a pool, as letters. */
static const char *drained(const struct drains *d, const char *pool, char out[N_REGIONS + 1])
{
    uint8_t name[NAME_MAX_LEN];
    const regionset_t set = drains_for(d, regions, N_REGIONS, name_of(pool, name));
    size_t n = 0;

    for (unsigned i = 0; i < N_REGIONS; i++)
        if (set >> i & 1)
            out[n++] = regions[i].name[0];
    out[n] = '\0';
    return out;
}

static void start_again(struct fixture *f)
{
    drains_close(f->drains);
    uv_run(&f->loop, UV_RUN_DEFAULT);
    f->drains = drains_new(&f->loop, f->dir);
}

static void test_changes(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *what;
        bool changed;
        const char *everywhere, *web, *edge; /* drained from then on */
    } steps[] = {
        {"+a", true, "a", "a", "a"},      {"+a", false, "a", "a", "a"},
        {"+b/web", true, "a", "ab", "a"}, {"+a/web", true, "a", "ab", "a"},
        {"-a", true, "", "ab", ""},       {"-a", false, "", "ab", ""},
        {"-b/web", true, "", "a", ""},    {"+x", true, "", "a", ""}, /* of another configuration */
        {"-b/edge", false, "", "a", ""},
    };
    char out[N_REGIONS + 1];

    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        assert_int_equal(change(f, steps[i].what), steps[i].changed);
        for (int again = 0; again < 2; again++) { /* in memory, and read back from the disk */
            assert_string_equal(drained(f->drains, NULL, out), steps[i].everywhere);
            assert_string_equal(drained(f->drains, "web", out), steps[i].web);
            assert_string_equal(drained(f->drains, "edge", out), steps[i].edge);
            start_again(f);
            assert_true(drains_load(f->drains, &f->err));
        }
    }
}

static void test_what_is_kept(void **state)
{
    struct fixture *f = *state;
    uint8_t name[NAME_MAX_LEN];
    const struct drain drain = {.region = b,
                                .pool = name_of("Web.example.com", name),
                                .since = 1767323045678,
                                .uid = 1000,
                                .why = (char *)"kernel \"upgrade\""};

    drains_add(f->drains, &drain, on_done, f);
    uv_run(&f->loop, UV_RUN_DEFAULT);
    start_again(f);
    assert_true(drains_load(f->drains, &f->err));
    assert_int_equal(drains_count(f->drains), 1);

    const struct drain *d = drains_find(f->drains, "b", name);
    assert_ptr_equal(d, drains_at(f->drains, 0));
    assert_int_equal(d->since, drain.since);
    assert_int_equal(d->uid, 1000);
    assert_string_equal(d->why, drain.why);
    assert_null(drains_find(f->drains, "b", NULL));
}

/* Asked for at once, they are done one after the other, in that order. */
static void test_order(void **state)
{
    struct fixture *f = *state;
    const struct drain drain = {.region = a};

    drains_add(f->drains, &drain, on_done, f);
    drains_remove(f->drains, "a", NULL, on_done, f);
    drains_add(f->drains, &drain, on_done, f);
    drains_add(f->drains, &drain, on_done, f);
    assert_int_equal(drains_count(f->drains), 0); /* none is in force before it is on disk */
    uv_run(&f->loop, UV_RUN_DEFAULT);
    assert_int_equal(drains_count(f->drains), 1);
    assert_false(f->changed); /* the last one */
}

static void test_broken_files(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *text, *problem;
    } cases[] = {
        {"{\"version\":1,\"drains\":[", "drains.json:1:23: ']' expected near end of file"},
        {"", "drains.json:1: '[' or '{' expected near end of file"},
        {"[]", "drains.json: Expected object, got array"},
        {"{\"version\":2,\"drains\":[]}",
         "drains.json: is not of version 1, the only one that this proximad reads"},
        {"{\"version\":1,\"drains\":[{\"region\":5,\"since_ms\":1,\"uid\":0}]}",
         "drains.json: drain 1: Expected string, got integer"},
        {"{\"version\":1,\"drains\":[{\"region\":\"a\",\"since_ms\":1,\"uid\":0,\"pool\":\"w\"}]}",
         "drains.json: drain 1: pool \"w\": not an absolute name: end it with a dot"},
    };
    char out[N_REGIONS + 1];

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        tmpdir_write(f->dir, DRAINS_FILE, cases[i].text);
        start_again(f);
        assert_false(drains_load(f->drains, &f->err));
        assert_string_equal(drains_problem(f->drains) + strlen(f->dir) + 1, cases[i].problem);
        assert_string_equal(drained(f->drains, NULL, out), "");

        assert_true(change(f, "+b")); /* it works on, and the broken one is kept */
        assert_null(drains_problem(f->drains));
        char *kept = tmpdir_read(f->dir, DRAINS_FILE ".broken");
        assert_string_equal(kept, cases[i].text);
        free(kept);
    }
}

/* A terabyte of nothing is not read into memory. */
static void test_huge_file(void **state)
{
    struct fixture *f = *state;
    char *path = tmpdir_path(f->dir, DRAINS_FILE);

    tmpdir_write(f->dir, DRAINS_FILE, "");
    assert_int_equal(truncate(path, INT64_C(1) << 40), 0);
    start_again(f);
    assert_false(drains_load(f->drains, &f->err));
    assert_string_equal(drains_problem(f->drains) + strlen(f->dir) + 1,
                        "drains.json: cannot be read: File too large");
    free(path);
}

/* What cannot be written is not in force. */
static void test_unwritable(void **state)
{
    struct fixture *f = *state;
    char *tmp = tmpdir_path(f->dir, DRAINS_FILE ".tmp");

    assert_int_equal(mkdir(tmp, 0700), 0); /* in the way, also for root */
    assert_false(change(f, "+a"));
    assert_true(f->failed);
    assert_int_equal(drains_count(f->drains), 0);
    free(tmp);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_changes, setup, teardown),
        cmocka_unit_test_setup_teardown(test_what_is_kept, setup, teardown),
        cmocka_unit_test_setup_teardown(test_order, setup, teardown),
        cmocka_unit_test_setup_teardown(test_broken_files, setup, teardown),
        cmocka_unit_test_setup_teardown(test_huge_file, setup, teardown),
        cmocka_unit_test_setup_teardown(test_unwritable, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
