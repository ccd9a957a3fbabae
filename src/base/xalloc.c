/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/xalloc.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *check(void *p)
{
    if (p == NULL) {
        fputs("proxima: out of memory\n", stderr);
        abort();
    }
    return p;
}

void *xmalloc(size_t size)
{
    return check(malloc(size > 0 ? size : 1));
}

void *xcalloc(size_t n, size_t size)
{
    return check(calloc(n > 0 ? n : 1, size > 0 ? size : 1));
}

void *xaligned(size_t alignment, size_t size)
{
    return check(aligned_alloc(alignment, size));
}

void *xrealloc(void *p, size_t size)
{
    return check(realloc(p, size));
}

void *xmemdup(const void *p, size_t size)
{
    void *copy = xmalloc(size);

    if (size > 0)
        memcpy(copy, p, size);
    return copy;
}

char *xstrdup(const char *s)
{
    return check(strdup(s));
}

char *xstrndup(const char *s, size_t len)
{
    const size_t n = strnlen(s, len);
    char *copy = xmalloc(n + 1);

    memcpy(copy, s, n);
    copy[n] = '\0';
    return copy;
}

char *xasprintf(const char *fmt, ...)
{
    char *s;
    va_list ap;

    va_start(ap, fmt);
    const int len = vasprintf(&s, fmt, ap);
    va_end(ap);
    return check(len < 0 ? NULL : s);
}

void *xgrow(void *array, size_t n, size_t size)
{
    const bool full = (n & (n - 1)) == 0; /* 0, 1, 2, 4, 8 … in use: the next needs room */

    if (!full)
        return array;
    return check(reallocarray(array, n > 0 ? 2 * n : 1, size));
}
