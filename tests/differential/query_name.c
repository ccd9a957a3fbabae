/*
 * Which names are asked: those that the zones have and those that they point at, and what is near
 * them.  SPDX-License-Identifier: BSD-2-Clause
 */
#include <string.h>

#include "query.h"

static const uint8_t *known_name(const struct world *w, struct rng *rng)
{
    return w->names[rng_below(rng, (uint32_t)w->n_names)];
}

/* label.name, unless that would be too long. */
static void prepend(uint8_t *name, const uint8_t *label, uint8_t len)
{
    const size_t rest = name_len(name);

    if (rest + len + 1 > NAME_MAX_LEN)
        return;
    memmove(name + 1 + len, name, rest);
    name[0] = len;
    memcpy(name + 1, label, len);
}

static void random_label(uint8_t *name, struct rng *rng)
{
    static const char *const labels[] = {"a", "b",    "c",  "*", "ns", "www",
                                         "x", "_tcp", "zz", "0", "-"};
    uint8_t label[LABEL_MAX_LEN];

    if (rng_below(rng, 10) > 0) {
        const char *text = labels[rng_below(rng, sizeof(labels) / sizeof(labels[0]))];
        prepend(name, (const uint8_t *)text, (uint8_t)strlen(text));
        return;
    }
    const uint8_t len = (uint8_t)(1 + rng_below(rng, LABEL_MAX_LEN));
    for (uint8_t i = 0; i < len; i++)
        label[i] = (uint8_t)rng_next(rng);
    prepend(name, label, len);
}

static void parent(uint8_t *name)
{
    const uint8_t *up = name[0] != 0 ? name_parent(name) : name;

    memmove(name, up, name_len(up));
}

/* As long as a name can be, or nearly. */
static void stretch(uint8_t *name, struct rng *rng)
{
    uint8_t label[LABEL_MAX_LEN];

    memset(label, 'l', sizeof(label));
    while (name_len(name) + LABEL_MAX_LEN + 1 <= NAME_MAX_LEN)
        prepend(name, label, LABEL_MAX_LEN);
    const size_t room = NAME_MAX_LEN - name_len(name);
    if (room >= 2)
        prepend(name, label, (uint8_t)(room - 1 - rng_below(rng, room > 2 ? 2 : 1)));
}

static void outside(uint8_t *name, struct rng *rng)
{
    static const uint8_t tld[] = "\4nope";

    memcpy(name, tld, sizeof(tld));
    if (rng_below(rng, 8) == 0)
        name[0] = 0; /* the root */
    while (rng_below(rng, 2) == 0)
        random_label(name, rng);
}

void query_name_make(struct query *q, const struct world *w, struct rng *rng)
{
    const uint8_t *known = known_name(w, rng);
    const uint32_t how = rng_below(rng, 100);

    memcpy(q->name, known, name_len(known));
    if (how < 48)
        return;
    if (how < 60) {
        random_label(q->name, rng);
    } else if (how < 66) {
        random_label(q->name, rng);
        random_label(q->name, rng);
    } else if (how < 76) {
        parent(q->name);
        random_label(q->name, rng);
    } else if (how < 82) {
        parent(q->name);
    } else if (how < 86) {
        parent(q->name);
        parent(q->name);
        random_label(q->name, rng);
    } else if (how < 90) {
        const uint8_t *apex = w->zones[rng_below(rng, (uint32_t)w->n_zones)].apex;
        memcpy(q->name, apex, name_len(apex));
    } else if (how < 93) {
        stretch(q->name, rng);
    } else if (how < 96) {
        outside(q->name, rng);
    } else {
        prepend(q->name, (const uint8_t *)"*", 1);
    }
}
