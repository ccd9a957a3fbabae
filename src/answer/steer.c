/* SPDX-License-Identifier: BSD-2-Clause */
#include "answer/steer.h"

/* Of the regions those that own a record of the type. */
static regionset_t owners(const struct steer_answers *a, regionset_t regions)
{
    regionset_t set = 0;

    for (unsigned i = 0; i < REGIONS_MAX; i++)
        if (regions >> i & 1 && a->set[i] != NULL)
            set |= (regionset_t)1 << i;
    return set;
}

static void pick_all(struct pick *p, const struct steer_type *st, regionset_t allowed)
{
    const regionset_t spread = st->spread & allowed;

    p->answers = st->answers;
    p->all = owners(st->answers, spread != 0 ? spread : allowed); /* all drained: all of them */
    p->kind = p->all != 0 ? PICK_ALL : PICK_NODATA;
}

static inline void pick(struct pick *p, const struct steered *s, const struct steer_type *st,
                        uint32_t ranking, uint8_t choice)
{
    p->set = NULL;
    if (choice < REGIONS_MAX) {
        p->set = st->answers->set[choice];
        p->kind = p->set != NULL ? PICK_SET : PICK_NODATA; /* the region owns none of the type */
    } else if (choice == CHOICE_ALL) {
        pick_all(p, st, geomap_ranking(s->map, ranking)->allowed);
    } else {
        p->kind = choice == CHOICE_SERVFAIL ? PICK_SERVFAIL : PICK_NODATA;
    }
}

/* A call of its own: in line it would make those where nothing ramps save registers, 12 instructions. */
static __attribute__((noinline)) void pick_by_band(struct pick *p, const struct steered *s,
                                                   const struct steer_type *st,
                                                   const struct ipaddr *client)
{
    uint32_t ranking;
    const uint8_t choice = steered_choice(s, st, client, &ranking, &p->scope);

    pick(p, s, st, ranking, choice);
}

void steer_pick(const struct steered *s, const struct steer_type *st, const struct ipaddr *client,
                struct pick *p)
{
    if (st->bands != NULL) {
        pick_by_band(p, s, st, client);
        return;
    }
    const uint32_t ranking = geomap_find(s->map, client, &p->scope);
    pick(p, s, st, ranking, st->choice->choice[ranking]);
}
