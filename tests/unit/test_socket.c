/*
 * The socket with a real loop, which runs in a thread of its own; the test is the client and blocks.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "control/socket.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/xalloc.h"
#include "tmpdir.h"

#define LINE_LIMIT    1000
#define QUEUE_LIMIT   20000
#define CLIENTS_LIMIT 4

/* ---- methods ---- */

static struct rpc_call *held;
static unsigned n_gone;

static void on_gone(struct rpc_call *call)
{
    n_gone++;
    held = NULL;
    rpc_refuse_text(call, "gone");
}

static void whoami(struct rpc_call *call)
{
    rpc_reply(call, json_pack("[I, I]", (json_int_t)call->uid, (json_int_t)call->pid));
}

/* Replies when `go` is called. */
static void hold(struct rpc_call *call)
{
    call->on_gone = on_gone;
    held = call;
}

static void go(struct rpc_call *call)
{
    if (held != NULL)
        rpc_reply(held, json_string("held"));
    held = NULL;
    rpc_reply(call, json_integer(n_gone));
}

static void big(struct rpc_call *call)
{
    char text[10001];

    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    rpc_reply(call, json_string(text));
}

/* A change, so that it is called without an id too; replies when `go` is called. */
static void hold_change(struct rpc_call *call)
{
    held = call;
}

static const struct rpc_method methods[] = {
    {"whoami", whoami, false, {{NULL}}},
    {"hold", hold, false, {{NULL}}},
    {"hold_change", hold_change, true, {{NULL}}},
    {"go", go, false, {{NULL}}},
    {"big", big, false, {{NULL}}},
};

/* ---- server and client ---- */

static struct {
    char *dir, *path;
    uv_loop_t loop;
    uv_async_t stop;
    struct rpc_table table;
    struct socket_server *server;
    pthread_t thread;
} f;

static struct socket_server *open_server(uv_loop_t *loop, struct err *err)
{
    f.table = (struct rpc_table){.methods = methods, .n = sizeof(methods) / sizeof(methods[0])};
    return socket_open(&(struct socket_opts){.loop = loop,
                                             .path = f.path,
                                             .table = &f.table,
                                             .clients_max = CLIENTS_LIMIT,
                                             .line_max = LINE_LIMIT,
                                             .queue_max = QUEUE_LIMIT},
                       err);
}

static void on_stop(uv_async_t *async)
{
    socket_close(f.server, NULL, NULL);
    uv_close((uv_handle_t *)async, NULL);
}

static void *run_loop(void *arg)
{
    uv_run(&f.loop, UV_RUN_DEFAULT);
    return NULL;
}

static int setup(void **state)
{
    struct err err = {0};

    held = NULL;
    n_gone = 0;
    f.dir = tmpdir_new();
    f.path = tmpdir_path(f.dir, "control.sock");
    uv_loop_init(&f.loop);
    uv_async_init(&f.loop, &f.stop, on_stop);
    f.server = open_server(&f.loop, &err);
    assert_non_null(f.server);
    return pthread_create(&f.thread, NULL, run_loop, NULL);
}

static int teardown(void **state)
{
    uv_async_send(&f.stop);
    pthread_join(f.thread, NULL);
    assert_int_equal(uv_loop_close(&f.loop), 0);
    assert_int_equal(access(f.path, F_OK), -1);
    free(f.path);
    tmpdir_free(f.dir);
    return 0;
}

static int connect_to_server(void)
{
    struct sockaddr_un sun = {.sun_family = AF_UNIX};
    const int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    memcpy(sun.sun_path, f.path, strlen(f.path));
    assert_int_equal(connect(fd, (struct sockaddr *)&sun, sizeof(sun)), 0);
    return fd;
}

static void say(int fd, const char *text)
{
    assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
}

/* Up to a newline, which is cut off; "" at the end of the connection. */
static char *hear(int fd, char *out, size_t size)
{
    size_t n = 0;

    while (n + 1 < size && recv(fd, out + n, 1, 0) == 1 && out[n] != '\n')
        n++;
    out[n] = '\0';
    return out;
}

#define ASK(method)   "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"" method "\"}\n"
#define REPLY(result) "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":" result "}"

static void expect(int fd, const char *want)
{
    char line[2 * LINE_LIMIT];

    assert_string_equal(hear(fd, line, sizeof(line)), want);
}

/* ---- */

