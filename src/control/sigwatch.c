/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/sigwatch.h"

#include <stddef.h>

#include "base/xalloc.h"
#include "data/sigtime.h"

bool sigwatch_end(const struct zone *z, real_ms_t now, real_ms_t *end)
{
    uint32_t when;

    if (!zone_first_expiry(z, &when))
        return false;
    *end = (now / 1000 + sigtime_left_s(when, now)) * 1000;
    return true;
}

char *sigwatch_problem(const struct zone *z, const uint8_t *apex, real_ms_t now)
{
    char name[NAME_TEXT], left[DUR_TEXT];
    real_ms_t end;

    if (!sigwatch_end(z, now, &end) || end - now >= SIGTIME_SOON_S * INT64_C(1000))
        return NULL;
    name_print(apex, name);
    if (end <= now)
        return xasprintf("zone %s: a signature has expired %s ago: validators refuse what it signs",
                         name, dur_print(now - end, left));
    return xasprintf("zone %s: a signature expires in %s: sign the zone again, then reload", name,
                     dur_print(end - now, left));
}
