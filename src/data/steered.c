/* SPDX-License-Identifier: BSD-2-Clause */
#include "data/steered.h"

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

void steered_unref(struct steered *s)
{
    if (s == NULL || --s->refs > 0)
        return;
    for (uint8_t i = 0; i < s->n_types; i++) {
        choice_table_unref(s->types[i].choice);
        steer_answers_unref(s->types[i].answers);
    }
    geomap_unref(s->map);
    free(s);
}

void steering_unref(struct steering *s)
{
    if (s == NULL || --s->refs > 0)
        return;
    for (size_t i = 0; i < s->n; i++)
        steered_unref(s->steered[i]);
    free(s);
}
