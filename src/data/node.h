/*
 * A name of a zone with all that it owns, in one piece of memory: head, name, sets.  A name that owns
 * one small set is a single cache line.
 *
 *      +--------+-------+-----+------+-----+-------+-----+
 *      |name_len|sets_at|flags| name | dyn | rrset | ... |     dyn: 4 octets, of steered names only
 *      +--------+-------+-----+------+-----+-------+-----+
 *
 * A node refers to nothing outside of itself: what belongs to other names, its parent and its wildcard,
 * is found by their names.  So what one generation of a zone has in common with the next can be shared.
 *
 * Any thread.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "data/rrset.h"

enum node_flag {
    NODE_CUT = 1,       /* owns NS and is not the apex: a delegation (RFC 1034 §4.2.1) */
    NODE_DNAME = 2,     /* owns a DNAME (RFC 6672) */
    NODE_OCCLUDED = 4,  /* below a cut or a DNAME: never an answer of its own, at most glue */
    NODE_SIGS = 8,      /* owns RRSIGs */
    NODE_WILDCARD = 16, /* has the child "*" */
    NODE_STEERED = 32,  /* DYNA or DYNC */
    NODE_DEAD = 64,     /* replaced by another, that the table names (nametable.h): nobody's */
};

#define NODE_OWN_FLAGS \
    (NODE_CUT | NODE_DNAME | NODE_SIGS | NODE_STEERED) /* that follow from its sets */

#define NODE_HEAD  3 /* octets before the name */
#define NODE_ALIGN 4

struct node {
    uint8_t name_len; /* octets */
    uint8_t sets_at; /* where the sets begin, in units of two octets from here; 0: there are none */
    uint8_t flags;   /* NODE_* */
    uint8_t name[];  /* lower-case */
};

/* By type; NULL for an empty non-terminal. */
static inline const struct rrset *node_sets(const struct node *n)
{
    const uint8_t *const at = (const uint8_t *)n;

    return n->sets_at != 0 ? (const struct rrset *)(const void *)(at + 2u * n->sets_at) : NULL;
}

/* The set of a type, or NULL. */
static inline const struct rrset *node_rrset(const struct node *n, uint16_t type)
{
    const struct rrset *set = node_sets(n);

    while (set != NULL && set->type != type)
        set = rrset_next(set);
    return set;
}

/* What answers ANY: the first set (RFC 8482 §4.1) that is neither RRSIG nor NSEC, which are told beside
 * what they are for, unless there is nothing else; NULL for an empty node. */
const struct rrset *node_any(const struct node *n);

/*
 * The signatures of a node's set of a type: a part of its RRSIG set, rendered in the same way.
 * count is 0 where there are none.
 */
struct sigs {
    const uint8_t *wire;
    uint32_t len;
    uint16_t count;
};
struct sigs node_sigs(const struct node *n, uint16_t covered);

/* Which of the zone's dyns it is, of a steered name (NODE_STEERED). */
uint32_t node_dyn_index(const struct node *n);

/* Of two nodes of a name: the same records, or the same steered name of their zones? */
bool node_same(const struct node *a, const struct node *b);

/* ---- making one ---- */

/* Octets of a node with sets of so many octets altogether (the sum of their rrset_size). */
size_t node_size_for(size_t name_len, bool steered, size_t sets_size);
size_t node_size(const struct node *n);

/* What a node is made of, but for its sets, which are written where node_init says. */
struct node_start {
    const uint8_t *name; /* lower-case, of name_len octets */
    uint8_t name_len;
    uint8_t flags;
    uint32_t dyn_index; /* with NODE_STEERED */
    bool has_sets;
};
/* Write all but the sets into room of node_size_for octets; returns where the first set begins. */
uint8_t *node_init(struct node *n, const struct node_start *start);
