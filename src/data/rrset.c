/* SPDX-License-Identifier: BSD-2-Clause */
#include "data/rrset.h"

#include "dns/types.h"

uint8_t *rr_render(uint8_t *at, uint16_t type, uint32_t ttl_s, const uint8_t *rdata, uint16_t rdlen)
{
    put_u16(at, 0xc00c);
    put_u16(at + 2, type);
    put_u16(at + 4, CLASS_IN);
    put_u32(at + 6, ttl_s);
    put_u16(at + 10, rdlen);
    if (rdlen > 0)
        memcpy(at + RR_FIXED_LEN, rdata, rdlen);
    return at + RR_FIXED_LEN + rdlen;
}
