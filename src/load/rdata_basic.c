/* Addresses, names and numbers.  SPDX-License-Identifier: BSD-2-Clause */
#include <arpa/inet.h>
#include <string.h>

#include "dns/name.h"
#include "load/rdata_kind.h"
#include "load/zonettl.h"

/* Numbers, names and codes are never quoted; strings may be. */
static bool is_plain(const struct rdata_reader *r)
{
    return !rdata_word(r)->quoted || rdata_refuse(r, "must not be quoted: it is no string");
}

/* ---- addresses ---- */

/* Dotted quad as inet_pton reads it: "01.2.3.4" and "1.2.3" are none.  No copy, no libc: most
 * records of most zones are this. */
static bool parse_quad(const char *text, uint32_t len, uint8_t quad[4])
{
    unsigned part = 0, v = 0, digits = 0;

    for (uint32_t i = 0; i < len; i++) {
        const unsigned digit = (unsigned)(uint8_t)text[i] - '0';
        if (digit <= 9) {
            v = 10 * v + digit;
            if (digits++ > 0 && v < 10) /* a zero stood before */
                return false;
            if (v > 255)
                return false;
        } else if (text[i] == '.' && digits > 0 && part < 3) {
            quad[part++] = (uint8_t)v;
            v = digits = 0;
        } else {
            return false;
        }
    }
    quad[part] = (uint8_t)v;
    return part == 3 && digits > 0;
}

static bool read_ip4(struct rdata_reader *r)
{
    const struct zonelex_token *t = rdata_word(r);
    uint8_t quad[4];

    if (!is_plain(r))
        return false;
    if (!parse_quad(t->at, t->len, quad))
        return rdata_refuse(r, "is no IPv4 address");
    wr_bytes(r->out, quad, sizeof(quad));
    r->i++;
    return true;
}

static bool read_ip6(struct rdata_reader *r)
{
    const struct zonelex_token *t = rdata_word(r);
    char text[INET6_ADDRSTRLEN];
    uint8_t addr[16];

    if (!is_plain(r))
        return false;
    if (t->len >= sizeof(text))
        return rdata_refuse(r, "is no IPv6 address");
    memcpy(text, t->at, t->len);
    text[t->len] = '\0';
    if (strlen(text) != t->len || inet_pton(AF_INET6, text, addr) != 1)
        return rdata_refuse(r, "is no IPv6 address");
    wr_bytes(r->out, addr, sizeof(addr));
    r->i++;
    return true;
}

static bool show_address(struct rdata_view *v, int family, size_t len)
{
    const uint8_t *addr = rd_bytes(&v->rd, len);
    char text[INET6_ADDRSTRLEN];

    if (addr != NULL && v->to != NULL)
        fputs_unlocked(inet_ntop(family, addr, text, sizeof(text)), v->to);
    return true;
}

static bool show_ip4(struct rdata_view *v)
{
    return show_address(v, AF_INET, 4);
}

static bool show_ip6(struct rdata_view *v)
{
    return show_address(v, AF_INET6, 16);
}

const struct rdata_kind rdata_ip4 = {"an IPv4 address", read_ip4, show_ip4, RDATA_NEEDED};
const struct rdata_kind rdata_ip6 = {"an IPv6 address", read_ip6, show_ip6, RDATA_NEEDED};

/* ---- names ---- */

static bool read_name(struct rdata_reader *r)
{
    const struct zonelex_token *t = rdata_word(r);
    uint8_t name[NAME_MAX_LEN];
    const char *why;

    if (!is_plain(r))
        return false;
    if (!name_parse(t->at, t->len, r->text->origin, name, &why))
        return rdata_fail(r->e, r->i, "\"%.*s\" is no domain name: %s", RDATA_SHOW(t), why);
    wr_bytes(r->out, name, name_len(name));
    r->i++;
    return true;
}

static bool read_names(struct rdata_reader *r)
{
    while (r->i < r->text->n)
        if (!read_name(r))
            return false;
    return true;
}

/* Uncompressed (RFC 3597 §4 allows a pointer in no rdata that comes from a file). */
bool rdata_put_name(struct rdata_view *v)
{
    const uint8_t *name = v->rd.at;
    size_t len = 0;

    for (bool root = false; !root;) {
        const uint8_t label = rd_u8(&v->rd);
        root = label == 0;
        len += 1u + label;
        if (label > LABEL_MAX_LEN || len > NAME_MAX_LEN || v->rd.short_read)
            return false;
        rd_bytes(&v->rd, label);
    }
    char text[NAME_TEXT];
    if (v->to != NULL)
        fputs_unlocked(name_print(name, text), v->to);
    return true;
}

static bool show_names(struct rdata_view *v)
{
    while (!v->rd.short_read && rd_left(&v->rd) > 0) {
        if (!rdata_put_name(v))
            return false;
        if (v->to != NULL && rd_left(&v->rd) > 0)
            putc_unlocked(' ', v->to);
    }
    return true;
}

