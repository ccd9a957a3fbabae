/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/keep.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/xalloc.h"
#include "control/atomicfile.h"
#include "control/histories.h"
#include "control/recollect.h"

#define VERDICTS_FILE  "health.json"
#define HISTORIES_FILE "history.json"

/* A file that is no older than this, when the server ends, holds what was known then. */
#define VERDICTS_REFRESH_MS 60000
/* Nothing is decided by them: so much may be lost in a crash. */
#define HISTORIES_REFRESH_MS (5 * 60000)

static struct clocks clocks(void)
{
    return (struct clocks){.mono = mono_ms(), .real = real_ms()};
}

/* ---- to be written ---- */

static void *collect_verdicts(void *arg)
{
    const struct control *c = arg;
    const struct clocks now = clocks();

    return recollect(c->health, c->now->plan, &now);
}

static char *print_verdicts(const void *collected)
{
    return memory_text(collected);
}

static void release_verdicts(void *collected)
{
    memory_free(collected);
}

static void *collect_histories(void *arg)
{
    const struct control *c = arg;
    const struct clocks now = clocks();

    return histories_collect(c->health, &now);
}

static char *print_histories(const void *collected)
{
    return histories_text(collected);
}

static void release_histories(void *collected)
{
    histories_free(collected);
}

void keep_open(struct control *c, const char *state)
{
    c->remember = remember_open(
        c->loop, &(struct remember_opts){.folder = state,
                                         .file = VERDICTS_FILE,
                                         .loss = "a restart will not know who is down",
                                         .refresh_ms = VERDICTS_REFRESH_MS,
                                         .collect = collect_verdicts,
                                         .arg = c,
                                         .print = print_verdicts,
                                         .release = release_verdicts});
    c->histories = remember_open(
        c->loop, &(struct remember_opts){.folder = state,
                                         .file = HISTORIES_FILE,
                                         .loss = "after a restart `advise` begins anew",
                                         .refresh_ms = HISTORIES_REFRESH_MS,
                                         .collect = collect_histories,
                                         .arg = c,
                                         .print = print_histories,
                                         .release = release_histories});
}

void keep_close(struct control *c)
{
    remember_close(c->remember);
    remember_close(c->histories);
}

/* ---- what was left ---- */

struct left {
    struct control *control;
    struct plan *plan;
    const char *path, *text;
    size_t len;
};

static void recall_verdicts(const struct left *l, struct err *err)
{
    const struct clocks now = clocks();
    struct recall *r = recall_read(l->path, l->text, l->len, err);

    if (r == NULL)
        return;
    const size_t n = recollect_apply(r, l->control->health, l->plan, &now);
    if (n > 0)
        log_info("of %zu endpoints it is known how they were", n);
    recall_free(r);
}

static void recall_histories(const struct left *l, struct err *err)
{
    const struct clocks now = clocks();

    histories_apply(&(struct histories_file){l->path, l->text, l->len}, l->control->health, &now,
                    err);
}

static void recall_file(struct control *c, struct plan *plan, const char *file,
                        void (*recall)(const struct left *l, struct err *err))
{
    const char *folder = state_path(c->state);
    struct err err = {0};
    size_t len;
    char *text = atomicfile_read(folder, file, &len, &err);

    if (text != NULL) {
        char *path = xasprintf("%s/%s", folder, file);
        recall(&(struct left){c, plan, path, text, len}, &err);
        free(path);
        free(text);
    }
    log_err(&err);
    err_fini(&err);
}

void keep_recall(struct control *c, struct plan *plan)
{
    recall_file(c, plan, VERDICTS_FILE, recall_verdicts);
    recall_file(c, plan, HISTORIES_FILE, recall_histories);
}
