/* SPDX-License-Identifier: BSD-2-Clause */
#include "data/ip4in6.h"

#include <assert.h>
#include <stdlib.h>

#include "base/cursor.h"

struct prefix ip4in6_prefix(unsigned i)
{
    static const char *const texts[IP4IN6_PREFIXES] = {
        "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96", "2002::/16", "2001::/32",
    };
    struct prefix p;

    assert(i < IP4IN6_PREFIXES);
    if (!prefix_parse(texts[i], &p))
        abort();
    return p;
}

/* Where the IPv4 address begins, in bits; 0: there is none.  The first 16 bits decide most. */
static uint8_t find_offset(const uint8_t *bytes)
{
    const uint32_t word[3] = {get_u32(bytes), get_u32(bytes + 4), get_u32(bytes + 8)};

    switch (get_u16(bytes)) {
    case 0x2002: return 16;
    case 0x2001: return word[0] == 0x20010000 ? 96 : 0;
    case 0x0064: return word[0] == 0x0064ff9b && (word[1] | word[2]) == 0 ? 96 : 0;
    case 0x0000:
        return (word[0] | word[1]) == 0 && (word[2] == 0xffff || word[2] == 0xffff0000) ? 96 : 0;
    }
    return 0;
}

bool ip4in6_find(const struct ipaddr *addr, struct ipaddr *ip4, uint8_t *offset)
{
    const uint8_t bits = addr->family == FAMILY_IP6 ? find_offset(addr->bytes) : 0;

    if (bits == 0)
        return false;
    const bool teredo = addr->bytes[0] == 0x20 && addr->bytes[1] == 0x01;
    const uint32_t v = get_u32(addr->bytes + bits / 8);
    *ip4 = (struct ipaddr){.family = FAMILY_IP4};
    put_u32(ip4->bytes, teredo ? ~v : v);
    *offset = bits;
    return true;
}
