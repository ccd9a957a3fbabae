/*
 * How a geomap lies in memory: one trie for each family, its nodes those of a Poptrie (Asai and
 * Ohara, "Poptrie", SIGCOMM 2015), its leaves small sorted lists.  Only geomap.c, which reads it, and
 * geobuild.c and geotrie.c, which make it, include this.
 *
 *   key      DDDDDDDDDDDDDDDDDD ssssss ssssss …     direct bits, then strides of six
 *
 *   direct[D] ──► leaf                              one ranking: GEO_LEAF | ranking << 8 | length
 *             ├─► bucket                            up to 64 runs: GEO_BUCKET | index into units
 *             └─► nodes[i] ─ slot s is a child ──►  nodes[first_child + children below s]
 *                          └ else a word as above,  words[first_word + starts up to s - 1]
 *
 * A leaf that covers several slots of a node is one word; its first slot has a bit in `starts`.
 *
 *   bucket   n, start of run 1 … n - 1, ranking of run 0 … n - 1
 *
 * in units of 16 bits; a start is the 16 bits that follow the bucket's own, or, in a narrow one, 8 bits
 * that the others are zeros behind, two to a unit: three of four are.  (A city database and 20 regions:
 * 4.9 million runs in 23 MiB.  With a node wherever a block is not one ranking it was 69.)
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "data/geobuild.h"
#include "data/geomap.h"

#define GEO_LEAF    0x80000000u
#define GEO_BUCKET  0x40000000u
#define GEO_IDS_MAX ((1u << 23) - 1) /* ids below it fit a leaf */
#define GEO_STRIDE  6                /* a node's slots are the bits of a machine word */

/* Runs of a bucket: its starts, which are searched, are two cache lines then. */
#define GEO_BUCKET_MAX  64
#define GEO_BUCKET_BITS 16
#define GEO_NARROW      0x8000u /* in n */

/* With 18 nearly every /18 of a city database is a bucket: three or four cache lines a lookup, for a
 * table of 1 MiB. */
#define GEO_DIRECT_IP4 18
/* A /32, what a provider is given, takes three nodes with 14 to 19. */
#define GEO_DIRECT_IP6 16

struct geonode {
    uint64_t children; /* bit s: slot s is a node */
    uint64_t starts;   /* bit s: slot s is where a word begins */
    uint32_t first_child, first_word;
};

struct geotrie {
    uint32_t *direct;
    struct geonode *nodes;
    uint32_t *words;
    uint16_t *units;
    uint32_t n_nodes, n_words, n_units;
    uint8_t direct_bits;
    bool is_wide; /* a ranking in a bucket is two units, the lower half first */
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

/* A part of a family's address space: run i is of one ranking, from key[i] to the next. */
struct geopart {
    const geokey_t *key; /* ascending; the first is where the part begins */
    const uint32_t *id;  /* no two neighbours are the same */
    size_t n;
    uint8_t bits; /* how long its prefix is, at most the direct bits */
};

/* Make a trie of all zeros from parts that together are the family's space, in order. */
void geotrie_build(struct geotrie *t, uint8_t direct_bits, bool is_wide,
                   const struct geopart *parts, size_t n);
void geotrie_fini(struct geotrie *t);
size_t geotrie_size(const struct geotrie *t); /* octets of memory */
