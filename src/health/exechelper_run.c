/*
 * Inside the helper of exec probes (exechelper.h).  Nothing here is shared with the server but the
 * messages.  SPDX-License-Identifier: BSD-2-Clause
 */
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

#include "base/list.h"
#include "base/xalloc.h"
#include "health/exechelper.h"

struct helper {
    uv_loop_t loop;
    uv_poll_t poll;
    int fd;
    struct list jobs;
    char message[EXECHELPER_MESSAGE_MAX];
};

struct job { /* one program */
    struct list link;
    struct helper *helper;
    uv_process_t process;
    uv_pipe_t output;
    unsigned handles; /* not closed yet */
    struct exechelper_reply reply;
    size_t line_len;
    bool has_line; /* whole; what follows is thrown away */
};

/* --- What it writes. --- */

/* What does not print, or is not ASCII, becomes '?': it is shown to operators. */
static void take_output(struct job *j, const char *data, size_t len)
{
    for (size_t i = 0; i < len && !j->has_line; i++) {
        if (data[i] == '\n' || j->line_len == EXECHELPER_LINE_MAX)
            j->has_line = true;
        else if (data[i] != '\r')
            j->reply.line[j->line_len++] = data[i] >= ' ' && data[i] <= '~' ? data[i] : '?';
    }
}

static void on_buffer(uv_handle_t *h, size_t suggested, uv_buf_t *out)
{
    static char buffer[4096];

    (void)h;
    (void)suggested;
    *out = uv_buf_init(buffer, sizeof(buffer));
}

static void on_output(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
    if (n < 0)
        uv_read_stop(stream);
    else
        take_output(stream->data, buf->base, (size_t)n);
}

/* What it had written when it ended. */
static void drain_output(struct job *j)
{
    char buffer[4096];
    uv_os_fd_t fd;
    ssize_t n;

    if (uv_fileno((uv_handle_t *)&j->output, &fd) != 0)
        return;
    while (!j->has_line && (n = read(fd, buffer, sizeof(buffer))) > 0)
        take_output(j, buffer, (size_t)n);
}

/* --- Its life. --- */

static void on_closed(uv_handle_t *h)
{
    struct job *j = h->data;

    if (--j->handles == 0)
        free(j);
}

/* All that it started and that did not leave its group. */
static void kill_group(const struct job *j)
{
    if (j->process.pid > 0)
        kill(-j->process.pid, SIGKILL);
}

/* A server that does not take replies, or that is gone, has no use for this one. */
static void end(struct job *j)
{
    (void)send(j->helper->fd, &j->reply, sizeof(j->reply), MSG_NOSIGNAL | MSG_DONTWAIT);
    list_remove(&j->link);
    uv_close((uv_handle_t *)&j->output, on_closed);
    uv_close((uv_handle_t *)&j->process, on_closed);
}

static void on_exit_(uv_process_t *process, int64_t status, int signal_number)
{
    struct job *j = process->data;

    kill_group(j); /* what it left behind; numbers go round, so this one is hardly another's yet */
    drain_output(j);
    j->reply.end = signal_number != 0 ? EXECHELPER_KILLED : EXECHELPER_EXITED;
    j->reply.code = signal_number != 0 ? signal_number : (int32_t)status;
    end(j);
}

static int spawn(struct job *j, char **args, char **env)
{
    uv_file pipe[2];
    int rc = uv_pipe(pipe, UV_NONBLOCK_PIPE, 0);

    if (rc != 0)
        return rc;
    uv_pipe_open(&j->output, pipe[0]);
    uv_stdio_container_t stdio[3] = {
        {.flags = UV_IGNORE},
        {.flags = UV_INHERIT_FD, .data.fd = pipe[1]},
        {.flags = UV_INHERIT_FD, .data.fd = pipe[1]},
    };
    const uv_process_options_t options = {
        .exit_cb = on_exit_,
        .file = args[0],
        .args = args,
        .env = env,
        .cwd = "/",
        .flags = UV_PROCESS_DETACHED, /* a session and a group of its own */
        .stdio_count = 3,
        .stdio = stdio,
    };
    rc = uv_spawn(&j->helper->loop, &j->process, &options);
    close(pipe[1]);
    if (rc == 0)
        uv_read_start((uv_stream_t *)&j->output, on_buffer, on_output);
    return rc;
}

