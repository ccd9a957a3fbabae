/* SPDX-License-Identifier: BSD-2-Clause */
#include "health/exposure.h"

static unsigned asks_an_hour(uint32_t ttl_s)
{
    return ttl_s > 0 ? (3600 + ttl_s - 1) / ttl_s : 0;
}

struct exposure exposure_of(const struct probe_spec *probe, const struct ttl_rule *ttl)
{
    const dur_ms_t max_ms = (dur_ms_t)ttl->max_s * 1000, min_ms = (dur_ms_t)ttl->min_s * 1000;
    struct exposure e = {.exposed_ms = -1,
                         .asks_steady = asks_an_hour(ttl->max_s),
                         .asks_least = asks_an_hour(ttl->min_s)};

    if (probe == NULL)
        return e;
    if (probe_is_told(probe->kind)) {
        e.exposed_ms = max_ms;
        return e;
    }
    const dur_ms_t suspect_ms = probe->interval_ms + probe->timeout_ms;
    e.detect_ms = probe->fall * probe->interval_ms + probe->timeout_ms;
    e.exposed_ms = suspect_ms + max_ms;
    if (e.detect_ms + min_ms > e.exposed_ms)
        e.exposed_ms = e.detect_ms + min_ms;
    return e;
}
