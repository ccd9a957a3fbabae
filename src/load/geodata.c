/* SPDX-License-Identifier: BSD-2-Clause */
#include "load/geodata.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/cursor.h"

enum type {
    EXTENDED = 0,
    POINTER = 1,
    TEXT = 2,
    DOUBLE = 3,
    BYTES = 4,
    UINT16 = 5,
    UINT32 = 6,
    MAP = 7,
    INT32 = 8,
    UINT64 = 9,
    UINT128 = 10,
    ARRAY = 11,
    BOOLEAN = 14, /* its size is its value */
    FLOAT = 15,
};

/* Records nest three deep or so; a stack that a file can fill is none. */
#define DEPTH_MAX 16

/* The head of a value: what follows is its octets, or, of maps and arrays, its members. */
struct head {
    uint8_t type;
    uint32_t size;
};

static inline uint32_t read_uint(struct rd *r, unsigned len)
{
    uint32_t v = 0;

    while (len-- > 0)
        v = v << 8 | rd_u8(r);
    return v;
}

static inline uint32_t read_size(struct rd *r, uint8_t bits)
{
    switch (bits) {
    case 29: return 29 + read_uint(r, 1);
    case 30: return 285 + read_uint(r, 2);
    case 31: return 65821 + read_uint(r, 3);
    }
    return bits;
}

/* Of a pointer size is where it leads; it is read whole. */
static inline struct head read_head(struct rd *r)
{
    static const uint32_t base[] = {0, 2048, 526336, 0};
    const uint8_t control = rd_u8(r), type = control >> 5, bits = control & 31;

    if (type == POINTER) {
        const unsigned more = bits >> 3; /* octets beyond the first */
        const uint32_t high = more < 3 ? (uint32_t)(bits & 7) << (8 * (more + 1)) : 0;
        return (struct head){POINTER, base[more] + (high | read_uint(r, more + 1))};
    }
    const uint8_t extended = type == EXTENDED ? (uint8_t)(rd_u8(r) + 7) : type;
    return (struct head){extended, read_size(r, bits)};
}

/* Where a pointer leads, its value is read. */
static struct head follow(const struct geodata *d, uint32_t offset, struct rd *at)
{
    *at = rd_init(d->at, d->len);
    rd_bytes(at, offset);
    const struct head h = read_head(at);
    at->short_read |= h.type == POINTER; /* one may not lead to another */
    return h;
}

/* The head of a value that may stand elsewhere; r is then there. */
static struct head read_value(const struct geodata *d, struct rd *r)
{
    const struct head h = read_head(r);

    return h.type == POINTER ? follow(d, h.size, r) : h;
}

/* Step over what a head announced. */
static void skip(struct rd *r, struct head h, unsigned depth)
{
    uint64_t members = 0;

    if (h.type == MAP || h.type == ARRAY)
        members = h.type == MAP ? 2 * (uint64_t)h.size : h.size;
    else if (h.type != POINTER && h.type != BOOLEAN)
        rd_bytes(r, h.size);
    r->short_read |= members > 0 && depth >= DEPTH_MAX;
    for (; members > 0 && !r->short_read; members--)
        skip(r, read_head(r), depth + 1);
}

enum search { FOUND, ABSENT, DAMAGED };

/* A map's key, and r is then behind it; NULL: it is none. */
static const uint8_t *read_key(const struct geodata *d, struct rd *r, size_t *len)
{
    struct head h = read_head(r);
    struct rd at = *r;

    if (h.type == POINTER)
        h = follow(d, h.size, &at);
    else
        rd_bytes(r, h.size);
    *len = h.size;
    return h.type == TEXT ? rd_bytes(&at, h.size) : NULL;
}

static bool is_key(const uint8_t *key, size_t len, const char *wanted)
{
    return len == strlen(wanted) && memcmp(key, wanted, len) == 0;
}

/* r stands behind a map's head; then before the value. */
static enum search find_key(const struct geodata *d, struct rd *r, uint32_t n, const char *wanted)
{
    for (uint32_t i = 0; i < n && !r->short_read; i++) {
        size_t len;
        const uint8_t *key = read_key(d, r, &len);
        if (key == NULL)
            return DAMAGED;
        if (is_key(key, len, wanted))
            return FOUND;
        skip(r, read_head(r), 0);
    }
    return r->short_read ? DAMAGED : ABSENT;
}

static enum search find_index(struct rd *r, uint32_t n, const char *index)
{
    char *end;
    const unsigned long at = strtoul(index, &end, 10);

    if (*end != '\0' || at >= n)
        return ABSENT;
    for (unsigned long i = 0; i < at; i++)
        skip(r, read_head(r), 0);
    return r->short_read ? DAMAGED : FOUND;
}

static struct geovalue real(double v)
{
    return (struct geovalue){GEOVALUE_REAL, .real = v};
}

static struct geovalue take_double(const uint8_t *p)
{
    const uint64_t bits = (uint64_t)get_u32(p) << 32 | get_u32(p + 4);
    double v;

    memcpy(&v, &bits, sizeof(v));
    return real(v);
}

static struct geovalue take_float(const uint8_t *p)
{
    const uint32_t bits = get_u32(p);
    float v;

