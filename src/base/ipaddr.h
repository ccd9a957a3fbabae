/*
 * Addresses and prefixes of both families, as values.  Family numbers are IANA's, as on the wire
 * of RFC 7871 §6, not the system's AF_*.
 *
 * Pure functions, any thread.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

enum { FAMILY_NONE = 0, FAMILY_IP4 = 1, FAMILY_IP6 = 2 };

struct ipaddr {
    uint8_t bytes[16]; /* network order; an IPv4 address uses the first four, the rest is zero */
    uint8_t family;    /* FAMILY_* */
};

struct prefix {
    struct ipaddr addr; /* bits beyond the length are zero */
    uint8_t bits;       /* 0..32 or 0..128 */
};

struct endpoint_addr { /* a socket's name */
    struct ipaddr addr;
    uint16_t port;
};

#define IPADDR_TEXT   46 /* INET6_ADDRSTRLEN: the longest address and its NUL */
#define PREFIX_TEXT   (IPADDR_TEXT + 4)
#define SOCKADDR_TEXT (IPADDR_TEXT + 6)

/* "192.0.2.1", "2001:db8::1"; nothing before or behind it. */
bool ipaddr_parse(const char *text, struct ipaddr *out);
/* "192.0.2.0/24"; without a length the whole address.  Bits beyond the length are an error. */
bool prefix_parse(const char *text, struct prefix *out);
/* "ADDR@PORT" as NSD and Knot spell it, "[v6]:PORT" or "v4:PORT"; port 0 is allowed. */
bool sockaddr_parse(const char *text, uint16_t default_port, struct endpoint_addr *out);

/* Each fills out (of the size named above) and returns it. */
char *ipaddr_print(const struct ipaddr *a, char out[IPADDR_TEXT]);
char *prefix_print(const struct prefix *p, char out[PREFIX_TEXT]);
char *sockaddr_print(const struct endpoint_addr *a, char out[SOCKADDR_TEXT]); /* ADDR@PORT */

bool ipaddr_equal(const struct ipaddr *a, const struct ipaddr *b);
uint8_t ipaddr_bits(const struct ipaddr *a); /* 32 or 128; 0 for FAMILY_NONE */
/* Bit i from the left, i < ipaddr_bits. */
static inline bool ipaddr_bit(const struct ipaddr *a, unsigned i)
{
    return (a->bytes[i / 8] >> (7 - i % 8) & 1) != 0;
}
/* The first bits of a, the rest zero. */
struct ipaddr ipaddr_mask(const struct ipaddr *a, uint8_t bits);
bool prefix_contains(const struct prefix *p, const struct ipaddr *a);

/* The address of a socket name, port in *port if not NULL; FAMILY_NONE for a unix socket.  In line, as
 * every query has one: 10 instructions instead of 32. */
static inline struct ipaddr ipaddr_from_sockaddr(const struct sockaddr *sa, uint16_t *port)
{
    struct ipaddr a = {.family = FAMILY_NONE};
    uint16_t p = 0;

    if (sa->sa_family == AF_INET) {
        const struct sockaddr_in *in4 = (const struct sockaddr_in *)sa;
        a.family = FAMILY_IP4;
        memcpy(a.bytes, &in4->sin_addr, 4);
        p = ntohs(in4->sin_port);
    } else if (sa->sa_family == AF_INET6) {
        const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)sa;
        a.family = FAMILY_IP6;
        memcpy(a.bytes, &in6->sin6_addr, 16);
        p = ntohs(in6->sin6_port);
    }
    if (port != NULL)
        *port = p;
    return a;
}
socklen_t ipaddr_to_sockaddr(const struct ipaddr *a, uint16_t port, struct sockaddr_storage *out);
