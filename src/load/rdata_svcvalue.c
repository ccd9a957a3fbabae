/* SPDX-License-Identifier: BSD-2-Clause */
#include "load/rdata_svcvalue.h"

#include <arpa/inet.h>

#include "load/rdata_kind.h"

#define LIST_ITEM_MAX 255 /* a length octet in front (RFC 9460 §7.1.1) */

/* ---- none, octets, text ---- */

static const char *read_none(const uint8_t *text, size_t len, struct wr *out)
{
    (void)text;
    (void)out;
    return len > 0 ? "has a value, and the key takes none" : NULL;
}

static bool show_none(const uint8_t *octets, size_t len, FILE *to)
{
    (void)octets;
    (void)to;
    return len == 0;
}

static const char *read_octets(const uint8_t *text, size_t len, struct wr *out)
{
    wr_bytes(out, text, len);
    return NULL;
}

static bool show_octets(const uint8_t *octets, size_t len, FILE *to)
{
    if (to != NULL && len > 0)
        rdata_put_quoted(octets, len, to);
    return true;
}

const struct svcvalue svcvalue_none = {false, read_none, show_none};
const struct svcvalue svcvalue_octets = {false, read_octets, show_octets};
const struct svcvalue svcvalue_text = {true, read_octets, show_octets};

/* ---- lists of strings: a comma parts items, "\," and "\\" are octets of one (RFC 9460 §A.1) ---- */

static const char *read_list(const uint8_t *text, size_t len, struct wr *out)
{
    for (size_t i = 0; i <= len && len > 0; i++) {
        uint8_t *item_len = wr_room(out, 1);
        size_t n = 0;
        for (; i < len && text[i] != ','; i++, n++) {
            if (text[i] == '\\' && (++i == len || (text[i] != '\\' && text[i] != ',')))
                return "has a backslash in a list that is neither \"\\\\\" nor \"\\,\" (RFC 9460 §A.1)";
            wr_u8(out, text[i]);
        }
        if (n == 0)
            return "has an empty item in its list (RFC 9460 §A.1)";
        if (n > LIST_ITEM_MAX)
            return "has an item of more than 255 octets";
        if (item_len != NULL)
            *item_len = (uint8_t)n;
    }
    return NULL;
}

/* Escaped for the list, then for the string around it. */
static void put_item(const uint8_t *item, size_t len, FILE *to)
{
    for (size_t i = 0; i < len; i++) {
        const uint8_t c = item[i];
        if (c == ',' || c == '\\')
            fputs_unlocked("\\\\", to);
        if (c == '"' || c == '\\')
            putc_unlocked('\\', to);
        if (c >= ' ' && c < 127)
            putc_unlocked(c, to);
        else
            fprintf(to, "\\%03u", c);
    }
}

static bool show_list(const uint8_t *octets, size_t len, FILE *to)
{
    struct rd r = rd_init(octets, len);

    if (to != NULL && len > 0)
        putc_unlocked('"', to);
    for (bool first = true; rd_left(&r) > 0; first = false) {
        const uint8_t n = rd_u8(&r);
        const uint8_t *item = rd_bytes(&r, n);
        if (item == NULL || n == 0)
            return false;
        if (to == NULL)
            continue;
        if (!first)
            putc_unlocked(',', to);
        put_item(item, n, to);
    }
    if (to != NULL && len > 0)
        putc_unlocked('"', to);
    return true;
}

static bool show_some(const uint8_t *octets, size_t len, FILE *to)
{
    return len > 0 && show_list(octets, len, to);
}

const struct svcvalue svcvalue_list = {true, read_list, show_some};
const struct svcvalue svcvalue_list_maybe = {false, read_list, show_list};

/* ---- lists of other things: commas, no escapes ---- */

/* The next item; *at moves behind its comma, NULL behind the last. */
static struct zonelex_token next_item(const char **at, const char *end)
{
    const char *comma = memchr(*at, ',', (size_t)(end - *at));
    const struct zonelex_token t = {.at = *at,
                                    .len = (uint32_t)((comma != NULL ? comma : end) - *at)};

    *at = comma != NULL ? comma + 1 : NULL;
    return t;
}

/* Every item is one field of rdata. */
static const char *read_items(const uint8_t *text, size_t len, struct wr *out,
                              const struct rdata_kind *kind, const char *what)
{
    const char *at = (const char *)text, *end = at + len;

    while (at != NULL) {
        const struct zonelex_token t = next_item(&at, end);
        const struct rdata_text one = {&t, 1, NULL};
        struct rdata_error e;
        struct rdata_reader r = {.text = &one, .start = out->at, .out = out, .e = &e};
        if (t.len == 0 || !kind->read(&r))
            return what;
    }
    return NULL;
}

