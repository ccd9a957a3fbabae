/* Octets in hexadecimal, base64 and base32hex, and addresses written so.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "dns/name.h"
#include "load/rdata_kind.h"

int rdata_hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

void rdata_put_hex(const uint8_t *octets, size_t len, FILE *to)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < len; i++) {
        putc_unlocked(digits[octets[i] >> 4], to);
        putc_unlocked(digits[octets[i] & 15], to);
    }
}

static bool show_rest_hex(struct rdata_view *v)
{
    const size_t len = rd_left(&v->rd);
    const uint8_t *octets = rd_bytes(&v->rd, len);

    if (v->to != NULL)
        rdata_put_hex(octets, len, v->to);
    return true;
}

/* "0" alone: CDS 0 0 0 0 and CDNSKEY 0 3 0 0 ask for removal (RFC 8078 §4), where an octet 0 is meant. */
static bool is_lone_zero(const struct rdata_reader *r)
{
    const struct zonelex_token *t = rdata_word(r);

    return r->i + 1 == r->text->n && zonelex_is(t, "0");
}

/* ---- hexadecimal, to the end ---- */

static bool read_hex(struct rdata_reader *r)
{
    int high = -1;

    if (is_lone_zero(r)) {
        wr_u8(r->out, 0);
        r->i++;
        return true;
    }
    for (; r->i < r->text->n; r->i++) {
        const struct zonelex_token *t = rdata_word(r);
        for (uint32_t k = 0; k < t->len; k++) {
            const int digit = rdata_hex_digit(t->at[k]);
            if (digit < 0 || t->quoted)
                return rdata_refuse(r, "is not of hexadecimal digits");
            if (high >= 0)
                wr_u8(r->out, (uint8_t)(high << 4 | digit));
            high = high < 0 ? digit : -1;
        }
    }
    return high < 0 || rdata_fail(r->e, r->i - 1, "odd number of hexadecimal digits");
}

const struct rdata_kind rdata_hex = {"a row of hexadecimal digits", read_hex, show_rest_hex,
                                     RDATA_NO_OCTETS};

/* ---- base64 (RFC 4648 §4), to the end ---- */

static int base64_digit(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

struct base64 {
    uint32_t bits;
    unsigned n_bits, digits, pads;
};

/* False: no digit, or one behind the padding. */
static bool take_base64(struct base64 *b, char c, struct wr *out)
{
    const int digit = base64_digit(c);

    b->digits++;
    if (c == '=') {
        b->pads++;
        return b->pads <= 2;
    }
    if (digit < 0 || b->pads > 0)
        return false;
    b->bits = b->bits << 6 | (uint32_t)digit;
    b->n_bits += 6;
    if (b->n_bits >= 8) {
        b->n_bits -= 8;
        wr_u8(out, (uint8_t)(b->bits >> b->n_bits));
    }
    return true;
}

static bool is_whole(const struct base64 *b)
{
    return b->digits % 4 == 0 && b->n_bits == 2 * b->pads;
}

/* Blanks may be anywhere, also within a group of four digits (BIND). */
bool rdata_read_base64(struct rdata_reader *r)
{
    struct base64 b = {0};

    if (is_lone_zero(r)) {
        wr_u8(r->out, 0);
        r->i++;
        return true;
    }
    for (; r->i < r->text->n; r->i++) {
        const struct zonelex_token *t = rdata_word(r);
        for (uint32_t k = 0; k < t->len; k++)
            if (t->quoted || !take_base64(&b, t->at[k], r->out))
                return rdata_refuse(r, "is no base64 (RFC 4648 §4)");
    }
    return is_whole(&b) || rdata_fail(r->e, r->i - 1, "base64 that ends within a group of four");
}

void rdata_put_base64(const uint8_t *octets, size_t len, FILE *to)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    for (size_t i = 0; i < len; i += 3) {
        const size_t n = len - i < 3 ? len - i : 3;
        const uint32_t v = (uint32_t)octets[i] << 16 | (n > 1 ? (uint32_t)octets[i + 1] << 8 : 0) |
                           (n > 2 ? octets[i + 2] : 0);
        for (unsigned k = 0; k < 4; k++)
            putc_unlocked(k <= n ? digits[v >> (18 - 6 * k) & 63] : '=', to);
    }
}

static bool show_base64(struct rdata_view *v)
{
    const size_t len = rd_left(&v->rd);
    const uint8_t *octets = rd_bytes(&v->rd, len);

    if (v->to != NULL)
        rdata_put_base64(octets, len, v->to);
    return true;
}

const struct rdata_kind rdata_base64 = {"base64", rdata_read_base64, show_base64, RDATA_NO_OCTETS};

/* The key of an IPSECKEY: algorithm 0 says that there is none (RFC 4025 §2.4), but BIND reads one
 * all the same.  The algorithm is the third octet. */
static bool read_key(struct rdata_reader *r)
{
    if (r->i < r->text->n)
        return rdata_read_base64(r);
    if (r->out->full || r->start[2] == 0)
        return true;
    return rdata_fail(r->e, r->i, "base64 is missing");
}

