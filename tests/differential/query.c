/* SPDX-License-Identifier: BSD-2-Clause */
#include "query.h"

#include <stdlib.h>
#include <string.h>

#include "base/cursor.h"
#include "base/hash.h"
#include "dns/types.h"

#define OPTION_COOKIE    10
#define OPTION_KEEPALIVE 11
#define OPTION_PADDING   12
#define EDNS_DO          0x8000

static bool one_in(struct rng *rng, uint32_t n)
{
    return rng_below(rng, n) == 0;
}

static uint16_t any16(struct rng *rng)
{
    return (uint16_t)rng_next(rng);
}

const char *query_kind_name(enum query_kind kind)
{
    static const char *const names[] = {
#define NAME(name, what) #name,
        QUERY_KINDS(NAME)
#undef NAME
    };

    return names[kind];
}

/* ---- the question ---- */

/* A type that the zones have somewhere, more often one that the name has. */
static uint16_t ordinary_type(const struct query *q, const struct world *w, struct rng *rng)
{
    static const uint16_t common[] = {
        TYPE_A,   TYPE_A,   TYPE_AAAA,  TYPE_NS, TYPE_CNAME, TYPE_SOA,  TYPE_MX, TYPE_TXT,
        TYPE_SRV, TYPE_PTR, TYPE_DNAME, TYPE_DS, TYPE_HTTPS, TYPE_SVCB, TYPE_DS, TYPE_NAPTR,
    };
    const struct node *node = world_locate(w, q->name).node;

    if (node != NULL && node->n_types > 0 && !one_in(rng, 3))
        return node->types[rng_below(rng, (uint32_t)node->n_types)];
    return common[rng_below(rng, sizeof(common) / sizeof(common[0]))];
}

static uint16_t odd_type(struct rng *rng)
{
    static const uint16_t odd[] = {
        TYPE_ANY,        TYPE_ANY,  TYPE_ANY,  TYPE_AXFR,  TYPE_IXFR, TYPE_MAILA, TYPE_MAILB,
        TYPE_OPT,        TYPE_TSIG, TYPE_TKEY, TYPE_RRSIG, TYPE_NSEC, TYPE_NSEC3, TYPE_DNSKEY,
        TYPE_NSEC3PARAM, 0,         10,        128,        200,       256,        257,
        65280,           65535,     32769,     59,         60,
    };

    return one_in(rng, 6) ? any16(rng) : odd[rng_below(rng, sizeof(odd) / sizeof(odd[0]))];
}

static uint16_t odd_class(struct rng *rng)
{
    static const uint16_t odd[] = {CLASS_ANY,  CLASS_ANY, CLASS_CH, CLASS_CH, CLASS_HS,
                                   CLASS_NONE, 0,         2,        65280};

    return one_in(rng, 8) ? any16(rng) : odd[rng_below(rng, sizeof(odd) / sizeof(odd[0]))];
}

/* In class CH names mean something of their own. */
static void chaos_name(struct query *q, struct rng *rng)
{
    static const char *const names[] = {"version.bind.",  "version.server.", "id.server.",
                                        "hostname.bind.", "authors.bind.",   "bind.",
                                        "server."};
    const char *name = names[rng_below(rng, sizeof(names) / sizeof(names[0]))], *why;

    name_parse(name, strlen(name), NULL, q->name, &why);
    q->type = one_in(rng, 4) ? TYPE_ANY : TYPE_TXT;
}

/* ---- EDNS ---- */

static void ordinary_edns(struct query *q, struct rng *rng)
{
    static const uint16_t sizes[] = {512, 1232, 1232, 1400, 4096, 0, 65535, 700, 1000};

    if (one_in(rng, 3))
        return;
    q->edns.present = true;
    q->edns.size = sizes[rng_below(rng, sizeof(sizes) / sizeof(sizes[0]))];
    q->edns.flags = one_in(rng, 2) ? EDNS_DO : 0;
}

static void odd_edns(struct query *q, struct rng *rng)
{
    q->edns.present = true;
    q->edns.size = one_in(rng, 2) ? any16(rng) : 1232;
    q->edns.version = one_in(rng, 2) ? (uint8_t)any16(rng) : (uint8_t)rng_below(rng, 2);
    q->edns.flags = one_in(rng, 2) ? any16(rng) : (uint16_t)(1u << rng_below(rng, 16));
}

/* Client subnets, good and bad ones (RFC 7871 §6). */
static void subnet(struct query_option *o, struct rng *rng)
{
    const bool ip6 = one_in(rng, 3);
    const uint8_t bits = (uint8_t)rng_below(rng, ip6 ? 129 : 33);

    memset(o->data, 0, sizeof(o->data));
    put_u16(o->data, one_in(rng, 12) ? any16(rng) : ip6 ? 2 : 1);
    o->data[2] = one_in(rng, 12) ? (uint8_t)any16(rng) : bits;
    o->data[3] = one_in(rng, 12) ? (uint8_t)any16(rng) : 0;
    const unsigned octets = (bits + 7u) / 8;
    for (unsigned i = 0; i < octets; i++)
        o->data[4 + i] = (uint8_t)any16(rng);
    if (bits % 8 != 0 && !one_in(rng, 12))
        o->data[4 + octets - 1] &= (uint8_t)(0xff << (8 - bits % 8));
    o->len = (uint16_t)(4 + octets + one_in(rng, 15));
}

