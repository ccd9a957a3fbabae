/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/journal.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/list.h"
#include "base/log.h"
#include "base/writeall.h"
#include "base/xalloc.h"

struct journal {
    uv_loop_t *loop;
    char *path, *old_path;
    size_t size_max;
    char *waiting; /* lines for the next write */
    size_t n_waiting;
    bool closing, failed;

    uv_work_t work;
    /* the thread pool's while busy */
    bool busy;
    int fd; /* -1: the last try to open it failed */
    char *lines;
    size_t len;
    int problem; /* errno; 0: written */
};

static int open_file(const char *path)
{
    return open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
}

struct journal *journal_open(uv_loop_t *loop, const char *folder, size_t size_max, struct err *err)
{
    struct journal *j = xcalloc(1, sizeof(*j));

    j->loop = loop;
    j->path = xasprintf("%s/%s", folder, JOURNAL_FILE);
    j->old_path = xasprintf("%s/%s", folder, JOURNAL_OLD);
    j->size_max = size_max;
    j->fd = open_file(j->path);
    if (j->fd < 0) {
        err_add(err, "%s: cannot be opened: %s", j->path, strerror(errno));
        journal_close(j);
        return NULL;
    }
    return j;
}

/* ---- thread pool ---- */

/* Before a write that would go past the bound; a single entry may. */
static void rotate_if_full(struct journal *j)
{
    struct stat st;

    if (j->fd < 0 || fstat(j->fd, &st) != 0 || st.st_size == 0)
        return;
    if ((size_t)st.st_size + j->len <= j->size_max)
        return;
    if (rename(j->path, j->old_path) != 0)
        return; /* go on with the long one */
    close(j->fd);
    j->fd = -1;
}

static void work_write(uv_work_t *work)
{
    struct journal *j = container_of(work, struct journal, work);

    rotate_if_full(j);
    if (j->fd < 0)
        j->fd = open_file(j->path);
    const bool ok = j->fd >= 0 && write_all(j->fd, j->lines, j->len) && fdatasync(j->fd) == 0;
    j->problem = ok ? 0 : errno;
}

/* ---- control thread ---- */

static void journal_free(struct journal *j)
{
    if (j->fd >= 0)
        close(j->fd);
    free(j->path);
    free(j->old_path);
    free(j->waiting);
    free(j);
}

static void write_waiting(struct journal *j);

static void on_written(uv_work_t *work, int status)
{
    struct journal *j = container_of(work, struct journal, work);

    j->busy = false;
    free(j->lines);
    if (j->problem != 0 && !j->failed)
        log_error("%s: cannot be written: %s; what is done is not in the journal", j->path,
                  strerror(j->problem));
    else if (j->problem == 0 && j->failed)
        log_info("%s: can be written again", j->path);
    j->failed = j->problem != 0;
    write_waiting(j);
}

static void write_waiting(struct journal *j)
{
    if (j->busy)
        return;
    if (j->n_waiting == 0) {
        if (j->closing)
            journal_free(j);
        return;
    }
    j->busy = true;
    j->lines = j->waiting;
    j->len = j->n_waiting;
    j->waiting = NULL;
    j->n_waiting = 0;
    uv_queue_work(j->loop, &j->work, work_write, on_written);
}

void journal_add(struct journal *j, json_t *entry)
{
    char time[CLOCK_TEXT];
    json_t *line = json_pack("{s:s}", "time", real_print(real_ms(), time));

    json_object_update(line, entry);
    json_decref(entry);
    char *text = json_dumps(line, JSON_COMPACT);
    json_decref(line);
    assert(text != NULL);

    const size_t len = strlen(text);
    text[len] = '\n'; /* over the NUL: the length travels along */
    j->waiting = xrealloc(j->waiting, j->n_waiting + len + 1);
    memcpy(j->waiting + j->n_waiting, text, len + 1);
    j->n_waiting += len + 1;
    free(text);
    write_waiting(j);
}

void journal_close(struct journal *j)
{
    if (j == NULL)
        return;
    j->closing = true;
    write_waiting(j);
}
