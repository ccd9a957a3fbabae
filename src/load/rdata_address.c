/* Addresses of other networks: groups of hexadecimal digits.  SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "load/rdata_kind.h"

/* ---- EUI-48 and EUI-64: 00-00-5e-00-53-2a (RFC 7043 §3.2, §4.2) ---- */

static bool read_eui(struct rdata_reader *r, size_t octets)
{
    const struct zonelex_token *t = rdata_word(r);
    bool ok = !t->quoted && t->len == 3 * octets - 1;

    for (size_t i = 0; ok && i < octets; i++) {
        const int high = rdata_hex_digit(t->at[3 * i]), low = rdata_hex_digit(t->at[3 * i + 1]);
        ok = high >= 0 && low >= 0 && (i + 1 == octets || t->at[3 * i + 2] == '-');
        wr_u8(r->out, (uint8_t)((unsigned)high << 4 | (unsigned)low));
    }
    if (!ok)
        return rdata_refuse(r, octets == 6 ? "is no EUI-48: it is written 00-00-5e-00-53-2a"
                                           : "is no EUI-64: it is written 00-00-5e-ef-10-00-00-2a");
    r->i++;
    return true;
}

static bool show_eui(struct rdata_view *v, size_t octets)
{
    const uint8_t *eui = rd_bytes(&v->rd, octets);

    for (size_t i = 0; v->to != NULL && eui != NULL && i < octets; i++) {
        if (i > 0)
            putc_unlocked('-', v->to);
        rdata_put_hex(eui + i, 1, v->to);
    }
    return true;
}

static bool read_eui48(struct rdata_reader *r)
{
    return read_eui(r, 6);
}

static bool show_eui48(struct rdata_view *v)
{
    return show_eui(v, 6);
}

static bool read_eui64(struct rdata_reader *r)
{
    return read_eui(r, 8);
}

static bool show_eui64(struct rdata_view *v)
{
    return show_eui(v, 8);
}

const struct rdata_kind rdata_eui48 = {"an EUI-48", read_eui48, show_eui48, RDATA_NEEDED};
const struct rdata_kind rdata_eui64 = {"an EUI-64", read_eui64, show_eui64, RDATA_NEEDED};

/* ---- node identifiers and locators of ILNP: 2001:db8:1140:1000 (RFC 6742 §2.1.1, §2.3.1) ---- */

static bool read_locator(struct rdata_reader *r)
{
    const struct zonelex_token *t = rdata_word(r);
    uint32_t at = 0;
    bool ok = !t->quoted;

    for (unsigned group = 0; ok && group < 4; group++) {
        const uint32_t first = at;
        uint32_t v = 0;
        for (; at < t->len && rdata_hex_digit(t->at[at]) >= 0 && at - first < 4; at++)
            v = v << 4 | (uint32_t)rdata_hex_digit(t->at[at]);
        ok = at > first && (group == 3 ? at == t->len : at < t->len && t->at[at] == ':');
        at++;
        wr_u16(r->out, (uint16_t)v);
    }
    if (!ok)
        return rdata_refuse(r, "is no 64 bits in four groups: it is written 2001:db8:1140:1000");
    r->i++;
    return true;
}

static bool show_locator(struct rdata_view *v)
{
    for (unsigned group = 0; group < 4; group++) {
        const uint16_t word = rd_u16(&v->rd);
        if (v->to != NULL)
            fprintf(v->to, group > 0 ? ":%x" : "%x", word);
    }
    return true;
}

const struct rdata_kind rdata_locator = {"64 bits in four groups", read_locator, show_locator,
                                         RDATA_NEEDED};

/* ---- OSI and ATM ---- */

/* Hexadecimal digits of whole octets; dots may stand among them. */
static bool put_dotted(struct rdata_reader *r, uint32_t from)
{
    const struct zonelex_token *t = rdata_word(r);
    int high = -1;

    for (uint32_t k = from; k < t->len; k++) {
        const int digit = rdata_hex_digit(t->at[k]);
        if (t->at[k] == '.' && k > from && k + 1 < t->len)
            continue;
        if (digit < 0)
            return false;
        if (high >= 0)
            wr_u8(r->out, (uint8_t)(high << 4 | digit));
        high = high < 0 ? digit : -1;
    }
    return high < 0 && t->len > from;
}

static bool read_nsap(struct rdata_reader *r)
{
    const struct zonelex_token *t = rdata_word(r);
    const bool hex = !t->quoted && t->len > 2 && t->at[0] == '0' && (t->at[1] | 32) == 'x';

    if (!hex || !put_dotted(r, 2))
        return rdata_refuse(r, "is no NSAP: it is written 0x47.0005.80… (RFC 1706 §5)");
    r->i++;
    return true;
}

static bool show_nsap(struct rdata_view *v)
{
    const size_t len = rd_left(&v->rd);
    const uint8_t *octets = rd_bytes(&v->rd, len);

    if (v->to != NULL) {
        fputs_unlocked("0x", v->to);
        rdata_put_hex(octets, len, v->to);
    }
    return len > 0;
}

const struct rdata_kind rdata_nsap = {"an NSAP", read_nsap, show_nsap, RDATA_NEEDED};

enum atma_format { ATMA_AESA = 0, ATMA_E164 = 1 };

/* "+" and a telephone number, or octets. */
static bool read_atma(struct rdata_reader *r)
{
    const struct zonelex_token *t = rdata_word(r);
    const bool number = !t->quoted && t->len > 1 && t->at[0] == '+';
    bool ok = !t->quoted;

    wr_u8(r->out, number ? ATMA_E164 : ATMA_AESA);
    for (uint32_t k = 1; number && k < t->len; k++) {
        const bool digit = t->at[k] >= '0' && t->at[k] <= '9';
        ok = ok && (digit || (t->at[k] == '.' && k > 1 && k + 1 < t->len && t->at[k + 1] != '.'));
        if (digit)
            wr_u8(r->out, (uint8_t)t->at[k]);
    }
    if (!ok || (!number && !put_dotted(r, 0)))
        return rdata_refuse(r, "is no ATM address: + and digits, or octets in hexadecimal");
    r->i++;
    return true;
}

static bool show_atma(struct rdata_view *v)
{
    const uint8_t format = rd_u8(&v->rd);
    const size_t len = rd_left(&v->rd);
    const uint8_t *octets = rd_bytes(&v->rd, len);

    for (size_t i = 0; format == ATMA_E164 && octets != NULL && i < len; i++)
        if (octets[i] < '0' || octets[i] > '9')
            return false;
    if (len == 0 || (v->for_text && format > ATMA_E164))
        return false;
    if (v->to != NULL && format == ATMA_E164)
        fprintf(v->to, "+%.*s", (int)len, (const char *)octets);
    else if (v->to != NULL)
        rdata_put_hex(octets, len, v->to);
    return true;
}

const struct rdata_kind rdata_atma = {"an ATM address", read_atma, show_atma, RDATA_NEEDED};
