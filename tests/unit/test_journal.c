/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/journal.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <cmocka.h>

#include "tmpdir.h"

#define SIZE_MAX_LEN 1000

struct fixture {
    uv_loop_t loop;
    char *dir;
    struct journal *journal;
};

static struct fixture f;

static void open_journal(void)
{
    struct err err = {0};

    f.journal = journal_open(&f.loop, f.dir, SIZE_MAX_LEN, &err);
    assert_non_null(f.journal);
}

static void close_journal(void)
{
    journal_close(f.journal);
    uv_run(&f.loop, UV_RUN_DEFAULT);
}

static int setup(void **state)
{
    uv_loop_init(&f.loop);
    f.dir = tmpdir_new();
    open_journal();
    return 0;
}

static int teardown(void **state)
{
    close_journal();
    assert_int_equal(uv_loop_close(&f.loop), 0);
    tmpdir_free(f.dir);
    return 0;
}

static void add_and_tell(int n, void (*done)(void *arg), void *arg)
{
    journal_add(f.journal, json_pack("{s:s, s:i}", "method", "drain", "n", n), done, arg);
}

static void add(int n)
{
    add_and_tell(n, NULL, NULL);
}

/* The n of every entry of a file, in order; each is a whole object with a time.  0: no file. */
static size_t read_entries(const char *name, int *out, size_t max)
{
    char *text = tmpdir_read(f.dir, name), *save;
    size_t n = 0;

    for (char *line = text != NULL ? strtok_r(text, "\n", &save) : NULL; line != NULL;
         line = strtok_r(NULL, "\n", &save)) {
        json_t *entry = json_loads(line, 0, NULL);
        const char *time;

        assert_true(n < max);
        assert_int_equal(json_unpack(entry, "{s:s, s:i}", "time", &time, "n", &out[n++]), 0);
        assert_int_equal(strlen(time), strlen("2026-01-02T03:04:05Z"));
        json_decref(entry);
    }
    free(text);
    return n;
}

/* Entries come in the order added, those of an earlier run first. */
static void test_append(void **state)
{
    int n[8];

    add(1);
    add(2);
    close_journal();
    open_journal();
    add(3);
    uv_run(&f.loop, UV_RUN_DEFAULT);
    add(4);
    uv_run(&f.loop, UV_RUN_DEFAULT);
    assert_int_equal(read_entries(JOURNAL_FILE, n, 8), 4);
    for (int i = 0; i < 4; i++)
        assert_int_equal(n[i], i + 1);
}

/* Two files of at most their bound hold the newest entries without a gap. */
static void test_rotation(void **state)
{
    int old[64], new[64];

    for (int i = 1; i <= 100; i++) {
        add(i);
        uv_run(&f.loop, UV_RUN_DEFAULT);
    }
    const size_t n_old = read_entries(JOURNAL_OLD, old, 64);
    const size_t n_new = read_entries(JOURNAL_FILE, new, 64);

    assert_true(n_old >= 10 && n_new >= 1);
    assert_int_equal(new[n_new - 1], 100);
    assert_int_equal(new[0], old[n_old - 1] + 1);
    for (size_t i = 1; i < n_old; i++)
        assert_int_equal(old[i], old[i - 1] + 1);

    char *text = tmpdir_read(f.dir, JOURNAL_OLD);
    assert_true(strlen(text) <= SIZE_MAX_LEN);
    free(text);
}

/* What is to be so when it is told. */
struct told {
    int n;     /* entries that are to be in the file then */
    int times; /* it was called */
};

static void on_disk(void *arg)
{
    struct told *told = arg;
    int n[8];

    assert_int_equal(read_entries(JOURNAL_FILE, n, 8), told->n);
    told->times++;
}

/* Also those that came while others were written; and he who is told may add more. */
static void add_another(void *arg)
{
    on_disk(arg);
    add_and_tell(4, on_disk, &((struct told *)arg)[1]);
}

static void test_told_when_on_disk(void **state)
{
    struct told told[] = {{1, 0}, {3, 0}, {4, 0}};

    add_and_tell(1, on_disk, &told[0]);
    add(2);
    add_and_tell(3, add_another, &told[1]);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(told[i].times, 0);
    uv_run(&f.loop, UV_RUN_DEFAULT);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(told[i].times, 1);
}

/* A full disk, say: nobody waits for ever. */
static void test_told_when_it_cannot_be_written(void **state)
{
    struct told told = {0};
    struct rlimit was;

    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &was);
    setrlimit(RLIMIT_FSIZE, &(struct rlimit){.rlim_cur = 0, .rlim_max = was.rlim_max});
    add_and_tell(1, on_disk, &told);
    uv_run(&f.loop, UV_RUN_DEFAULT);
    setrlimit(RLIMIT_FSIZE, &was);
    assert_int_equal(told.times, 1);
    told.n = 1;
    add_and_tell(2, on_disk, &told);
    uv_run(&f.loop, UV_RUN_DEFAULT);
    assert_int_equal(told.times, 2);
}

/* The disk is full in the middle of an entry: nothing is left of it. */
static void test_half_written(void **state)
{
    struct rlimit was;
    int n[8];

    add(1);
    uv_run(&f.loop, UV_RUN_DEFAULT);
    char *text = tmpdir_read(f.dir, JOURNAL_FILE);
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &was);
    setrlimit(RLIMIT_FSIZE,
              &(struct rlimit){.rlim_cur = strlen(text) + 10, .rlim_max = was.rlim_max});
    add(2);
    uv_run(&f.loop, UV_RUN_DEFAULT);
    setrlimit(RLIMIT_FSIZE, &was);
    add(3);
    uv_run(&f.loop, UV_RUN_DEFAULT);
    assert_int_equal(read_entries(JOURNAL_FILE, n, 8), 2);
    assert_true(n[0] == 1 && n[1] == 3);
    free(text);
}

/* The server died in the middle of one: those that follow are whole. */
static void test_cut_off(void **state)
{
    close_journal();
    tmpdir_write(f.dir, JOURNAL_FILE, "{\"time\":\"2026");
    open_journal();
    add(1);
    uv_run(&f.loop, UV_RUN_DEFAULT);
    char *text = tmpdir_read(f.dir, JOURNAL_FILE);
    json_t *entry = json_loads(strchr(text, '\n'), 0, NULL);
    assert_non_null(entry);
    json_decref(entry);
    free(text);
}

static void test_no_folder(void **state)
{
    struct err err = {0};

    assert_null(journal_open(&f.loop, "/nonexistent", SIZE_MAX_LEN, &err));
    assert_string_equal(err.items[0].text, "/nonexistent/journal.jsonl: cannot be opened: No such "
                                           "file or directory");
    err_fini(&err);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_append, setup, teardown),
        cmocka_unit_test_setup_teardown(test_rotation, setup, teardown),
        cmocka_unit_test_setup_teardown(test_told_when_on_disk, setup, teardown),
        cmocka_unit_test_setup_teardown(test_told_when_it_cannot_be_written, setup, teardown),
        cmocka_unit_test_setup_teardown(test_half_written, setup, teardown),
        cmocka_unit_test_setup_teardown(test_cut_off, setup, teardown),
        cmocka_unit_test_setup_teardown(test_no_folder, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
