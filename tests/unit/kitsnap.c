/* SPDX-License-Identifier: BSD-2-Clause */
#include "kitsnap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer/answer.h"
#include "base/xalloc.h"
#include "control/config.h"
#include "control/plan.h"
#include "load/mapcompile.h"
#include "zonekit.h"

#define SNAPSHOTS_MAX 64

struct kitsnap {
    struct config *config;
    struct geomap **maps;
    struct netset *ecs_from;
    struct zone_entry *entries;
    size_t n_entries, n_snapshots;
    struct plan *plan; /* NULL: to be made */
    struct zonedb *zones;
    regionset_t drained;
    bool fresh; /* the last snapshot shows all of this */
    struct snapshot *snapshots[SNAPSHOTS_MAX];
};

static const char *const no_steering = "server: {identity: ns1.test}\n";

/* Warnings are the tests' intention, errors are not. */
static void end_if_wrong(struct err *err)
{
    if (err->errors > 0) {
        fputs(err_text(err), stderr);
        abort();
    }
    err_fini(err);
}

static void compile_maps(struct kitsnap *k)
{
    const struct config *c = k->config;
    struct err err;

    err_init(&err);
    struct geodb *db = geodb_open((const char *const *)c->databases, c->n_databases, &err);
    end_if_wrong(&err);
    k->maps = xcalloc(c->n_maps, sizeof(struct geomap *));
    for (size_t i = 0; i < c->n_maps && c->n_regions > 0; i++)
        k->maps[i] = mapcompile(&c->maps[i], c->regions, c->n_regions, db, &err);
    end_if_wrong(&err);
    geodb_close(db);
}

struct kitsnap *kitsnap_new(const char *yaml)
{
    struct kitsnap *k = xcalloc(1, sizeof(*k));
    const bool has_zones = yaml != NULL && strstr(yaml, "\nzones:") != NULL;
    char *base = kit_path(""), *text = xasprintf("%s%s", has_zones ? "" : "zones: {directory: .}\n",
                                                 yaml != NULL ? yaml : no_steering);
    struct err err;

    err_init(&err);
    k->config = config_parse("test.yaml", base, text, strlen(text), &err);
    end_if_wrong(&err);
    compile_maps(k);
    if (k->config->server.n_ecs_from > 0)
        k->ecs_from = netset_new(k->config->server.ecs_from, k->config->server.n_ecs_from);
    free(base);
    free(text);
    return k;
}

static void drop_plan(struct kitsnap *k)
{
    plan_free(k->plan);
    zonedb_unref(k->zones);
    k->plan = NULL;
    k->zones = NULL;
    k->fresh = false;
}

void kitsnap_free(struct kitsnap *k)
{
    drop_plan(k);
    for (size_t i = 0; i < k->n_snapshots; i++)
        if (!snapshot_free_if_last(k->snapshots[i]))
            abort(); /* somebody still answers from it */
    for (size_t i = 0; i < k->n_entries; i++) {
        zone_unref(k->entries[i].zone);
        free((void *)k->entries[i].apex);
    }
    for (size_t i = 0; i < k->config->n_maps; i++)
        geomap_unref(k->maps[i]);
    free(k->maps);
    netset_unref(k->ecs_from);
    free(k->entries);
    config_free(k->config);
    free(k);
}

static void add_entry(struct kitsnap *k, struct zone *zone, const char *apex)
{
    uint8_t name[NAME_MAX_LEN];
    const char *why;

    if (!name_parse(apex, strlen(apex), name_root, name, &why))
        abort();
    k->entries = xgrow(k->entries, k->n_entries, sizeof(*k->entries));
    k->entries[k->n_entries++] =
        (struct zone_entry){.zone = zone, .apex = xmemdup(name, name_len(name))};
    drop_plan(k);
}

void kitsnap_add_zone(struct kitsnap *k, const char *apex, const char *text)
{
    struct err err;

    err_init(&err);
    struct zone *z = zonekit_load(apex, text, strlen(text), &err);
    end_if_wrong(&err);
    add_entry(k, z, apex);
}

