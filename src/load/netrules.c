/* SPDX-License-Identifier: BSD-2-Clause */
#include "load/netrules.h"

#include <stdlib.h>

#include "base/xalloc.h"
#include "data/ip4in6.h"

struct node {
    uint32_t half[2]; /* NETRULES_NONE: nothing differs there */
    uint32_t chain;   /* 0: that of the block above */
    bool embedded;
};

struct link {
    const struct rule_spec *rule; /* borrowed from the map */
    uint32_t rest;
};

struct netrules {
    struct node *nodes; /* 0 and 1: the roots of IPv4 and IPv6 */
    uint32_t n_nodes;
    struct link *links; /* 0: the empty chain */
    uint32_t n_links;
};

static uint32_t add_node(struct netrules *r)
{
    r->nodes = xgrow(r->nodes, r->n_nodes, sizeof(*r->nodes));
    r->nodes[r->n_nodes] = (struct node){.half = {NETRULES_NONE, NETRULES_NONE}};
    return r->n_nodes++;
}

static uint32_t add_link(struct netrules *r, const struct rule_spec *rule, uint32_t rest)
{
    r->links = xgrow(r->links, r->n_links, sizeof(*r->links));
    r->links[r->n_links] = (struct link){rule, rest};
    return r->n_links++;
}

/* The node of a prefix, made if need be; *chain: what holds there so far. */
static uint32_t reach(struct netrules *r, const struct prefix *p, uint32_t *chain)
{
    uint32_t at = netrules_root(r, p->addr.family);

    *chain = netrules_chain(r, at, 0);
    for (unsigned i = 0; i < p->bits; i++) {
        const bool upper = ipaddr_bit(&p->addr, i);
        if (r->nodes[at].half[upper] == NETRULES_NONE) {
            const uint32_t fresh = add_node(r);
            r->nodes[at].half[upper] = fresh;
        }
        at = r->nodes[at].half[upper];
        *chain = netrules_chain(r, at, *chain);
    }
    return at;
}

static void mark_embedded(struct netrules *r)
{
    for (unsigned i = 0; i < IP4IN6_PREFIXES; i++) {
        const struct prefix p = ip4in6_prefix(i);
        uint32_t chain;
        const uint32_t at = reach(r, &p, &chain);
        r->nodes[at].embedded = true;
    }
}

/* Wider ones first, so that a chain is complete when a longer prefix takes it for its rest; equal
 * ones from the last declared to the first, which thus comes to stand in front. */
static int by_width(const void *a, const void *b)
{
    const struct rule_spec *x = *(const struct rule_spec *const *)a;
    const struct rule_spec *y = *(const struct rule_spec *const *)b;

    if (x->network.bits != y->network.bits)
        return x->network.bits < y->network.bits ? -1 : 1;
    return x > y ? -1 : 1;
}

static bool is_inside_embedded(const struct prefix *p)
{
    for (unsigned i = 0; i < IP4IN6_PREFIXES; i++) {
        const struct prefix outer = ip4in6_prefix(i);
        if (p->bits >= outer.bits && prefix_contains(&outer, &p->addr))
            return true;
    }
    return false;
}

static void add_rule(struct netrules *r, const struct rule_spec *rule, struct err *err)
{
    uint32_t chain;

    if (is_inside_embedded(&rule->network)) {
        char text[PREFIX_TEXT];
        err_warn_at(err, rule->pos,
                    "%s never matches: addresses there are looked up by the IPv4 address in them; "
                    "give the IPv4 network",
                    prefix_print(&rule->network, text));
        return;
    }
    const uint32_t at = reach(r, &rule->network, &chain);
    const uint32_t own = add_link(r, rule, chain);
    r->nodes[at].chain = own;
}

struct netrules *netrules_new(const struct map_spec *map, struct err *err)
{
    struct netrules *r = xcalloc(1, sizeof(*r));
    const struct rule_spec **sorted = xcalloc(map->n_rules + 1, sizeof(*sorted));
    size_t n = 0;

    add_node(r);
    add_node(r);
    add_link(r, NULL, 0);
    mark_embedded(r);
    for (size_t i = 0; i < map->n_rules; i++)
        if (map->rules[i].kind == RULE_NETWORK)
            sorted[n++] = &map->rules[i];
    qsort(sorted, n, sizeof(*sorted), by_width);
    for (size_t i = 0; i < n; i++)
        add_rule(r, sorted[i], err);
    free(sorted);
    return r;
}

void netrules_free(struct netrules *r)
{
    if (r == NULL)
        return;
    free(r->nodes);
    free(r->links);
    free(r);
}

uint32_t netrules_root(const struct netrules *r, uint8_t family)
{
    return family == FAMILY_IP4 ? 0 : 1;
}

uint32_t netrules_half(const struct netrules *r, uint32_t node, bool upper)
{
    return node == NETRULES_NONE ? NETRULES_NONE : r->nodes[node].half[upper];
}

bool netrules_embedded(const struct netrules *r, uint32_t node)
{
    return node != NETRULES_NONE && r->nodes[node].embedded;
}

uint32_t netrules_chain(const struct netrules *r, uint32_t node, uint32_t above)
{
    const uint32_t own = node == NETRULES_NONE ? 0 : r->nodes[node].chain;

    return own != 0 ? own : above;
}

const struct rule_spec *netrules_first(const struct netrules *r, uint32_t chain)
{
    return r->links[chain].rule;
}

uint32_t netrules_rest(const struct netrules *r, uint32_t chain)
{
    return r->links[chain].rest;
}

uint32_t netrules_find(const struct netrules *r, const struct ipaddr *addr)
{
    uint32_t at = netrules_root(r, addr->family), chain = netrules_chain(r, at, 0);

    for (unsigned i = 0; at != NETRULES_NONE && i < ipaddr_bits(addr); i++) {
        at = netrules_half(r, at, ipaddr_bit(addr, i));
        chain = netrules_chain(r, at, chain);
    }
    return chain;
}
