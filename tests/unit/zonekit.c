/* SPDX-License-Identifier: BSD-2-Clause */
#include "zonekit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "load/rdata.h"

struct zone *zonekit_load(const char *apex, const char *text, size_t len, struct err *err)
{
    uint8_t name[NAME_MAX_LEN];
    const char *why;

    if (!name_parse(apex, strlen(apex), name_root, name, &why))
        abort();
    return zoneload_text(&(struct zoneload_opts){.path = "z", .apex = name}, text, len, err);
}

/* ---- as text ---- */

static void print_set(const struct node *n, const struct rrset *set, FILE *to)
{
    char name[NAME_TEXT], type[TYPE_TEXT];

    for (const uint8_t *rr = set->wire; rr < set->wire + set->len; rr = rr_next(rr)) {
        fprintf(to, "%s %u IN %s ", name_print(n->name, name), rr_ttl(rr),
                type_print(set->type, type));
        rdata_print(set->type, rr_rdata(rr), rr_rdlen(rr), to);
        putc('\n', to);
    }
}

static void print_dyn(const struct dyn *dyn, FILE *to)
{
    char name[NAME_TEXT], pool[NAME_TEXT];

    fputs(name_print(dyn->owner->name, name), to);
    if (dyn->max_s != DYN_TTL_UNSET)
        fprintf(to, " %u", dyn->max_s);
    if (dyn->min_s != DYN_TTL_UNSET)
        fprintf(to, "/%u", dyn->min_s);
    fprintf(to, " IN %s %s %s\n", dyn->kind == DYN_ADDRESSES ? "DYNA" : "DYNC",
            name_print(dyn->pool, pool), dyn->policy);
}

static void print_node(const struct node *n, FILE *to)
{
    for (const struct rrset *set = node_sets(n); set != NULL; set = rrset_next(set))
        print_set(n, set, to);
}

char *zonekit_print(const struct zone *z)
{
    char *text;
    size_t len;
    FILE *to = open_memstream(&text, &len);

    uint32_t at = 0;
    for (const struct node *n; (n = zone_walk(z, &at)) != NULL;)
        print_node(n, to);
    at = 0;
    for (const struct node *n; (n = zone_nsec3_walk(z, &at)) != NULL;)
        print_node(n, to);
    for (size_t i = 0; i < zone_dyn_count(z); i++)
        print_dyn(zone_dyn(z, i), to);
    fclose(to);
    return text;
}

static int compare_lines(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

char *zonekit_sorted(const char *text)
{
    char *copy = xstrdup(text), **lines = NULL, *save, *sorted;
    size_t n = 0, len;
    FILE *to = open_memstream(&sorted, &len);

    for (char *line = strtok_r(copy, "\n", &save); line != NULL;
         line = strtok_r(NULL, "\n", &save)) {
        lines = xgrow(lines, n, sizeof(*lines));
        lines[n++] = line;
    }
    if (n > 0)
        qsort(lines, n, sizeof(*lines), compare_lines);
    for (size_t i = 0; i < n; i++)
        fprintf(to, "%s\n", lines[i]);
    fclose(to);
    free(lines);
    free(copy);
    return sorted;
}

/* ---- held against each other ---- */

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
