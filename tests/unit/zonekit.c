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
    return a->type == b->type && a->count == b->count && a->ttl_s == b->ttl_s && a->len == b->len &&
           memcmp(a->wire, b->wire, a->len) == 0;
}

static bool same_sets(const struct rrset *a, const struct rrset *b)
{
    for (; a != NULL && b != NULL; a = a->next, b = b->next)
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
    for (size_t i = 0; i < zone_nsec3_count(a); i++) {
        const struct node *n = zone_nsec3_at(a, i), *m = zone_nsec3_at(b, i);
        if (!name_equal(n->name, m->name) || !same_sets(n->sets, m->sets))
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
    for (size_t i = 0; *why == NULL && i < zone_node_count(a); i++) {
        const struct node *n = zone_node_at(a, i), *m = zone_node(b, n->name);
        name_print(n->name, name);
        if (m == NULL)
            *why = xasprintf("%s is in one only", name);
        else if (n->flags != m->flags || !same_sets(n->sets, m->sets))
            *why = xasprintf("records or flags of %s differ", name);
        else if (!same_dyn(n->dyn, m->dyn))
            *why = xasprintf("DYNA or DYNC of %s differs", name);
    }
    return *why == NULL;
}
