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

struct pick steer_pick(const struct steered *s, const struct steer_type *st,
                       const struct ipaddr *client)
{
    struct pick p = {.kind = PICK_NODATA};
    const uint32_t ranking = geomap_find(s->map, client, &p.scope);
    const uint8_t choice = st->choice->choice[ranking];

    if (choice < REGIONS_MAX) {
        p.set = st->answers->set[choice];
        if (p.set != NULL)
            p.kind = PICK_SET; /* else: the region owns none of the type */
    } else if (choice == CHOICE_ALL) {
        const regionset_t allowed = geomap_ranking(s->map, ranking)->allowed;
        const regionset_t spread = st->spread & allowed;
        p.answers = st->answers;
        p.all = owners(st->answers, spread != 0 ? spread : allowed); /* all drained: all of them */
        if (p.all != 0)
            p.kind = PICK_ALL;
    } else if (choice == CHOICE_SERVFAIL) {
        p.kind = PICK_SERVFAIL;
    }
    return p;
}
