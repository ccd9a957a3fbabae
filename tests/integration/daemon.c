/* SPDX-License-Identifier: BSD-2-Clause */
#include "daemon.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "../unit/tmpdir.h"
#include "base/ipaddr.h"
#include "base/xalloc.h"
#include "daemon_inside.h"

void daemon_fail(const struct daemon *d, const char *fmt, ...)
{
    char *log = tmpdir_read(d->dir, "log"), *text;
    va_list ap;

    va_start(ap, fmt);
    if (vasprintf(&text, fmt, ap) < 0)
        abort();
    va_end(ap);
    /* Not in the message, which cmocka cuts after a kilobyte. */
    fprintf(stderr, "--- log of proximad ---\n%s--- end ---\n", log != NULL ? log : "");
    fail_msg("%s", text);
    abort();
}

/* ---- files ---- */

void daemon_write_config(struct daemon *d, const char *config)
{
    char *text = xasprintf("server:\n"
                           "  listen: 127.0.0.1@0\n"
                           "  threads: 2\n"
                           "  control: run/control.sock\n"
                           "  state: state/\n"
                           "zones: {directory: zones/}\n"
                           "%s",
                           config);

    tmpdir_write(d->dir, "proxima.yaml", text);
    free(text);
}

static void make_folder(const struct daemon *d, const char *name)
{
    char *path = tmpdir_path(d->dir, name);

    if (mkdir(path, 0755) != 0)
        daemon_fail(d, "%s: %s", path, strerror(errno));
    free(path);
}

static void write_files(struct daemon *d, const struct daemon_opts *opts)
{
    make_folder(d, "run");
    make_folder(d, "zones");
    daemon_write_config(d, opts->config);
    for (size_t i = 0; i < opts->n_files; i++)
        tmpdir_write(d->dir, opts->files[i].name, opts->files[i].text);
}

/* ---- the process ---- */

static void run_program(const struct daemon *d, const char *log_path)
{
    const char *program = getenv("PROXIMAD");
    const int log = open(log_path, O_WRONLY | O_CREAT | O_APPEND, 0644);

    prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that crashes takes it along */
    dup2(log, STDERR_FILENO);
    dup2(log, STDOUT_FILENO);
    execl(program != NULL ? program : "./proximad", "proximad", "-c", d->config_path, (char *)NULL);
    perror(program != NULL ? program : "./proximad");
    _exit(127);
}

/* alive: out, a pipe whose other end only the child has. */
static pid_t spawn(const struct daemon *d, const char *log_path, int *alive)
{
    int ends[2];

    if (pipe(ends) != 0)
        daemon_fail(d, "pipe: %s", strerror(errno));
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    const pid_t pid = fork();
    if (pid == 0) {
        run_program(d, log_path);
        _exit(127);
    }
    close(ends[1]);
    *alive = ends[0];
    return pid;
}

/* Wait until the socket is there, which then can be connected to, or the program has ended. */
static void wait_for_socket(struct daemon *d, int folder_events)
{
    struct pollfd p[] = {{.fd = folder_events, .events = POLLIN},
                         {.fd = d->alive, .events = POLLIN}};
    char events[4096];

    while (access(d->socket, F_OK) != 0) {
        if (poll(p, 2, -1) < 0)
            daemon_fail(d, "poll: %s", strerror(errno));
        if (p[1].revents != 0)
            daemon_fail(d, "proximad ended before it listened");
        if (read(folder_events, events, sizeof(events)) < 0)
            daemon_fail(d, "inotify: %s", strerror(errno));
    }
}

static void learn_port(struct daemon *d)
{
    json_t *status = daemon_call(d, "status", "{}");
    struct endpoint_addr addr;

    if (!sockaddr_parse(json_string_value(json_array_get(json_object_get(status, "listen"), 0)), 0,
                        &addr))
        daemon_fail(d, "status tells no address");
    d->port = addr.port;
    json_decref(status);
}

void daemon_restart(struct daemon *d)
{
    char *run = tmpdir_path(d->dir, "run");
    const int events = inotify_init1(IN_CLOEXEC);

    unlink(d->socket); /* of one that was killed: the new one is to be waited for */
    inotify_add_watch(events, run, IN_MOVED_TO | IN_CREATE);
    d->pid = spawn(d, d->log_path, &d->alive);
    wait_for_socket(d, events);
    close(events);
    free(run);
    learn_port(d);
}

struct daemon *daemon_start(const struct daemon_opts *opts)
{
    struct daemon *d = xcalloc(1, sizeof(*d));

    d->dir = tmpdir_new();
    d->config_path = tmpdir_path(d->dir, "proxima.yaml");
    d->socket = tmpdir_path(d->dir, "run/control.sock");
    d->log_path = tmpdir_path(d->dir, "log");
    write_files(d, opts);
    daemon_restart(d);
    return d;
}

static int wait_for_end(struct daemon *d)
{
    int status = 0;

    while (waitpid(d->pid, &status, 0) < 0 && errno == EINTR)
        ;
    close(d->alive);
    d->pid = 0;
    return status;
}

void daemon_kill(struct daemon *d)
{
    kill(d->pid, SIGKILL);
    wait_for_end(d);
}

void daemon_halt(struct daemon *d)
{
    json_decref(daemon_call(d, "stop", "{}"));
    const int status = wait_for_end(d);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        daemon_fail(d, "proximad ended with status %#x", (unsigned)status);
}

void daemon_stop(struct daemon *d)
{
    if (d == NULL)
        return;
    if (d->pid != 0)
        daemon_halt(d);
    tmpdir_free(d->dir);
    free(d->config_path);
    free(d->socket);
    free(d->log_path);
    free(d);
}

int daemon_start_second(struct daemon *d, char **log)
{
    char *path = tmpdir_path(d->dir, "log2");
    int alive, status;
    const pid_t pid = spawn(d, path, &alive);

    waitpid(pid, &status, 0);
    close(alive);
    free(path);
    *log = tmpdir_read(d->dir, "log2");
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

const char *daemon_dir(const struct daemon *d)
{
    return d->dir;
}

uint16_t daemon_port(const struct daemon *d)
{
    return d->port;
}

pid_t daemon_pid(const struct daemon *d)
{
    return d->pid;
}

const char *daemon_socket(const struct daemon *d)
{
    return d->socket;
}
