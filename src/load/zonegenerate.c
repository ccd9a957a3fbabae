/*
 * $GENERATE START-STOP[/STEP] TEMPLATE…, BIND's: the template is read once for each number.
 *
 *   $            the number           ${OFFSET[,WIDTH[,BASE]]}   plus OFFSET, at least WIDTH digits,
 *   \$ and $$    a dollar             BASE d, o, x, X, or n, N: nibbles as in ip6.arpa
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "load/zoneread.h"

/* Records that one directive may make: all of a /8.  More is a typing error that would eat all memory. */
#define GENERATE_MAX (UINT32_C(1) << 24)

/* The longest number: BIND's buffer is as large. */
#define WIDTH_MAX 127

struct range {
    uint32_t start, stop, step;
};

struct modifier {
    int32_t offset;
    uint32_t width;
    char base;
};

/* Decimal digits up to 2^31-1, BIND's limit; moves *at behind them. */
static bool read_number(const char **at, const char *end, uint32_t *out)
{
    const char *first = *at;
    uint64_t v = 0;

    for (; *at < end && **at >= '0' && **at <= '9' && v <= INT32_MAX; ++*at)
        v = 10 * v + (uint64_t)(**at - '0');
    *out = (uint32_t)v;
    return *at > first && v <= INT32_MAX;
}

static bool read_char(const char **at, const char *end, char c)
{
    if (*at == end || **at != c)
        return false;
    ++*at;
    return true;
}

/* "1-10" or "0-100/2". */
static bool read_range(const struct zonelex_token *t, struct range *out)
{
    const char *at = t->at, *end = t->at + t->len;

    out->step = 1;
    if (!read_number(&at, end, &out->start) || !read_char(&at, end, '-') ||
        !read_number(&at, end, &out->stop))
        return false;
    if (read_char(&at, end, '/') && (!read_number(&at, end, &out->step) || out->step == 0))
        return false;
    return at == end && out->start <= out->stop;
}

static bool read_offset(const char **at, const char *end, int32_t *out)
{
    const bool negative = read_char(at, end, '-');
    uint32_t v;

    if (!negative)
        read_char(at, end, '+');
    if (!read_number(at, end, &v))
        return false;
    *out = negative ? -(int32_t)v : (int32_t)v;
    return true;
}

/* "{0,3,d}", "{-1}"; *at is behind the dollar. */
static bool read_modifier(const char **at, const char *end, struct modifier *m)
{
    *m = (struct modifier){.base = 'd'};
    if (!read_char(at, end, '{'))
        return true;
    if (!read_offset(at, end, &m->offset))
        return false;
    if (read_char(at, end, ',') && (!read_number(at, end, &m->width) || m->width > WIDTH_MAX))
        return false;
    if (read_char(at, end, ',')) {
        if (*at == end || strchr("doxXnN", **at) == NULL)
            return false;
        m->base = *(*at)++;
    }
    return read_char(at, end, '}');
}

/* Lowest digit first with dots between, for reverse names; the dots count in the width, as in BIND. */
static void put_nibbles(FILE *out, uint32_t value, uint32_t width, const char *digits)
{
    for (;;) {
        putc_unlocked(digits[value & 15], out);
        value >>= 4;
        width -= width > 0;
        if (value == 0 && width == 0)
            return;
        putc_unlocked('.', out);
        width -= width > 0;
        if (value == 0 && width == 0)
            return; /* an even width ends in a dot */
    }
}

static void put_number(FILE *out, int64_t value, const struct modifier *m)
{
    const int width = (int)m->width;

    switch (m->base) {
    case 'd': fprintf(out, "%0*lld", width, (long long)value); return;
    case 'o': fprintf(out, "%0*o", width, (uint32_t)value); return;
    case 'x': fprintf(out, "%0*x", width, (uint32_t)value); return;
    case 'X': fprintf(out, "%0*X", width, (uint32_t)value); return;
    case 'n': put_nibbles(out, (uint32_t)value, m->width, "0123456789abcdef"); return;
    case 'N': put_nibbles(out, (uint32_t)value, m->width, "0123456789ABCDEF"); return;
    }
    abort();
}

/* The template with its dollars replaced.  False: what follows a dollar makes no sense. */
static bool expand(FILE *out, const char *at, const char *end, uint32_t number)
{
    while (at < end) {
        if (*at == '\\' && at + 1 < end) {
            putc_unlocked(*at++, out); /* "\$" is resolved where the record is read */
            putc_unlocked(*at++, out);
        } else if (*at != '$') {
            putc_unlocked(*at++, out);
        } else if (at + 1 < end && at[1] == '$') {
            putc_unlocked('$', out);
            at += 2;
        } else {
            struct modifier m;
            at++;
            if (!read_modifier(&at, end, &m))
                return false;
            put_number(out, (int64_t)number + m.offset, &m);
        }
    }
    return true;
}

/* The entry behind the range as one line. */
static bool expand_entry(FILE *out, const struct zonelex *e, uint32_t number)
{
    for (size_t i = 2; i < e->n; i++) {
        const struct zonelex_token *t = &e->tokens[i];
        fputs(i == 2 ? "" : " ", out);
        fputs(t->quoted ? "\"" : "", out);
        if (!expand(out, t->at, t->at + t->len, number))
            return false;
        fputs(t->quoted ? "\"" : "", out);
    }
    return true;
}

/* All lines of the range are never in memory at once: each is made, read and forgotten. */
static bool generate_one(struct zonereader *r, const struct zonelex *e, uint32_t number)
{
    struct zonesource s = {.path = r->source->path,
                           .file = r->source->file,
                           .generated_line = e->tokens[0].line,
                           .depth = r->source->depth};
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);

    if (out == NULL)
        abort();
    const bool ok = expand_entry(out, e, number);
    fclose(out);
    if (ok)
        zoneread_text(r, &s, text, len, 1);
    free(text);
    return ok;
}

static void generate(struct zonereader *r, const struct zonelex *e, const struct range *range)
{
    assert(r->build != NULL); /* zonetext.h keeps it out of pieces */
    for (uint64_t i = range->start; i <= range->stop; i += range->step) {
        const size_t errors = r->build->report.count[ERR_ERROR];
        if (!generate_one(r, e, (uint32_t)i))
            zoneread_error(r, &e->tokens[2],
                           "\"$\" takes {OFFSET[,WIDTH[,BASE]]}, base d, o, x, X, n or N; a dollar "
                           "itself is \"\\$\"");
        if (!zoneread_flush(r) || r->build->report.count[ERR_ERROR] > errors)
            return; /* the next number would say the same */
    }
}

void zonegenerate_read(struct zonereader *r, const struct zonelex *entry)
{
    struct range range;

    if (entry->n < 5)
        zoneread_error(r, NULL, "$GENERATE needs a range, an owner, a type and rdata");
    else if (!read_range(&entry->tokens[1], &range))
        zoneread_error(r, &entry->tokens[1], "\"%.*s\" is no range START-STOP[/STEP]",
                       ZONEREAD_SHOW(&entry->tokens[1]));
    else if ((range.stop - range.start) / range.step >= GENERATE_MAX)
        zoneread_error(r, &entry->tokens[1], "\"%.*s\" is more than %u records",
                       ZONEREAD_SHOW(&entry->tokens[1]), GENERATE_MAX);
    else
        generate(r, entry, &range);
}
