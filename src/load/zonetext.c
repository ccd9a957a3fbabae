/* SPDX-License-Identifier: BSD-2-Clause */
#include "load/zonetext.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "load/zonelex.h"

void zonetext_init(struct zonetext *t, const char *text, size_t len, size_t piece)
{
    *t = (struct zonetext){
        .at = text, .n = len, .piece = piece > 0 ? piece : ZONETEXT_PIECE, .line = 1};
}

/* Whole pages of a heap are given back whoever manages it: they read as zeros from then on. */
void zonetext_drop(const struct zonetext *t, const struct zonepiece *piece)
{
    const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    const uintptr_t from = ((uintptr_t)piece->text + page - 1) & -page;
    const uintptr_t to = ((uintptr_t)piece->text + piece->len) & -page;

    if (t->is_ours && from < to)
        madvise((void *)from, to - from, MADV_DONTNEED);
}

/* Line ends, eight octets at a time: an octet that is none has its high bit set in the sum. */
static uint32_t count_lines(const char *text, size_t len)
{
    const uint64_t ends = UINT64_C(0x0a0a0a0a0a0a0a0a), low = UINT64_C(0x7f7f7f7f7f7f7f7f);
    uint32_t n = 0;

    for (; len >= 8; text += 8, len -= 8) {
        uint64_t word;
        memcpy(&word, text, 8);
        word ^= ends;
        word = ~(((word & low) + low) | word | low) >> 7; /* an octet of 1 for each */
        n += (uint32_t)(word * UINT64_C(0x0101010101010101) >> 56);
    }
    for (; len > 0; text++, len--)
        n += *text == '\n';
    return n;
}

/* ---- where to cut ---- */

/* Octets that may make an entry of several lines, or a directive.  A line without any is an entry, or
 * none: such lines are passed over fast; the others are read as zonelex.c reads them. */
static const char marks[] = {'"', '(', ')', '\\', '$'};
#define N_MARKS sizeof(marks)

struct scan {
    const char *start, *end;
    bool is_top, ended;           /* nothing is before the start; nothing is behind the end */
    const char *at;               /* a line begins here, and an entry, if any */
    const char *next[N_MARKS];    /* of each mark, at or behind `at`; end: there is none */
    uint8_t origin[NAME_MAX_LEN]; /* at `at` */

    const char *cut; /* the last place to cut at; start: there is none */
    uint8_t cut_origin[NAME_MAX_LEN];
    bool alone;  /* what begins at start is to be read alone, up to cut */
    bool before; /* what begins at cut is */
    bool closed; /* no more can be said without more text, or nothing more is to be said */
};

static const char *next_mark(struct scan *s)
{
    const char *first = s->end;

    for (size_t i = 0; i < N_MARKS; i++) {
        if (s->next[i] < s->at) {
            s->next[i] = memchr(s->at, marks[i], (size_t)(s->end - s->at));
            if (s->next[i] == NULL)
                s->next[i] = s->end;
        }
        if (s->next[i] < first)
            first = s->next[i];
    }
    return first;
}

static void cut_at(struct scan *s, const char *at)
{
    s->cut = at;
    memcpy(s->cut_origin, s->origin, sizeof(s->origin));
}

/* The begin of the line that p is in or, if p begins one, of that; not before from. */
static const char *line_of(const char *from, const char *p)
{
    const char *end = memrchr(from, '\n', (size_t)(p - from));

    return end != NULL ? end + 1 : from;
}

/* Cut before the last whole line of simple ones that begins an entry with an owner. */
static void cut_among(struct scan *s, const char *from, const char *to)
{
    while (to > from) {
        const char *line = line_of(from, to - 1);
        if (line > s->start && zonelex_is_simple(line, (size_t)(to - line))) {
            cut_at(s, line);
            return;
        }
        to = line;
    }
}

