/*
 * Probes of type combine: which probes are their parts.  SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>

#include "base/xalloc.h"
#include "control/config.h"
#include "control/names.h"
#include "control/probe_types.h"
#include "control/sections.h"

/* The number of the probe that is to be a part; false: it has been told why it cannot. */
static bool find_part(struct reader *r, const json_t *of, const struct probe_spec *p,
                      const char *name, size_t *out)
{
    const struct config *c = r->config;
    const struct names known = NAMES(c->probes, c->n_probes);

    if (!names_find(&known, name, out)) {
        char *hint = names_hint(&known, name);
        err_at(r->err, yamltree_pos(r->tree, of), "of: there is no probe \"%s\"%s", name, hint);
        free(hint);
        return false;
    }
    const enum probe_kind kind = c->probes[*out].kind;
    if (kind == PROBE_COMBINE || kind == PROBE_PUSH) {
        err_at(r->err, yamltree_pos(r->tree, of),
               "of: \"%s\" is of type %s, which %s cannot combine", name, probe_kind_name(kind),
               p->name);
        return false;
    }
    return true;
}

static void combine(struct reader *r, const json_t *node, struct probe_spec *p)
{
    const json_t *of = json_object_get(node, "of");
    size_t part;

    for (size_t i = 0; i < p->n_of; i++) {
        if (!find_part(r, of, p, p->of[i], &part))
            continue;
        p->parts = xgrow(p->parts, p->n_parts, sizeof(*p->parts));
        p->parts[p->n_parts] = probe_spec_copy(&r->config->probes[part]);
        p->asks = (p->asks << 1 | p->asks >> 63) ^ p->parts[p->n_parts++].asks;
    }
    if (p->n_of == 0)
        err_at(r->err, p->pos, "a probe of type combine needs `of`, such as `of: [web, api]`");
    else if (p->need > p->n_of)
        err_at(r->err, yamltree_pos(r->tree, json_object_get(node, "need")),
               "need: %u of %zu are more than there are", p->need, p->n_of);
    if (p->need == 0)
        p->need = (uint8_t)p->n_of;
}

void probes_combine(struct reader *r, const json_t *node)
{
    struct config *c = r->config;

    for (size_t i = 0; i < c->n_probes; i++)
        if (c->probes[i].kind == PROBE_COMBINE)
            combine(r, json_object_get(node, c->probes[i].name), &c->probes[i]);
}
