/* SPDX-License-Identifier: BSD-2-Clause */
#include "answer/steer.h"

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
        p.kind = PICK_ALL;
        p.answers = st->answers;
        p.all = st->spread & geomap_ranking(s->map, ranking)->allowed;
    } else if (choice == CHOICE_SERVFAIL) {
        p.kind = PICK_SERVFAIL;
    }
    return p;
}
