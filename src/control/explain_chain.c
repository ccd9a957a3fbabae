/*
 * From the name asked to the end of the chain of aliases, as far as our zones go; answer/find.c and
 * answer/answer.c do the same for queries, over the same tables.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "control/cmd.h"
#include "control/explain.h"
#include "load/rdata.h"

#define CHAIN_MAX 16 /* as answer.c */

enum next { STOP, FOLLOW, FAIL };

static json_t *record_text(uint16_t type, const uint8_t *rr)
{
    char *text, mnemonic[TYPE_TEXT];
    size_t len;
    FILE *f = open_memstream(&text, &len);

    if (f == NULL)
        abort();
    fprintf(f, "%s ", type_print(type, mnemonic));
    rdata_print(type, rr_rdata(rr), rr_rdlen(rr), f);
    fclose(f);
    json_t *s = rpc_text(text);
    free(text);
    return s;
}

void explain_records(const struct rrset *set, json_t *texts)
{
    for (const uint8_t *rr = set->wire; rr < set->wire + set->len; rr = rr_next(rr))
        json_array_append_new(texts, record_text(set->type, rr));
}

static void set_what(json_t *step, const char *what, const char *why)
{
    json_object_set_new(step, "what", json_string(what));
    json_object_set_new(step, "why", json_string(why));
}

/* set: there is one where a zone was found to delegate, to redirect or to answer. */
static void set_records(json_t *step, const struct rrset *set)
{
    json_t *records = json_array();

    assert(set != NULL);
    explain_records(set, records);
    json_object_set_new(step, "records", records);
    json_object_set_new(step, "ttl", json_integer(rrset_ttl(set)));
}

/* ---- the kinds of names ---- */

static enum next explain_alias(struct explain *e, const struct rrset *set)
{
    const uint8_t *target = rr_rdata(set->wire);

    memcpy(e->name, target, name_len(target));
    name_lower(e->name);
    return FOLLOW;
}

static enum next explain_static(struct explain *e, const struct node *node, json_t *step)
{
    const struct rrset *set = e->type == TYPE_ANY ? node_any(node) : node_rrset(node, e->type);

    if (set != NULL) {
        set_what(step, "static", "plain zone data, the same for every client");
        set_records(step, set);
        return STOP;
    }
    set = node_rrset(node, TYPE_CNAME);
    if (set != NULL) {
        set_what(step, "alias", "a CNAME of the zone, the same for every client");
        set_records(step, set);
        return explain_alias(e, set);
    }
    set_what(step, "nodata", "the name is there, but owns no record of the type");
    return STOP;
}

/* ANY at a DYNA: the first set that this client has, steered or not. */
static const struct steer_type *find_any(const struct explain *e, const struct node *node,
                                         const struct steered *s)
{
    for (uint8_t i = 0; i < s->n_types; i++)
        if (explain_gives(s, &s->types[i], &e->client.addr))
            return &s->types[i];
    return node_sets(node) == NULL && s->n_types > 0 ? &s->types[s->n_types - 1] : NULL;
}

/* What of a steered name answers; NULL: its plain data.  A DYNC redirects every type, as a CNAME. */
static const struct steer_type *find_type(const struct explain *e, const struct node *node,
                                          const struct steered *s)
{
    if (s->kind == DYN_ALIAS)
        return &s->types[0];
    return e->type == TYPE_ANY ? find_any(e, node, s) : steered_type(s, e->type);
}

static enum next explain_dyn(struct explain *e, const struct zone_entry *entry,
                             const struct node *node, json_t *step)
{
    const struct dyn *dyn = zone_dyn_of(entry->zone, node);
    const struct steered *s = plan_steered_of(e->control->now->plan, entry, dyn);
    const struct explain_steered steered = {entry, dyn, find_type(e, node, s)};

    if (steered.type == NULL)
        return explain_static(e, node, step);
    set_what(step, "steered", "");
    const struct rrset *alias = NULL;
    if (!explain_steer(e, &steered, step, &alias))
        return FAIL;
    if (alias == NULL || e->type == TYPE_CNAME || e->type == TYPE_ANY)
        return STOP; /* nothing, or the alias itself was asked for (RFC 1034 §3.6.2) */
    return explain_alias(e, alias);
}

