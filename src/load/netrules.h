/*
 * The network rules of a map as a binary tree, to be walked beside the databases' trees.
 *
 * IPv6 blocks that carry IPv4 addresses (ip4in6.h) are marked in it: what is below is decided by
 * the IPv4 in them.  One thread at a time.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/ipaddr.h"
#include "load/mapspec.h"

struct netrules;

/* Borrows the map.  Warns of rules inside the marked blocks: they never match.  Returns owned. */
struct netrules *netrules_new(const struct map_spec *map, struct err *err);
void netrules_free(struct netrules *r); /* NULL is fine */

#define NETRULES_NONE UINT32_MAX /* no rule differs below */

/* Nodes: the root of a family, the half of a node; the half of NONE is NONE. */
uint32_t netrules_root(const struct netrules *r, uint8_t family);
uint32_t netrules_half(const struct netrules *r, uint32_t node, bool upper);
bool netrules_embedded(const struct netrules *r, uint32_t node);

/*
 * The rules that match a block are a chain, the longest prefix first, and of equal ones the first
 * declared.  0 is the empty chain.  netrules_chain: that of a node's block, given the one above it.
 */
uint32_t netrules_chain(const struct netrules *r, uint32_t node, uint32_t above);
const struct rule_spec *netrules_first(const struct netrules *r, uint32_t chain);
uint32_t netrules_rest(const struct netrules *r, uint32_t chain);

/* The chain of an address. */
uint32_t netrules_find(const struct netrules *r, const struct ipaddr *addr);
