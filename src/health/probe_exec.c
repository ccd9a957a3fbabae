/*
 * The exec probe: a program is run by the helper (exechelper.h), healthy when it exits with an expected
 * status.  No shell; in its words {address}, {host} and {port} stand for the endpoint's.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/list.h"
#include "base/xalloc.h"
#include "health/exechelper.h"
#include "health/probe_ops.h"

#define NO_HELPER "there is no helper to run programs"

struct exec_shared {
    const struct exechelper *helper; /* NULL: there is none, or it is gone */
    uv_poll_t poll;
    bool is_polling;
    uint64_t last_id;
    struct list waiting; /* execs */
    void (*closed)(void *arg);
    void *closed_arg;
};

struct exec {
    struct list link; /* of shared.waiting; linked to itself once it has ended */
    struct probe *probe;
    uint64_t id;
    uv_timer_t ending; /* so that done never comes from inside start */
    enum probe_outcome outcome;
    char text[EXECHELPER_LINE_MAX + 64];
};

static void on_closed(uv_handle_t *h)
{
    struct exec *e = h->data;
    struct probe *p = e->probe;
    const enum probe_outcome outcome = e->outcome;
    char text[sizeof(e->text)];

    memcpy(text, e->text, sizeof(text));
    free(e);
    p->done(p, outcome, text);
}

/* Text has been filled in. */
static void end(struct exec *e, enum probe_outcome outcome)
{
    if (uv_is_closing((uv_handle_t *)&e->ending))
        return;
    list_remove(&e->link);
    list_init(&e->link);
    e->outcome = outcome;
    uv_close((uv_handle_t *)&e->ending, on_closed);
}

/* --- The request. --- */

/* What stands for the endpoint in a word. */
struct stand_in {
    const char *word;
    char text[IPADDR_TEXT];
    const char *value; /* text, or somebody else's */
};

enum { STAND_INS = 3 };

static void fill_stand_ins(const struct probe *p, struct stand_in out[STAND_INS])
{
    out[0] = (struct stand_in){.word = "{address}"};
    out[1] = (struct stand_in){.word = "{host}"};
    out[2] = (struct stand_in){.word = "{port}"};
    out[0].value = ipaddr_print(&p->addr, out[0].text);
    out[1].value = p->spec->host != NULL   ? p->spec->host
                   : p->dest->host != NULL ? p->dest->host
                                           : out[0].value;
    snprintf(out[2].text, sizeof(out[2].text), "%u", p->spec->port);
    out[2].value = out[2].text;
}

static const struct stand_in *stand_in_at(const struct stand_in ins[STAND_INS], const char *text)
{
    for (size_t i = 0; i < STAND_INS; i++)
        if (strncmp(text, ins[i].word, strlen(ins[i].word)) == 0)
            return &ins[i];
    return NULL;
}

static void write_word(FILE *f, const struct stand_in ins[STAND_INS], const char *word)
{
    while (*word != '\0') {
        const struct stand_in *in = stand_in_at(ins, word);
        fputs(in != NULL ? in->value : (char[]){*word, '\0'}, f);
        word += in != NULL ? strlen(in->word) : 1;
    }
    fputc('\0', f);
}

/* The environment is what the operator says, and little more: not the server's. */
static const char *const fixed_env[] = {
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "LC_ALL=C.UTF-8",
    "PROXIMA_ADDRESS={address}",
    "PROXIMA_HOST={host}",
    "PROXIMA_PORT={port}",
};

enum { FIXED_ENV = sizeof(fixed_env) / sizeof(fixed_env[0]) };

/* Returns owned. */
static char *make_request(const struct exec *e, size_t *len)
{
    const struct probe_spec *spec = e->probe->spec;
    const struct exechelper_request head = {.id = e->id,
                                            .op = EXECHELPER_RUN,
                                            .n_args = (uint32_t)spec->n_command,
                                            .n_env = (uint32_t)(FIXED_ENV + spec->n_environment)};
    struct stand_in ins[STAND_INS];
    char *message = NULL;
    FILE *f = open_memstream(&message, len);

    if (f == NULL)
        abort();
    fill_stand_ins(e->probe, ins);
    fwrite(&head, sizeof(head), 1, f);
    for (size_t i = 0; i < spec->n_command; i++)
        write_word(f, ins, spec->command[i]);
    for (size_t i = 0; i < FIXED_ENV; i++)
        write_word(f, ins, fixed_env[i]);
    for (size_t i = 0; i < spec->n_environment; i++)
        write_word(f, ins, spec->environment[i]);
    fclose(f);
    return message;
}

/* 0 or errno. */
static int send_request(const struct exec_shared *s, const struct exec *e)
{
    size_t len;
    char *message = make_request(e, &len);
    const ssize_t n = send(exechelper_fd(s->helper), message, len, MSG_NOSIGNAL | MSG_DONTWAIT);
    const int error = n < 0 ? errno : 0;

    free(message);
    return error;
}

