/* src/base/log.c: into a file, as text and as JSON, by level, in order, from several threads.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "base/log.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <pthread.h>

#include "base/clock.h"
#include "kit.h"

struct log_file {
    char path[64];
};

static int open_file(void **state)
{
    static struct log_file f;

    strcpy(f.path, "/tmp/proxima-log-XXXXXX");
    const int fd = mkstemp(f.path);
    if (fd < 0)
        return -1;
    close(fd);
    *state = &f;
    return 0;
}

static int remove_file(void **state)
{
    return unlink(((struct log_file *)*state)->path);
}

static void open_log(const struct log_file *f, enum log_format format, enum log_level level)
{
    struct err err;

    err_init(&err);
    assert_true(
        log_open(&(struct log_opts){.to = f->path, .format = format, .level = level}, &err));
    err_fini(&err);
}

/* What is in the file, with each time as "T". */
static char *read_log(const struct log_file *f)
{
    size_t len;
    char *text = kit_read_file(f->path, &len), *to = text;

    for (const char *at = text; *at != '\0';) {
        if (strncmp(at, "20", 2) == 0 && strlen(at) >= CLOCK_TEXT && at[CLOCK_TEXT - 2] == 'Z') {
            *to++ = 'T';
            at += CLOCK_TEXT - 1;
        } else {
            *to++ = *at++;
        }
    }
    *to = '\0';
    return text;
}

static void check_log(const struct log_file *f, const char *want)
{
    char *got = read_log(f);

    assert_string_equal(got, want);
    free(got);
}

static void test_text_and_levels(void **state)
{
    open_log(*state, LOG_FORMAT_TEXT, LOG_LEVEL_INFO);
    log_error("e %d", 1);
    log_warning("w");
    log_info("i");
    log_debug("not wanted");
    log_close();
    check_log(*state, "T error: e 1\nT warning: w\nT info: i\n");
}

static void test_json(void **state)
{
    open_log(*state, LOG_FORMAT_JSON, LOG_LEVEL_DEBUG);
    log_debug("a \"quoted\" \\ \t word");
    log_close();
    check_log(*state, "{\"time\":\"T\",\"level\":\"debug\",\"message\":"
                      "\"a \\\"quoted\\\" \\\\ \\u0009 word\"}\n");
}

/* Opening again changes where and how; the file is appended to. */
static void test_open_again(void **state)
{
    open_log(*state, LOG_FORMAT_TEXT, LOG_LEVEL_ERROR);
    log_warning("not wanted");
    open_log(*state, LOG_FORMAT_TEXT, LOG_LEVEL_WARNING);
    log_warning("now");
    log_close();
    check_log(*state, "T warning: now\n");
}

static void test_items_of_an_err(void **state)
{
    struct err err;

    err_init(&err);
    err_warn(&err, "odd");
    err_add(&err, "wrong");
    open_log(*state, LOG_FORMAT_TEXT, LOG_LEVEL_INFO);
    log_err(&err);
    log_close();
    check_log(*state, "T warning: odd\nT error: wrong\n");
    err_fini(&err);
}

static void test_no_such_folder(void **state)
{
    struct err err;

    err_init(&err);
    open_log(*state, LOG_FORMAT_TEXT, LOG_LEVEL_INFO);
    assert_false(log_open(&(struct log_opts){.to = "/no/such/folder/log"}, &err));
    char *text = err_text(&err);
    assert_string_equal(text, "log: cannot open /no/such/folder/log: No such file or directory\n");
    log_info("the old target stays");
    log_close();
    check_log(*state, "T info: the old target stays\n");
    free(text);
    err_fini(&err);
}

/* A pipe that nobody reads, full; the writer is stuck at a line. */
static void open_stuck(int end[2])
{
    const char page[4096] = {0};
    struct log_file target;

    assert_int_equal(pipe(end), 0);
    fcntl(end[1], F_SETFL, O_NONBLOCK);
    while (write(end[1], page, sizeof(page)) > 0)
        ;
    snprintf(target.path, sizeof(target.path), "/proc/self/fd/%d", end[1]);
    open_log(&target, LOG_FORMAT_TEXT, LOG_LEVEL_INFO);
    log_info("into the pipe");
}

static void close_stuck(const int end[2])
{
    close(end[0]); /* the writer goes on */
    close(end[1]);
}

/* Nobody waits for the old target, and the new one works at once. */
static void test_stuck_target_is_replaced(void **state)
{
    int end[2];

    open_stuck(end);
    open_log(*state, LOG_FORMAT_TEXT, LOG_LEVEL_INFO);
    log_info("into the file");
    log_close();
    char *text = read_log(*state), *found = strstr(text, "T info: into the file\n");
    assert_non_null(
        found); /* the other line may be before it, if the writer had not got to it yet */
    assert_string_equal(found, "T info: into the file\n");
    free(text);
    close_stuck(end);
}

static void test_stuck_target_at_the_end(void **state)
{
    int end[2];

    open_stuck(end);
    log_close();
    open_log(*state, LOG_FORMAT_TEXT, LOG_LEVEL_INFO);
    log_info("anew");
    log_close();
    check_log(*state, "T info: anew\n");
    close_stuck(end);
}

#define THREADS 4
#define LINES   500

static void *write_lines(void *arg)
{
    for (int i = 0; i < LINES; i++)
        log_info("thread %d line %d", *(int *)arg, i);
    return NULL;
}

/* Lines of a thread keep their order, and no line is cut by another. */
static void test_threads(void **state)
{
    int number[THREADS], next[THREADS] = {0}, thread, line, used;
    pthread_t threads[THREADS];

    open_log(*state, LOG_FORMAT_TEXT, LOG_LEVEL_INFO);
    for (int i = 0; i < THREADS; i++) {
        number[i] = i;
        assert_int_equal(pthread_create(&threads[i], NULL, write_lines, &number[i]), 0);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    log_close();
    char *text = read_log(*state);
    for (const char *at = text; *at != '\0'; at += used) {
        assert_int_equal(sscanf(at, "T info: thread %d line %d\n%n", &thread, &line, &used), 2);
        assert_int_equal(line, next[thread]++);
    }
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(next[i], LINES);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_text_and_levels, open_file, remove_file),
        cmocka_unit_test_setup_teardown(test_json, open_file, remove_file),
        cmocka_unit_test_setup_teardown(test_open_again, open_file, remove_file),
        cmocka_unit_test_setup_teardown(test_items_of_an_err, open_file, remove_file),
        cmocka_unit_test_setup_teardown(test_no_such_folder, open_file, remove_file),
        cmocka_unit_test_setup_teardown(test_stuck_target_is_replaced, open_file, remove_file),
        cmocka_unit_test_setup_teardown(test_stuck_target_at_the_end, open_file, remove_file),
        cmocka_unit_test_setup_teardown(test_threads, open_file, remove_file),
    };

    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