static void test_who(void **state)
{
    char *want = xasprintf(REPLY("[%u,%d]"), (unsigned)getuid(), (int)getpid());
    const int fd = connect_to_server();
    struct stat st;

    say(fd, ASK("whoami"));
    expect(fd, want);
    assert_int_equal(stat(f.path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0660);
    free(want);
    close(fd);
}

/* Lines come in any pieces. */
static void test_pieces(void **state)
{
    const char text[] = ASK("go") "\n\n" ASK("go");
    const int fd = connect_to_server();

    for (const char *c = text; *c != '\0'; c++)
        assert_int_equal(send(fd, c, 1, MSG_NOSIGNAL), 1);
    expect(fd, REPLY("0"));
    expect(fd, REPLY("0"));
    say(fd, ASK("go") ASK("go"));
    expect(fd, REPLY("0"));
    expect(fd, REPLY("0"));
    close(fd);
}

/* One that waits holds up neither others nor itself. */
static void test_several(void **state)
{
    const int one = connect_to_server(), two = connect_to_server();

    say(one, ASK("hold") ASK("bad"));
    expect(one, "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32601,\"message\":"
                "\"no method \\\"bad\\\"\"}}");
    say(two, ASK("go"));
    expect(two, REPLY("0"));
    expect(one, REPLY("\"held\""));
    close(one);
    close(two);
}

/* A client that goes away ends what it waits for. */
static void test_gone(void **state)
{
    const int one = connect_to_server(), two = connect_to_server();

    say(one, ASK("hold") ASK("bad"));
    expect(one, "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32601,\"message\":"
                "\"no method \\\"bad\\\"\"}}");
    close(one);
    for (char line[200] = "";
         strcmp(line, REPLY("1")) != 0;) { /* the loop takes notice in its time */
        say(two, ASK("go"));
        hear(two, line, sizeof(line));
        assert_string_not_equal(line, "");
    }
    close(two);
}

/* One that has only said all it has to say gets every reply, then the end. */
static void test_half_closed(void **state)
{
    const int one = connect_to_server(), two = connect_to_server();

    say(one, ASK("hold"));
    shutdown(one, SHUT_WR);
    say(two, ASK("whoami"));
    char line[200];
    hear(two, line, sizeof(line));
    for (bool is_held = false; !is_held;) { /* `hold` may come after this */
        say(two, ASK("go"));
        expect(two, REPLY("0"));
        is_held = recv(one, line, 1, MSG_PEEK | MSG_DONTWAIT) == 1;
    }
    expect(one, REPLY("\"held\""));
    expect(one, "");
    close(one);
    close(two);
}

/* The same where the last thing it said gets no reply. */
static void test_half_closed_notification(void **state)
{
    const int one = connect_to_server(), two = connect_to_server();
    char c;

    say(one, "{\"jsonrpc\":\"2.0\",\"method\":\"hold_change\"}\n" ASK("whoami"));
    assert_int_equal(recv(one, &c, 1, MSG_PEEK), 1); /* it is under way */
    shutdown(one, SHUT_WR);
    say(two, ASK("whoami"));
    assert_int_equal(recv(two, &c, 1, MSG_PEEK), 1);
    usleep(20000); /* most likely the end has been seen by now; what is heard is the same */
    char line[200];
    hear(two, line, sizeof(line));
    say(two, ASK("go"));
    expect(two, REPLY("0"));
    hear(one, line, sizeof(line));
    expect(one, "");
    close(one);
    close(two);
}

static void test_long_line(void **state)
{
    const int fd = connect_to_server();
    char text[LINE_LIMIT + 2];

    memset(text, ' ', sizeof(text));
    text[sizeof(text) - 1] = '\0';
    say(fd, text);
    expect(fd, "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32700,\"message\":"
               "\"the line is too long\"}}");
    expect(fd, "");
    close(fd);
}

/* A client that does not read is closed; others notice nothing. */
static void test_slow_reader(void **state)
{
    const int slow = connect_to_server(), other = connect_to_server();
    ssize_t n = 1;

    while (n > 0) /* until the server closes it */
        n = send(slow, ASK("big"), strlen(ASK("big")), MSG_NOSIGNAL);
    say(other, ASK("go"));
    expect(other, REPLY("0"));
    close(slow);
    close(other);
}

static void test_too_many(void **state)
{
    int fds[CLIENTS_LIMIT];

    for (int i = 0; i < CLIENTS_LIMIT; i++) {
        fds[i] = connect_to_server();
        say(fds[i], ASK("go"));
        expect(fds[i], REPLY("0"));
    }
    const int more = connect_to_server();
    expect(more, "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32000,\"message\":"
                 "\"too many clients at once; try again\"}}");
    expect(more, "");
    close(more);
    for (int i = 0; i < CLIENTS_LIMIT; i++)
        close(fds[i]);
}

/* ---- the file ---- */

/* Opens and closes a server beside the one that runs.  Returns the error, owned; "" without. */
static char *open_another(void)
{
    struct err err = {0};
    uv_loop_t loop;

    uv_loop_init(&loop);
    struct socket_server *s = open_server(&loop, &err);
    if (s != NULL)
        socket_close(s, NULL, NULL);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&loop), 0);
    char *text = err_text(&err);
    err_fini(&err);
    return text;
}

