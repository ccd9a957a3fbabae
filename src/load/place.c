/* SPDX-License-Identifier: BSD-2-Clause */
#include "load/place.h"

#include <string.h>

#include "load/country.h"

static bool agrees(const char *known, const char *more)
{
    return *known == '\0' || *more == '\0' || strcmp(known, more) == 0;
}

void place_fill(struct place *p, const struct place *more)
{
    if (p->asn == 0)
        p->asn = more->asn;
    if (!agrees(p->country, more->country))
        return;
    if (p->country[0] == '\0')
        memcpy(p->country, more->country, sizeof(p->country));
    if (p->continent[0] == '\0')
        memcpy(p->continent, more->continent, sizeof(p->continent));
    if (p->subdivision[0] == '\0')
        memcpy(p->subdivision, more->subdivision, sizeof(p->subdivision));
    if (!p->has_at && more->has_at) {
        p->has_at = true;
        p->lat = more->lat;
        p->lon = more->lon;
    }
}

void place_complete(struct place *p)
{
    const struct country *c = country_find(p->country);

    if (c == NULL)
        return;
    if (p->continent[0] == '\0')
        memcpy(p->continent, c->continent, sizeof(p->continent));
    if (!p->has_at) {
        p->has_at = p->at_is_country = true;
        p->lat = (double)c->lat;
        p->lon = (double)c->lon;
    }
}
