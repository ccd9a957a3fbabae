/*
 * One map, compiled: every address of the internet has exactly one ranking.  A flat multibit trie
 * of three or four memory accesses, which finds with the ranking the largest block around the address
 * that has it too: the scope to tell a resolver.
 *
 * Made by mapcompile (load/), immutable, read by any thread.  The count belongs to the control
 * thread.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/ipaddr.h"

#define REGIONS_MAX 64        /* a regionset_t is one machine word */
typedef uint64_t regionset_t; /* bit i: region i, in the order of the configuration */

/* Regions to try, nearest first; those that a fence excludes are not in it. */
struct ranking {
    regionset_t allowed; /* the same regions as a set; never empty */
    uint8_t n;           /* 1..REGIONS_MAX */
    uint8_t region[];
};

struct geomap;

/*
 * The ranking of an address, as an id below geomap_rankings().
 *
 *   addr    bits the client did not tell are zero.  IPv6 addresses that carry an IPv4 address
 *           (mapped, 6to4, Teredo, NAT64, SIIT) are looked up by it
 *   scope   out: length of the block, 0..32 or 0..128 in addr's own family; goes into SCOPE
 *           PREFIX-LENGTH as is (RFC 7871 §7.2.1)
 *
 * Cannot fail.  addr->family must be FAMILY_IP4 or FAMILY_IP6.
 */
uint32_t geomap_find(const struct geomap *map, const struct ipaddr *addr, uint8_t *scope);

uint32_t geomap_rankings(const struct geomap *map);                          /* ≥ 1 */
const struct ranking *geomap_ranking(const struct geomap *map, uint32_t id); /* never NULL */
/* The sets of regions that some ranking allows, each once: few, where rankings are many. */
uint32_t geomap_fences(const struct geomap *map); /* ≥ 1 */
regionset_t geomap_fence(const struct geomap *map, uint32_t i);
size_t geomap_size(const struct geomap *map); /* octets of memory */

struct geomap *geomap_ref(struct geomap *map);
void geomap_unref(struct geomap *map); /* NULL is fine */
