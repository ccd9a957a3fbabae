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
#include "control/atomicfile.h"

/* Whoever is to know when his entry is on disk. */
struct waiter {
    void (*done)(void *arg);
    void *arg;
};

/* What is written at once. */
struct batch {
    char *lines; /* len octets */
    size_t len;
    struct waiter *waiters;
    size_t n_waiters;
};

struct journal {
    uv_loop_t *loop;
    char *path, *old_path;
    size_t size_max;
    struct batch next;
    bool closing, failed;

    uv_work_t work;
    /* the thread pool's while busy */
    bool busy;
    int fd; /* -1: the last try to open it failed */
    struct batch now;
    int problem; /* errno; 0: written */
};

/* An entry that was cut off, by a crash say, must not take the next one with it. */
static bool end_last_line(int fd)
{
    struct stat st;
    char last = '\n';

    if (fstat(fd, &st) != 0 || (st.st_size > 0 && pread(fd, &last, 1, st.st_size - 1) != 1))
        return false;
    return last == '\n' || write_all(fd, "\n", 1);
}

/* Its name is on disk too. */
static int open_file(const char *path)
{
    const int fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0640);

    if (fd >= 0 && !(end_last_line(fd) && atomicfile_sync_folder_of(path))) {
        const int why = errno;
        close(fd);
        errno = why;
        return -1;
    }
    return fd;
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
    if ((size_t)st.st_size + j->now.len <= j->size_max)
        return;
    if (rename(j->path, j->old_path) != 0)
        return; /* go on with the long one */
    close(j->fd);
    j->fd = -1;
}

/* All of it, or nothing: half of a line would spoil the next one too. */
static bool append(int fd, const struct batch *b)
{
    const off_t end = lseek(fd, 0, SEEK_END);

    if (end >= 0 && write_all(fd, b->lines, b->len) && fdatasync(fd) == 0)
        return true;
    const int why = errno;
    if (end >= 0 && ftruncate(fd, end) != 0)
        log_debug("journal: what was written of an entry stays: %s", strerror(errno));
    errno = why;
    return false;
}

static void work_write(uv_work_t *work)
{
    struct journal *j = container_of(work, struct journal, work);

    rotate_if_full(j);
    if (j->fd < 0)
        j->fd = open_file(j->path);
    const bool ok = j->fd >= 0 && append(j->fd, &j->now);
    j->problem = ok ? 0 : errno;
}

/* ---- control thread ---- */

static void journal_free(struct journal *j)
{
    if (j->fd >= 0)
        close(j->fd);
    free(j->path);
    free(j->old_path);
    free(j);
}

static void write_next(struct journal *j);

/* Tell whoever waits.  He may add more: busy keeps that waiting. */
static void end_batch(struct batch *b)
{
    for (size_t i = 0; i < b->n_waiters; i++)
        b->waiters[i].done(b->waiters[i].arg);
    free(b->lines);
    free(b->waiters);
    *b = (struct batch){0};
}

static void on_written(uv_work_t *work, int status)
{
    struct journal *j = container_of(work, struct journal, work);

    if (j->problem != 0 && !j->failed)
        log_error("%s: cannot be written: %s; what is done is not in the journal", j->path,
                  strerror(j->problem));
    else if (j->problem == 0 && j->failed)
        log_info("%s: can be written again", j->path);
    j->failed = j->problem != 0;
    end_batch(&j->now);
    j->busy = false;
    write_next(j);
}

static void write_next(struct journal *j)
{
    if (j->busy)
        return;
    if (j->next.len == 0) {
        if (j->closing)
            journal_free(j);
        return;
    }
    j->busy = true;
    j->now = j->next;
    j->next = (struct batch){0};
    uv_queue_work(j->loop, &j->work, work_write, on_written);
}

/* Takes text, which ends with a newline. */
static void append_line(struct batch *b, char *text, size_t len)
{
    b->lines = xrealloc(b->lines, b->len + len);
    memcpy(b->lines + b->len, text, len);
    b->len += len;
    free(text);
}

void journal_add(struct journal *j, json_t *entry, void (*done)(void *arg), void *arg)
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
    append_line(&j->next, text, len + 1);
    if (done != NULL) {
        j->next.waiters = xgrow(j->next.waiters, j->next.n_waiters, sizeof(struct waiter));
        j->next.waiters[j->next.n_waiters++] = (struct waiter){done, arg};
    }
    write_next(j);
}

void journal_close(struct journal *j)
{
    if (j == NULL)
        return;
    j->closing = true;
    write_next(j);
}
