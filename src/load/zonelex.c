/* SPDX-License-Identifier: BSD-2-Clause */
#include "load/zonelex.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "dns/name.h"

enum octet_class { PLAIN, BLANK, LINE_END, QUOTE, OPEN, CLOSE, COMMENT, ESCAPE, JUNK };

/* Octets above 126 are data of whatever encoding; controls but tab and the ends of lines are junk. */
static const uint8_t class_of[256] = {
    [0 ... 8] = JUNK,   ['\t'] = BLANK,  ['\n'] = LINE_END, [11 ... 12] = JUNK, ['\r'] = LINE_END,
    [14 ... 31] = JUNK, [' '] = BLANK,   ['"'] = QUOTE,     ['('] = OPEN,       [')'] = CLOSE,
    [';'] = COMMENT,    ['\\'] = ESCAPE, [127] = JUNK,
};

static enum octet_class class_at(const char *p)
{
    return class_of[(uint8_t)*p];
}

void zonelex_init(struct zonelex *x, const char *text, size_t len, uint32_t line)
{
    *x = (struct zonelex){.start = text, .at = text, .end = text + len, .line = line};
    if (line == 1 && len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
        x->at += 3; /* a byte order mark says nothing here */
}

void zonelex_fini(struct zonelex *x)
{
    free(x->tokens);
    free(x->unclosed);
    *x = (struct zonelex){0};
}

static struct zonelex_token here(const struct zonelex *x)
{
    return (struct zonelex_token){.at = x->at, .line = x->line};
}

/* The first mistake of an entry is told: the others often follow from it. */
static void complain(struct zonelex *x, const struct zonelex_token *at, const char *what)
{
    if (x->bad != NULL)
        return;
    x->bad = what;
    x->bad_at = *at;
}

static void add_token(struct zonelex *x, struct zonelex_token t, const char *end)
{
    if (x->n == x->capacity) {
        x->capacity = x->capacity > 0 ? 2 * x->capacity : 16;
        x->tokens = xrealloc(x->tokens, x->capacity * sizeof(*x->tokens));
    }
    t.len = (uint32_t)(end - t.at);
    x->tokens[x->n++] = t;
}

/* CR LF counts once: the CR ends the line, and the LF is an empty one that only counts. */
static void pass_line_end(struct zonelex *x)
{
    x->line += *x->at++ == '\n';
}

static void pass_comment(struct zonelex *x)
{
    while (x->at < x->end && class_at(x->at) != LINE_END)
        x->at++;
}

/* Past a backslash and what it escapes; never past the line. */
static const char *pass_escape(struct zonelex *x, const char *p)
{
    p++;
    if (p < x->end && class_at(p) != LINE_END)
        return p + 1;
    complain(x, &(struct zonelex_token){.at = p - 1, .line = x->line}, "nothing behind \"\\\"");
    return p;
}

/* May a quoted string end here, if it began in an earlier line? */
static bool is_delimiter(const struct zonelex *x, const char *p)
{
    if (p == x->end)
        return true;
    switch (class_at(p)) {
    case BLANK:
    case LINE_END:
    case CLOSE:
    case COMMENT: return true;
    case PLAIN:
    case QUOTE:
    case OPEN:
    case ESCAPE:
    case JUNK: return false;
    }
    abort();
}

/*
 * The quote that closes the string that starts at p, or NULL.  A string may hold line ends (NSD and
 * simdzone read that), but then what follows must look like an end: otherwise one forgotten quote
 * would pair with the opening quote of some later line and swallow all between.
 */
static const char *closing_quote(struct zonelex *x, const char *p, bool *continued)
{
    for (*continued = false; p < x->end && *p != '"'; p++) {
        if (class_at(p) == LINE_END)
            *continued = true;
        else if (*p == '\\' && p + 1 < x->end && class_at(p + 1) != LINE_END)
            p++;
    }
    x->saw_end |= p + 1 >= x->end;
    if (p >= x->end || (*continued && !is_delimiter(x, p + 1)))
        return NULL;
    return p;
}

static void count_lines(struct zonelex *x, const char *from, const char *to)
{
    for (; from < to; from++)
        x->line += *from == '\n';
}

static void complain_controls(struct zonelex *x, const struct zonelex_token *t, const char *end)
{
    for (const char *p = t->at; p < end; p++)
        if (class_at(p) == JUNK)
            complain(x, &(struct zonelex_token){.at = p, .line = t->line},
                     "control octet: write it as \\DDD");
}

static void read_quoted(struct zonelex *x)
{
    const struct zonelex_token quote = here(x);
    struct zonelex_token t = {.at = x->at + 1, .line = x->line, .quoted = true};
    bool continued;
    const char *end = closing_quote(x, t.at, &continued);

    if (end == NULL) {
        complain(x, &quote, "unterminated quote");
        pass_comment(x); /* the rest of the line */
        add_token(x, t, x->at);
        return;
    }
    if (continued && x->continued_line == 0)
        x->continued_line = x->line;
    complain_controls(x, &t, end);
    count_lines(x, t.at, end);
    add_token(x, t, end);
    x->at = end + 1;
}

/* The value of key="value" (RFC 9460 §2.1) may hold blanks; p is at its opening quote. */
static const char *pass_inner_quote(struct zonelex *x, const char *p)
{
    const struct zonelex_token quote = {.at = p, .line = x->line};
    bool continued;
    const char *end = closing_quote(x, p + 1, &continued);

    if (end != NULL && !continued)
        return end + 1;
    complain(x, &quote, "unterminated quote");
    return p + 1;
}

static void read_plain(struct zonelex *x)
{
    const struct zonelex_token t = here(x);
    const char *p = x->at;

    for (bool more = true; more && p < x->end;) {
        switch (class_at(p)) {
        case PLAIN:
            while (++p < x->end && class_at(p) == PLAIN)
                ;
            break;
        case ESCAPE: p = pass_escape(x, p); break;
        case QUOTE: p = p > t.at && p[-1] == '=' ? pass_inner_quote(x, p) : p + 1; break;
        case JUNK:
            complain(x, &(struct zonelex_token){.at = p, .line = x->line},
                     "control octet: write it as \\DDD");
            p++;
            break;
        case BLANK:
        case LINE_END:
        case OPEN:
        case CLOSE:
        case COMMENT: more = false; break;
        }
    }
    add_token(x, t, p);
    x->at = p;
}

/* The parentheses from x->at on that are open at the end of the text. */
static void find_unclosed(struct zonelex *x)
{
    struct zonelex y = {.start = x->start, .at = x->at, .end = x->end};

    while (y.at < y.end) {
        switch (class_at(y.at)) {
        case COMMENT: pass_comment(&y); break;
        case QUOTE: read_quoted(&y); break;
        case PLAIN:
        case ESCAPE:
        case JUNK: read_plain(&y); break;
        case OPEN:
            x->unclosed = xgrow(x->unclosed, x->n_unclosed, sizeof(*x->unclosed));
            x->unclosed[x->n_unclosed++] = y.at++;
            break;
        case CLOSE:
            x->n_unclosed -= x->n_unclosed > 0;
            y.at++;
            break;
        case BLANK:
        case LINE_END: y.at++; break;
        }
        y.n = 0;
    }
    free(y.tokens);
}

static int by_position(const void *va, const void *vb)
{
    const char *const *a = va, *const *b = vb;

    return (*a > *b) - (*a < *b);
}

static bool is_unclosed(const struct zonelex *x, const char *open)
{
    return x->n_unclosed > 0 &&
           bsearch(&open, x->unclosed, x->n_unclosed, sizeof(*x->unclosed), by_position) != NULL;
}

/* A parenthesis that never closes hides all that follows: go on right behind its line. */
static void complain_unclosed(struct zonelex *x, const struct zonelex_token *open)
{
    x->bad = NULL;
    x->saw_end = true;
    complain(x, open, "parenthesis without its \")\"");
    x->at = open->at;
    x->line = open->line;
    if (x->unclosed == NULL)
        find_unclosed(x);
    pass_comment(x);
}

static void read_entry(struct zonelex *x)
{
    struct zonelex_token open = {0};
    unsigned depth = 0;

    x->n = 0;
    x->bad = NULL;
    x->continued_line = 0;
    x->blank_first = class_at(x->at) == BLANK;
    while (x->at < x->end) {
        switch (class_at(x->at)) {
        case BLANK: x->at++; break;
        case COMMENT: pass_comment(x); break;
        case QUOTE: read_quoted(x); break;
        case PLAIN:
        case ESCAPE:
        case JUNK: read_plain(x); break;
        case OPEN:
            if (depth++ == 0)
                open = here(x);
            if (depth == 1 && is_unclosed(x, x->at)) {
                complain_unclosed(x, &open);
                return;
            }
            x->at++;
            break;
        case CLOSE:
            if (depth > 0)
                depth--;
            else
                complain(x, &(struct zonelex_token){.at = x->at, .line = x->line},
                         "\")\" without its parenthesis");
            x->at++;
            break;
        case LINE_END:
            pass_line_end(x);
            if (depth == 0)
                return;
            break;
        }
    }
    if (depth > 0)
        complain_unclosed(x, &open);
}

enum zonelex_got zonelex_next(struct zonelex *x)
{
    while (x->at < x->end) {
        read_entry(x);
        if (x->bad != NULL)
            return ZONELEX_BAD;
        if (x->n > 0)
            return ZONELEX_ENTRY;
    }
    return ZONELEX_END;
}

uint32_t zonelex_column(const struct zonelex *x, const struct zonelex_token *t)
{
    const char *first = t->at - t->quoted, *p = first;

    while (p > x->start && p[-1] != '\n')
        p--;
    return (uint32_t)(first - p) + 1;
}

bool zonelex_is(const struct zonelex_token *t, const char *word)
{
    /* Most differ in the first letter; with bit 5 set a letter is the small one. */
    if (t->quoted || t->len == 0 || (t->at[0] | 32) != word[0] || strlen(word) != t->len)
        return false;
    for (uint32_t i = 0; i < t->len; i++)
        if (name_lower_octet((uint8_t)t->at[i]) != (uint8_t)word[i])
            return false;
    return true;
}

bool zonelex_is_simple(const char *line, size_t len)
{
    if (len == 0 || class_at(line) != PLAIN)
        return false;
    for (size_t i = 0; i < len; i++)
        if (class_at(line + i) == JUNK)
            return false;
    return true;
}

size_t zonelex_decode(const struct zonelex_token *t, uint8_t *out, size_t cap, const char **why)
{
    size_t n = 0;

    for (uint32_t i = 0; i < t->len; n++) {
        if (n == cap) {
            *why = NULL;
            return SIZE_MAX;
        }
        if (t->at[i] != '\\') {
            out[n] = (uint8_t)t->at[i++];
            continue;
        }
        const size_t took = name_parse_escape(t->at + i + 1, t->len - i - 1, &out[n], why);
        if (took == 0)
            return SIZE_MAX;
        i += 1 + (uint32_t)took;
    }
    return n;
}
