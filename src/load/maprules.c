/*
 * Rules are folded in from the most specific to the widest, so that "most specific" is "first" and
 * a `fence: off` is known before the fences that it lifts.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "load/maprules.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

struct maprules {
    const struct rule_spec *
        *sorted; /* all but network rules, by kind and value, then as declared */
    size_t n;
    struct netrules *networks;
};

static int compare_values(const struct rule_spec *a, const struct rule_spec *b)
{
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    if (a->kind == RULE_ASN)
        return a->asn < b->asn ? -1 : a->asn > b->asn;
    return strcmp(a->code, b->code);
}

static int compare_rules(const void *a, const void *b)
{
    const struct rule_spec *x = *(const struct rule_spec *const *)a;
    const struct rule_spec *y = *(const struct rule_spec *const *)b;
    const int order = compare_values(x, y);

    return order != 0 ? order : x < y ? -1 : 1;
}

struct maprules *maprules_new(const struct map_spec *map, struct err *err)
{
    struct maprules *r = xcalloc(1, sizeof(*r));

    r->sorted = xcalloc(map->n_rules + 1, sizeof(*r->sorted));
    for (size_t i = 0; i < map->n_rules; i++)
        if (map->rules[i].kind != RULE_NETWORK)
            r->sorted[r->n++] = &map->rules[i];
    qsort(r->sorted, r->n, sizeof(*r->sorted), compare_rules);
    r->networks = netrules_new(map, err);
    return r;
}

void maprules_free(struct maprules *r)
{
    if (r == NULL)
        return;
    netrules_free(r->networks);
    free(r->sorted);
    free(r);
}

const struct netrules *maprules_networks(const struct maprules *r)
{
    return r->networks;
}

/* Where rules of a value begin, or would. */
static size_t lower_bound(const struct maprules *r, const struct rule_spec *value)
{
    size_t lo = 0, hi = r->n;

    while (lo < hi) {
        const size_t mid = (lo + hi) / 2;
        if (compare_values(r->sorted[mid], value) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

bool maprules_has_asn(const struct maprules *r, uint32_t asn)
{
    const struct rule_spec value = {.kind = RULE_ASN, .asn = asn};
    const size_t i = lower_bound(r, &value);

    return i < r->n && compare_values(r->sorted[i], &value) == 0;
}

/* Whether rule a is wider than b, which is at least as specific. */
static bool is_wider(const struct rule_spec *a, const struct rule_spec *b)
{
    return a->kind != b->kind || (a->kind == RULE_NETWORK && a->network.bits < b->network.bits);
}

static void fold_fence(struct match *m, const struct rule_spec *rule)
{
    if (m->conflict != NULL)
        return;
    if ((m->allowed & rule->only) == 0)
        m->conflict = rule;
    else
        m->allowed &= rule->only;
    if (m->n_fences < MATCH_FENCES)
        m->fences[m->n_fences++] = rule;
}

/* lifted_by: the most specific `fence: off` so far. */
static void fold(struct match *m, const struct rule_spec *rule, const struct rule_spec **lifted_by)
{
    if (rule->has_prefer && m->prefer == NULL)
        m->prefer = rule;
    if (rule->has_only && (*lifted_by == NULL || !is_wider(rule, *lifted_by)))
        fold_fence(m, rule);
    if (rule->fence_off && *lifted_by == NULL)
        *lifted_by = rule;
}

static void fold_value(const struct maprules *r, struct match *m, const struct rule_spec *value,
                       const struct rule_spec **lifted_by)
{
    for (size_t i = lower_bound(r, value); i < r->n; i++) {
        if (compare_values(r->sorted[i], value) != 0)
            break;
        fold(m, r->sorted[i], lifted_by);
    }
}

static void fold_code(const struct maprules *r, struct match *m, enum rule_kind kind,
                      const char *code, const struct rule_spec **lifted_by)
{
    struct rule_spec value = {.kind = kind};

    if (*code == '\0')
        return;
    memcpy(value.code, code, strlen(code));
    fold_value(r, m, &value, lifted_by);
}

void maprules_match(const struct maprules *r, uint32_t chain, const struct place *place,
                    regionset_t all, struct match *out)
{
    struct match m = {.allowed = all};
    const struct rule_spec *lifted_by = NULL;

    for (; chain != 0; chain = netrules_rest(r->networks, chain))
        fold(&m, netrules_first(r->networks, chain), &lifted_by);
    if (place->asn != 0 && place->asn != PLACE_ASN_OTHER)
        fold_value(r, &m, &(struct rule_spec){.kind = RULE_ASN, .asn = place->asn}, &lifted_by);
    fold_code(r, &m, RULE_SUBDIVISION, place->subdivision, &lifted_by);
    fold_code(r, &m, RULE_COUNTRY, place->country, &lifted_by);
    fold_code(r, &m, RULE_CONTINENT, place->continent, &lifted_by);
    *out = m;
}