void kitsnap_add_file(struct kitsnap *k, const char *apex, const char *path)
{
    char *whole = kit_path(path);
    size_t len;
    char *text = kit_read_file(whole, &len);

    kitsnap_add_zone(k, apex, text);
    free(text);
    free(whole);
}

void kitsnap_add_broken(struct kitsnap *k, const char *apex)
{
    add_entry(k, NULL, apex);
}

void kitsnap_drain(struct kitsnap *k, const char *regions)
{
    char *text = xstrdup(regions), *rest = text, *name;

    k->drained = 0;
    while ((name = strsep(&rest, ", ")) != NULL) {
        if (*name == '\0')
            continue;
        const int i = config_region(k->config, name);
        if (i < 0)
            abort();
        k->drained |= (regionset_t)1 << i;
    }
    free(text);
    if (k->plan != NULL)
        plan_touch_all(k->plan);
    k->fresh = false;
}

/* plan_drained_fn: what is drained everywhere is so in every pool. */
static regionset_t drained(void *arg, const uint8_t *pool)
{
    const struct kitsnap *k = arg;

    (void)pool;
    return k->drained;
}

static void make_plan(struct kitsnap *k)
{
    struct err err;

    err_init(&err);
    k->zones = zonedb_new(k->entries, k->n_entries);
    k->plan = plan_new(k->config, k->zones, k->maps);
    plan_resolve(k->plan, NULL, &err);
    end_if_wrong(&err);
}

/* Cookies are those of RFC 9018's examples. */
static struct answer_opts answer_opts(const struct kitsnap *k)
{
    static const struct cookie_secrets secrets = {
        .n = 2,
        .key = {{0xe5, 0xe9, 0x73, 0xe5, 0xa6, 0xb2, 0xa4, 0x3f, 0x48, 0xe7, 0xdc, 0x84, 0x9e, 0x37,
                 0xbf, 0xcf},
                {0xdd, 0x3b, 0xdf, 0x93, 0x44, 0xb6, 0x78, 0xb1, 0x85, 0xa6, 0xf5, 0xcb, 0x60, 0xfc,
                 0xa7, 0x15}}};
    struct answer_opts opts = config_answer_opts(k->config);

    opts.ecs_from = k->ecs_from;
    if (k->config->server.cookies)
        opts.cookies = secrets;
    return opts;
}

struct snapshot *kitsnap_get(struct kitsnap *k)
{
    const struct answer_opts opts = answer_opts(k);

    if (k->fresh)
        return k->snapshots[k->n_snapshots - 1];
    if (k->plan == NULL)
        make_plan(k);
    if (k->n_snapshots == SNAPSHOTS_MAX)
        abort();
    struct steering *steering = plan_update(k->plan, drained, k, 0);
    k->snapshots[k->n_snapshots] =
        snapshot_new(zonedb_ref(k->zones), steering, &opts, k->n_snapshots + 1);
    k->fresh = true;
    return k->snapshots[k->n_snapshots++];
}

size_t kitsnap_zones(const struct kitsnap *k)
{
    return k->n_entries;
}

const struct zone *kitsnap_zone(const struct kitsnap *k, size_t i)
{
    return k->entries[i].zone;
}

size_t kitsnap_answer(const struct snapshot *s, const struct packet *query,
                      const struct kit_from *from, uint8_t *out)
{
    struct answer_request request = {.packet = query->data,
                                     .len = query->len,
                                     .tcp = from->tcp,
                                     .now_ms = KIT_NOW_MS + from->after_ms,
                                     .idle_ms = 10000,
                                     .limit = from->limit};
    const size_t room = from->tcp ? DNS_TCP_MAX : ANSWER_UDP_ROOM;
    static _Thread_local struct stats uncounted; /* on the stack GCC's ASan would misalign it */

    if (!ipaddr_parse(from->client != NULL ? from->client : "192.0.2.1", &request.client))
        abort();
    return answer(s, &request, out, from->cap != 0 ? from->cap : room, &uncounted);
}

char *kitsnap_ask(const struct snapshot *s, const struct packet *query, const struct kit_from *from)
{
    uint8_t out[DNS_TCP_MAX];
    const size_t len = kitsnap_answer(s, query, from, out);

    return len > 0 ? kit_text(out, len) : xstrdup("(no reply)\n");
}
