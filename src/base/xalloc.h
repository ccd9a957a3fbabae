/*
 * Allocation that cannot fail, for the control side: out of memory aborts, because a nameserver
 * that goes on with half of a zone is worse than one that its supervisor starts again.  Workers
 * do not allocate after start.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stddef.h>

/* Each returns owned memory, never NULL; release with free(). */
void *xmalloc(size_t size);
void *xcalloc(size_t n, size_t size);
void *xaligned(size_t alignment, size_t size); /* size: a multiple of alignment, a power of two */
void *xrealloc(void *p, size_t size);          /* size > 0 */
void *xmemdup(const void *p, size_t size);     /* size 0 gives a pointer that can be freed */
char *xstrdup(const char *s);
char *xstrndup(const char *s, size_t len);
char *xasprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/*
 * Make room for one more element of a growing array and return the array, perhaps moved.
 *
 *   n    elements in use; capacity doubles at powers of two, so no capacity is kept beside it
 */
void *xgrow(void *array, size_t n, size_t size);
