/* APL: [!]FAMILY:ADDRESS/LENGTH… (RFC 3123).  SPDX-License-Identifier: BSD-2-Clause */
#include <arpa/inet.h>
#include <string.h>

#include "load/rdata_kind.h"

enum apl_family { APL_IP4 = 1, APL_IP6 = 2 }; /* IANA "Address Family Numbers" */

#define APL_NEGATED 0x80 /* beside the length of the address */

static uint8_t address_len(unsigned family)
{
    return family == APL_IP4 ? 4 : family == APL_IP6 ? 16 : 0;
}

static bool read_address(const char *at, size_t len, unsigned family, uint8_t out[16])
{
    char text[INET6_ADDRSTRLEN];

    if (len >= sizeof(text))
        return false;
    memcpy(text, at, len);
    text[len] = '\0';
    return inet_pton(family == APL_IP4 ? AF_INET : AF_INET6, text, out) == 1;
}

static bool read_bits(const char *at, const char *end, unsigned max, uint8_t *out)
{
    unsigned v = 0;

    if (at == end || end - at > 3)
        return false;
    for (; at < end; at++) {
        if (*at < '0' || *at > '9')
            return false;
        v = 10 * v + (unsigned)(*at - '0');
    }
    *out = (uint8_t)v;
    return v <= max;
}

static bool read_item(struct rdata_reader *r)
{
    const struct zonelex_token *t = rdata_word(r);
    const char *at = t->at, *end = t->at + t->len;
    const uint8_t negated = t->len > 0 && *at == '!' ? APL_NEGATED : 0;
    uint8_t address[16], bits;

    at += negated != 0;
    const char *slash = memchr(at, '/', (size_t)(end - at));
    if (t->quoted || slash == NULL || slash - at < 3 || at[1] != ':')
        return false;
    const unsigned family = (unsigned)(at[0] - '0');
    uint8_t len = address_len(family);
    if (len == 0 || !read_address(at + 2, (size_t)(slash - at - 2), family, address) ||
        !read_bits(slash + 1, end, 8u * len, &bits))
        return false;
    while (len > 0 && address[len - 1] == 0) /* RFC 3123 §4 */
        len--;
    wr_u16(r->out, (uint16_t)family);
    wr_u8(r->out, bits);
    wr_u8(r->out, negated | len);
    wr_bytes(r->out, address, len);
    return true;
}

static bool read_apl(struct rdata_reader *r)
{
    for (; r->i < r->text->n; r->i++)
        if (!read_item(r))
            return rdata_refuse(r, "is no FAMILY:ADDRESS/LENGTH (RFC 3123 §5)");
    return true;
}

static void put_item(unsigned family, uint8_t bits, bool negated, const uint8_t address[16],
                     FILE *to)
{
    char text[INET6_ADDRSTRLEN];

    fprintf(to, "%s%u:%s/%u", negated ? "!" : "", family,
            inet_ntop(family == APL_IP4 ? AF_INET : AF_INET6, address, text, sizeof(text)), bits);
}

static bool show_item(struct rdata_view *v)
{
    const unsigned family = rd_u16(&v->rd);
    const uint8_t bits = rd_u8(&v->rd), flags = rd_u8(&v->rd);
    const uint8_t len = flags & (uint8_t)~APL_NEGATED, max = address_len(family);
    const uint8_t *octets = rd_bytes(&v->rd, len);
    uint8_t address[16] = {0};

    if (octets == NULL || (len > 0 && octets[len - 1] == 0))
        return false;
    if (max == 0)
        return !v->for_text; /* a family that has no text here */
    if (len > max || bits > 8u * max)
        return false;
    memcpy(address, octets, len);
    if (v->to != NULL)
        put_item(family, bits, flags & APL_NEGATED, address, v->to);
    return true;
}

static bool show_apl(struct rdata_view *v)
{
    while (!v->rd.short_read && rd_left(&v->rd) > 0) {
        if (!show_item(v))
            return false;
        if (v->to != NULL && rd_left(&v->rd) > 0)
            putc_unlocked(' ', v->to);
    }
    return true;
}

const struct rdata_kind rdata_apl = {"a prefix", read_apl, show_apl, RDATA_OPTIONAL};
