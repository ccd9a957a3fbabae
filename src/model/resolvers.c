/* SPDX-License-Identifier: BSD-2-Clause */
#include "model/resolvers.h"

#include <assert.h>
#include <math.h>

#include "base/xalloc.h"
#include "model/dice.h"

struct resolvers_spec resolvers_default(void)
{
    return (struct resolvers_spec){
        .n = 3000,
        .home_share = 1.0 / 3,
        .wishes_per_s = 5,
        .stubborn = {{0.05, 30}, {0.03, 60}, {0.02, 300}},
    };
}

static uint32_t ttl_min_of(const struct resolvers_spec *spec, double luck)
{
    for (size_t i = 0; i < RESOLVERS_STUBBORN_MAX && spec->stubborn[i].share > 0; i++) {
        if (luck < spec->stubborn[i].share)
            return spec->stubborn[i].ttl_min_s;
        luck -= spec->stubborn[i].share;
    }
    return 0;
}

struct resolver *resolvers_new(const struct resolvers_spec *spec, size_t n_regions, uint64_t seed)
{
    assert(n_regions >= 2 && spec->n > 0 && spec->wishes_per_s > 0);
    struct resolver *all = xcalloc(spec->n, sizeof(*all));
    const size_t n_home = (size_t)lround((double)spec->n * spec->home_share);

    for (size_t i = 0; i < spec->n; i++) {
        struct resolver *r = &all[i];
        r->random = hash_mix(seed ^ hash_mix(i + 1));
        r->home = (uint8_t)(i < n_home ? 0 : 1 + (i - n_home) % (n_regions - 1));
        r->region = r->home;
        r->ttl_min_s = ttl_min_of(spec, dice(&r->random));
    }
    return all;
}

static double ttl_ms(const struct resolver *r, uint32_t ttl_s)
{
    return 1000.0 * (ttl_s > r->ttl_min_s ? ttl_s : r->ttl_min_s);
}

/* Until the next wish: they come by chance, independent of each other. */
static double idle_ms(struct resolver *r, const struct resolvers_spec *spec)
{
    return -1000 * log1p(-dice(&r->random)) / spec->wishes_per_s;
}

dur_ms_t resolver_keeps(struct resolver *r, const struct resolvers_spec *spec, uint32_t ttl_s)
{
    return (dur_ms_t)ceil(ttl_ms(r, ttl_s) + idle_ms(r, spec));
}

dur_ms_t resolver_first(struct resolver *r, const struct resolvers_spec *spec, uint32_t ttl_s)
{
    return (dur_ms_t)((ttl_ms(r, ttl_s) + idle_ms(r, spec)) * dice(&r->random));
}
