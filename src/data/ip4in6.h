/*
 * IPv6 addresses that carry the IPv4 address of a client: where the client is, is known by that.
 *
 *   ::ffff:0:0/96     mapped (RFC 4291 §2.5.5.2)
 *   ::ffff:0:0:0/96   translated, SIIT (RFC 2765 §2.1)
 *   64:ff9b::/96      NAT64's well-known prefix (RFC 6052 §2.1)
 *   2002::/16         6to4 (RFC 3056 §2)
 *   2001::/32         Teredo, the client's address with every bit inverted (RFC 4380 §4)
 *
 * Pure functions, any thread.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "base/ipaddr.h"

#define IP4IN6_PREFIXES 5

/* The prefixes above, i < IP4IN6_PREFIXES. */
struct prefix ip4in6_prefix(unsigned i);

/*
 * The IPv4 address in an IPv6 address.
 *
 *   offset   out: how many bits stand before it
 *
 * False if addr carries none, or is itself IPv4.
 */
bool ip4in6_find(const struct ipaddr *addr, struct ipaddr *ip4, uint8_t *offset);
