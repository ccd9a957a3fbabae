/*
 * The short path: types whose rdata is a row of simple fields, described by a letter for each.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "load/rdata.h"

#include <arpa/inet.h>
#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "dns/name.h"
#include "dns/types.h"
#include "load/zonettl.h"

#define TYPE_WKS 11
#define TYPE_CAA 257 /* RFC 8659 */

/*
 *   4 6   an address (A, AAAA)          n     a name
 *   b w l an integer of 8, 16, 32 bits  t     a number of seconds, with units
 *   s     a <character-string>          S     one or more of them, the rest
 *   g     a tag of letters and digits   r     one string without a length, the rest (CAA)
 */
static const struct row {
    const char *name;
    uint16_t type;
    const char *format;
} rows[] = {
    {"a", TYPE_A, "4"},
    {"aaaa", TYPE_AAAA, "6"},
    {"ns", TYPE_NS, "n"},
    {"cname", TYPE_CNAME, "n"},
    {"ptr", TYPE_PTR, "n"},
    {"mx", TYPE_MX, "wn"},
    {"txt", TYPE_TXT, "S"},
    {"srv", TYPE_SRV, "wwwn"},
    {"soa", TYPE_SOA, "nnltttt"},
    {"dname", TYPE_DNAME, "n"},
    {"caa", TYPE_CAA, "bgr"},
    {"hinfo", TYPE_HINFO, "ss"},
    {"naptr", TYPE_NAPTR, "wwsssn"},
};

#define N_ROWS (sizeof(rows) / sizeof(rows[0]))

const char *rdata_format(uint16_t type)
{
    for (size_t i = 0; i < N_ROWS; i++)
        if (rows[i].type == type)
            return rows[i].format;
    return NULL;
}

bool rdata_type(const struct zonelex_token *t, uint16_t *out)
{
    char name[TYPE_TEXT];

    for (size_t i = 0; i < N_ROWS; i++) {
        if (zonelex_is(t, rows[i].name)) {
            *out = rows[i].type;
            return true;
        }
    }
    if (t->quoted || t->len >= sizeof(name))
        return false;
    memcpy(name, t->at, t->len);
    name[t->len] = '\0';
    return type_parse(name, out) || rdata_type_ldns(name, out);
}

bool rdata_fail(struct rdata_error *e, size_t token, const char *fmt, ...)
{
    va_list ap;

    e->token = token;
    va_start(ap, fmt);
    vsnprintf(e->what, sizeof(e->what), fmt, ap);
    va_end(ap);
    return false;
}

/* What reading a field needs. */
struct field {
    const struct zonelex_token *t;
    size_t index;
    const uint8_t *origin;
    struct wr *out;
    struct rdata_error *e;
};

static bool fail(const struct field *f, const char *what)
{
    return rdata_fail(f->e, f->index, "\"%.*s\" %s", (int)(f->t->len < 300 ? f->t->len : 300),
                      f->t->at, what);
}

/* Dotted quad as inet_pton reads it: "01.2.3.4" and "1.2.3" are none.  No copy, no libc: most
 * records of most zones are this. */
static bool read_ip4(const struct field *f)
{
    uint8_t quad[4];
    uint32_t i = 0;

    for (unsigned part = 0; part < 4; part++) {
        const uint32_t first = i;
        unsigned v = 0;
        for (; i < f->t->len && f->t->at[i] >= '0' && f->t->at[i] <= '9' && i - first < 3; i++)
            v = 10 * v + (unsigned)(f->t->at[i] - '0');
        const bool padded = i - first > 1 && f->t->at[first] == '0';
        const bool dot = part < 3 && i < f->t->len && f->t->at[i] == '.';
        if (i == first || padded || v > 255 || (part < 3 && !dot))
            return fail(f, "is no IPv4 address");
        quad[part] = (uint8_t)v;
        i += dot;
    }
    if (i != f->t->len)
        return fail(f, "is no IPv4 address");
    wr_bytes(f->out, quad, sizeof(quad));
    return true;
}

static bool read_ip6(const struct field *f)
{
    char text[INET6_ADDRSTRLEN];
    uint8_t addr[16];

    if (f->t->len >= sizeof(text))
        return fail(f, "is no IPv6 address");
    memcpy(text, f->t->at, f->t->len);
    text[f->t->len] = '\0';
    if (inet_pton(AF_INET6, text, addr) != 1)
        return fail(f, "is no IPv6 address");
    wr_bytes(f->out, addr, sizeof(addr));
    return true;
}

static bool read_name(const struct field *f)
{
    uint8_t name[NAME_MAX_LEN];
    const char *why;

    if (!name_parse(f->t->at, f->t->len, f->origin, name, &why))
        return rdata_fail(f->e, f->index, "\"%.*s\" is no domain name: %s",
                          (int)(f->t->len < 300 ? f->t->len : 300), f->t->at, why);
    wr_bytes(f->out, name, name_len(name));
    return true;
}