/* Of a directive: the $ORIGIN is needed by what follows; false: it is one to be read alone. */
static bool pass_directive(struct scan *s, const struct zonelex *x)
{
    const struct zonelex_token *t = x->tokens;
    uint8_t origin[NAME_MAX_LEN];
    const char *why;

    if (x->blank_first || t[0].quoted)
        return true;
    if (zonelex_is(&t[0], "$origin") && x->n == 2 && !t[1].quoted &&
        name_parse(t[1].at, t[1].len, s->origin, origin, &why))
        memcpy(s->origin, origin, name_len(origin));
    return !zonelex_is(&t[0], "$include") && !zonelex_is(&t[0], "$generate");
}

static bool is_line_start(const struct scan *s, const char *p)
{
    return p == s->start || p[-1] == '\n';
}

/* Pass the entries of the line at s->at, which has a mark before its end. */
static void pass_entries(struct scan *s, const char *mark)
{
    const char *const from = s->at;
    bool alone = false;
    struct zonelex x;

    zonelex_init(&x, from, (size_t)(s->end - from), s->is_top && from == s->start ? 1 : 2);
    while (!s->closed && (x.at <= mark || !is_line_start(s, x.at))) {
        const enum zonelex_got got = zonelex_next(&x);
        s->closed = x.saw_end || x.at == s->end;
        if (got == ZONELEX_ENTRY && !(s->closed && !s->ended))
            alone |= !pass_directive(s, &x);
        if (got == ZONELEX_END)
            break;
    }
    s->at = x.at;
    if (alone && from > s->start) {
        s->before = true;
        cut_at(s, from);
    } else if (alone && (!s->closed || s->ended)) {
        s->alone = true;
        cut_at(s, x.at);
    }
    s->closed |= alone;
    zonelex_fini(&x);
}

static void scan_text(struct scan *s)
{
    while (!s->closed && s->at < s->end) {
        const char *const mark = next_mark(s), *const from = s->at;
        s->at = mark < s->end ? line_of(from, mark) : s->end;
        cut_among(s, from, mark < s->end || s->ended ? s->at : line_of(from, s->end));
        if (mark < s->end)
            pass_entries(s, mark);
    }
}

/* All that is left is a piece.  Where a quote or parenthesis goes on to the end of the text, nobody
 * has looked at what is behind it: that is then read alone. */
static void cut_last(struct scan *s)
{
    if (s->at < s->end && s->cut > s->start)
        return;
    s->alone = s->at < s->end;
    cut_at(s, s->end);
}

/* Look at so many octets. */
static struct scan scan(const struct zonetext *t, size_t len)
{
    struct scan s = {.start = t->at,
                     .at = t->at,
                     .cut = t->at,
                     .end = t->at + len,
                     .is_top = t->line == 1,
                     .ended = len == t->n};

    memcpy(s.origin, t->origin, sizeof(s.origin));
    scan_text(&s);
    if (s.ended && !s.alone && !s.before)
        cut_last(&s);
    return s;
}

static void take(struct zonetext *t, const struct scan *s, struct zonepiece *out)
{
    const size_t len = (size_t)(s->cut - s->start);

    out->text = t->at;
    out->len = len;
    out->line = t->line;
    memcpy(out->origin, t->origin, sizeof(out->origin));
    t->line += count_lines(t->at, len);
    t->at += len;
    t->n -= len;
    memcpy(t->origin, s->cut_origin, sizeof(t->origin));
}

enum zonetext_got zonetext_take(struct zonetext *t, bool alone, struct zonepiece *out)
{
    for (size_t want = t->piece; t->n > 0; want *= 2) {
        const struct scan s = scan(t, t->n < want ? t->n : want);
        if (s.alone && !alone)
            return ZONETEXT_ALONE;
        if (s.cut == s.start)
            continue;
        take(t, &s, out);
        return s.alone ? ZONETEXT_ALONE : ZONETEXT_PIECE_TAKEN;
    }
    return ZONETEXT_END;
}