static void start(struct helper *h, uint64_t id, char **args, char **env)
{
    struct job *j = xcalloc(1, sizeof(*j));

    j->helper = h;
    j->reply.id = id;
    j->handles = 2;
    list_append(&h->jobs, &j->link);
    uv_pipe_init(&h->loop, &j->output, 0);
    j->process.data = j->output.data = j;
    const int rc = spawn(j, args, env);
    if (rc == 0)
        return;
    j->reply.end = EXECHELPER_NOT_RUN;
    j->reply.code = rc;
    end(j);
}

/* Its end comes as any other's. */
static void cancel(struct helper *h, uint64_t id)
{
    for (struct list *at = h->jobs.next; at != &h->jobs; at = at->next) {
        const struct job *j = container_of(at, struct job, link);
        if (j->reply.id == id)
            kill_group(j);
    }
}

/* --- Messages. --- */

/* n texts, NULL behind the last; *at behind them.  Returns owned; the texts are the message's. */
static char **take_texts(char **at, const char *end_, size_t n)
{
    char **texts = xcalloc(n + 1, sizeof(*texts));

    for (size_t i = 0; i < n; i++) {
        const size_t len = strnlen(*at, (size_t)(end_ - *at));
        if (len == (size_t)(end_ - *at))
            abort(); /* the server is of the same program */
        texts[i] = *at;
        *at += len + 1;
    }
    return texts;
}

static void become(const char *user)
{
    const struct passwd *pw = getpwnam(user);

    if (pw == NULL || initgroups(user, pw->pw_gid) < 0 || setgid(pw->pw_gid) < 0 ||
        setuid(pw->pw_uid) < 0)
        _exit(1);
}

static void take_message(struct helper *h, size_t len)
{
    struct exechelper_request head;
    char *at = h->message + sizeof(head);

    if (len < sizeof(head))
        abort();
    memcpy(&head, h->message, sizeof(head));
    char **args = take_texts(&at, h->message + len, head.n_args);
    char **env = take_texts(&at, h->message + len, head.n_env);
    switch ((enum exechelper_op)head.op) {
    case EXECHELPER_RUN: start(h, head.id, args, env); break;
    case EXECHELPER_CANCEL: cancel(h, head.id); break;
    case EXECHELPER_BECOME: become(args[0]); break;
    }
    free(args);
    free(env);
}

/* The server is gone: nobody waits for anything. */
static _Noreturn void leave(struct helper *h)
{
    for (struct list *at = h->jobs.next; at != &h->jobs; at = at->next)
        kill_group(container_of(at, struct job, link));
    _exit(0);
}

static void on_message(uv_poll_t *poll, int status, int events)
{
    struct helper *h = poll->data;
    const ssize_t n = recv(h->fd, h->message, sizeof(h->message), MSG_DONTWAIT);

    (void)status;
    (void)events;
    if (n == 0)
        leave(h);
    if (n > 0)
        take_message(h, (size_t)n);
}

/* Whatever happens to the server's terminal is not ours: we end when the server does. */
static void leave_terminal(void)
{
    const int null = open("/dev/null", O_RDWR | O_CLOEXEC);

    for (int fd = 0; null >= 0 && fd <= 2; fd++)
        dup2(null, fd);
    if (null > 2)
        close(null);
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
}

void exechelper_run(int fd)
{
    struct helper *h = xcalloc(1, sizeof(*h));

    prctl(PR_SET_NAME, "proximad-exec");
    leave_terminal();
    list_init(&h->jobs);
    h->fd = fd;
    if (uv_loop_init(&h->loop) != 0 || uv_poll_init(&h->loop, &h->poll, fd) != 0)
        _exit(1);
    h->poll.data = h;
    uv_poll_start(&h->poll, UV_READABLE | UV_DISCONNECT, on_message);
    uv_run(&h->loop, UV_RUN_DEFAULT);
    _exit(0);
}
