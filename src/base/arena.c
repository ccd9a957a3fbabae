/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/arena.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

/* Chunks double from the first to the last size: a small zone costs a page, a large one few calls. */
#define FIRST_CHUNK ((size_t)4 << 10)
#define LAST_CHUNK  ((size_t)1 << 20)

struct chunk {
    struct chunk *next;
    size_t size;
    max_align_t data[];
};

struct arena {
    struct chunk *chunks; /* newest first; only the newest has room */
    uint8_t *at, *end;
    size_t next_size;
};

struct arena *arena_new(void)
{
    struct arena *a = xcalloc(1, sizeof(*a));

    a->next_size = FIRST_CHUNK;
    return a;
}

static void free_chunks(struct chunk *c)
{
    for (struct chunk *next; c != NULL; c = next) {
        next = c->next;
        free(c);
    }
}

void arena_free(struct arena *a)
{
    if (a == NULL)
        return;
    free_chunks(a->chunks);
    free(a);
}

static void fill_from(struct arena *a, struct chunk *c)
{
    a->at = (uint8_t *)c->data;
    a->end = a->at + c->size;
}

/* The newest chunk stays, which is the largest, but for one that was made for a large piece. */
void arena_clear(struct arena *a)
{
    if (a->chunks == NULL)
        return;
    free_chunks(a->chunks->next);
    a->chunks->next = NULL;
    fill_from(a, a->chunks);
}

static void add_chunk(struct arena *a, size_t at_least)
{
    const size_t size = at_least > a->next_size ? at_least : a->next_size;
    struct chunk *c = xmalloc(sizeof(*c) + size);

    c->next = a->chunks;
    c->size = size;
    a->chunks = c;
    fill_from(a, c);
    if (a->next_size < LAST_CHUNK)
        a->next_size *= 2;
}

void *arena_alloc(struct arena *a, size_t size, size_t align)
{
    assert(align > 0 && align <= 64 && (align & (align - 1)) == 0);
    size_t pad = -(uintptr_t)a->at & (align - 1);

    if (a->at == NULL || size + pad > (size_t)(a->end - a->at)) {
        add_chunk(a, size + align);
        pad = -(uintptr_t)a->at & (align - 1);
    }
    void *p = a->at + pad;
    a->at += pad + size;
    return p;
}

void *arena_zalloc(struct arena *a, size_t size, size_t align)
{
    return memset(arena_alloc(a, size, align), 0, size);
}

void *arena_dup(struct arena *a, const void *p, size_t size, size_t align)
{
    void *copy = arena_alloc(a, size, align);

    if (size > 0)
        memcpy(copy, p, size);
    return copy;
}

char *arena_strdup(struct arena *a, const char *s)
{
    return arena_dup(a, s, strlen(s) + 1, 1);
}
