/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/goodbatch.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/xalloc.h"
#include "control/atomicfile.h"
#include "dns/name.h"

/* Offset 0 says that writing failed, so the first octets are a line for who looks into the file. */
static const char first_line[] = "; last good zones, see proximad(8); the index is at the end\n";

struct goodbatch {
    char *tmp;
    pthread_mutex_t lock; /* of the rest while zones are read */
    int fd;               /* -1: nothing is written yet, or it failed */
    uint64_t end;         /* octets */
    struct goodzone *zones;
    size_t n;
    bool failed;
};

struct goodbatch *goodbatch_new(const char *folder)
{
    static atomic_uint serial;
    struct goodbatch *b = xcalloc(1, sizeof(*b));

    b->tmp = xasprintf("%s/%u.tmp", folder, atomic_fetch_add(&serial, 1));
    b->fd = -1;
    pthread_mutex_init(&b->lock, NULL);
    return b;
}

static void drop_file(struct goodbatch *b)
{
    if (b->fd >= 0) {
        close(b->fd);
        unlink(b->tmp);
    }
    b->fd = -1;
}

void goodbatch_free(struct goodbatch *b)
{
    if (b == NULL)
        return;
    drop_file(b);
    for (size_t i = 0; i < b->n; i++)
        goodzone_fini(&b->zones[i]);
    free(b->zones);
    pthread_mutex_destroy(&b->lock);
    free(b->tmp);
    free(b);
}

static void fail(struct goodbatch *b, const char *what)
{
    if (!b->failed)
        log_warning("no last good copies: cannot %s %s: %s", what, b->tmp, strerror(errno));
    b->failed = true;
}

static void open_file(struct goodbatch *b)
{
    if (b->fd >= 0 || b->failed)
        return;
    b->fd = open(b->tmp, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
    b->end = strlen(first_line);
    if (b->fd < 0 || !goodpack_write(b->fd, 0, first_line, b->end))
        fail(b, "write");
}

/* Where so many octets go. */
static uint64_t reserve(struct goodbatch *b, size_t len)
{
    pthread_mutex_lock(&b->lock);
    open_file(b);
    const uint64_t at = b->failed ? 0 : b->end;
    b->end += len;
    pthread_mutex_unlock(&b->lock);
    return at;
}

uint64_t goodbatch_write(struct goodbatch *b, const void *text, size_t len)
{
    const uint64_t at = reserve(b, len);

    if (at == 0 || goodpack_write(b->fd, at, text, len))
        return at;
    pthread_mutex_lock(&b->lock);
    fail(b, "write");
    pthread_mutex_unlock(&b->lock);
    return 0;
}

uint32_t goodbatch_add(struct goodbatch *b, struct goodzone *z)
{
    pthread_mutex_lock(&b->lock);
    b->zones = xgrow(b->zones, b->n, sizeof(*b->zones));
    b->zones[b->n++] = *z;
    const uint32_t number = (uint32_t)b->n;
    pthread_mutex_unlock(&b->lock);
    *z = (struct goodzone){0};
    return number;
}

void goodbatch_forget(struct goodbatch *b, uint32_t number)
{
    goodzone_fini(&b->zones[number - 1]);
}

void goodbatch_add_gone(struct goodbatch *b, const uint8_t *apex)
{
    goodbatch_add(b, &(struct goodzone){.apex = xmemdup(apex, name_len(apex))});
}

bool goodbatch_is_empty(const struct goodbatch *b)
{
    for (size_t i = 0; i < b->n; i++)
        if (b->zones[i].apex != NULL)
            return false;
    return true;
}

bool goodbatch_has_gone(const struct goodbatch *b)
{
    for (size_t i = 0; i < b->n; i++)
        if (b->zones[i].apex != NULL && b->zones[i].n_files == 0)
            return true;
    return false;
}

const struct goodzone *goodbatch_zone(const struct goodbatch *b, uint32_t number)
{
    return &b->zones[number - 1];
}

static bool write_index(struct goodbatch *b)
{
    const struct goodzone **zones = xcalloc(b->n, sizeof(*zones));
    size_t n = 0;

    for (size_t i = 0; i < b->n; i++)
        if (b->zones[i].apex != NULL)
            zones[n++] = &b->zones[i];
    const bool ok = goodpack_end(b->fd, b->end, zones, n);
    free(zones);
    return ok;
}

bool goodbatch_end(struct goodbatch *b, const char *path)
{
    open_file(b);
    if (!b->failed && !write_index(b))
        fail(b, "write");
    if (!b->failed && (rename(b->tmp, path) != 0 || !atomicfile_sync_folder_of(path)))
        fail(b, "move");
    if (b->failed) {
        drop_file(b);
        return false;
    }
    close(b->fd);
    b->fd = -1;
    return true;
}
