/* Types, sets of types and moments, as the records of DNSSEC hold them (RFC 4034).
 * SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "dns/types.h"
#include "load/rdata_kind.h"

static bool read_type(struct rdata_reader *r, uint16_t *type)
{
    if (!rdata_type(rdata_word(r), type))
        return rdata_refuse(r, "is no record type");
    r->i++;
    return true;
}

static bool read_covered(struct rdata_reader *r)
{
    uint16_t type;

    if (!read_type(r, &type))
        return false;
    wr_u16(r->out, type);
    return true;
}

static void put_type(uint16_t type, FILE *to)
{
    char name[TYPE_TEXT];

    fputs_unlocked(type_print(type, name), to);
}

static bool show_covered(struct rdata_view *v)
{
    const uint16_t type = rd_u16(&v->rd);

    if (v->to != NULL)
        put_type(type, v->to);
    return true;
}

const struct rdata_kind rdata_type_covered = {"a record type", read_covered, show_covered,
                                              RDATA_NEEDED};

/* ---- sets of types (RFC 4034 §4.1.2) ---- */

#define WINDOW_LEN 32 /* octets for 256 types */

/* A window's octets up to the last type of it. */
struct windows {
    uint8_t len[256];
    uint8_t bits[256 * WINDOW_LEN];
};

static void add_type(struct windows *w, uint16_t type)
{
    const uint8_t octet = (uint8_t)(type % 256 / 8);

    w->bits[type / 8] |= (uint8_t)(0x80 >> type % 8);
    if (w->len[type / 256] <= octet)
        w->len[type / 256] = (uint8_t)(octet + 1);
}

static bool read_bitmap(struct rdata_reader *r)
{
    struct windows w = {0};
    uint16_t type;

    while (r->i < r->text->n) {
        if (!read_type(r, &type))
            return false;
        add_type(&w, type);
    }
    for (unsigned window = 0; window < 256; window++) {
        if (w.len[window] == 0)
            continue;
        wr_u8(r->out, (uint8_t)window);
        wr_u8(r->out, w.len[window]);
        wr_bytes(r->out, w.bits + (size_t)window * WINDOW_LEN, w.len[window]);
    }
    return true;
}

static void put_types(const uint8_t *bits, unsigned len, unsigned base, bool *first, FILE *to)
{
    for (unsigned i = 0; i < 8 * len; i++) {
        if (!(bits[i / 8] & 0x80 >> i % 8))
            continue;
        if (!*first)
            putc_unlocked(' ', to);
        *first = false;
        put_type((uint16_t)(base + i), to);
    }
}

static bool show_bitmap(struct rdata_view *v)
{
    int last = -1;

    for (bool first = true; !v->rd.short_read && rd_left(&v->rd) > 0;) {
        const uint8_t window = rd_u8(&v->rd), len = rd_u8(&v->rd);
        const uint8_t *bits = rd_bytes(&v->rd, len);
        if (window <= last || len == 0 || len > WINDOW_LEN || bits == NULL || bits[len - 1] == 0)
            return false;
        last = window;
        if (v->to != NULL)
            put_types(bits, len, window * 256u, &first, v->to);
    }
    return true;
}

const struct rdata_kind rdata_bitmap = {"a record type", read_bitmap, show_bitmap, RDATA_OPTIONAL};

/* NXT's: the types 1 to 127 without windows (RFC 2535 §5.2). */
static bool read_bitmap_old(struct rdata_reader *r)
{
    uint8_t bits[16] = {0}, len = 0;

    while (r->i < r->text->n) {
        uint64_t number;
        uint16_t type;
        if (rdata_type(rdata_word(r), &type))
            r->i++;
        else if (rdata_read_number(r, 127, &number)) /* as BIND */
            type = (uint16_t)number;
        else
            return false;
        if (type == 0 || type > 127)
            return rdata_fail(r->e, r->i - 1, "a NXT has types 1 to 127 only (RFC 2535 §5.2)");
        bits[type / 8] |= (uint8_t)(0x80 >> type % 8);
        if (len <= type / 8)
            len = (uint8_t)(type / 8 + 1);
    }
    wr_bytes(r->out, bits, len);
    return true;
}

