/*
 * How a geomap lies in memory: one Poptrie for each family (Asai and Ohara, "Poptrie", SIGCOMM
 * 2015).  Only geomap.c, which reads it, and geobuild.c, which makes it, include this.
 *
 *   key      DDDDDDDDDDDDDDDDDD ssssss ssssss …     direct bits, then strides of six
 *
 *   direct[D] ──► leaf                              a word with GEO_LEAF set
 *             └─► nodes[i] ─ slot s is a child ──►  nodes[first_child + children below s]
 *                          └ else                   leaves[first_leaf + starts up to s - 1]
 *
 * A leaf is a word: GEO_LEAF | ranking << 8 | length of its block.  A block that covers several
 * slots of a node is one leaf; its first slot has a bit in `starts`.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "data/geomap.h"

#define GEO_LEAF    0x80000000u
#define GEO_IDS_MAX ((1u << 23) - 1) /* ids below it fit a leaf */
#define GEO_STRIDE  6                /* a node's slots are the bits of a machine word */

/* With 18 a /24, the finest that IPv4 clients are told apart by (RFC 7871 §11.1), takes one node:
 * three memory accesses, for a table of 1 MiB.  16 would take two nodes, 24 64 MiB. */
#define GEO_DIRECT_IP4 18
/* A /32, what a provider is given, takes three nodes with 14 to 19. */
#define GEO_DIRECT_IP6 16

typedef unsigned __int128 geokey_t; /* an address, its first bit the highest; IPv4: the rest zero */

struct geonode {
    uint64_t children; /* bit s: slot s is a node */
    uint64_t starts;   /* bit s: slot s is where a leaf begins */
    uint32_t first_child, first_leaf;
};

struct geotrie {
    uint32_t *direct;
    struct geonode *nodes;
    uint32_t *leaves;
    uint32_t n_nodes, n_leaves;
    uint8_t direct_bits;
};

struct geomap {
    unsigned refs;
    uint32_t n_rankings;
    size_t ranking_size; /* octets from one ranking to the next */
    uint8_t *rankings;
    uint32_t n_fences;
    regionset_t *fences;    /* the distinct `allowed` of the rankings */
    struct geotrie trie[2]; /* by family - 1 */
};
