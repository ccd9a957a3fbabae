/*
 * `proximactl status`: pools, and what is the matter with each of their regions.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/xalloc.h"
#include "ctl/show.h"
#include "ctl/table.h"

/* "A 2/2, AAAA 1/1"; owned. */
static char *endpoints_text(const json_t *region)
{
    char *text;
    size_t len, i;
    FILE *f = open_memstream(&text, &len);
    json_t *type;

    if (f == NULL)
        abort();
    json_array_foreach(json_object_get(region, "types"), i, type)
        fprintf(f, "%s%s %lld/%zu", i > 0 ? ", " : "", show_text(type, "type"),
                (long long)show_integer(type, "n_up"),
                json_array_size(json_object_get(type, "endpoints")));
    fclose(f);
    return text;
}

/* The shortest of its types. */
static json_int_t region_ttl(const json_t *region)
{
    json_int_t ttl = -1;
    json_t *type;
    size_t i;

    json_array_foreach(json_object_get(region, "types"), i, type)
        if (ttl < 0 || show_integer(type, "ttl") < ttl)
            ttl = show_integer(type, "ttl");
    return ttl;
}

static enum tint state_tint(const char *state)
{
    if (strcmp(state, "down") == 0)
        return TINT_BAD;
    return strcmp(state, "up") == 0 ? TINT_NONE : TINT_WARN;
}

/* The longest hold of the region itself; its endpoints' stand above. */
static json_int_t region_held_ms(const json_t *region)
{
    json_int_t held_ms = 0;
    json_t *type;
    size_t i;

    json_array_foreach(json_object_get(region, "types"), i, type)
        if (strcmp(show_text(type, "state"), "held") == 0 &&
            show_integer(type, "held_ms") > held_ms)
            held_ms = show_integer(type, "held_ms");
    return held_ms;
}

static bool region_waits(const json_t *region)
{
    json_t *type;
    size_t i;

    json_array_foreach(json_object_get(region, "types"), i, type)
        if (show_bool(type, "waits"))
            return true;
    return false;
}

/* Of its types the one with the smallest share; NULL: none ramps. */
static const json_t *region_ramp(const json_t *region)
{
    const json_t *least = NULL;
    json_t *type;
    size_t i;

    json_array_foreach(json_object_get(region, "types"), i, type) {
        const json_t *ramp = json_object_get(type, "ramp");
        if (ramp != NULL && (least == NULL || show_real(ramp, "share") < show_real(least, "share")))
            least = ramp;
    }
    return least;
}

/* Owned. */
static char *ramp_text(const json_t *ramp)
{
    char left[DUR_TEXT];

    if (show_bool(ramp, "stands"))
        return xasprintf("%.0f %% of its clients are back; no more while a probe fails",
                         show_real(ramp, "share"));
    return xasprintf("%.0f %% of its clients are back, all are in %s", show_real(ramp, "share"),
                     dur_print(show_integer(ramp, "left_ms"), left));
}

/* What stands behind a region, owned; NULL: nothing. */
static char *region_note(const json_t *pool, const json_t *region, bool first)
{
    const json_int_t held_ms = region_held_ms(region);
    const json_t *ramp = region_ramp(region);

    if (first && show_bool(pool, "panic"))
        return xstrdup("health is ignored: too few are up");
    if (held_ms > 0)
        return show_hold(held_ms);
    if (region_waits(region))
        return xasprintf("waits for: proximactl release %s", show_text(region, "region"));
    return ramp != NULL ? ramp_text(ramp) : NULL;
}

static void add_region(struct table *t, const json_t *pool, const json_t *region, bool first)
{
    const char *state = show_text(region, "state");
    const json_int_t ttl_s = region_ttl(region);
    char *endpoints = endpoints_text(region), *note = region_note(pool, region, first);
    char ttl[24] = "";

    if (ttl_s >= 0)
        snprintf(ttl, sizeof(ttl), "%lld", (long long)ttl_s);
    const char *const cells[] = {first ? show_text(pool, "name") : "",
                                 first ? show_text(pool, "policy") : "",
                                 show_text(region, "region"),
                                 state,
                                 endpoints,
                                 ttl,
                                 note != NULL ? note : ""};
    table_row(t, state_tint(state), cells);
    free(endpoints);
    free(note);
}

void show_pools(const json_t *status, FILE *to, bool colour)
{
    static const char *const head[] = {"POOL", "POLICY", "REGION", "STATE", "UP", "TTL", ""};
    json_t *pool, *region;
    size_t i, j;
    struct table t;

    table_init(&t, 7, head);
    json_array_foreach(json_object_get(status, "pools"), i, pool) {
        bool first = true;
        json_array_foreach(json_object_get(pool, "regions"), j, region) {
            if (strcmp(show_text(region, "state"), "absent") == 0)
                continue;
            add_region(&t, pool, region, first);
            first = false;
        }
    }
    show_rows(&t, to, colour);
}