static bool show_bitmap_old(struct rdata_view *v)
{
    const size_t len = rd_left(&v->rd);
    const uint8_t *bits = rd_bytes(&v->rd, len);
    bool first = true;

    if (len > 16)
        return false;
    /* The first bit says that there would be another format. */
    if (v->for_text && len > 0 && (bits[len - 1] == 0 || bits[0] & 0x80))
        return false;
    if (v->to != NULL)
        put_types(bits, (unsigned)len, 0, &first, v->to);
    return true;
}

const struct rdata_kind rdata_bitmap_old = {"a record type", read_bitmap_old, show_bitmap_old,
                                            RDATA_OPTIONAL};

/* ---- moments: YYYYMMDDHHmmSS, or seconds since 1970 (RFC 4034 §3.2) ---- */

#define DAY_S 86400

/* Days from 1970-01-01 to a day of the Gregorian calendar; years are counted from March. */
static int64_t days_since_1970(unsigned year, unsigned month, unsigned day)
{
    const int64_t y = (int64_t)year - (month <= 2);
    const int64_t m = month > 2 ? month - 3 : month + 9;

    return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719468;
}

static unsigned month_days(unsigned year, unsigned month)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return days[month - 1] + (month == 2 && leap);
}

static unsigned two_digits(const char *at)
{
    return 10u * (unsigned)(at[0] - '0') + (unsigned)(at[1] - '0');
}

static bool read_calendar(const char *at, uint32_t *out)
{
    const unsigned year = 100 * two_digits(at) + two_digits(at + 2), month = two_digits(at + 4);
    const unsigned day = two_digits(at + 6), hour = two_digits(at + 8);
    const unsigned minute = two_digits(at + 10), second = two_digits(at + 12);

    if (year < 1970 || month < 1 || month > 12 || day < 1 || day > month_days(year, month) ||
        hour > 23 || minute > 59 || second > 59)
        return false;
    /* Counted modulo 2^32 (RFC 4034 §3.1.5). */
    *out =
        (uint32_t)(days_since_1970(year, month, day) * DAY_S + hour * 3600 + minute * 60 + second);
    return true;
}

static bool read_time(struct rdata_reader *r)
{
    const struct zonelex_token *t = rdata_word(r);
    uint64_t seconds;
    uint32_t value;
    bool digits = t->len == 14 && !t->quoted;

    for (uint32_t i = 0; digits && i < t->len; i++)
        digits = t->at[i] >= '0' && t->at[i] <= '9';
    if (digits) {
        if (!read_calendar(t->at, &value))
            return rdata_refuse(r, "is no moment YYYYMMDDHHmmSS (RFC 4034 §3.2)");
        r->i++;
    } else {
        if (!rdata_read_number(r, UINT32_MAX, &seconds))
            return false;
        value = (uint32_t)seconds;
    }
    wr_u32(r->out, value);
    return true;
}

static void put_calendar(uint32_t value, FILE *to)
{
    uint32_t days = value / DAY_S;
    const uint32_t s = value % DAY_S;
    unsigned year = 1970, month = 1;

    for (; days >= 365u + (month_days(year, 2) == 29); year++)
        days -= 365u + (month_days(year, 2) == 29);
    for (; days >= month_days(year, month); month++)
        days -= month_days(year, month);
    fprintf(to, "%04u%02u%02u%02u%02u%02u", year, month, days + 1, s / 3600, s / 60 % 60, s % 60);
}

static bool show_time(struct rdata_view *v)
{
    const uint32_t value = rd_u32(&v->rd);

    if (v->to != NULL)
        put_calendar(value, v->to);
    return true;
}

const struct rdata_kind rdata_time = {"a moment", read_time, show_time, RDATA_NEEDED};
