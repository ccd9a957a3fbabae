/* SPDX-License-Identifier: BSD-2-Clause */
#include "zonekit.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

struct zone *zonekit_load(const char *apex, const char *text, size_t len, char **copy,
                          struct err *err)
{
    uint8_t name[NAME_MAX_LEN];
    const char *why;
    size_t copy_len;
    FILE *to = copy != NULL ? open_memstream(copy, &copy_len) : NULL;

    if (!name_parse(apex, strlen(apex), name_root, name, &why))
        abort();
    struct zone *z = zoneload_text(&(struct zoneload_opts){.path = "z", .apex = name, .copy = to},
                                   text, len, err);
    if (to != NULL)
        fclose(to);
    return z;
}

static bool same_set(const struct rrset *a, const struct rrset *b)
{
    return a->type == b->type && a->count == b->count && a->len == b->len &&
           memcmp(a->wire, b->wire, a->len) == 0;
}

static bool same_sets(const struct rrset *a, const struct rrset *b)
{
    for (; a != NULL && b != NULL; a = rrset_next(a), b = rrset_next(b))
        if (!same_set(a, b))
            return false;
    return a == b;
}

static bool same_dyn(const struct dyn *a, const struct dyn *b)
{
    if (a == NULL || b == NULL)
        return a == b;
    return a->kind == b->kind && a->index == b->index && a->max_s == b->max_s &&
           a->min_s == b->min_s && name_equal(a->pool, b->pool) &&
           strcmp(a->policy, b->policy) == 0;
}

/* The owners of NSEC3 are in the order of the file, which a copy keeps. */
static bool same_nsec3s(const struct zone *a, const struct zone *b)
{
    if (zone_nsec3_count(a) != zone_nsec3_count(b))
        return false;
    uint32_t at_a = 0, at_b = 0;
    for (const struct node *n; (n = zone_nsec3_walk(a, &at_a)) != NULL;) {
        const struct node *m = zone_nsec3_walk(b, &at_b);
        if (!name_equal(n->name, m->name) || !same_sets(node_sets(n), node_sets(m)))
            return false;
    }
    return true;
}

bool zonekit_same(const struct zone *a, const struct zone *b, char **why)
{
    char name[NAME_TEXT];

    *why = same_nsec3s(a, b) ? NULL : xstrdup("NSEC3 records differ");
    if (zone_node_count(a) != zone_node_count(b))
        *why = xasprintf("%zu nodes, %zu nodes", zone_node_count(a), zone_node_count(b));
    uint32_t at = 0;
    for (const struct node *n; *why == NULL && (n = zone_walk(a, &at)) != NULL;) {
        const struct node *m = zone_node(b, n->name);
        name_print(n->name, name);
        if (m == NULL)
            *why = xasprintf("%s is in one only", name);
        else if (n->flags != m->flags || !same_sets(node_sets(n), node_sets(m)))
            *why = xasprintf("records or flags of %s differ", name);
        else if (!same_dyn(zone_dyn_of(a, n), zone_dyn_of(b, m)))
            *why = xasprintf("DYNA or DYNC of %s differs", name);
    }
    return *why == NULL;
}