static void add_synthesised_cname(const struct explain *e, json_t *step)
{
    char target[NAME_TEXT];
    char *text = xasprintf("CNAME %s", name_print(e->name, target));

    json_array_append_new(json_object_get(step, "records"), json_string(text));
    free(text);
}

/* RFC 6672 §2.2: what is left of the owner goes before the target. */
static enum next explain_dname(struct explain *e, const struct node *node, json_t *step,
                               const char **rcode)
{
    const struct rrset *set = node_rrset(node, TYPE_DNAME);
    const uint8_t *target = rr_rdata(set->wire);
    const size_t kept = name_len(e->name) - node->name_len;

    set_what(step, "dname", "a DNAME above the name redirects it");
    set_records(step, set);
    if (kept + name_len(target) > NAME_MAX_LEN) {
        *rcode = rcode_name(RCODE_YXDOMAIN);
        return STOP;
    }
    memcpy(e->name + kept, target, name_len(target));
    add_synthesised_cname(e, step);
    name_lower(e->name);
    return e->type == TYPE_CNAME ? STOP : FOLLOW;
}

/* DS lives above the cut. */
static enum next explain_cut(struct explain *e, const struct name_key *key, const struct node *node,
                             json_t *step)
{
    if (e->type == TYPE_DS && key->len == node->name_len)
        return explain_static(e, node, step);
    set_what(step, "referral", "delegated to other servers");
    set_records(step, node_rrset(node, TYPE_NS));
    return STOP;
}

/* ---- the chain ---- */

static enum next explain_in_zone(struct explain *e, const struct zone_entry *entry,
                                 const struct name_key *key, json_t *step, const char **rcode)
{
    const struct node *node;
    const enum zone_found found = zone_find(entry->zone, key, &node);

    if (found == ZONE_WILDCARD)
        json_object_set_new(step, "wildcard", cmd_name(node->name));
    switch (found) {
    case ZONE_EXACT:
    case ZONE_WILDCARD:
        return node->flags & NODE_STEERED ? explain_dyn(e, entry, node, step)
                                          : explain_static(e, node, step);
    case ZONE_CUT: return explain_cut(e, key, node, step);
    case ZONE_DNAME: return explain_dname(e, node, step, rcode);
    case ZONE_NXDOMAIN:
        set_what(step, "nxdomain", "no such name");
        *rcode = rcode_name(RCODE_NXDOMAIN);
        return STOP;
    }
    abort();
}

static enum next explain_step(struct explain *e, const struct name_key *key, bool first,
                              json_t *step, const char **rcode)
{
    const struct zone_entry *entry = zonedb_answers(e->control->now->zones, key, e->type);

    if (entry == NULL) {
        set_what(step, "outside", "no zone of this server: the resolver asks elsewhere");
        if (first)
            *rcode = rcode_name(RCODE_REFUSED);
        return STOP;
    }
    json_object_set_new(step, "zone", cmd_name(entry->apex));
    if (entry->zone == NULL) {
        set_what(step, "failed", "the zone never loaded; `proximactl status` says why");
        return FAIL;
    }
    return explain_in_zone(e, entry, key, step, rcode);
}

static bool is_among(const uint32_t *hashes, unsigned n, uint32_t hash)
{
    while (n > 0 && hashes[n - 1] != hash)
        n--;
    return n > 0;
}

const char *explain_chain(struct explain *e)
{
    const char *rcode = rcode_name(RCODE_NOERROR);
    uint32_t been[CHAIN_MAX] = {0}; /* hashes of the names so far */
    enum next next = FOLLOW;

    for (unsigned i = 0; next == FOLLOW && i < CHAIN_MAX; i++) {
        struct name_key key;
        name_key_init(&key, e->name);
        if (is_among(been, i, key.hash)) {
            err_warn(&e->warnings, "the aliases lead in a circle");
            break;
        }
        been[i] = key.hash;
        json_t *step = json_pack("{s:o}", "name", cmd_name(e->name));
        next = explain_step(e, &key, i == 0, step, &rcode);
        json_array_append_new(e->steps, step);
    }
    return next == FAIL ? rcode_name(RCODE_SERVFAIL) : rcode;
}
