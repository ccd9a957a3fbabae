/* SPDX-License-Identifier: BSD-2-Clause */
#include "dns/compress.h"

#include <assert.h>

#include "base/octets.h"
#include "dns/name.h"

#define POINTER       0xc000u
#define POINTER_LIMIT 0x4000u /* offsets that a pointer can hold */

/* A tag is seven octets, the label's length and its first six, with the parent's number above them. */
#define TAG_LABEL    6
#define PARENT_SHIFT 56
_Static_assert(COMPRESS_MAX < 256, "a parent's number is one octet");

/* Where each label starts, from the left; returns how many. */
static unsigned find_labels(const uint8_t *name, uint8_t at[NAME_MAX_LABELS + 1])
{
    unsigned n = 0, offset = 0;

    for (; name[offset] != 0; offset += 1u + name[offset])
        at[n++] = (uint8_t)offset;
    at[n] = (uint8_t)offset;
    return n;
}

/* len octets, 2..7, the first one lowest: what is read twice is the same both times. */
static inline uint64_t load(const uint8_t *p, unsigned len)
{
    const uint8_t *last = p + len - 2;

    if (len < 4)
        return (uint64_t)(p[0] | p[1] << 8) | (uint64_t)(last[0] | last[1] << 8) << 8 * (len - 2);
    last -= 2;
    const uint32_t lo = p[0] | p[1] << 8 | p[2] << 16 | (uint32_t)p[3] << 24;
    const uint32_t hi = last[0] | last[1] << 8 | last[2] << 16 | (uint32_t)last[3] << 24;
    return lo | (uint64_t)hi << 8 * (len - 4);
}

/* Eight octets in lower case at once (RFC 4343): of those below 0x80 the ones from A to Z get 0x20. */
static inline uint64_t lower(uint64_t v)
{
    const uint64_t ones = 0x0101010101010101u, low = v & 0x7f * ones;
    const uint64_t from_a = low + (0x80 - 'A') * ones, after_z = low + (0x7f - 'Z') * ones;

    return v | ((from_a ^ after_z) & ~v & 0x80 * ones) >> 2;
}

static inline uint64_t tag_of(unsigned parent, const uint8_t *label)
{
    const unsigned len = *label < TAG_LABEL ? *label : TAG_LABEL;

    return lower(load(label, 1 + len)) | (uint64_t)parent << PARENT_SHIFT;
}

/* Are two labels of the same length also the same behind what the tag tells? */
static bool same_rest(const uint8_t *a, const uint8_t *b)
{
    for (unsigned i = 1 + TAG_LABEL; i <= *a; i++)
        if (name_lower_octet(a[i]) != name_lower_octet(b[i]))
            return false;
    return true;
}

static inline bool same_word(const uint8_t *a, const uint8_t *b)
{
    const uint64_t x = octets_word(a), y = octets_word(b);

    return x == y || lower(x) == lower(y);
}

/* Whole labels; the last eight octets overlap those before them. */
static bool same_labels(const uint8_t *a, const uint8_t *b, size_t len)
{
    if (len >= 8) {
        for (size_t at = 0; at + 8 < len; at += 8)
            if (!same_word(a + at, b + at))
                return false;
        return same_word(a + len - 8, b + len - 8);
    }
    for (size_t at = 0; at < len; at++)
        if (a[at] != b[at] && name_lower_octet(a[at]) != name_lower_octet(b[at]))
            return false;
    return true;
}

/* A name that is being written: what is left of it are its first n labels. */
struct rest {
    const uint8_t *name;
    unsigned n;
    unsigned known; /* the number of what stands behind them; 0: the root.  Number i is at i - 1 */
    uint64_t tag;   /* of the last one of them, below that */
    const uint8_t *at; /* where its labels begin, and its end */
};

/* Take from a name what it has in common with the question. */
static void take_question(struct rest *r, const struct compress *c, const uint8_t *message)
{
    unsigned n = r->n < c->n_question ? r->n : c->n_question;

    for (; n > 0; n--) {
        const uint16_t offset = c->offset[n - 1];
        const uint8_t *suffix = r->name + r->at[r->n - n];
        const size_t len = (size_t)(r->at[r->n] - r->at[r->n - n]);
        if ((size_t)(c->question_end - offset) == len && same_labels(message + offset, suffix, len))
            break;
    }
    r->known = n;
    r->n -= n;
}

/* Is the last label known below what is? */
static bool take_label(struct rest *r, const struct compress *c, const uint8_t *message)
{
    const uint8_t *label = r->name + r->at[r->n - 1];

    r->tag = tag_of(r->known, label);
    for (unsigned i = r->known; i < c->n; i++) {
        if (c->tag[i] != r->tag ||
            (*label > TAG_LABEL && !same_rest(label, message + c->offset[i])))
            continue;
        r->known = i + 1;
        r->n--;
        return true;
    }
    return false;
}

/* What is left was written at an offset. */
static void add_labels(struct compress *c, struct rest *r, size_t offset)
{
    while (r->n-- > 0 && c->n < COMPRESS_MAX && offset + r->at[r->n] < POINTER_LIMIT) {
        c->tag[c->n] = r->tag;
        c->offset[c->n] = (uint16_t)(offset + r->at[r->n]);
        c->n++;
        if (r->n > 0)
            r->tag = tag_of(c->n, r->name + r->at[r->n - 1]);
    }
}

/* Their tags are no label's: only take_question finds them. */
void compress_begin(struct compress *c, const uint8_t *message, uint16_t offset)
{
    uint8_t at[NAME_MAX_LABELS + 1];
    unsigned n = find_labels(message + offset, at);

    c->question_end = (uint16_t)(offset + at[n]);
    for (c->n = 0; n-- > 0 && c->n < COMPRESS_MAX; c->n++) {
        c->tag[c->n] = 0;
        c->offset[c->n] = (uint16_t)(offset + at[n]);
    }
    c->n_question = c->n;
}

uint16_t compress_put(struct compress *c, struct wr *w, const uint8_t *name)
{
    const size_t offset = wr_len(w);
    uint8_t at[NAME_MAX_LABELS + 1];
    struct rest r = {.name = name, .n = find_labels(name, at), .at = at};

    take_question(&r, c, w->start);
    while (r.n > 0 && take_label(&r, c, w->start))
        ;
    const size_t len = r.at[r.n];
    uint8_t *out = wr_room(w, len + (r.known > 0 ? 2 : 1));
    if (out == NULL)
        return 0;
    const uint16_t pointer = r.known > 0 ? (uint16_t)(POINTER | c->offset[r.known - 1]) : 0;
    octets_copy(out, name, len);
    if (r.known > 0)
        put_u16(out + len, pointer);
    else
        out[len] = 0;
    if (len == 0)
        return pointer;
    add_labels(c, &r, offset);
    return offset < POINTER_LIMIT ? (uint16_t)(POINTER | offset) : 0;
}