    memcpy(&v, &bits, sizeof(v));
    return real((double)v);
}

static struct geovalue take_uint(const uint8_t *p, uint32_t len)
{
    struct rd r = rd_init(p, len);

    return (struct geovalue){GEOVALUE_UINT, .uint = read_uint(&r, len)};
}

static struct geovalue take(struct rd *r, struct head h)
{
    const bool is_plain = h.type != MAP && h.type != ARRAY && h.type != BOOLEAN;
    const uint8_t *p = is_plain ? rd_bytes(r, h.size) : NULL;

    if (r->short_read)
        return (struct geovalue){GEOVALUE_DAMAGED};
    switch (h.type) {
    case TEXT: return (struct geovalue){GEOVALUE_TEXT, .text = (const char *)p, .len = h.size};
    case DOUBLE: return h.size == 8 ? take_double(p) : (struct geovalue){GEOVALUE_DAMAGED};
    case FLOAT: return h.size == 4 ? take_float(p) : (struct geovalue){GEOVALUE_DAMAGED};
    case UINT16: /* leading zeros may be left out */
    case UINT32: return h.size <= 4 ? take_uint(p, h.size) : (struct geovalue){GEOVALUE_DAMAGED};
    }
    return (struct geovalue){GEOVALUE_ABSENT};
}

/* ---- records ---- */

void geodata_init(struct geodata *data, const uint8_t *at, size_t len, const char *const *keys)
{
    *data = (struct geodata){.at = at, .len = len, .keys = keys};
    for (size_t i = 0; i < GEODATA_KNOWN; i++)
        data->known[i].number = GEODATA_FREE;
}

static uint8_t number_of(const struct geodata *d, const uint8_t *key, size_t len)
{
    for (uint8_t i = 0; d->keys[i] != NULL; i++)
        if (is_key(key, len, d->keys[i]))
            return i;
    return GEODATA_OTHER;
}

/* Where a place is kept: keys are written one after the other, so they seldom meet. */
static inline size_t known_at(uint32_t offset)
{
    return (offset ^ offset >> 6) % GEODATA_KNOWN;
}

/* The number of a map's key, and r is then behind it; GEODATA_FREE: it is none. */
static inline uint8_t read_number(const struct geodata *d, struct rd *r)
{
    const uint8_t *const key_at = r->at;
    const struct head h = read_head(r);
    size_t len;

    if (h.type == POINTER) {
        const struct geodata_key *known = &d->known[known_at(h.size)];
        if (known->offset == h.size && known->number != GEODATA_FREE)
            return known->number;
    }
    r->at = key_at;
    const uint8_t *key = read_key(d, r, &len);
    return key != NULL ? number_of(d, key, len) : GEODATA_FREE;
}

/* r stands before a record; then behind its head.  The number of members. */
static uint32_t begin_record(const struct geodata *d, size_t offset, struct rd *r)
{
    *r = rd_init(d->at, d->len);
    rd_bytes(r, offset);
    const struct head h = read_value(d, r);
    return h.type == MAP ? h.size : 0;
}

void geodata_learn(struct geodata *data, size_t offset)
{
    struct rd r;
    const uint32_t n = begin_record(data, offset, &r);

    for (uint32_t i = 0; i < n && i < GEODATA_MEMBERS && !r.short_read; i++) {
        struct rd at = r;
        const struct head h = read_head(&at);
        const uint8_t number = read_number(data, &r);
        if (h.type == POINTER && number != GEODATA_FREE)
            data->known[known_at(h.size)] = (struct geodata_key){h.size, number};
        skip(&r, read_head(&r), 0);
    }
}

void geodata_open(const struct geodata *data, size_t offset, struct geodata_record *out)
{
    struct rd r;
    const uint32_t n = begin_record(data, offset, &r);

    *out = (struct geodata_record){.data = data};
    for (uint32_t i = 0; i < n && i < GEODATA_MEMBERS && !out->damaged; i++) {
        const uint8_t number = read_number(data, &r);
        if (number < GEODATA_KEYS && out->value[number] == NULL)
            out->value[number] = r.at;
        skip(&r, read_head(&r), 0);
        out->damaged = number == GEODATA_FREE || r.short_read;
    }
    out->damaged |= r.short_read;
}

struct geovalue geodata_get(const void *record, unsigned key, const char *const *path)
{
    const struct geodata_record *rec = record;
    struct rd r = rd_init(rec->data->at, rec->data->len);

    if (rec->damaged)
        return (struct geovalue){GEOVALUE_DAMAGED};
    if (rec->value[key] == NULL)
        return (struct geovalue){GEOVALUE_ABSENT};
    r.at = rec->value[key];
    struct head h = read_value(rec->data, &r);
    for (; *path != NULL; path++) {
        const enum search found = h.type == MAP     ? find_key(rec->data, &r, h.size, *path)
                                  : h.type == ARRAY ? find_index(&r, h.size, *path)
                                                    : ABSENT;
        if (found != FOUND)
            return (struct geovalue){found == ABSENT ? GEOVALUE_ABSENT : GEOVALUE_DAMAGED};
        h = read_value(rec->data, &r);
    }
    return take(&r, h);
}
