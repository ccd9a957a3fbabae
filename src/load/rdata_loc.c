/*
 * LOC (RFC 1876): a place on earth,
 *
 *   DEGREES [MINUTES [SECONDS]] N|S DEGREES [MINUTES [SECONDS]] E|W ALTITUDE [SIZE [HORIZONTAL [VERTICAL]]]
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>

#include "dns/name.h"
#include "load/rdata_kind.h"

#define EQUATOR       (UINT32_C(1) << 31) /* also the prime meridian; thousandths of a second of arc */
#define DEGREE        (3600 * 1000)
#define ALTITUDE_0    10000000   /* cm; the base is 100,000 m below the spheroid (§2) */
#define PRECISION_MAX 9000000000 /* cm: 9e9 */

/* "-12.345" as thousandths, if decimals is 3.  False: it is none, or has more decimals. */
static bool read_decimal(const char *at, const char *end, unsigned decimals, int64_t *out)
{
    const bool negative = at < end && *at == '-';
    const char *point = NULL;
    unsigned digits = 0, behind = 0;
    int64_t v = 0;

    for (at += negative; at < end; at++) {
        if (*at == '.' && point == NULL) {
            point = at;
            continue;
        }
        if (*at < '0' || *at > '9' || ++digits > 14 || (behind += point != NULL) > decimals)
            return false;
        v = 10 * v + (*at - '0');
    }
    for (; behind < decimals; behind++)
        v *= 10;
    *out = negative ? -v : v;
    return digits > 0;
}

static bool read_part(struct rdata_reader *r, unsigned decimals, int64_t max, int64_t *out)
{
    if (r->i == r->text->n)
        return rdata_fail(r->e, r->i, "N, S, E or W is missing (RFC 1876 §3)");
    const struct zonelex_token *t = rdata_word(r);
    if (t->quoted || !read_decimal(t->at, t->at + t->len, decimals, out) || *out < 0 || *out > max)
        return rdata_refuse(r, "is no part of an angle (RFC 1876 §3)");
    r->i++;
    return true;
}

/* Takes one of two letters.  False: there is another word, or none. */
static bool read_side(struct rdata_reader *r, const char *positive, const char *negative,
                      bool *is_negative)
{
    if (r->i == r->text->n)
        return false;
    *is_negative = zonelex_is(rdata_word(r), negative);
    if (!*is_negative && !zonelex_is(rdata_word(r), positive))
        return false;
    r->i++;
    return true;
}

/* Knot takes 90 59 59.999; so do we. */
static bool read_angle(struct rdata_reader *r, int64_t max_degrees, const char *positive,
                       const char *negative)
{
    int64_t degrees = 0, minutes = 0, thousandths = 0;
    bool is_negative;

    if (!read_part(r, 0, max_degrees, &degrees))
        return false;
    if (!read_side(r, positive, negative, &is_negative)) {
        if (!read_part(r, 0, 59, &minutes))
            return false;
        if (!read_side(r, positive, negative, &is_negative)) {
            if (!read_part(r, 3, 59999, &thousandths))
                return false;
            if (!read_side(r, positive, negative, &is_negative))
                return rdata_fail(r->e, r->i, "%s or %s is missing (RFC 1876 §3)",
                                  *positive == 'n' ? "N" : "E", *negative == 's' ? "S" : "W");
        }
    }
    const uint32_t v = (uint32_t)(degrees * DEGREE + minutes * 60000 + thousandths);
    wr_u32(r->out, is_negative ? EQUATOR - v : EQUATOR + v);
    return true;
}

/* Meters with at most two decimals, in cm. */
static bool read_meters(struct rdata_reader *r, int64_t min, int64_t max, int64_t *out)
{
    const struct zonelex_token *t = rdata_word(r);
    const char *end = t->at + t->len;

    end -= t->len > 1 && name_lower_octet((uint8_t)end[-1]) == 'm';
    if (t->quoted || !read_decimal(t->at, end, 2, out) || *out < min || *out > max)
        return rdata_refuse(r, "is no number of meters of this range (RFC 1876 §3)");
    r->i++;
    return true;
}

