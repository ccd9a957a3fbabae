/*
 * A bump allocator for objects that are built once, sealed and freed whole: zones, geo maps,
 * steering tables.  There is no free of a single piece, so builders need no cleanup paths.
 *
 * One thread builds; any number may read once it is sealed.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stddef.h>

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *a); /* NULL is fine */
/* All that was given out is gone; some of the memory stays, to be given out again. */
void arena_clear(struct arena *a);

/* Memory that lives as long as the arena; never NULL.  align: a power of two, at most 64. */
void *arena_alloc(struct arena *a, size_t size, size_t align);
void *arena_zalloc(struct arena *a, size_t size, size_t align); /* zeroed */
void *arena_dup(struct arena *a, const void *p, size_t size, size_t align);
char *arena_strdup(struct arena *a, const char *s);

#define arena_new_array(a, type, n) \
    ((type *)arena_zalloc((a), (size_t)(n) * sizeof(type), _Alignof(type)))
