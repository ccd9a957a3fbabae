/*
 * EDNS(0): what the OPT record of a query says (RFC 6891 §6.1), and writing that of a response.
 *
 * Pure, no allocation, any thread.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/cursor.h"
#include "base/ipaddr.h"
#include "base/octets.h"
#include "dns/types.h"

#define OPT_FIXED_LEN 11 /* the root, type, class, TTL and length (RFC 6891 §6.1.2) */

/* EDNS Client Subnet (RFC 7871 §6). */
struct ecs {
    bool present;
    uint8_t source_bits;
    uint16_t family;    /* as sent; FAMILY_IP4, FAMILY_IP6, or anything with source_bits = 0 */
    struct ipaddr addr; /* the subnet, zero-padded; FAMILY_NONE when source_bits is 0 */
};

/* As the client sent it. */
struct edns {
    bool present;
    bool options;           /* one that we know is there */
    bool dnssec_ok;         /* DO (RFC 3225 §3) */
    bool nsid;              /* asked for (RFC 5001 §2.1) */
    bool keepalive;         /* asked for (RFC 7828 §3.2.1) */
    bool keepalive_timeout; /* and a value sent, which only servers do */
    uint8_t version;
    uint16_t udp_size;     /* as sent */
    uint16_t cookie_len;   /* of any length: whether it may be is for who knows cookies to say */
    const uint8_t *cookie; /* the first one (RFC 7873 §5.2), borrowed; NULL: none */
    struct ecs ecs;
};

/* OPT's class and TTL fields (RFC 6891 §6.1.2, §6.1.3), into a zeroed e. */
static inline void edns_read_fixed(struct edns *e, uint16_t class, uint32_t ttl)
{
    e->present = true;
    e->udp_size = class;
    e->version = (uint8_t)(ttl >> 16);
    e->dnssec_ok = (ttl & 0x8000) != 0;
}
/*
 * Its rdata.  False: FORMERR, the options do not fill it, or a client subnet is none (RFC 7871 §7.2.1);
 * what else could be read is there.
 */
bool edns_read_options(struct edns *e, const uint8_t *rdata, uint16_t len);

#define COOKIE_CLIENT_LEN 8  /* RFC 7873 §4 */
#define COOKIE_LEN        24 /* with a server cookie of RFC 9018 §4 behind it */

/* What the response's OPT says; only written if the query had one. */
struct edns_reply {
    uint16_t udp_size;
    bool ecs; /* the query's client subnet goes back, with this scope */
    uint8_t ecs_scope;
    bool cookie;         /* octets are in cookie_data */
    bool keepalive;      /* with this time */
    bool has_error;      /* an extended one (RFC 8914) */
    uint8_t nsid_len;    /* 0: none */
    uint16_t idle_100ms; /* RFC 7828 §3.1 */
    uint16_t error;      /* enum ede */
    const char *nsid;
    const char *error_text; /* "": the code says all */
    uint8_t cookie_data[COOKIE_LEN];
};

enum { OPTION_HEADER_LEN = 4, ECS_FIXED_LEN = 4 };

static inline unsigned ecs_octets(unsigned source_bits)
{
    return (source_bits + 7) / 8;
}

/* Octets of the option that edns_put_ecs writes. */
static inline unsigned edns_ecs_len(const struct ecs *ecs)
{
    return OPTION_HEADER_LEN + ECS_FIXED_LEN + ecs_octets(ecs->source_bits);
}

/* An OPT with rdlen octets of options to come.  Returns where they begin. */
static inline uint8_t *edns_put_fixed(uint8_t *at, uint16_t udp_size, uint16_t rcode,
                                      bool dnssec_ok, uint16_t rdlen)
{
    at[0] = 0; /* the root */
    put_u16(at + 1, TYPE_OPT);
    put_u16(at + 3, udp_size);
    at[5] = (uint8_t)(rcode >> 4);
    at[6] = 0; /* version */
    put_u16(at + 7,
            dnssec_ok ? 0x8000 : 0); /* copied (RFC 3225 §3); all else is 0 (RFC 6891 §6.1.4) */
    put_u16(at + 9, rdlen);
    return at + OPT_FIXED_LEN;
}

/* The client subnet of a query with the scope of its answer (RFC 7871 §7.2.1).  Returns its end. */
static inline uint8_t *edns_put_ecs(uint8_t *at, const struct ecs *ecs, uint8_t scope)
{
    const unsigned octets = ecs_octets(ecs->source_bits);

    put_u16(at, OPTION_ECS);
    put_u16(at + 2, (uint16_t)(ECS_FIXED_LEN + octets));
    put_u16(at + 4, ecs->family);
    at[6] = ecs->source_bits;
    at[7] = scope;
    octets_copy(at + 8, ecs->addr.bytes, octets);
    return at + 8 + octets;
}

/* Octets of OPT, but for an extended error: that is written where there is room left, and never
 * takes it from records. */
uint16_t edns_len(const struct edns *e, const struct edns_reply *reply);
/* w has room for edns_len octets. */
void edns_write(struct wr *w, const struct edns *e, const struct edns_reply *reply, uint16_t rcode);
