/*
 * Cursors over wire format with a sticky error: read or write everything, check once.  The only
 * place where byte order changes (RFC 1035 §2.3.2: most significant octet first).
 *
 * Any thread, no allocation.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct rd {
    const uint8_t *at, *end; /* borrowed */
    bool short_read;         /* once true every further read gives zero */
};

static inline struct rd rd_init(const void *p, size_t len)
{
    const uint8_t *at = p;
    return (struct rd){.at = at, .end = at + len};
}

static inline size_t rd_left(const struct rd *r)
{
    return (size_t)(r->end - r->at);
}

/* The next len octets, or NULL (and short_read) if there are fewer. */
static inline const uint8_t *rd_bytes(struct rd *r, size_t len)
{
    if (r->short_read || len > rd_left(r)) {
        r->short_read = true;
        return NULL;
    }
    const uint8_t *p = r->at;
    r->at += len;
    return p;
}

static inline uint16_t get_u16(const uint8_t *p)
{
    return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t get_u32(const uint8_t *p)
{
    return (uint32_t)get_u16(p) << 16 | get_u16(p + 2);
}

static inline uint64_t get_u64(const uint8_t *p)
{
    return (uint64_t)get_u32(p) << 32 | get_u32(p + 4);
}

static inline void put_u16(uint8_t *p, uint16_t v)
{
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
}

static inline void put_u32(uint8_t *p, uint32_t v)
{
    put_u16(p, (uint16_t)(v >> 16));
    put_u16(p + 2, (uint16_t)v);
}

static inline uint8_t rd_u8(struct rd *r)
{
    const uint8_t *p = rd_bytes(r, 1);
    return p != NULL ? *p : 0;
}

static inline uint16_t rd_u16(struct rd *r)
{
    const uint8_t *p = rd_bytes(r, 2);
    return p != NULL ? get_u16(p) : 0;
}

static inline uint32_t rd_u32(struct rd *r)
{
    const uint8_t *p = rd_bytes(r, 4);
    return p != NULL ? get_u32(p) : 0;
}

struct wr {
    uint8_t *start, *at, *end; /* borrowed */
    bool full;                 /* once true nothing more is written */
};

static inline struct wr wr_init(void *p, size_t cap)
{
    uint8_t *at = p;
    return (struct wr){.start = at, .at = at, .end = at + cap};
}

static inline size_t wr_len(const struct wr *w)
{
    return (size_t)(w->at - w->start);
}

/* Room for len octets, or NULL (and full). */
static inline uint8_t *wr_room(struct wr *w, size_t len)
{
    if (w->full || len > (size_t)(w->end - w->at)) {
        w->full = true;
        return NULL;
    }
    uint8_t *p = w->at;
    w->at += len;
    return p;
}

static inline void wr_bytes(struct wr *w, const void *src, size_t len)
{
    uint8_t *p = wr_room(w, len);
    if (p != NULL && len > 0)
        memcpy(p, src, len);
}

static inline void wr_u8(struct wr *w, uint8_t v)
{
    uint8_t *p = wr_room(w, 1);
    if (p != NULL)
        *p = v;
}

static inline void wr_u16(struct wr *w, uint16_t v)
{
    uint8_t *p = wr_room(w, 2);
    if (p != NULL)
        put_u16(p, v);
}

static inline void wr_u32(struct wr *w, uint32_t v)
{
    uint8_t *p = wr_room(w, 4);
    if (p != NULL)
        put_u32(p, v);
}
