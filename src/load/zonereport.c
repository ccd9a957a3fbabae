/* SPDX-License-Identifier: BSD-2-Clause */
#include "load/zonereport.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

struct zonereport_item {
    struct zoneplace at;
    enum err_level level;
    size_t order; /* of coming: what sorting keeps where places are the same */
    char *text;
};

void zonereport_init(struct zonereport *p)
{
    *p = (struct zonereport){0};
}

void zonereport_fini(struct zonereport *p)
{
    for (size_t i = 0; i < p->n; i++)
        free(p->items[i].text);
    free(p->items);
    for (uint32_t i = 0; i < p->n_files; i++)
        free(p->files[i]);
    free(p->files);
    zonereport_init(p);
}

uint32_t zonereport_file(struct zonereport *p, const char *path)
{
    for (uint32_t i = 0; i < p->n_files; i++)
        if (strcmp(p->files[i], path) == 0)
            return i;
    p->files = xgrow(p->files, p->n_files, sizeof(*p->files));
    p->files[p->n_files] = xstrdup(path);
    return p->n_files++;
}

static void addv(struct zonereport *p, enum err_level level, struct zoneplace at, const char *fmt,
                 va_list ap)
{
    char *text;

    if (p->count[level]++ >= ZONEREPORT_MAX)
        return;
    if (vasprintf(&text, fmt, ap) < 0)
        abort();
    p->items = xgrow(p->items, p->n, sizeof(*p->items));
    p->items[p->n] = (struct zonereport_item){at, level, p->n, text};
    p->n++;
}

void zonereport_error(struct zonereport *p, struct zoneplace at, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    addv(p, ERR_ERROR, at, fmt, ap);
    va_end(ap);
}

void zonereport_warning(struct zonereport *p, struct zoneplace at, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    addv(p, ERR_WARNING, at, fmt, ap);
    va_end(ap);
}

bool zonereport_is_full(const struct zonereport *p)
{
    return p->count[ERR_ERROR] >= ZONEREPORT_MAX;
}

static int sign(size_t a, size_t b)
{
    return (a > b) - (a < b);
}

static int by_place(const void *va, const void *vb)
{
    const struct zonereport_item *a = va, *b = vb;
    int d = sign(a->at.file, b->at.file);

    if (d == 0)
        d = sign(a->at.line, b->at.line);
    if (d == 0)
        d = sign(a->at.column, b->at.column);
    return d != 0 ? d : sign(a->order, b->order);
}

static void tell_closing(const struct zonereport *p, struct err *err)
{
    const struct err_pos first = {.file = p->n_files > 0 ? p->files[0] : NULL};

    if (p->count[ERR_WARNING] > ZONEREPORT_MAX)
        err_warn_at(err, first, "%zu more warnings are not shown",
                    p->count[ERR_WARNING] - ZONEREPORT_MAX);
    if (zonereport_is_full(p))
        err_at(err, first, "%d errors: the rest is not shown, perhaps not read", ZONEREPORT_MAX);
}

void zonereport_tell(struct zonereport *p, struct err *err)
{
    if (p->n > 0)
        qsort(p->items, p->n, sizeof(*p->items), by_place);
    for (size_t i = 0; i < p->n; i++) {
        const struct zonereport_item *m = &p->items[i];
        const struct err_pos pos = {p->files[m->at.file], m->at.line, m->at.column};
        if (m->level == ERR_ERROR)
            err_at(err, pos, "%s", m->text);
        else
            err_warn_at(err, pos, "%s", m->text);
    }
    tell_closing(p, err);
}