static bool read_integer(const struct field *f, unsigned octets)
{
    const uint64_t max = (UINT64_C(1) << 8 * octets) - 1;
    uint64_t v = 0;

    for (uint32_t i = 0; i < f->t->len; i++) {
        if (f->t->at[i] < '0' || f->t->at[i] > '9')
            return fail(f, "is no number");
        v = 10 * v + (uint64_t)(f->t->at[i] - '0');
        if (v > max)
            return rdata_fail(f->e, f->index, "%.*s is above %llu",
                              (int)(f->t->len < 40 ? f->t->len : 40), f->t->at,
                              (unsigned long long)max);
    }
    if (octets == 1)
        wr_u8(f->out, (uint8_t)v);
    else if (octets == 2)
        wr_u16(f->out, (uint16_t)v);
    else
        wr_u32(f->out, (uint32_t)v);
    return true;
}

static bool read_seconds(const struct field *f)
{
    uint32_t seconds;
    const char *why;

    if (!zonettl_parse(f->t->at, f->t->len, &seconds, &why))
        return fail(f, why);
    wr_u32(f->out, seconds);
    return true;
}

/* Write the octets of a string straight into the output; returns how many, SIZE_MAX: an error. */
static size_t put_decoded(const struct field *f)
{
    const char *why;

    if (f->t->len <= (size_t)(f->out->end - f->out->at)) {
        const size_t n = zonelex_decode(f->t, f->out->at, &why);
        if (n != SIZE_MAX)
            f->out->at += n;
        else
            fail(f, why);
        return n;
    }
    rdata_fail(f->e, f->index, "rdata longer than 65535 octets (RFC 1035 §3.2.1)");
    return SIZE_MAX;
}

/* <character-string> (RFC 1035 §3.3): a length octet and at most 255 octets. */
static bool read_string(const struct field *f)
{
    uint8_t *len = wr_room(f->out, 1);

    if (len == NULL)
        return rdata_fail(f->e, f->index, "rdata longer than 65535 octets (RFC 1035 §3.2.1)");
    const size_t n = put_decoded(f);
    if (n == SIZE_MAX)
        return false;
    if (n > 255)
        return rdata_fail(f->e, f->index,
                          "string of %zu octets: at most 255 (RFC 1035 §3.3); write two strings",
                          n);
    *len = (uint8_t)n;
    return true;
}

/* A property tag: letters and digits (RFC 8659 §4.1). */
static bool read_tag(const struct field *f)
{
    for (uint32_t i = 0; i < f->t->len; i++) {
        const uint8_t c = name_lower_octet((uint8_t)f->t->at[i]);
        if ((c < 'a' || c > 'z') && (c < '0' || c > '9'))
            return fail(f, "is no tag of letters and digits (RFC 8659 §4.1)");
    }
    if (f->t->len == 0 || f->t->len > 255)
        return fail(f, "is no tag of 1 to 255 octets (RFC 8659 §4.1)");
    return read_string(f);
}

static bool is_string(char letter)
{
    return letter == 's' || letter == 'S' || letter == 'r';
}

static bool read_field(char letter, const struct field *f)
{
    if (f->t->quoted && !is_string(letter))
        return rdata_fail(f->e, f->index, "\"%.*s\" must not be quoted: it is no string",
                          (int)(f->t->len < 300 ? f->t->len : 300), f->t->at);
    switch (letter) {
    case '4': return read_ip4(f);
    case '6': return read_ip6(f);
    case 'n': return read_name(f);
    case 'b': return read_integer(f, 1);
    case 'w': return read_integer(f, 2);
    case 'l': return read_integer(f, 4);
    case 't': return read_seconds(f);
    case 's':
    case 'S': return read_string(f);
    case 'r': return put_decoded(f) != SIZE_MAX;
    case 'g': return read_tag(f);
    }
    abort();
}

static const char *letter_text(char letter)
{
    switch (letter) {
    case '4': return "an IPv4 address";
    case '6': return "an IPv6 address";
    case 'n': return "a domain name";
    case 't': return "a number of seconds";
    case 'g': return "a tag";
    case 's':
    case 'S':
    case 'r': return "a string";
    }
    return "a number";
}

bool rdata_parse_format(const char *format, const struct rdata_text *text, struct wr *out,
                        struct rdata_error *e)
{
    size_t i = 0;

    for (; *format != '\0'; i++) {
        if (i == text->n)
            return rdata_fail(e, i, "%s is missing", letter_text(*format));
        const struct field f = {&text->tokens[i], i, text->origin, out, e};
        if (!read_field(*format, &f))
            return false;
        const bool again = *format == 'S' && i + 1 < text->n;
        format += !again;
    }
    if (i < text->n)
        return rdata_fail(e, i, "\"%.*s\" is more than the type has",
                          (int)(text->tokens[i].len < 300 ? text->tokens[i].len : 300),
                          text->tokens[i].at);
    return true;
}

/* "\#" is the sign of the generic form (RFC 3597 §5); quoted it is a string. */
static bool is_generic(const struct rdata_text *text)
{
    return text->n > 0 && !text->tokens[0].quoted && text->tokens[0].len == 2 &&
           memcmp(text->tokens[0].at, "\\#", 2) == 0;
}

bool rdata_parse(uint16_t type, const struct rdata_text *text, struct wr *out,
                 struct rdata_error *e)
{
    const char *format = rdata_format(type);

    if (is_generic(text))
        return rdata_parse_generic(type, text, out, e);
    if (format != NULL)
        return rdata_parse_format(format, text, out, e);
    if (type == TYPE_WKS)
        return rdata_parse_wks(text, out, e);
    return rdata_parse_ldns(type, text, out, e);
}
