/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/cookies.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/xalloc.h"
#include "control/atomicfile.h"

#define COOKIES_FILE "cookie-secrets"

/* The timer counts time that passes, secrets are dated by the clock: look at it so often at least. */
#define LOOK_S 3600

struct cookies {
    uv_loop_t *loop;
    char *state;
    struct ownsecrets now, next; /* next: being written */
    struct cookie_secrets told;  /* what on_change was last called for */
    uv_timer_t timer;
    uv_work_t work;
    struct err err; /* of the writing */
    bool writing, closing;
    void (*on_change)(void *arg);
    void *arg;
};

static int64_t now_s(void)
{
    return real_ms() / 1000;
}

static bool step(struct ownsecrets *o)
{
    struct ownsecrets_random random;

    if (getrandom(&random, sizeof(random), 0) != sizeof(random))
        abort(); /* fewer than 256 octets are never cut short: getrandom(2) */
    return ownsecrets_step(o, now_s(), &random);
}

static void write_secrets(const struct ownsecrets *o, const char *state, struct err *err)
{
    char *text = ownsecrets_print(o);

    atomicfile_write_secret(state, COOKIES_FILE, text, strlen(text), err);
    free(text);
}

static void on_timer(uv_timer_t *timer);

/* Wait for the next change, and tell the one that there is. */
static void go_on(struct cookies *c)
{
    const int64_t now = now_s(), left_s = ownsecrets_next_s(&c->now, now) - now;
    const int64_t wait_s = left_s < LOOK_S ? left_s : LOOK_S;

    uv_timer_start(&c->timer, on_timer, (uint64_t)(wait_s > 0 ? wait_s : 1) * 1000, 0);
    const struct cookie_secrets secrets = ownsecrets_at(&c->now, now);
    if (memcmp(&secrets, &c->told, sizeof(secrets)) == 0)
        return;
    c->told = secrets;
    c->on_change(c->arg);
}

static void cookies_free(uv_handle_t *timer)
{
    struct cookies *c = timer->data;

    err_fini(&c->err);
    free(c->state);
    free(c);
}

/* Thread pool. */
static void write_next(uv_work_t *work)
{
    struct cookies *c = work->data;

    write_secrets(&c->next, c->state, &c->err);
}

/* What could not be written is used all the same: rather a secret that a restart forgets than one
 * that is too old (RFC 7873 §7.1). */
static void on_written(uv_work_t *work, int status)
{
    struct cookies *c = work->data;

    (void)status;
    c->writing = false;
    if (c->closing) {
        uv_close((uv_handle_t *)&c->timer, cookies_free);
        return;
    }
    log_err(&c->err);
    err_fini(&c->err);
    err_init(&c->err);
    c->now = c->next;
    go_on(c);
}

static void on_timer(uv_timer_t *timer)
{
    struct cookies *c = timer->data;

    c->next = c->now;
    if (step(&c->next)) {
        c->writing = true;
        uv_queue_work(c->loop, &c->work, write_next, on_written);
        return;
    }
    go_on(c);
}

struct cookie_secrets cookies_secrets(const struct cookies *c)
{
    return ownsecrets_at(&c->now, now_s());
}

static void read_secrets(struct cookies *c, struct err *err)
{
    size_t len;
    char *text = atomicfile_read(c->state, COOKIES_FILE, &len, err);
    char *path = xasprintf("%s/" COOKIES_FILE, c->state);

    if (text != NULL)
        ownsecrets_parse(&c->now, path, text, err);
    free(text);
    free(path);
}

struct cookies *cookies_open(uv_loop_t *loop, const char *state, void (*on_change)(void *arg),
                             void *arg, struct err *err)
{
    struct cookies *c = xcalloc(1, sizeof(*c));

    *c =
        (struct cookies){.loop = loop, .state = xstrdup(state), .on_change = on_change, .arg = arg};
    err_init(&c->err);
    uv_timer_init(loop, &c->timer);
    c->timer.data = c->work.data = c;
    read_secrets(c, err);
    if (step(&c->now))
        write_secrets(&c->now, c->state, err);
    c->told = cookies_secrets(c);
    go_on(c);
    return c;
}

void cookies_close(struct cookies *c)
{
    c->closing = true;
    if (!c->writing)
        uv_close((uv_handle_t *)&c->timer, cookies_free);
}