static void exec_start(struct probe *p)
{
    struct exec_shared *s = p->shared;
    struct exec *e = xcalloc(1, sizeof(*e));

    e->probe = p;
    e->id = ++s->last_id;
    p->own = e;
    p->doing = "running";
    uv_timer_init(p->loop, &e->ending);
    e->ending.data = e;
    list_append(&s->waiting, &e->link);
    const int error = s->helper != NULL ? send_request(s, e) : 0;
    if (s->helper != NULL && error == 0)
        return;
    snprintf(e->text, sizeof(e->text), "%s", error != 0 ? strerror(error) : NO_HELPER);
    end(e, PROBE_OURS);
}

static void exec_cancel(struct probe *p)
{
    const struct exec_shared *s = p->shared;
    struct exec *e = p->own;
    const struct exechelper_request head = {.id = e->id, .op = EXECHELPER_CANCEL};

    if (s->helper != NULL && !uv_is_closing((uv_handle_t *)&e->ending))
        (void)send(exechelper_fd(s->helper), &head, sizeof(head), MSG_NOSIGNAL | MSG_DONTWAIT);
    end(e, PROBE_BAD);
}

/* --- Replies. --- */

static bool is_expected(const struct probe_spec *spec, int32_t code)
{
    for (size_t i = 0; i < spec->n_expect; i++)
        if (code >= spec->expect[i].first && code <= spec->expect[i].last)
            return true;
    return false;
}

static void take_reply(struct exec *e, const struct exechelper_reply *r)
{
    const char *separator = r->line[0] != '\0' ? ": " : "";
    const struct probe_spec *spec = e->probe->spec;

    switch ((enum exechelper_end)r->end) {
    case EXECHELPER_EXITED:
        snprintf(e->text, sizeof(e->text), "exit status %d%s%s", r->code, separator, r->line);
        end(e, is_expected(spec, r->code) ? PROBE_GOOD : PROBE_BAD);
        return;
    case EXECHELPER_KILLED:
        snprintf(e->text, sizeof(e->text), "killed by signal %d%s%s", r->code, separator, r->line);
        end(e, PROBE_BAD);
        return;
    case EXECHELPER_NOT_RUN:
        snprintf(e->text, sizeof(e->text), "cannot run %.128s: %s", spec->command[0],
                 uv_strerror(r->code));
        end(e, PROBE_OURS);
        return;
    }
    abort();
}

/* One that was cancelled is not there any more.  Few are under way. */
static void find_and_take(struct exec_shared *s, const struct exechelper_reply *r)
{
    for (struct list *at = s->waiting.next; at != &s->waiting; at = at->next) {
        struct exec *e = container_of(at, struct exec, link);
        if (e->id == r->id) {
            take_reply(e, r);
            return;
        }
    }
}

static void lose_helper(struct exec_shared *s)
{
    s->helper = NULL;
    uv_poll_stop(&s->poll);
    while (!list_is_empty(&s->waiting)) {
        struct exec *e = container_of(s->waiting.next, struct exec, link);
        snprintf(e->text, sizeof(e->text), NO_HELPER);
        end(e, PROBE_OURS);
    }
}

static void on_reply(uv_poll_t *poll, int status, int events)
{
    struct exec_shared *s = poll->data;
    struct exechelper_reply r;
    const ssize_t n = recv(exechelper_fd(s->helper), &r, sizeof(r), MSG_DONTWAIT);

    (void)status;
    (void)events;
    if (n == (ssize_t)sizeof(r))
        find_and_take(s, &r);
    else if (n >= 0 || (errno != EAGAIN && errno != EINTR))
        lose_helper(s);
}

static void *exec_open(const struct kinds_opts *opts)
{
    struct exec_shared *s = xcalloc(1, sizeof(*s));

    list_init(&s->waiting);
    s->last_id = uv_hrtime(); /* replies to a former prober are not for us */
    if (opts->exec == NULL || uv_poll_init(opts->loop, &s->poll, exechelper_fd(opts->exec)) != 0)
        return s;
    s->helper = opts->exec;
    s->is_polling = true;
    s->poll.data = s;
    uv_poll_start(&s->poll, UV_READABLE | UV_DISCONNECT, on_reply);
    uv_unref((uv_handle_t *)&s->poll);
    return s;
}

static void on_poll_closed(uv_handle_t *h)
{
    struct exec_shared *s = h->data;

    s->closed(s->closed_arg);
    free(s);
}

static void exec_close(void *shared, void (*closed)(void *arg), void *arg)
{
    struct exec_shared *s = shared;

    s->closed = closed;
    s->closed_arg = arg;
    if (s->is_polling) {
        uv_close((uv_handle_t *)&s->poll, on_poll_closed);
        return;
    }
    closed(arg);
    free(s);
}

const struct probe_ops probe_exec = {.open = exec_open,
                                     .close = exec_close,
                                     .start = exec_start,
                                     .cancel = exec_cancel};
