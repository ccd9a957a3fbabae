/*
 * A zone in the making, shared by the files that know its names, take its records and seal it.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "data/zone_draft.h"
#include "data/zone_inside.h"

/* In a slot while the zone is built: not a node's ref but the index of an owner that came back. */
#define BACK UINT32_C(0x80000000)

struct back {
    struct draft draft;
    uint32_t ref; /* of its first node, which still has the name */
};

/* The backs of one table. */
struct backs {
    struct back *items;
    uint32_t n;
};

struct owner {
    uint8_t name[NAME_MAX_LEN]; /* lower-case */
    uint8_t len;
    bool is_nsec3; /* of the table of those */
    uint32_t hash;
    uint32_t back_1; /* index of its draft among those that came back, plus 1; 0: it is `fresh` */
};

struct zone_draft {
    struct owner open;     /* whose records are coming in */
    struct draft fresh;    /* its records, if it has no node yet */
    struct arena *once;    /* of fresh */
    struct arena *arena;   /* of those that came back; NULL: none has */
    struct backs backs[2]; /* of the names, of the owners of NSEC3 */
    uint8_t apex[NAME_MAX_LEN];
    uint8_t apex_len;
    uint8_t parent[NAME_MAX_LEN]; /* of the last owner: is a node, and all above it are */
    const struct zone *before;    /* the generation before, to share with; NULL: none */
};

/* ---- zone_names.c ---- */

struct nametable *making_table(struct zone *z, bool is_nsec3);
/* The slot of a name, lower-case; NULL: it is not there. */
struct name_slot *making_slot(struct zone *z, bool is_nsec3, const uint8_t *name, size_t len,
                              uint32_t hash);
/* A node that is ours to change: a copy, if it is lent. */
struct node *making_own(struct zone *z, struct name_slot *slot);
/* A name that is not there yet, but its parent is. */
void making_insert(struct zone *z, const struct node *n, uint32_t hash, uint32_t ref);
/* Take the node of the generation before in place of the one that was just made, if they say the same.
 * Returns the one that stays. */
const struct node *making_prefer_lent(struct zone *z, const struct node *n, uint32_t hash,
                                      uint32_t *ref);
/* All between a new owner and the apex is there, if only as empty nodes (RFC 4592 §2.2.2). */
void making_parents(struct zone *z, const struct owner *o);

/* ---- zone_build.c ---- */

/* A node of the draft.  kept: flags that are not its own records'. */
const struct node *making_freeze(struct zone *z, const struct draft *draft, const struct owner *o,
                                 uint8_t kept, uint32_t *ref);
/* No more of the open owner for now.  What came back stays a draft. */
void making_close(struct zone *z);