const struct rdata_kind rdata_name = {"a domain name", read_name, rdata_put_name, RDATA_NEEDED};
const struct rdata_kind rdata_names_rest = {"a domain name", read_names, show_names,
                                            RDATA_OPTIONAL};

/* ---- numbers ---- */

bool rdata_read_number(struct rdata_reader *r, uint64_t max, uint64_t *out)
{
    const struct zonelex_token *t = rdata_word(r);
    uint64_t v = 0;

    if (!is_plain(r))
        return false;
    for (uint32_t i = 0; i < t->len; i++) {
        const unsigned digit = (unsigned)(t->at[i] - '0');
        if (digit > 9)
            return rdata_refuse(r, "is no number");
        if (digit > max || v > (max - digit) / 10)
            return rdata_fail(r->e, r->i, "%.*s is above %llu", (int)(t->len < 40 ? t->len : 40),
                              t->at, (unsigned long long)max);
        v = 10 * v + digit;
    }
    *out = v;
    r->i++;
    return true;
}

static bool read_u8(struct rdata_reader *r)
{
    uint64_t v = 0;

    if (!rdata_read_number(r, UINT8_MAX, &v))
        return false;
    wr_u8(r->out, (uint8_t)v);
    return true;
}

static bool read_u16(struct rdata_reader *r)
{
    uint64_t v = 0;

    if (!rdata_read_number(r, UINT16_MAX, &v))
        return false;
    wr_u16(r->out, (uint16_t)v);
    return true;
}

static bool read_u32(struct rdata_reader *r)
{
    uint64_t v = 0;

    if (!rdata_read_number(r, UINT32_MAX, &v))
        return false;
    wr_u32(r->out, (uint32_t)v);
    return true;
}

/* A node number of 64 bits, or ALLOCATOR.NODE of 32 bits each (RFC 9758 §3 writes both). */
static bool read_u64(struct rdata_reader *r)
{
    const struct zonelex_token *whole = rdata_word(r);
    const char *dot = memchr(whole->at, '.', whole->len);
    uint64_t high = 0, v = 0;

    if (dot == NULL) {
        if (!rdata_read_number(r, UINT64_MAX, &v))
            return false;
        wr_u32(r->out, (uint32_t)(v >> 32));
        wr_u32(r->out, (uint32_t)v);
        return true;
    }
    const uint32_t at = (uint32_t)(dot - whole->at);
    const struct zonelex_token halves[] = {{.at = whole->at, .len = at},
                                           {.at = dot + 1, .len = whole->len - at - 1}};
    const struct rdata_text text = {halves, 2, NULL};
    struct rdata_reader part = {.text = &text, .e = r->e};
    if (whole->quoted || halves[0].len == 0 || halves[1].len == 0 ||
        !rdata_read_number(&part, UINT32_MAX, &high) || !rdata_read_number(&part, UINT32_MAX, &v))
        return rdata_refuse(r, "is no number, and no two of 32 bits with a dot between");
    wr_u32(r->out, (uint32_t)high);
    wr_u32(r->out, (uint32_t)v);
    r->i++;
    return true;
}

static bool read_seconds(struct rdata_reader *r)
{
    const struct zonelex_token *t = rdata_word(r);
    uint32_t seconds = 0;
    const char *why;

    if (!is_plain(r))
        return false;
    if (!zonettl_parse(t->at, t->len, &seconds, &why))
        return rdata_refuse(r, why);
    wr_u32(r->out, seconds);
    r->i++;
    return true;
}

static bool show_number(struct rdata_view *v, uint64_t n)
{
    if (v->to != NULL)
        fprintf(v->to, "%llu", (unsigned long long)n);
    return true;
}

static bool show_u8(struct rdata_view *v)
{
    return show_number(v, rd_u8(&v->rd));
}

static bool show_u16(struct rdata_view *v)
{
    return show_number(v, rd_u16(&v->rd));
}

static bool show_u32(struct rdata_view *v)
{
    return show_number(v, rd_u32(&v->rd));
}

static bool show_u64(struct rdata_view *v)
{
    const uint64_t high = rd_u32(&v->rd);

    return show_number(v, high << 32 | rd_u32(&v->rd));
}

const struct rdata_kind rdata_u8 = {"a number", read_u8, show_u8, RDATA_NEEDED};
const struct rdata_kind rdata_u16 = {"a number", read_u16, show_u16, RDATA_NEEDED};
const struct rdata_kind rdata_u32 = {"a number", read_u32, show_u32, RDATA_NEEDED};
const struct rdata_kind rdata_u64 = {"a number", read_u64, show_u64, RDATA_NEEDED};
const struct rdata_kind rdata_seconds = {"a number of seconds", read_seconds, show_u32,
                                         RDATA_NEEDED};
