/* SPDX-License-Identifier: BSD-2-Clause */
#include "world.h"

#include <glob.h>
#include <ldns/ldns.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "die.h"
#include "dns/name.h"
#include "dns/types.h"

bool node_has(const struct node *n, uint16_t type)
{
    for (size_t i = 0; n != NULL && i < n->n_types; i++)
        if (n->types[i] == type)
            return true;
    return false;
}

/* ---- look-ups ---- */

static int by_name(const void *a, const void *b)
{
    return name_compare(((const struct node *)a)->name, ((const struct node *)b)->name);
}

static const struct node *node_at(const struct zone *z, const uint8_t *name)
{
    const struct node key = {.name = (uint8_t *)name};

    return bsearch(&key, z->nodes, z->n_nodes, sizeof(key), by_name);
}

static const struct node *wildcard_below(const struct zone *z, const uint8_t *encloser)
{
    uint8_t name[2 + NAME_MAX_LEN] = {1, '*'};

    memcpy(name + 2, encloser, name_len(encloser));
    return name_len(encloser) + 2 > NAME_MAX_LEN ? NULL : node_at(z, name);
}

/* A cut or a DNAME above the name, or a cut at it: the one nearest to the apex hides all others. */
static bool locate_hidden(const struct zone *z, const uint8_t *name, struct location *at)
{
    bool found = false;

    for (const uint8_t *n = name; !name_equal(n, z->apex); n = name_parent(n)) {
        const struct node *node = node_at(z, n);
        if (node_has(node, TYPE_NS)) {
            at->place = n == name ? PLACE_CUT : PLACE_BELOW_CUT;
        } else if (node_has(node, TYPE_DNAME) && n != name) {
            at->place = PLACE_BELOW_DNAME;
        } else {
            continue;
        }
        at->node = node;
        found = true;
    }
    if (!found && node_has(node_at(z, z->apex), TYPE_DNAME) && !name_equal(name, z->apex)) {
        at->place = PLACE_BELOW_DNAME;
        at->node = node_at(z, z->apex);
        found = true;
    }
    return found;
}

struct location zone_locate(const struct zone *z, const uint8_t *name)
{
    struct location at = {.zone = z, .place = PLACE_NOTHING};
    const uint8_t *encloser = name;

    if (locate_hidden(z, name, &at))
        return at;
    at.node = node_at(z, name);
    if (at.node != NULL) {
        at.place = at.node->n_types == 0       ? PLACE_ENT
                   : name_equal(name, z->apex) ? PLACE_APEX
                                               : PLACE_NAME;
        return at;
    }
    while (node_at(z, encloser) == NULL)
        encloser = name_parent(encloser);
    at.node = wildcard_below(z, encloser);
    at.place = at.node != NULL ? PLACE_WILDCARD : PLACE_NOTHING;
    return at;
}

static const struct zone *nearest_zone(const struct world *w, const uint8_t *name,
                                       const struct zone *but)
{
    const struct zone *best = NULL;

    for (size_t i = 0; i < w->n_zones; i++) {
        const struct zone *z = &w->zones[i];
        if (z != but && name_within(name, z->apex) &&
            (best == NULL || name_len(z->apex) > name_len(best->apex)))
            best = z;
    }
    return best;
}

struct location world_locate(const struct world *w, const uint8_t *name)
{
    uint8_t lower[NAME_MAX_LEN];

    memcpy(lower, name, name_len(name));
    name_lower(lower);
    const struct zone *z = nearest_zone(w, lower, NULL);
    return z != NULL ? zone_locate(z, lower) : (struct location){.place = PLACE_OUTSIDE};
}

bool zone_has(const struct zone *z, const uint8_t *name, uint16_t type)
{
    return node_has(node_at(z, name), type);
}

bool world_has(const struct world *w, const uint8_t *name)
{
    for (size_t i = 0; i < w->n_zones; i++)
        if (node_at(&w->zones[i], name) != NULL)
            return true;
    return false;
}

