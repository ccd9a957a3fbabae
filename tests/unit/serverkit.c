/* SPDX-License-Identifier: BSD-2-Clause */
#include "serverkit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "geokit.h"

void serverkit_init(struct folderkit *f)
{
    folderkit_init(f);
    folderkit_write(f, "etc/proxima.yaml", SERVERKIT_CONFIG);
    folderkit_write(f, "etc/zones/example.com.zone", SERVERKIT_ZONE);
    folderkit_write(f, "state/good/zones/.keep", "");
    folderkit_write(f, "state/good/geo/.keep", "");
    serverkit_database(f, "tiny.mmdb", 0);
}

void serverkit_database(const struct folderkit *f, const char *file, size_t octets)
{
    static char content[1 << 20];
    char path[4096], *name = xasprintf("tests/data/%s", file);
    FILE *in = fopen(geokit_path(name, path), "r");

    if (in == NULL)
        abort();
    const size_t n = fread(content, 1, sizeof(content), in);
    folderkit_write_octets(f, "etc/tiny.mmdb", content, octets > 0 ? octets : n);
    fclose(in);
    free(name);
}

const char *serverkit_config(const struct folderkit *f)
{
    return folderkit_path(f, "etc/proxima.yaml");
}

const char *serverkit_state(const struct folderkit *f)
{
    return folderkit_path(f, "state");
}

static struct goodzones *good;

struct goodzones *serverkit_good(const struct folderkit *f)
{
    if (good == NULL || strcmp(goodzones_state(good), serverkit_state(f)) != 0)
        return serverkit_good_at_start(f);
    return good;
}

struct goodzones *serverkit_good_at_start(const struct folderkit *f)
{
    goodzones_close(good);
    good = goodzones_open(serverkit_state(f));
    return good;
}

static void name_of(const char *text, uint8_t out[NAME_MAX_LEN])
{
    const char *why;

    if (!name_parse(text, strlen(text), name_root, out, &why))
        abort();
}

char *serverkit_copy(const struct folderkit *f, const char *apex)
{
    struct goodzones *g = goodzones_open(serverkit_state(f));
    uint8_t name[NAME_MAX_LEN];

    name_of(apex, name);
    const struct goodzone *copy = goodzones_find(g, name);
    char *text = copy != NULL ? goodzones_text(g, copy, 0) : NULL;
    goodzones_close(g);
    return text;
}

char *serverkit_told(const struct folderkit *f, struct err *err)
{
    char *text = err_text(err), *at;
    const size_t len = strlen(f->path) + 1;

    while ((at = strstr(text, f->path)) != NULL)
        memmove(at, at + len, strlen(at + len) + 1);
    err_fini(err);
    return text;
}

bool serverkit_is_fresh(const struct generation *g)
{
    bool fresh = g->files->config_origin == ORIGIN_FRESH && g->files->geo_origin == ORIGIN_FRESH;

    for (size_t i = 0; i < g->n_sources; i++)
        fresh &= g->sources[i]->origin == ORIGIN_FRESH;
    return fresh;
}

void serverkit_run_once(const struct folderkit *f)
{
    struct err err;

    err_init(&err);
    struct sources *s = sources_config(serverkit_config(f), NULL, &err);
    const struct sources_opts opts = {.good = serverkit_good_at_start(f), .lenient = true};
    if (s == NULL || !sources_read(s, &opts, &err))
        abort();
    struct generation *g = generation_salvage(s, &err);
    if (!serverkit_is_fresh(g))
        abort();
    generation_commit(g, serverkit_good(f));
    generation_unref(g);
    err_fini(&err);
}

const struct zone_source *serverkit_zone(const struct generation *g, const char *apex)
{
    const struct zone_table zones = generation_zones(g);
    uint8_t name[NAME_MAX_LEN];

    name_of(apex, name);
    return zone_table_find(&zones, name);
}
