// SPDX-License-Identifier: BSD-2-Clause
/* Programs as probes: what is made of how they end, and that nothing is left of them. */
#include "world.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../unit/tmpdir.h"
#include "base/xalloc.h"
#include "health/exechelper.h"

static char *folder;

/* `sh -c script`: the probe has no shell, the tests have one. */
static void run_script(struct world *w, const char *script)
{
    static char *command[3];
    static struct code_range zero = {0, 0};

    command[0] = (char *)"/bin/sh";
    command[1] = (char *)"-c";
    command[2] = (char *)(uintptr_t)script;
    w->spec.kind = PROBE_EXEC;
    w->spec.command = command;
    w->spec.n_command = 3;
    w->spec.expect = &zero;
}

/* What came of one probe that counts, or not. */
static struct target_status result(struct world *w)
{
    struct answer a = {0};
    struct target *t = target(w);

    assert_true(target_probe_now(t, on_answer, &a));
    wait_until(w, is_true, &a.is_done, "the end of the program");
    return status(t);
}

static void test_ends(void **state)
{
    struct world *w = *state;
    static const struct {
        const char *script, *said, *error;
    } cases[] = {
        {"exit 0", "exit status 0", NULL},
        {"echo OK - all is well; echo more", "exit status 0: OK - all is well", NULL},
        {"echo on stderr >&2", "exit status 0: on stderr", NULL},
        {"printf no end", "exit status 0: no", NULL},
        {"printf 'a\\033[2Jb\\r\\n'", "exit status 0: a?[2Jb", NULL},
        {"echo CRITICAL; exit 2", NULL, "exit status 2: CRITICAL"},
        {"kill -9 $$", NULL, "killed by signal 9"},
        {"head -c 300000 /dev/zero | tr '\\0' '\\n'; exit 3", NULL, "exit status 3"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        run_script(w, cases[i].script);
        const struct target_status s = result(w);
        if (cases[i].error != NULL)
            assert_string_equal(s.last_error, cases[i].error);
        else
            assert_string_equal(s.last_said, cases[i].said);
        assert_int_equal(s.probes, i + 1);
    }
}

static void test_a_long_line(void **state)
{
    struct world *w = *state;

    run_script(w, "head -c 5000 /dev/zero | tr '\\0' x");
    assert_int_equal(strlen(result(w).last_said), strlen("exit status 0: ") + EXECHELPER_LINE_MAX);
}

static void test_expected_statuses(void **state)
{
    struct world *w = *state;
    struct code_range warning = {0, 1};

    run_script(w, "exit 1");
    w->spec.expect = &warning;
    assert_null(result(w).last_error);
}

static void test_words_and_environment(void **state)
{
    struct world *w = *state;
    char *environment[] = {(char *)"WHERE={host}"};
    char *command[] = {(char *)"/bin/sh",
                       (char *)"-c",
                       (char *)"echo \"$1 $2 $PROXIMA_ADDRESS $WHERE $(env | grep -c SECRET)\"",
                       (char *)"-",
                       (char *)"{address}:{port}",
                       (char *)"{host"};
    char said[128];

    setenv("SECRET", "of the server", 1);
    run_script(w, "");
    w->spec.command = command;
    w->spec.n_command = 6;
    w->spec.environment = environment;
    w->spec.n_environment = 1;
    w->spec.host = (char *)"www.example.com";
    snprintf(said, sizeof(said), "exit status 0: 127.0.0.1:%u {host 127.0.0.1 www.example.com 0",
             w->spec.port);
    assert_string_equal(result(w).last_said, said);
    unsetenv("SECRET");
}

/* No descriptor is open but the three: whatever the server has, had when the helper was forked, or
 * has opened since. */
static void test_sees_no_socket(void **state)
{
    struct world *w = *state;

    run_script(w, "for fd in 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do"
                  " test ! -e /proc/$$/fd/$fd || printf '%s ' $fd; done");
    assert_string_equal(result(w).last_said, "exit status 0: 0 1 2 ");
}

static void test_cannot_be_run(void **state)
{
    struct world *w = *state;
    char *command[] = {(char *)"/nonexistent/check"};

    run_script(w, "");
    w->spec.command = command;
    w->spec.n_command = 1;
    const struct target_status s = result(w);
    assert_string_equal(s.last_error, "cannot run /nonexistent/check: no such file or directory");
    assert_int_equal(s.probes, 0); /* says nothing of the endpoint */
}

/* A FIFO that a program holds open for writing ends when its last holder has ended. */
static int open_fifo(char **path)
{
    *path = tmpdir_path(folder, "fifo");
    unlink(*path);
    assert_int_equal(mkfifo(*path, 0600), 0);
    const int fd = open(*path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    assert_true(fd >= 0);
    return fd;
}

/* Each program writes one octet when it runs; blocks. */
static void wait_for_start(int fifo)
{
    struct pollfd p = {.fd = fifo, .events = POLLIN};
    char c;

    assert_int_equal(poll(&p, 1, PATIENCE_MS), 1);
    assert_int_equal(read(fifo, &c, 1), 1);
}

/* Returns when all have ended that held it; blocks. */
static void wait_for_end(int fifo)
{
    char c;

    fcntl(fifo, F_SETFL, 0);
    while (read(fifo, &c, 1) > 0)
        ;
    close(fifo);
}

/* Beyond its time it is killed, with what it started, and costs nothing but its slot. */
static void test_hanging(void **state)
{
    struct world *w = *state;
    char *path;
    const int fifo = open_fifo(&path);
    char *script = xasprintf("exec 9>%s; echo x >&9; sleep 1000 & sleep 1000", path);

    run_script(w, script);
    w->spec.timeout_ms = 1000;
    assert_string_equal(result(w).last_error, "timeout after 1000ms (running)");
    wait_for_start(fifo); /* it did run */
    wait_for_end(fifo);
    free(script);
    free(path);
}

/* What a program leaves behind goes with it, though it holds the output open. */
static void test_leaves_something_behind(void **state)
{
    struct world *w = *state;
    char *path;
    const int fifo = open_fifo(&path);
    char *script = xasprintf("exec 9>%s; echo x >&9; sleep 1000 & echo done", path);

    run_script(w, script);
    assert_string_equal(result(w).last_said, "exit status 0: done");
    wait_for_start(fifo);
    wait_for_end(fifo);
    free(script);
    free(path);
}

/* The prober goes while a program runs: so does the program. */
static void test_closed_while_running(void **state)
{
    struct world *w = *state;
    char *path;
    const int fifo = open_fifo(&path);
    char *script = xasprintf("exec 9>%s; echo x >&9; sleep 1000", path);
    struct answer a = {0};

    run_script(w, script);
    assert_true(target_probe_now(target(w), on_answer, &a));
    wait_for_start(fifo);
    health_close(w->health, world_health_closed, w);
    wait_until(w, is_true, &w->is_closed, "close");
    wait_for_end(fifo);
    free(script);
    free(path);
}

static void test_many_at_once(void **state)
{
    struct world *w = *state;
    struct answer answers[20] = {0};

    run_script(w, "test {address} != 127.0.0.7");
    for (unsigned i = 0; i < 20; i++) {
        char addr[32];
        snprintf(addr, sizeof(addr), "127.0.0.%u", i + 1);
        const struct probe_dest dest = dest_of(addr);
        assert_true(
            target_probe_now(health_target(w->health, &w->spec, &dest), on_answer, &answers[i]));
    }
    for (unsigned i = 0; i < 20; i++) {
        wait_until(w, is_true, &answers[i].is_done, "the end of a program");
        const char *error = status(answers[i].target).last_error;
        if (i + 1 == 7)
            assert_string_equal(error, "exit status 1");
        else if (error != NULL)
            fail_msg("127.0.0.%u: %s", i + 1, error);
    }
}

/* The last test: there is no helper after it. */
static void test_helper_is_gone(void **state)
{
    struct world *w = *state;
    char *path;
    const int fifo = open_fifo(&path);
    char *script = xasprintf("exec 9>%s; echo x >&9; sleep 1000", path);
    struct answer a = {0};

    run_script(w, script);
    struct target *t = target(w);
    assert_true(target_probe_now(t, on_answer, &a));
    wait_for_start(fifo);
    shutdown(exechelper_fd(world_exec), SHUT_RDWR); /* as if one of both had ended */
    wait_until(w, is_true, &a.is_done, "an answer");
    assert_string_equal(status(t).last_error, "there is no helper to run programs");
    assert_int_equal(status(t).probes, 0);
    wait_for_end(fifo); /* it has taken the program along */
    assert_string_equal(result(w).last_error, "there is no helper to run programs");
    free(script);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(test_ends),
        WORLD_TEST(test_a_long_line),
        WORLD_TEST(test_expected_statuses),
        WORLD_TEST(test_words_and_environment),
        WORLD_TEST(test_sees_no_socket),
        WORLD_TEST(test_cannot_be_run),
        WORLD_TEST(test_hanging),
        WORLD_TEST(test_leaves_something_behind),
        WORLD_TEST(test_closed_while_running),
        WORLD_TEST(test_many_at_once),
        WORLD_TEST(test_helper_is_gone),
    };

    const int leaked = open("/dev/null", O_RDONLY); /* for test_sees_no_socket */
    world_exec = exechelper_start();
    signal(SIGPIPE, SIG_IGN);
    folder = tmpdir_new();
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    tmpdir_free(folder);
    exechelper_stop(world_exec);
    close(leaked);
    return failed;
}
