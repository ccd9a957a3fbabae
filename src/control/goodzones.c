/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/goodzones.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/log.h"
#include "base/xalloc.h"
#include "control/atomicfile.h"
#include "control/goodzones_inside.h"
#include "dns/name.h"

#define ENDING ".pack"

char *goodzones_path(const struct goodzones *g, uint32_t pack)
{
    return xasprintf("%s/%010" PRIu32 ENDING, g->folder, pack);
}

/* ---- which zones there are copies of ---- */

static uint32_t *find_slot(const struct goodzones *g, const uint8_t *apex)
{
    size_t i = hash_bytes(apex, name_len(apex), 0) & g->mask;

    while (g->slots[i] != 0 && !name_equal(g->zones[g->slots[i] - 1].apex, apex))
        i = (i + 1) & g->mask;
    return &g->slots[i];
}

static void make_slots(struct goodzones *g, size_t n)
{
    size_t slots = 16;

    while (slots < 2 * n)
        slots *= 2;
    free(g->slots);
    g->slots = xcalloc(slots, sizeof(*g->slots));
    g->mask = slots - 1;
    for (size_t i = 0; i < g->n_zones; i++)
        *find_slot(g, g->zones[i].apex) = (uint32_t)i + 1;
}

/* Takes what is in the zones of a pack; the newest is taken last and counts. */
static void add_zones(struct goodzones *g, struct pack *pack, struct goodzone *zones, size_t n)
{
    make_slots(g, g->n_zones + n);
    g->zones = xrealloc(g->zones, (g->n_zones + n + 1) * sizeof(*g->zones));
    for (size_t i = 0; i < n; i++) {
        uint32_t *slot = find_slot(g, zones[i].apex);
        pack->has_gone |= zones[i].n_files == 0;
        zones[i].pack = pack->number;
        if (*slot == 0)
            *slot = (uint32_t)++g->n_zones;
        else
            goodzone_fini(&g->zones[*slot - 1]);
        g->zones[*slot - 1] = zones[i];
    }
}

void goodzones_forget(struct goodzones *g)
{
    for (size_t i = 0; i < g->n_zones; i++)
        goodzone_fini(&g->zones[i]);
    free(g->zones);
    free(g->slots);
    g->zones = NULL;
    g->slots = NULL;
    g->n_zones = 0;
}

/* One that is damaged is put aside, for people to look at. */
static void read_pack(struct goodzones *g, uint32_t number)
{
    struct goodzone *zones;
    struct pack pack = {.number = number};
    char *path = goodzones_path(g, number);
    const char *why;
    size_t n;

    if (goodpack_read(path, &zones, &n, &why)) {
        add_zones(g, &pack, zones, n);
        free(zones);
        g->packs = xgrow(g->packs, g->n_packs, sizeof(*g->packs));
        g->packs[g->n_packs++] = pack;
    } else {
        struct err err;
        log_error("last good copies of zones are lost: %s: %s", path, why);
        err_init(&err);
        if (!atomicfile_put_aside(g->folder, strrchr(path, '/') + 1, &err))
            log_err(&err);
        err_fini(&err);
    }
    free(path);
}

static int compare_numbers(const void *a, const void *b)
{
    const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

/* The numbers of all packs, sorted; owned.  What an earlier server left half written is removed. */
static uint32_t *list_packs(const struct goodzones *g, size_t *n)
{
    uint32_t *numbers = NULL;
    DIR *d = opendir(g->folder);

    *n = 0;
    for (const struct dirent *e; d != NULL && (e = readdir(d)) != NULL;) {
        const char *ending = strrchr(e->d_name, '.');
        if (ending != NULL && strcmp(ending, ".tmp") == 0) {
            unlinkat(dirfd(d), e->d_name, 0);
        } else if (ending != NULL && strcmp(ending, ENDING) == 0) {
            numbers = xgrow(numbers, *n, sizeof(*numbers));
            numbers[(*n)++] = (uint32_t)strtoul(e->d_name, NULL, 10);
        }
    }
    if (d != NULL)
        closedir(d);
    if (*n > 0)
        qsort(numbers, *n, sizeof(*numbers), compare_numbers);
    return numbers;
}

struct goodzones *goodzones_open(const char *state)
{
    struct goodzones *g = xcalloc(1, sizeof(*g));
    size_t n;

    g->state = xstrdup(state);
    g->folder = xasprintf("%s/good/zones", state);
    uint32_t *numbers = list_packs(g, &n);
    for (size_t i = 0; i < n; i++)
        read_pack(g, numbers[i]);
    free(numbers);
    return g;
}

void goodzones_close(struct goodzones *g)
{
    if (g == NULL)
        return;
    goodzones_forget(g);
    free(g->packs);
    free(g->folder);
    free(g->state);
    free(g);
}

const char *goodzones_state(const struct goodzones *g)
{
    return g->state;
}

struct goodbatch *goodzones_batch(const struct goodzones *g)
{
    return goodbatch_new(g->folder);
}

size_t goodzones_count(const struct goodzones *g)
{
    return g->n_zones;
}

const struct goodzone *goodzones_at(const struct goodzones *g, size_t i)
{
    return &g->zones[i];
}

const struct goodzone *goodzones_find(const struct goodzones *g, const uint8_t *apex)
{
    const uint32_t slot = g->slots != NULL ? *find_slot(g, apex) : 0;

    return slot != 0 && g->zones[slot - 1].n_files > 0 ? &g->zones[slot - 1] : NULL;
}

char *goodzones_text(const struct goodzones *g, const struct goodzone *z, size_t file)
{
    char *path = goodzones_path(g, z->pack), *text = NULL;
    const int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd >= 0) {
        text = goodpack_text(fd, &z->files[file]);
        close(fd);
    }
    free(path);
    return text;
}

uint32_t goodzones_put(struct goodzones *g, struct goodbatch *b)
{
    const uint32_t number = g->n_packs > 0 ? g->packs[g->n_packs - 1].number + 1 : 1;
    struct pack pack = {.number = number, .has_gone = goodbatch_has_gone(b)};
    char *path = goodzones_path(g, number);
    const bool ok = goodbatch_end(b, path);

    if (ok) {
        g->packs = xgrow(g->packs, g->n_packs, sizeof(*g->packs));
        g->packs[g->n_packs++] = pack;
    }
    free(path);
    return ok ? number : 0;
}