static void test_live_one_is_kept(void **state)
{
    char *want = xasprintf("%s: another proximad answers there; stop it, or give this one its own "
                           "server.control\n",
                           f.path);
    char *got = open_another();
    const int fd = connect_to_server();

    assert_string_equal(got, want);
    say(fd, ASK("go"));
    expect(fd, REPLY("0"));
    close(fd);
    free(got);
    free(want);
}

/* Makes a socket file that nobody listens on. */
static void leave_dead_socket(const char *path)
{
    struct sockaddr_un sun = {.sun_family = AF_UNIX};
    const int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    memcpy(sun.sun_path, path, strlen(path));
    assert_int_equal(bind(fd, (struct sockaddr *)&sun, sizeof(sun)), 0);
    close(fd);
}

static void test_files(void **state)
{
    char *path = f.path, *dir = tmpdir_new(), *got;

    f.path = tmpdir_path(dir, "s");
    leave_dead_socket(f.path);
    got = open_another();
    assert_string_equal(got, ""); /* a dead server's is replaced */
    assert_int_equal(access(f.path, F_OK), -1);
    free(got);

    tmpdir_write(dir, "s", "precious");
    got = open_another();
    assert_string_equal(got + strlen(f.path), ": there is something that is no socket; it is not "
                                              "replaced\n");
    free(got);

    free(f.path);
    f.path =
        tmpdir_path(dir, "a_name_that_is_far_too_long_for_the_path_of_a_unix_socket_which_has_108_"
                         "octets_with_its_nul_and_no_more_than_that");
    got = open_another();
    assert_non_null(strstr(got, "octets too long for the path of a unix socket"));
    free(got);

    free(f.path);
    f.path = path;
    tmpdir_free(dir);
}

/* The group that an operator gave to the file is still its group after a crash. */
static void test_group_is_kept(void **state)
{
    char *path = f.path, *dir = tmpdir_new();
    struct err err = {0};
    struct stat st;
    uv_loop_t loop;

    if (getuid() != 0)
        skip();
    f.path = tmpdir_path(dir, "s");
    leave_dead_socket(f.path);
    assert_int_equal(chown(f.path, (uid_t)-1, 12345), 0);
    uv_loop_init(&loop);
    struct socket_server *s = open_server(&loop, &err);
    assert_non_null(s);
    assert_int_equal(stat(f.path, &st), 0);
    assert_int_equal(st.st_gid, 12345);
    assert_int_equal(st.st_mode & 0777, 0660);
    socket_close(s, NULL, NULL);
    uv_run(&loop, UV_RUN_DEFAULT);
    uv_loop_close(&loop);
    free(f.path);
    f.path = path;
    tmpdir_free(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_who, setup, teardown),
        cmocka_unit_test_setup_teardown(test_pieces, setup, teardown),
        cmocka_unit_test_setup_teardown(test_several, setup, teardown),
        cmocka_unit_test_setup_teardown(test_gone, setup, teardown),
        cmocka_unit_test_setup_teardown(test_half_closed, setup, teardown),
        cmocka_unit_test_setup_teardown(test_half_closed_notification, setup, teardown),
        cmocka_unit_test_setup_teardown(test_long_line, setup, teardown),
        cmocka_unit_test_setup_teardown(test_slow_reader, setup, teardown),
        cmocka_unit_test_setup_teardown(test_too_many, setup, teardown),
        cmocka_unit_test_setup_teardown(test_live_one_is_kept, setup, teardown),
        cmocka_unit_test_setup_teardown(test_files, setup, teardown),
        cmocka_unit_test_setup_teardown(test_group_is_kept, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