/* Has another zone the name, or a name below it, or the hash of one there? */
static bool is_elsewhere(const struct world *w, const struct zone *own, const uint8_t *name)
{
    for (size_t i = 0; i < w->n_zones; i++) {
        const struct zone *z = &w->zones[i];
        if (z != own && (node_at(z, name) != NULL || name_within(z->apex, name)))
            return true;
        for (size_t k = 0; k < z->n_hashes; k++)
            if (name_equal(name, z->hashes[k]))
                return true;
    }
    return false;
}

static bool is_mixed(const struct world *w, const struct zone *own, const uint8_t *name)
{
    uint8_t star[2 + NAME_MAX_LEN] = {1, '*'};
    const size_t len = name_len(name);

    if (node_at(own, name) == NULL && is_elsewhere(w, own, name))
        return true;
    memcpy(star + 2, name, len);
    return len + 2 <= NAME_MAX_LEN && node_at(own, star) == NULL && is_elsewhere(w, own, star);
}

bool world_mixes(const struct world *w, const uint8_t *name)
{
    uint8_t lower[NAME_MAX_LEN];
    const struct zone *own = nearest_zone(w, name, NULL);

    if (own == NULL)
        return false;
    memcpy(lower, name, name_len(name));
    name_lower(lower);
    for (const uint8_t *n = lower; !name_equal(n, own->apex); n = name_parent(n))
        if (is_mixed(w, own, n))
            return true;
    return is_mixed(w, own, own->apex);
}

const struct zone *world_parent(const struct world *w, const struct zone *z)
{
    return nearest_zone(w, z->apex, z);
}

const char *place_name(enum place place)
{
    switch (place) {
    case PLACE_OUTSIDE: return "outside";
    case PLACE_APEX: return "apex";
    case PLACE_NAME: return "name";
    case PLACE_ENT: return "ent";
    case PLACE_CUT: return "cut";
    case PLACE_BELOW_CUT: return "below-cut";
    case PLACE_BELOW_DNAME: return "below-dname";
    case PLACE_WILDCARD: return "wildcard";
    case PLACE_NOTHING: return "nothing";
    }
    abort();
}

/* ---- reading ---- */

/* Records come in the file's order; nodes are sorted and merged when all are there. */
static void add_node(struct zone *z, const uint8_t *name, uint16_t type)
{
    const size_t len = name_len(name);

    z->nodes = xgrow(z->nodes, z->n_nodes, sizeof(*z->nodes));
    struct node *n = &z->nodes[z->n_nodes++];
    *n = (struct node){.name = xmemdup(name, len)};
    name_lower(n->name);
    if (type != 0) {
        n->types = xmemdup(&type, sizeof(type));
        n->n_types = 1;
    }
}

static void merge(struct node *to, struct node *from)
{
    for (size_t i = 0; i < from->n_types; i++) {
        if (node_has(to, from->types[i]))
            continue;
        to->types = xgrow(to->types, to->n_types, sizeof(*to->types));
        to->types[to->n_types++] = from->types[i];
    }
    free(from->name);
    free(from->types);
}

static void sort_nodes(struct zone *z)
{
    size_t n = 0;

    qsort(z->nodes, z->n_nodes, sizeof(*z->nodes), by_name);
    for (size_t i = 0; i < z->n_nodes; i++) {
        if (n > 0 && name_equal(z->nodes[n - 1].name, z->nodes[i].name))
            merge(&z->nodes[n - 1], &z->nodes[i]);
        else
            z->nodes[n++] = z->nodes[i];
    }
    z->n_nodes = n;
}

static void want_name(struct world *w, const uint8_t *name)
{
    w->names = xgrow(w->names, w->n_names, sizeof(*w->names));
    w->names[w->n_names++] = xmemdup(name, name_len(name));
}

/* NSEC3's owners are hashes, which are no names of the zone (RFC 5155 §7.2.8). */
static bool is_hash(const ldns_rr *rr)
{
    const ldns_rr_type type = ldns_rr_get_type(rr);

    return type == LDNS_RR_TYPE_NSEC3 ||
           (type == LDNS_RR_TYPE_RRSIG &&
            ldns_rdf2rr_type(ldns_rr_rrsig_typecovered(rr)) == LDNS_RR_TYPE_NSEC3);
}

static void add_hash(struct zone *z, const uint8_t *owner)
{
    z->hashes = xgrow(z->hashes, z->n_hashes, sizeof(*z->hashes));
    z->hashes[z->n_hashes++] = xmemdup(owner, name_len(owner));
}