static bool show_items(const uint8_t *octets, size_t len, FILE *to, const struct rdata_kind *kind)
{
    struct rdata_view v = {.start = octets, .rd = rd_init(octets, len), .to = to};

    for (bool first = true; rd_left(&v.rd) > 0; first = false) {
        if (to != NULL && !first)
            putc_unlocked(',', to);
        if (!kind->show(&v) || v.rd.short_read)
            return false;
    }
    return len > 0;
}

static const char *read_ip4s(const uint8_t *text, size_t len, struct wr *out)
{
    return read_items(text, len, out, &rdata_ip4, "is no list of IPv4 addresses (RFC 9460 §7.3)");
}

static bool show_ip4s(const uint8_t *octets, size_t len, FILE *to)
{
    return show_items(octets, len, to, &rdata_ip4);
}

static const char *read_ip6s(const uint8_t *text, size_t len, struct wr *out)
{
    return read_items(text, len, out, &rdata_ip6, "is no list of IPv6 addresses (RFC 9460 §7.3)");
}

static bool show_ip6s(const uint8_t *octets, size_t len, FILE *to)
{
    return show_items(octets, len, to, &rdata_ip6);
}

static const char *read_numbers(const uint8_t *text, size_t len, struct wr *out)
{
    return read_items(text, len, out, &rdata_u16, "is no list of numbers up to 65535");
}

static bool show_numbers(const uint8_t *octets, size_t len, FILE *to)
{
    return show_items(octets, len, to, &rdata_u16);
}

static const char *read_number(const uint8_t *text, size_t len, struct wr *out)
{
    if (memchr(text, ',', len) != NULL)
        return "is no number up to 65535 (RFC 9460 §7.2)";
    return read_items(text, len, out, &rdata_u16, "is no number up to 65535 (RFC 9460 §7.2)");
}

static bool show_number(const uint8_t *octets, size_t len, FILE *to)
{
    return len == 2 && show_items(octets, len, to, &rdata_u16);
}

static const char *read_base64(const uint8_t *text, size_t len, struct wr *out)
{
    const char *const what = "is no base64 (RFC 4648 §4)";

    if (len == 0)
        return NULL; /* NSD takes an ech without a value */
    if (memchr(text, ',', len) != NULL)
        return what;
    return read_items(text, len, out, &rdata_base64, what);
}

static bool show_base64(const uint8_t *octets, size_t len, FILE *to)
{
    if (to != NULL)
        rdata_put_base64(octets, len, to);
    return true;
}

const struct svcvalue svcvalue_ip4s = {true, read_ip4s, show_ip4s};
const struct svcvalue svcvalue_ip6s = {true, read_ip6s, show_ip6s};
const struct svcvalue svcvalue_number = {true, read_number, show_number};
const struct svcvalue svcvalue_numbers = {true, read_numbers, show_numbers};
const struct svcvalue svcvalue_base64 = {false, read_base64, show_base64};

/* ---- the keys that are mandatory: stored in ascending order (RFC 9460 §8) ---- */

static void sort_last(uint8_t *first, uint8_t *last)
{
    const uint16_t key = get_u16(last);

    for (; last > first && get_u16(last - 2) > key; last -= 2)
        memcpy(last, last - 2, 2);
    put_u16(last, key);
}

static const char *read_keys(const uint8_t *text, size_t len, struct wr *out)
{
    const char *at = (const char *)text, *end = at + len;
    uint8_t *first = out->at;

    while (at != NULL && !out->full) {
        const struct zonelex_token t = next_item(&at, end);
        uint16_t key;
        if (!svckey_parse(t.at, t.len, &key))
            return "is no list of keys (RFC 9460 §8)";
        uint8_t *last = out->at;
        wr_u16(out, key);
        if (!out->full)
            sort_last(first, last);
    }
    return NULL;
}

static bool show_keys(const uint8_t *octets, size_t len, FILE *to)
{
    struct rd r = rd_init(octets, len);

    for (bool first = true; rd_left(&r) > 0; first = false) {
        const uint16_t key = rd_u16(&r);
        if (to != NULL && !first)
            putc_unlocked(',', to);
        if (to != NULL)
            svckey_print(key, to);
    }
    return !r.short_read && len > 0;
}

const struct svcvalue svcvalue_keys = {true, read_keys, show_keys};
