/* SPDX-License-Identifier: BSD-2-Clause */
#include "data/steered.h"

#include <assert.h>
#include <stdlib.h>

#include "base/xalloc.h"

const struct steer_type *steered_type(const struct steered *s, uint16_t type)
{
    for (uint8_t i = 0; i < s->n_types; i++)
        if (s->types[i].answers->type == type)
            return &s->types[i];
    return NULL;
}

struct steer_answers *steer_answers_new(uint16_t type, size_t n_regions, size_t room, uint8_t **at)
{
    const size_t head = sizeof(struct steer_answers) + n_regions * sizeof(const struct rrset *);
    struct steer_answers *a = xmalloc(head + room);

    a->refs = 1;
    a->type = type;
    for (size_t i = 0; i < n_regions; i++)
        a->set[i] = NULL;
    *at = (uint8_t *)a + head;
    return a;
}

void choice_table_unref(struct choice_table *t)
{
    if (t != NULL && --t->refs == 0)
        free(t);
}

void steer_answers_unref(struct steer_answers *a)
{
    if (a == NULL || --a->refs > 0)
        return;
    free(a);
}

void steered_free(struct steered *s)
{
    if (s == NULL)
        return;
    for (uint8_t i = 0; i < s->n_types; i++) {
        choice_table_unref(s->types[i].choice);
        bands_free(s->types[i].bands);
        steer_answers_unref(s->types[i].answers);
    }
    geomap_unref(s->map);
    free(s);
}

struct steering *steering_new(size_t n, struct steering *before)
{
    struct steering *s = xcalloc(1, sizeof(*s) + n * sizeof(s->steered[0]));

    assert(before == NULL || before->newer == NULL);
    s->refs = 1;
    s->n = n;
    s->older = before;
    if (before != NULL)
        before->newer = s;
    return s;
}

void steering_retire(struct steering *newest, struct steered *s)
{
    newest->retired = xgrow(newest->retired, newest->n_retired, sizeof(struct steered *));
    newest->retired[newest->n_retired++] = s;
}

/* What is retired here may be in older ones too. */
static void settle_retired(struct steering *s)
{
    for (size_t i = 0; i < s->n_retired; i++) {
        if (s->older != NULL)
            steering_retire(s->older, s->retired[i]);
        else
            steered_free(s->retired[i]);
    }
    free(s->retired);
}

void steering_unref(struct steering *s)
{
    if (s == NULL || --s->refs > 0)
        return;
    settle_retired(s);
    if (s->older != NULL)
        s->older->newer = s->newer;
    if (s->newer != NULL)
        s->newer->older = s->older;
    free(s);
}