static void add_record(struct world *w, struct zone *z, const ldns_rr *rr)
{
    const uint8_t *owner = ldns_rdf_data(ldns_rr_owner(rr));

    want_name(w, owner);
    if (is_hash(rr))
        add_hash(z, owner);
    for (size_t i = 0; i < ldns_rr_rd_count(rr); i++)
        if (ldns_rdf_get_type(ldns_rr_rdf(rr, i)) == LDNS_RDF_TYPE_DNAME)
            want_name(w, ldns_rdf_data(ldns_rr_rdf(rr, i)));
    if (!name_within(owner, z->apex) || is_hash(rr))
        return;
    add_node(z, owner, (uint16_t)ldns_rr_get_type(rr));
    for (const uint8_t *n = owner; !name_equal(n, z->apex);) {
        n = name_parent(n);
        add_node(z, n, 0);
    }
}

static char *apex_of(const char *path)
{
    const char *base = strrchr(path, '/') + 1;
    const size_t len = strlen(base) - strlen(".zone");

    return strncmp(base, "root.", 5) == 0 ? xstrdup(".") : xasprintf("%.*s.", (int)len, base);
}

static void read_zone(struct world *w, const char *path)
{
    FILE *f = fopen(path, "r");
    ldns_zone *text;
    int line = 0;
    const char *why;
    uint8_t apex[NAME_MAX_LEN];

    w->zones = xgrow(w->zones, w->n_zones, sizeof(*w->zones));
    struct zone *z = &w->zones[w->n_zones++];
    *z = (struct zone){.apex_text = apex_of(path)};
    if (!name_parse(z->apex_text, strlen(z->apex_text), NULL, apex, &why))
        die("%s: %s", path, why);
    z->apex = xmemdup(apex, name_len(apex));
    if (f == NULL || ldns_zone_new_frm_fp_l(&text, f, NULL, 0, LDNS_RR_CLASS_IN, &line) != 0)
        die("%s:%d: ldns does not read it", path, line);
    fclose(f);
    add_record(w, z, ldns_zone_soa(text));
    for (size_t i = 0; i < ldns_zone_rr_count(text); i++)
        add_record(w, z, ldns_rr_list_rr(ldns_zone_rrs(text), i));
    ldns_zone_deep_free(text);
    sort_nodes(z);
}

static int by_octets(const void *a, const void *b)
{
    return name_compare(*(uint8_t *const *)a, *(uint8_t *const *)b);
}

static void sort_names(struct world *w)
{
    size_t n = 0;

    qsort(w->names, w->n_names, sizeof(*w->names), by_octets);
    for (size_t i = 0; i < w->n_names; i++) {
        if (n > 0 && name_equal(w->names[n - 1], w->names[i]))
            free(w->names[i]);
        else
            w->names[n++] = w->names[i];
    }
    w->n_names = n;
}

struct world *world_load(const char *name, const char *dir)
{
    struct world *w = xcalloc(1, sizeof(*w));
    char *pattern = xasprintf("%s/*.zone", dir);
    glob_t files;

    w->name = name;
    w->dir = xstrdup(dir);
    if (glob(pattern, 0, NULL, &files) != 0)
        die("%s: no zones", pattern);
    for (size_t i = 0; i < files.gl_pathc; i++)
        read_zone(w, files.gl_pathv[i]);
    globfree(&files);
    free(pattern);
    sort_names(w);
    return w;
}

static void zone_free(struct zone *z)
{
    for (size_t i = 0; i < z->n_nodes; i++) {
        free(z->nodes[i].name);
        free(z->nodes[i].types);
    }
    for (size_t i = 0; i < z->n_hashes; i++)
        free(z->hashes[i]);
    free(z->hashes);
    free(z->nodes);
    free(z->apex);
    free(z->apex_text);
}

void world_free(struct world *w)
{
    for (size_t i = 0; i < w->n_zones; i++)
        zone_free(&w->zones[i]);
    for (size_t i = 0; i < w->n_names; i++)
        free(w->names[i]);
    free(w->zones);
    free(w->names);
    free(w->dir);
    free(w);
}
