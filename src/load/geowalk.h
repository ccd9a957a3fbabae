/*
 * A walk through the search trees of all databases at once, down from the root of a family.  A cursor
 * stands at a block of addresses and holds each database's record for it: a node, whose halves
 * have records of their own, or a leaf.  All of it is inline, because a city database has 15 million
 * nodes.
 *
 * Records lead nowhere but down: an IPv6 database that mirrors its IPv4 part elsewhere (2002::/16,
 * ::ffff:0:0/96) has nothing there.
 *
 * One thread for each walk, any number of walks.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "base/cursor.h"
#include "load/geodb.h"

#define GEO_NOTHING UINT32_MAX /* the leaf that knows nothing */

/* A search tree as it lies in the file. */
struct geotree {
    const uint8_t *at;   /* borrowed */
    uint32_t n;          /* nodes; a record below it is one */
    uint32_t ip4;        /* the record of ::/96 */
    uint32_t end;        /* leaves are below it */
    uint8_t record_bits; /* 24, 28 or 32: two records are a node */
    bool is_ip4;         /* a database of IPv4 alone */
};

struct geowalk {
    size_t n;
    struct geotree tree[GEODB_MAX];
    uint8_t family;                 /* FAMILY_* */
    uint32_t reads[2][GEODB_MAX];   /* by family - 1: nodes read; a tree has each but once */
    const char *corrupt[GEODB_MAX]; /* what made no sense; NULL: all did */
};

struct geocursor {
    uint32_t record[GEODB_MAX];
};

/* Begin; db must be loaded and stay so. */
void geowalk_init(struct geowalk *w, const struct geodb *db);
/* At the whole of a family's addresses. */
struct geocursor geowalk_root(struct geowalk *w, uint8_t family);

/* Nobody knows halves. */
static inline bool geowalk_is_leaf(const struct geowalk *w, const struct geocursor *c)
{
    for (size_t i = 0; i < w->n; i++)
        if (c->record[i] < w->tree[i].n)
            return false;
    return true;
}

static inline void geotree_read(const struct geotree *t, uint32_t node, uint32_t half[2])
{
    const uint8_t *p = t->at + (size_t)node * t->record_bits / 4;

    switch (t->record_bits) {
    case 24:
        half[0] = get_u32(p) >> 8;
        half[1] = (uint32_t)p[3] << 16 | get_u16(p + 4);
        return;
    case 28:
        half[0] = get_u32(p) >> 8 | (uint32_t)(p[3] & 0xf0) << 20;
        half[1] = get_u32(p + 3) & 0x0fffffff;
        return;
    }
    half[0] = get_u32(p);
    half[1] = get_u32(p + 4);
}

/* What a record leads to, made safe. */
static inline uint32_t geowalk_take(struct geowalk *w, size_t i, uint32_t record)
{
    const struct geotree *t = &w->tree[i];

    if (record < t->n) {
        if (record != t->ip4)
            return record;
        if (w->family == FAMILY_IP4)
            w->corrupt[i] = "its search tree is no tree";
        return GEO_NOTHING; /* ::/96, or a mirror of it */
    }
    if (record >= t->end)
        w->corrupt[i] = "a record points outside the file";
    return record == t->n || record >= t->end ? GEO_NOTHING : record;
}

static inline void geowalk_split_one(struct geowalk *w, size_t i, uint32_t node, uint32_t half[2])
{
    if (w->reads[w->family - 1][i]++ >= w->tree[i].n)
        w->corrupt[i] = "its search tree is no tree";
    half[0] = half[1] = GEO_NOTHING;
    if (w->corrupt[i] != NULL)
        return;
    geotree_read(&w->tree[i], node, half);
    half[0] = geowalk_take(w, i, half[0]);
    half[1] = geowalk_take(w, i, half[1]);
}

static inline void geowalk_split(struct geowalk *w, const struct geocursor *c,
                                 struct geocursor half[2])
{
    for (size_t i = 0; i < w->n; i++) {
        uint32_t record[2] = {c->record[i], c->record[i]};
        if (c->record[i] < w->tree[i].n)
            geowalk_split_one(w, i, c->record[i], record);
        half[0].record[i] = record[0];
        half[1].record[i] = record[1];
    }
}