static void random_option(struct query_option *o, struct rng *rng)
{
    static const uint16_t codes[] = {OPTION_NSID,
                                     OPTION_NSID,
                                     OPTION_ECS,
                                     OPTION_ECS,
                                     OPTION_COOKIE,
                                     OPTION_COOKIE,
                                     OPTION_KEEPALIVE,
                                     OPTION_PADDING,
                                     5,
                                     9,
                                     13,
                                     14,
                                     15,
                                     65001};

    for (size_t i = 0; i < sizeof(o->data); i++)
        o->data[i] = (uint8_t)any16(rng);
    o->code = one_in(rng, 8) ? any16(rng) : codes[rng_below(rng, sizeof(codes) / sizeof(codes[0]))];
    switch (o->code) {
    case OPTION_NSID:
    case OPTION_KEEPALIVE: o->len = one_in(rng, 6) ? 2 : 0; return;
    case OPTION_ECS: subnet(o, rng); return;
    case OPTION_COOKIE: o->len = one_in(rng, 3) ? (uint16_t)rng_below(rng, 41) : 8; return;
    default: o->len = (uint16_t)rng_below(rng, 20);
    }
}

static void add_options(struct query *q, struct rng *rng)
{
    q->edns.present = true;
    if (q->edns.size == 0)
        q->edns.size = 1232;
    q->edns.n_options = one_in(rng, 3) ? 2 : 1;
    for (unsigned i = 0; i < q->edns.n_options; i++)
        random_option(&q->edns.option[i], rng);
}

/* ---- the message ---- */

static uint8_t *put_opt(const struct query *q, uint8_t *p)
{
    uint16_t len = 0;

    *p++ = 0;
    put_u16(p, TYPE_OPT);
    put_u16(p + 2, q->edns.size);
    p[4] = 0;
    p[5] = q->edns.version;
    put_u16(p + 6, q->edns.flags);
    uint8_t *rdlen = p + 8;
    p += 10;
    for (unsigned i = 0; i < q->edns.n_options; i++) {
        const struct query_option *o = &q->edns.option[i];
        put_u16(p, o->code);
        put_u16(p + 2, o->len);
        memcpy(p + 4, o->data, o->len);
        p += 4 + o->len;
        len = (uint16_t)(len + 4 + o->len);
    }
    put_u16(rdlen, len);
    return p;
}

void query_write(struct query *q)
{
    const size_t name = name_len(q->name);
    uint8_t *p = q->wire + DNS_HEADER_LEN;

    memset(q->wire, 0, DNS_HEADER_LEN);
    put_u16(q->wire, q->id);
    put_u16(q->wire + 2, q->flags);
    q->wire[5] = 1;
    q->wire[11] = q->edns.present;
    memcpy(p, q->name, name);
    put_u16(p + name, q->type);
    put_u16(p + name + 2, q->class);
    p += name + 4;
    q->question_len = (uint16_t)(name + 4);
    if (q->edns.present)
        p = put_opt(q, p);
    q->len = (uint16_t)(p - q->wire);
}

static enum query_kind random_kind(struct rng *rng)
{
    static const struct {
        enum query_kind kind;
        uint32_t percent;
    } share[] = {{KIND_types, 12}, {KIND_class, 4},  {KIND_opcode, 4},  {KIND_flags, 6},
                 {KIND_edns, 5},   {KIND_option, 6}, {KIND_records, 5}, {KIND_broken, 5}};
    uint32_t n = rng_below(rng, 100);

    for (size_t i = 0; i < sizeof(share) / sizeof(share[0]); i++) {
        if (n < share[i].percent)
            return share[i].kind;
        n -= share[i].percent;
    }
    return KIND_names;
}

/* Upper and lower case at random (0x20). */
static void mix_case(uint8_t *name, struct rng *rng)
{
    for (uint8_t *label = name; *label != 0; label += *label + 1)
        for (uint8_t i = 1; i <= *label; i++)
            if ((label[i] | 0x20) >= 'a' && (label[i] | 0x20) <= 'z' && one_in(rng, 2))
                label[i] ^= 0x20;
}

static void make_odd(struct query *q, struct rng *rng)
{
    switch (q->kind) {
    case KIND_types: q->type = odd_type(rng); return;
    case KIND_class:
        q->class = odd_class(rng);
        if (q->class == CLASS_CH && !one_in(rng, 4))
            chaos_name(q, rng);
        return;
    case KIND_opcode: q->flags |= (uint16_t)((1 + rng_below(rng, 15)) << 11); return;
    case KIND_flags: q->flags = any16(rng) & 0x07ff; return;
    case KIND_edns: odd_edns(q, rng); return;
    case KIND_option: add_options(q, rng); return;
    case KIND_names:
    case KIND_records:
    case KIND_broken:
    case N_KINDS: return;
    }
    abort();
}

void query_make(struct query *q, const struct world *w, uint64_t seed, uint64_t number)
{
    struct rng rng;

    rng_init(&rng, hash_mix(seed) + number);
    memset(q, 0, sizeof(*q));
    q->number = number;
    q->id = (uint16_t)(1 + number % 0xf000);
    q->kind = random_kind(&rng);
    q->tcp = one_in(&rng, 4);
    q->class = CLASS_IN;
    q->flags = one_in(&rng, 2) ? FLAG_RD : 0;
    query_name_make(q, w, &rng);
    q->type = ordinary_type(q, w, &rng);
    ordinary_edns(q, &rng);
    make_odd(q, &rng);
    if (one_in(&rng, 3))
        mix_case(q->name, &rng);
    query_write(q);
    if (q->kind == KIND_records || q->kind == KIND_broken)
        query_damage(q, &rng, q->kind == KIND_records);
}
