/*
 * A set of addresses, compiled from prefixes: sorted ranges, so that asking takes a handful of
 * comparisons however the prefixes overlap.
 *
 * Immutable.  The count belongs to the control thread; netset_has is for any thread.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stddef.h>

#include "base/ipaddr.h"

struct netset;

struct netset *netset_new(const struct prefix *prefixes, size_t n); /* one reference */
struct netset *netset_ref(struct netset *s);                        /* NULL is fine */
void netset_unref(struct netset *s);                                /* NULL is fine */

bool netset_has(const struct netset *s, const struct ipaddr *a);
