/* SPDX-License-Identifier: BSD-2-Clause */
#include "health/spec.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

static bool same_text(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool same_expect(const struct probe_spec *a, const struct probe_spec *b)
{
    if (a->n_expect != b->n_expect)
        return false;
    for (size_t i = 0; i < a->n_expect; i++)
        if (a->expect[i].first != b->expect[i].first || a->expect[i].last != b->expect[i].last)
            return false;
    return true;
}

/* pos is where it was written, not what was: it does not count. */
static bool same_spec(const struct probe_spec *a, const struct probe_spec *b)
{
    return same_text(a->name, b->name) && a->kind == b->kind && a->port == b->port &&
           same_text(a->path, b->path) && same_text(a->host, b->host) && same_expect(a, b) &&
           a->verify == b->verify && a->reuse == b->reuse && a->interval_ms == b->interval_ms &&
           a->timeout_ms == b->timeout_ms && a->rise == b->rise && a->fall == b->fall &&
           a->fall_of == b->fall_of && damping_rule_equal(&a->damping, &b->damping);
}

static char *copy_text(const char *s)
{
    return s != NULL ? xstrdup(s) : NULL;
}

static struct spec *new_spec(struct list *list, const struct probe_spec *s)
{
    struct spec *copy = xcalloc(1, sizeof(*copy));

    copy->is = *s;
    copy->is.name = xstrdup(s->name);
    copy->is.path = copy_text(s->path);
    copy->is.host = copy_text(s->host);
    copy->is.expect = xmemdup(s->expect, s->n_expect * sizeof(*s->expect));
    copy->is.pos = (struct err_pos){0};
    copy->refs = 1;
    list_append(list, &copy->link);
    return copy;
}

/* The list has as many as probes are configured, so it is walked. */
struct spec *spec_share(struct list *list, const struct probe_spec *s)
{
    for (struct list *at = list->next; at != list; at = at->next) {
        struct spec *known = container_of(at, struct spec, link);
        if (same_spec(&known->is, s))
            return spec_ref(known);
    }
    return new_spec(list, s);
}

struct spec *spec_ref(struct spec *s)
{
    s->refs++;
    return s;
}

void spec_unref(struct spec *s)
{
    if (--s->refs > 0)
        return;
    list_remove(&s->link);
    free(s->is.name);
    free(s->is.path);
    free(s->is.host);
    free(s->is.expect);
    free(s);
}
