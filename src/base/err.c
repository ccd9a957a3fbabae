/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

void err_init(struct err *e)
{
    *e = (struct err){0};
}

void err_fini(struct err *e)
{
    for (size_t i = 0; i < e->n; i++)
        free(e->items[i].text);
    free(e->items);
    err_init(e);
}

static void take(struct err *e, enum err_level level, char *text)
{
    e->items = xgrow(e->items, e->n, sizeof(*e->items));
    e->items[e->n++] = (struct err_item){level, text};
    e->errors += level == ERR_ERROR;
}

static char *locate(struct err_pos pos)
{
    if (pos.file == NULL)
        return xstrdup("");
    if (pos.line == 0)
        return xasprintf("%s: ", pos.file);
    if (pos.column == 0)
        return xasprintf("%s:%u: ", pos.file, pos.line);
    return xasprintf("%s:%u:%u: ", pos.file, pos.line, pos.column);
}

static void addv(struct err *e, enum err_level level, struct err_pos pos, const char *fmt,
                 va_list ap)
{
    char *where = locate(pos), *what;

    if (vasprintf(&what, fmt, ap) < 0)
        abort();
    take(e, level, xasprintf("%s%s", where, what));
    free(where);
    free(what);
}

void err_add(struct err *e, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    addv(e, ERR_ERROR, (struct err_pos){0}, fmt, ap);
    va_end(ap);
}

void err_at(struct err *e, struct err_pos pos, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    addv(e, ERR_ERROR, pos, fmt, ap);
    va_end(ap);
}

void err_warn(struct err *e, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    addv(e, ERR_WARNING, (struct err_pos){0}, fmt, ap);
    va_end(ap);
}

void err_warn_at(struct err *e, struct err_pos pos, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    addv(e, ERR_WARNING, pos, fmt, ap);
    va_end(ap);
}

void err_move(struct err *e, struct err *from)
{
    for (size_t i = 0; i < from->n; i++)
        take(e, from->items[i].level, from->items[i].text);
    free(from->items);
    err_init(from);
}

char *err_text(const struct err *e)
{
    char *text;
    size_t len;
    FILE *f = open_memstream(&text, &len);

    if (f == NULL)
        abort();
    for (size_t i = 0; i < e->n; i++)
        fprintf(f, "%s%s\n", e->items[i].level == ERR_WARNING ? "warning: " : "", e->items[i].text);
    fclose(f);
    return text;
}
