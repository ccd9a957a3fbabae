/* Packs that hold little are written together.  SPDX-License-Identifier: BSD-2-Clause */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/xalloc.h"
#include "control/goodzones_inside.h"
#include "dns/name.h"

/* A pack is written anew when more of it than this and than what is left in it is waste. */
#define WASTE_MAX ((uint64_t)1 << 20)

struct tidy {
    struct goodzones *g;
    const struct goodview *view;
    uint64_t *live; /* octets that are left in each pack */
};

static size_t pack_index(const struct goodzones *g, uint32_t number)
{
    size_t i = 0;

    while (i < g->n_packs && g->packs[i].number != number)
        i++;
    return i;
}

static void count_live(struct tidy *t)
{
    for (size_t i = 0; i < t->view->n; i++) {
        const struct goodkept *kept = t->view->at(t->view->arg, i);
        const size_t at = pack_index(t->g, kept->pack);
        if (at < t->g->n_packs)
            t->live[at] += kept->len + 1; /* an empty file counts too */
    }
}

static void remove_pack(struct tidy *t, size_t i)
{
    struct goodzones *g = t->g;
    char *path = goodzones_path(g, g->packs[i].number);

    unlink(path);
    free(path);
    g->n_packs--;
    memmove(&g->packs[i], &g->packs[i + 1], (g->n_packs - i) * sizeof(*g->packs));
    memmove(&t->live[i], &t->live[i + 1], (g->n_packs - i) * sizeof(*t->live));
}

/* What says that a zone is gone is of use while an older pack may have it. */
static void remove_dead(struct tidy *t)
{
    for (size_t i = 0; i < t->g->n_packs;)
        if (t->live[i] == 0 && (i == 0 || !t->g->packs[i].has_gone))
            remove_pack(t, i);
        else
            i++;
}

static uint64_t file_size(const struct goodzones *g, size_t i)
{
    struct stat st;
    char *path = goodzones_path(g, g->packs[i].number);
    const uint64_t size = stat(path, &st) == 0 ? (uint64_t)st.st_size : 0;

    free(path);
    return size;
}

/*
 * The first of the packs to be written together, up to the newest; n_packs: none.  A pack is at least
 * twice as large as all newer ones together, so there are few, and an octet is written again only when
 * what it lies in has grown by half.
 */
static size_t first_to_merge(const struct tidy *t)
{
    const size_t n = t->g->n_packs;
    uint64_t newer = 0;
    size_t first = n;

    for (size_t i = n; i-- > 0; newer += t->live[i]) {
        const uint64_t size = file_size(t->g, i), waste = size - t->live[i];
        const bool small = i + 1 < n && t->live[i] < 2 * newer;
        const bool wasted = size > t->live[i] && waste > t->live[i] && waste > WASTE_MAX;
        if (small || wasted)
            first = i;
    }
    return first;
}

/* One zone into the pack in the making, or what says that it is gone. */
static void take_zone(struct tidy *t, struct goodbatch *into, int fd, struct goodzone *z,
                      bool oldest)
{
    struct goodkept *kept = t->view->find(t->view->arg, z->apex);

    if (z->n_files == 0 && kept == NULL && !oldest)
        goodbatch_add_gone(into, z->apex);
    if (z->n_files == 0 || kept == NULL || kept->pack != z->pack)
        return;
    for (size_t i = 0; i < z->n_files; i++) {
        char *text = goodpack_text(fd, &z->files[i]);
        if (text == NULL) {
            *kept = (struct goodkept){0};
            return;
        }
        z->files[i].offset = goodbatch_write(into, text, z->files[i].len);
        free(text);
    }
    goodbatch_add(into, z);
}

/* False: it cannot be read, which the log says. */
static bool take_pack(struct tidy *t, struct goodbatch *into, size_t i)
{
    const uint32_t number = t->g->packs[i].number;
    char *path = goodzones_path(t->g, number);
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct goodzone *zones;
    const char *why;
    size_t n;

    const bool ok = fd >= 0 && goodpack_read(path, &zones, &n, &why);
    for (size_t j = 0; ok && j < n; j++) {
        zones[j].pack = number;
        take_zone(t, into, fd, &zones[j], i == 0);
        goodzone_fini(&zones[j]);
    }
    if (ok)
        free(zones);
    else
        log_warning("last good copies of zones cannot be read: %s", path);
    if (fd >= 0)
        close(fd);
    free(path);
    return ok;
}

static void note_moved(const struct tidy *t, size_t first, uint32_t to)
{
    for (size_t i = 0; i < t->view->n; i++) {
        struct goodkept *kept = t->view->at(t->view->arg, i);
        if (kept->pack >= t->g->packs[first].number && kept->pack < to)
            kept->pack = to;
    }
}

/* They become the newest of them, and the others go. */
static void merge(struct tidy *t, size_t first)
{
    struct goodzones *g = t->g;
    const uint32_t number = g->packs[g->n_packs - 1].number;
    struct goodbatch *into = goodzones_batch(g);
    char *path = goodzones_path(g, number);
    bool ok = true;

    for (size_t i = first; ok && i < g->n_packs; i++)
        ok = take_pack(t, into, i);
    if (ok && goodbatch_end(into, path)) {
        note_moved(t, first, number);
        g->packs[g->n_packs - 1].has_gone = goodbatch_has_gone(into);
        while (g->n_packs > first + 1)
            remove_pack(t, first);
    }
    goodbatch_free(into);
    free(path);
}

void goodzones_tidy(struct goodzones *g, const struct goodview *view)
{
    struct tidy t = {.g = g, .view = view, .live = xcalloc(g->n_packs, sizeof(*t.live))};

    count_live(&t);
    remove_dead(&t);
    const size_t first = first_to_merge(&t);
    if (first < g->n_packs)
        merge(&t, first);
    free(t.live);
}
