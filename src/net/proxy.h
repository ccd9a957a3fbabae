/*
 * The header of the PROXY protocol (HAProxy's proxy-protocol.txt, versions 1 and 2), by which a load
 * balancer says on whose behalf it speaks: in front of a TCP connection's first octet, in front of
 * each datagram.
 *
 * Pure functions, any thread.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ipaddr.h"

enum proxy_outcome {
    PROXY_READ,
    PROXY_SHORT, /* right so far, more octets are needed */
    PROXY_WRONG, /* whatever follows, this is no header */
};

struct proxy_header {
    size_t len;           /* of the header; what the client sent begins behind it */
    struct ipaddr client; /* FAMILY_NONE: the socket's own peer (LOCAL, UNKNOWN, UNSPEC, unix) */
};

/*
 * Read the header at the start of a connection, version 1 or 2:
 *
 *   "PROXY TCP4 192.0.2.1 198.51.100.53 56324 53\r\n"   is one
 *   "PROXY TCP4 192.0.2.01 198.51.100.53 56324 53\r\n"  is wrong: octal or decimal?
 *
 * out is written for PROXY_READ only.
 */
enum proxy_outcome proxy_read_stream(const uint8_t *data, size_t len, struct proxy_header *out);

/* The header in front of a datagram: version 2, the only one that knows datagrams, and whole. */
bool proxy_read_datagram(const uint8_t *data, size_t len, struct proxy_header *out);