const struct rdata_kind rdata_base64_maybe = {"base64", read_key, show_base64, RDATA_OPTIONAL};

static bool read_base64_or_dash(struct rdata_reader *r)
{
    if (!zonelex_is(rdata_word(r), "-"))
        return rdata_read_base64(r);
    r->i++;
    return true;
}

static bool show_base64_or_dash(struct rdata_view *v)
{
    if (rd_left(&v->rd) > 0)
        return show_base64(v);
    if (v->to != NULL)
        putc_unlocked('-', v->to);
    return true;
}

const struct rdata_kind rdata_base64_or_dash = {"base64", read_base64_or_dash, show_base64_or_dash,
                                                RDATA_NEEDED};

/* ---- the salt and the hash of NSEC3 (RFC 5155 §3.3) ---- */

/* Hexadecimal digits in one word; returns how many octets, SIZE_MAX: it is none. */
static size_t put_hex_word(struct rdata_reader *r)
{
    const struct zonelex_token *t = rdata_word(r);

    if (t->quoted || t->len == 0 || t->len % 2 != 0)
        return SIZE_MAX;
    for (uint32_t k = 0; k < t->len; k += 2) {
        const int high = rdata_hex_digit(t->at[k]), low = rdata_hex_digit(t->at[k + 1]);
        if (high < 0 || low < 0)
            return SIZE_MAX;
        wr_u8(r->out, (uint8_t)(high << 4 | low));
    }
    return t->len / 2;
}

static bool read_salt(struct rdata_reader *r)
{
    uint8_t *len = wr_room(r->out, 1);
    size_t n = 0;

    if (!zonelex_is(rdata_word(r), "-"))
        n = put_hex_word(r);
    if (n > UINT8_MAX)
        return rdata_refuse(r, "is no salt of at most 255 octets in hexadecimal, \"-\" for none");
    if (len != NULL)
        *len = (uint8_t)n;
    r->i++;
    return true;
}

static bool show_salt(struct rdata_view *v)
{
    const uint8_t len = rd_u8(&v->rd);
    const uint8_t *salt = rd_bytes(&v->rd, len);

    if (v->to == NULL || salt == NULL)
        return true;
    if (len == 0)
        putc_unlocked('-', v->to);
    rdata_put_hex(salt, len, v->to);
    return true;
}

static int base32_digit(char c)
{
    const uint8_t lower = name_lower_octet((uint8_t)c);

    if (lower >= '0' && lower <= '9')
        return lower - '0';
    return lower >= 'a' && lower <= 'v' ? lower - 'a' + 10 : -1;
}

/* base32hex (RFC 4648 §7) without padding, as RFC 5155 §3.3 writes it; Knot's padding is taken too. */
static bool read_hash(struct rdata_reader *r)
{
    const struct zonelex_token *t = rdata_word(r);
    uint8_t *len = wr_room(r->out, 1);
    uint32_t bits = 0, digits = t->len;
    unsigned n_bits = 0, n = 0;

    while (t->len % 8 == 0 && digits > 0 && t->len - digits < 6 && t->at[digits - 1] == '=')
        digits--;
    for (uint32_t k = 0; k < digits; k++) {
        const int digit = base32_digit(t->at[k]);
        if (digit < 0 || t->quoted)
            return rdata_refuse(r, "is no hash in base32hex (RFC 5155 §3.3)");
        bits = bits << 5 | (uint32_t)digit;
        n_bits += 5;
        if (n_bits < 8)
            continue;
        n_bits -= 8;
        wr_u8(r->out, (uint8_t)(bits >> n_bits));
        n++;
    }
    if (n == 0 || n > UINT8_MAX || n_bits >= 5 || (bits & ((1u << n_bits) - 1)) != 0)
        return rdata_refuse(r, "is no hash in base32hex (RFC 5155 §3.3)");
    if (len != NULL)
        *len = (uint8_t)n;
    r->i++;
    return true;
}

static bool show_hash(struct rdata_view *v)
{
    static const char digits[] = "0123456789abcdefghijklmnopqrstuv";
    const uint8_t len = rd_u8(&v->rd);
    const uint8_t *hash = rd_bytes(&v->rd, len);
    uint32_t bits = 0;
    unsigned n_bits = 0;

    if (len == 0)
        return false;
    if (v->to == NULL || hash == NULL)
        return true;
    for (size_t i = 0; i < len; i++) {
        bits = bits << 8 | hash[i];
        for (n_bits += 8; n_bits >= 5; n_bits -= 5)
            putc_unlocked(digits[bits >> (n_bits - 5) & 31], v->to);
    }
    if (n_bits > 0)
        putc_unlocked(digits[bits << (5 - n_bits) & 31], v->to);
    return true;
}

const struct rdata_kind rdata_salt = {"a salt", read_salt, show_salt, RDATA_NEEDED};
const struct rdata_kind rdata_hash = {"a hash in base32hex", read_hash, show_hash, RDATA_NEEDED};
