/* SPDX-License-Identifier: BSD-2-Clause */
#include "data/bands.h"

#include <stdlib.h>

#include "base/cursor.h"
#include "base/xalloc.h"
#include "data/ip4in6.h"
#include "data/steered.h"
#include "dns/name.h"

#define UNIT_IP4 24
#define UNIT_IP6 48

uint64_t bands_seed(const uint8_t *pool)
{
    uint64_t seed = 0;

    /* Octet by octet: hash_bytes depends on the machine's byte order. */
    for (size_t i = 0, n = name_len(pool); i < n; i++)
        seed = hash_mix(seed ^ pool[i]);
    return seed;
}

unsigned bands_slot(uint64_t seed, const struct ipaddr *addr, uint8_t *unit)
{
    struct ipaddr ip4 = *addr;
    uint8_t offset = 0;
    uint64_t block;

    if (addr->family == FAMILY_IP4 || ip4in6_find(addr, &ip4, &offset)) {
        *unit = (uint8_t)(offset + UNIT_IP4);
        block = get_u32(ip4.bytes) >> (32 - UNIT_IP4);
    } else {
        *unit = UNIT_IP6;
        block = (uint64_t)get_u32(addr->bytes) << 16 | get_u16(addr->bytes + 4);
    }
    return hash_mix(seed ^ block) % SLOTS;
}

uint8_t bands_choice(const struct bands *b, uint32_t ranking, const struct ipaddr *addr,
                     uint8_t *scope)
{
    const uint8_t back = b->band[0].choice->choice[ranking];
    uint8_t unit, i = 0;

    /* Who gets the same in the first and in the last band gets it in all: its region does not ramp, or
     * it has no other. */
    if (back == b->band[b->n - 1].choice->choice[ranking])
        return back;
    const unsigned slot = bands_slot(b->seed, addr, &unit);
    while (slot >= b->band[i].until)
        i++;
    *scope = *scope > unit ? *scope : unit;
    return b->band[i].choice->choice[ranking];
}

struct bands *bands_new(uint64_t seed, uint8_t n)
{
    struct bands *b = xcalloc(1, sizeof(*b) + n * sizeof(b->band[0]));

    b->seed = seed;
    b->n = n;
    return b;
}

void bands_free(struct bands *b)
{
    if (b == NULL)
        return;
    for (uint8_t i = 0; i < b->n; i++)
        choice_table_unref(b->band[i].choice);
    free(b);
}
