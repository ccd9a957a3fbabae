/* SPDX-License-Identifier: BSD-2-Clause */
#include "dns/canonical.h"

#include <string.h>

#include "base/cursor.h"
#include "base/hash.h"
#include "dns/name.h"
#include "dns/types.h"

/* Where the names of rdata stand, side by side. */
struct span {
    uint16_t from, to;
};

static void skip_string(struct rd *r)
{
    rd_bytes(r, rd_u8(r));
}

static void skip_name(struct rd *r)
{
    uint8_t len;

    while ((len = rd_u8(r)) != 0)
        rd_bytes(r, len);
}

/* Move to the first name; returns how many there are. */
static unsigned find_names(uint16_t type, struct rd *r)
{
    switch (type) {
    case TYPE_NS:
    case TYPE_MD:
    case TYPE_MF:
    case TYPE_CNAME:
    case TYPE_MB:
    case TYPE_MG:
    case TYPE_MR:
    case TYPE_PTR:
    case TYPE_NXT:
    case TYPE_DNAME: return 1;
    case TYPE_SOA:
    case TYPE_MINFO:
    case TYPE_RP: return 2;
    case TYPE_MX:
    case TYPE_AFSDB:
    case TYPE_RT:
    case TYPE_KX: rd_bytes(r, 2); return 1;
    case TYPE_PX: rd_bytes(r, 2); return 2;
    case TYPE_SRV: rd_bytes(r, 6); return 1;
    case TYPE_SIG:
    case TYPE_RRSIG: rd_bytes(r, 18); return 1;
    case TYPE_NAPTR:
        rd_bytes(r, 4);
        for (unsigned i = 0; i < 3; i++)
            skip_string(r);
        return 1;
    case TYPE_A6: {
        const uint8_t prefix = rd_u8(r);
        rd_bytes(r, prefix <= 128 ? 16 - prefix / 8 : 0);
        return prefix > 0;
    }
    }
    return 0;
}

/* The types that find_names knows, all below 64: most records have no names and should not pay. */
static bool may_have_names(uint16_t type)
{
    static const uint64_t types =
        UINT64_C(1) << TYPE_NS | UINT64_C(1) << TYPE_MD | UINT64_C(1) << TYPE_MF |
        UINT64_C(1) << TYPE_CNAME | UINT64_C(1) << TYPE_SOA | UINT64_C(1) << TYPE_MB |
        UINT64_C(1) << TYPE_MG | UINT64_C(1) << TYPE_MR | UINT64_C(1) << TYPE_PTR |
        UINT64_C(1) << TYPE_MINFO | UINT64_C(1) << TYPE_MX | UINT64_C(1) << TYPE_RP |
        UINT64_C(1) << TYPE_AFSDB | UINT64_C(1) << TYPE_RT | UINT64_C(1) << TYPE_SIG |
        UINT64_C(1) << TYPE_PX | UINT64_C(1) << TYPE_NXT | UINT64_C(1) << TYPE_SRV |
        UINT64_C(1) << TYPE_NAPTR | UINT64_C(1) << TYPE_KX | UINT64_C(1) << TYPE_A6 |
        UINT64_C(1) << TYPE_DNAME | UINT64_C(1) << TYPE_RRSIG;

    return type < 64 && types >> type & 1;
}

/* Empty for types without names, and for octets that are none. */
static struct span names_of(uint16_t type, const uint8_t *rdata, uint16_t rdlen)
{
    struct rd r = rd_init(rdata, rdlen);
    unsigned n = find_names(type, &r);

    if (n == 0)
        return (struct span){0};
    const uint16_t from = (uint16_t)(r.at - rdata);
    while (n-- > 0)
        skip_name(&r);
    if (r.short_read)
        return (struct span){0};
    return (struct span){from, (uint16_t)(r.at - rdata)};
}

bool canonical_equal(uint16_t type, const uint8_t *a, uint16_t a_len, const uint8_t *b,
                     uint16_t b_len)
{
    if (a_len != b_len)
        return false;
    const struct span in_a = names_of(type, a, a_len), in_b = names_of(type, b, b_len);
    if (in_a.from != in_b.from || in_a.to != in_b.to)
        return false;
    /* Length octets are no letters: they can be folded with the labels. */
    for (uint16_t i = in_a.from; i < in_a.to; i++)
        if (name_lower_octet(a[i]) != name_lower_octet(b[i]))
            return false;
    return memcmp(a, b, in_a.from) == 0 && memcmp(a + in_a.to, b + in_a.to, a_len - in_a.to) == 0;
}

uint32_t canonical_hash(uint16_t type, const uint8_t *rdata, uint16_t rdlen)
{
    uint8_t folded[2 * NAME_MAX_LEN];

    if (!may_have_names(type))
        return (uint32_t)hash_bytes(rdata, rdlen, type);
    const struct span names = names_of(type, rdata, rdlen);
    if (names.from == names.to || (size_t)(names.to - names.from) > sizeof(folded))
        return (uint32_t)hash_bytes(rdata, rdlen, type);
    for (uint16_t i = names.from; i < names.to; i++)
        folded[i - names.from] = name_lower_octet(rdata[i]);
    const uint64_t before = hash_bytes(rdata, names.from, type);
    const uint64_t within = hash_bytes(folded, (size_t)(names.to - names.from), before);
    return (uint32_t)hash_bytes(rdata + names.to, rdlen - names.to, within);
}
