/* SPDX-License-Identifier: BSD-2-Clause */
#include "load/zonestream.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

#define FIRST_ROOM ((size_t)4096)

void zonestream_fini(struct zonestream *s)
{
    free(s->octets);
    *s = (struct zonestream){0};
}

void zonestream_clear(struct zonestream *s)
{
    s->n = 0;
    s->n_errors = 0;
}

static void want_room(struct zonestream *s, size_t size)
{
    size_t room = s->room > 0 ? s->room : FIRST_ROOM;

    while (room - s->n < size)
        room *= 2;
    s->octets = xrealloc(s->octets, room);
    s->room = room;
}

struct zoneitem *zonestream_add(struct zonestream *s, enum zoneitem_kind kind, size_t n)
{
    const size_t align = _Alignof(struct zoneitem);
    const size_t size = (sizeof(struct zoneitem) + n + align - 1) & ~(align - 1);

    if (s->room - s->n < size)
        want_room(s, size);
    struct zoneitem *item = (struct zoneitem *)(void *)(s->octets + s->n);
    *item = (struct zoneitem){.size = (uint32_t)size, .kind = kind, .starts = s->starting};
    s->n += size;
    s->n_errors += kind == ZONEITEM_ERROR;
    s->starting = false;
    return item;
}

void zonestream_tell(struct zonestream *s, enum err_level level, struct zoneplace at,
                     const char *fmt, va_list ap)
{
    char *text;
    const int len = vasprintf(&text, fmt, ap);

    if (len < 0)
        abort();
    struct zoneitem *item =
        zonestream_add(s, level == ERR_ERROR ? ZONEITEM_ERROR : ZONEITEM_WARNING, (size_t)len + 1);
    item->at = at;
    memcpy(item->octets, text, (size_t)len + 1);
    free(text);
}

const struct zoneitem *zonestream_next(const struct zonestream *s, const struct zoneitem *item)
{
    const uint8_t *at = item == NULL ? s->octets : (const uint8_t *)item + item->size;

    return s->n > 0 && at < s->octets + s->n ? (const struct zoneitem *)(const void *)at : NULL;
}