/* One digit and a power of ten, each four bits (§2). */
static bool read_precision(struct rdata_reader *r, uint8_t *out)
{
    int64_t cm = 0;
    uint8_t power = 0;

    if (r->i == r->text->n)
        return true;
    if (!read_meters(r, 0, PRECISION_MAX, &cm))
        return false;
    for (; cm >= 10; cm /= 10)
        power++;
    *out = (uint8_t)(cm << 4 | power);
    return true;
}

static bool read_loc(struct rdata_reader *r)
{
    uint8_t *head = wr_room(r->out, 4);
    uint8_t size = 0x12, horizontal = 0x16, vertical = 0x13; /* 1 m, 10 km, 10 m (§3) */
    int64_t altitude = 0;

    if (!read_angle(r, 90, "n", "s") || !read_angle(r, 180, "e", "w"))
        return false;
    if (r->i == r->text->n)
        return rdata_fail(r->e, r->i, "the altitude is missing (RFC 1876 §3)");
    if (!read_meters(r, -ALTITUDE_0, UINT32_MAX - (int64_t)ALTITUDE_0, &altitude) ||
        !read_precision(r, &size) || !read_precision(r, &horizontal) ||
        !read_precision(r, &vertical))
        return false;
    wr_u32(r->out, (uint32_t)(altitude + ALTITUDE_0));
    if (head != NULL) {
        head[0] = 0; /* version */
        head[1] = size;
        head[2] = horizontal;
        head[3] = vertical;
    }
    return true;
}

/* Octets beyond the poles are nonsense that others load in the generic form, but they have no text. */
static bool show_angle(uint32_t value, int64_t max_degrees, const char *sides,
                       const struct rdata_view *view)
{
    const int64_t v = (int64_t)value - EQUATOR;
    const uint64_t size = (uint64_t)llabs(v);

    if (size >= (uint64_t)(max_degrees + 1) * DEGREE)
        return !view->for_text;
    if (view->to != NULL)
        fprintf(view->to, "%u %u %u.%03u %c ", (unsigned)(size / DEGREE),
                (unsigned)(size / 60000 % 60), (unsigned)(size / 1000 % 60),
                (unsigned)(size % 1000), sides[v < 0]);
    return true;
}

static bool show_precision(uint8_t value, FILE *to)
{
    uint64_t cm = value >> 4;

    if (value >> 4 > 9 || (value & 15) > 9)
        return false;
    for (unsigned power = value & 15; power > 0; power--)
        cm *= 10;
    if (to != NULL)
        fprintf(to, " %u.%02um", (unsigned)(cm / 100), (unsigned)(cm % 100));
    return true;
}

static bool show_loc(struct rdata_view *v)
{
    const uint8_t *head = rd_bytes(&v->rd, 4);
    const uint32_t latitude = rd_u32(&v->rd), longitude = rd_u32(&v->rd);
    const int64_t altitude = (int64_t)rd_u32(&v->rd) - ALTITUDE_0;

    if (v->rd.short_read || head == NULL || head[0] != 0)
        return false;
    if (!show_angle(latitude, 90, "NS", v) || !show_angle(longitude, 180, "EW", v))
        return false;
    if (v->to != NULL)
        fprintf(v->to, "%s%lld.%02um", altitude < 0 ? "-" : "", llabs(altitude) / 100,
                (unsigned)(llabs(altitude) % 100));
    /* A digit 0 with a power is 0 too, but its text reads as another octet. */
    for (unsigned i = 1; i < 4; i++)
        if ((v->for_text && head[i] >> 4 == 0 && head[i] != 0) || !show_precision(head[i], v->to))
            return false;
    return true;
}

const struct rdata_kind rdata_loc = {"a latitude", read_loc, show_loc, RDATA_NEEDED};
