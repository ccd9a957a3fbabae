/* Strings (RFC 1035 §3.3, §5.1), quoted or not.  SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "dns/name.h"
#include "load/rdata_kind.h"

#define STRING_MAX 255

/* Write what the word stands for straight into the output; returns how many octets, SIZE_MAX: an
 * error. */
static size_t put_decoded(struct rdata_reader *r)
{
    const char *why = NULL;
    const size_t n =
        zonelex_decode(rdata_word(r), r->out->at, (size_t)(r->out->end - r->out->at), &why);

    if (n != SIZE_MAX)
        r->out->at += n;
    else if (why != NULL)
        rdata_refuse(r, why);
    else
        rdata_fail(r->e, r->i, "rdata longer than 65535 octets (RFC 1035 §3.2.1)");
    return n;
}

static bool read_string(struct rdata_reader *r)
{
    uint8_t *len = wr_room(r->out, 1);
    const size_t n = put_decoded(r);

    if (n == SIZE_MAX)
        return false;
    if (n > STRING_MAX)
        return rdata_fail(r->e, r->i, "string of %zu octets: at most 255 (RFC 1035 §3.3)", n);
    if (len != NULL)
        *len = (uint8_t)n;
    r->i++;
    return true;
}

/* Part what was read as one string, n octets behind *first, into strings of 255. */
static void split(struct rdata_reader *r, uint8_t *first, size_t n)
{
    const size_t parts = (n + STRING_MAX - 1) / STRING_MAX;

    if (wr_room(r->out, parts - 1) == NULL)
        return;
    for (size_t k = parts; k-- > 0;) {
        const size_t len = k + 1 < parts ? STRING_MAX : n - k * STRING_MAX;
        memmove(first + k * (STRING_MAX + 1) + 1, first + 1 + k * STRING_MAX, len);
        first[k * (STRING_MAX + 1)] = (uint8_t)len;
    }
}

/* Of a list of strings a long one is parted, as Knot does: keys of DKIM are pasted like that. */
static bool read_strings(struct rdata_reader *r)
{
    for (; r->i < r->text->n; r->i++) {
        uint8_t *len = wr_room(r->out, 1);
        const size_t n = put_decoded(r);
        if (n == SIZE_MAX)
            return false;
        if (len == NULL)
            continue;
        *len = (uint8_t)n;
        if (n <= STRING_MAX)
            continue;
        split(r, len, n);
        rdata_fail(r->e, r->i,
                   "string of %zu octets: at most 255 (RFC 1035 §3.3), so it becomes several", n);
    }
    return true;
}

static bool read_string_maybe(struct rdata_reader *r)
{
    return r->i == r->text->n || read_string(r);
}

static bool read_octets(struct rdata_reader *r)
{
    if (put_decoded(r) == SIZE_MAX)
        return false;
    r->i++;
    return true;
}

/* A property tag: letters and digits (RFC 8659 §4.1). */
static bool read_tag(struct rdata_reader *r)
{
    const struct zonelex_token *t = rdata_word(r);

    for (uint32_t i = 0; i < t->len; i++) {
        const uint8_t c = name_lower_octet((uint8_t)t->at[i]);
        if ((c < 'a' || c > 'z') && (c < '0' || c > '9'))
            return rdata_refuse(r, "is no tag of letters and digits (RFC 8659 §4.1)");
    }
    if (t->len == 0 || t->len > STRING_MAX)
        return rdata_refuse(r, "is no tag of 1 to 255 octets (RFC 8659 §4.1)");
    return read_string(r);
}

void rdata_put_quoted(const uint8_t *octets, size_t len, FILE *to)
{
    putc_unlocked('"', to);
    for (size_t i = 0; i < len; i++) {
        const uint8_t c = octets[i];
        if (c == '"' || c == '\\')
            putc_unlocked('\\', to);
        if (c >= ' ' && c < 127)
            putc_unlocked(c, to);
        else
            fprintf(to, "\\%03u", c);
    }
    putc_unlocked('"', to);
}

static bool show_string(struct rdata_view *v)
{
    const uint8_t len = rd_u8(&v->rd);
    const uint8_t *octets = rd_bytes(&v->rd, len);

    if (v->to != NULL && octets != NULL)
        rdata_put_quoted(octets, len, v->to);
    return true;
}

static bool show_strings(struct rdata_view *v)
{
    do {
        show_string(v);
        if (v->to != NULL && rd_left(&v->rd) > 0)
            putc_unlocked(' ', v->to);
    } while (!v->rd.short_read && rd_left(&v->rd) > 0);
    return true;
}

static bool show_octets(struct rdata_view *v)
{
    const size_t len = rd_left(&v->rd);
    const uint8_t *octets = rd_bytes(&v->rd, len);

    if (v->to != NULL)
        rdata_put_quoted(octets, len, v->to);
    return true;
}

static bool show_tag(struct rdata_view *v)
{
    const uint8_t len = rd_u8(&v->rd);
    const uint8_t *octets = rd_bytes(&v->rd, len);

    for (size_t i = 0; octets != NULL && i < len; i++) {
        const uint8_t c = name_lower_octet(octets[i]);
        if ((c < 'a' || c > 'z') && (c < '0' || c > '9'))
            return false;
    }
    if (v->to != NULL && octets != NULL)
        fwrite_unlocked(octets, 1, len, v->to);
    return len > 0;
}

const struct rdata_kind rdata_string = {"a string", read_string, show_string, RDATA_NEEDED};
const struct rdata_kind rdata_string_maybe = {"a string", read_string_maybe, show_string,
                                              RDATA_OPTIONAL};
const struct rdata_kind rdata_strings = {"a string", read_strings, show_strings, RDATA_NEEDED};
const struct rdata_kind rdata_octets = {"a string", read_octets, show_octets, RDATA_NEEDED};
const struct rdata_kind rdata_tag = {"a tag", read_tag, show_tag, RDATA_NEEDED};
