/* SPDX-License-Identifier: BSD-2-Clause */
#include "compare.h"

#include <ldns/ldns.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "dns/name.h"
#include "dns/types.h"

static void add(struct items *items, const struct rrset *set, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static void add(struct items *items, const struct rrset *set, const char *fmt, ...)
{
    va_list ap;

    items->item = xgrow(items->item, items->n, sizeof(*items->item));
    struct item *i = &items->item[items->n++];
    i->set = set;
    va_start(ap, fmt);
    vsnprintf(i->text, sizeof(i->text), fmt, ap);
    va_end(ap);
}

/* ---- header ---- */

static const char *rcode_text(unsigned rcode, char out[16])
{
    if (rcode == LDNS_RCODE_NOTAUTH)
        return "NOTAUTH";
    if (strcmp(rcode_name(rcode), "RCODE?") != 0)
        return rcode_name(rcode);
    snprintf(out, 16, "RCODE%u", rcode);
    return out;
}

static void compare_header(struct items *items, const struct reply *ours,
                           const struct reply *theirs)
{
    static const struct {
        const char *name;
        uint16_t bit;
    } flags[] = {{"qr", FLAG_QR}, {"aa", FLAG_AA}, {"tc", FLAG_TC}, {"rd", FLAG_RD},
                 {"ra", FLAG_RA}, {"z", 0x0040},   {"ad", FLAG_AD}, {"cd", FLAG_CD}};
    static const char *const question[] = {"none", "echo", "other"};
    char a[16], b[16];

    if (ours->rcode != theirs->rcode)
        add(items, NULL, "rcode:%s/%s", rcode_text(ours->rcode, a), rcode_text(theirs->rcode, b));
    if (((ours->flags ^ theirs->flags) & 0x7800) != 0)
        add(items, NULL, "opcode:%u/%u", ours->flags >> 11 & 15u, theirs->flags >> 11 & 15u);
    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
        const bool we = ours->flags & flags[i].bit, they = theirs->flags & flags[i].bit;
        if (we != they)
            add(items, NULL, "%s:%d/%d", flags[i].name, we, they);
    }
    if (ours->question != theirs->question)
        add(items, NULL, "question:%s/%s", question[ours->question], question[theirs->question]);
}

/* ---- EDNS ---- */

static void compare_option(struct items *items, const struct reply *ours,
                           const struct reply *theirs, uint16_t code)
{
    const struct reply_option *we = reply_option(ours, code), *they = reply_option(theirs, code);

    if (we == NULL || they == NULL)
        add(items, NULL, "option.%u:%s", code, we != NULL ? "yes/no" : "no/yes");
    else if (we->len != they->len || memcmp(we->data, they->data, we->len) != 0)
        add(items, NULL, "option.%u:yes/other", code);
}

static void compare_opt(struct items *items, const struct reply *ours, const struct reply *theirs)
{
    if (ours->opt != theirs->opt) {
        add(items, NULL, "opt:%s", ours->opt ? "yes/no" : "no/yes");
        return;
    }
    if (ours->version != theirs->version)
        add(items, NULL, "version:%u/%u", ours->version, theirs->version);
    if (((ours->opt_flags ^ theirs->opt_flags) & 0x8000) != 0)
        add(items, NULL, "do:%d/%d", ours->opt_flags >> 15, theirs->opt_flags >> 15);
    if (((ours->opt_flags ^ theirs->opt_flags) & 0x7fff) != 0)
        add(items, NULL, "optz:%u/%u", ours->opt_flags & 0x7fffu, theirs->opt_flags & 0x7fffu);
    for (size_t i = 0; i < ours->n_options; i++)
        compare_option(items, ours, theirs, ours->option[i].code);
    for (size_t i = 0; i < theirs->n_options; i++)
        if (reply_option(ours, theirs->option[i].code) == NULL)
            compare_option(items, ours, theirs, theirs->option[i].code);
}

/* ---- sections ---- */

static bool has_twice(const struct rrset *set)
{
    for (size_t i = 1; i < set->n; i++)
        if (set->rdata[i].len == set->rdata[i - 1].len &&
            memcmp(set->rdata[i].octets, set->rdata[i - 1].octets, set->rdata[i].len) == 0)
            return true;
    return set->ttls_differ;
}

static void compare_set(struct items *items, unsigned section, const struct rrset *we,
                        const struct rrset *they)
{
    const char *name = section_name(section);
    char type[TYPE_TEXT];

    type_print(we->type, type);
    if (has_twice(we) != has_twice(they))
        add(items, we, "%s:twice.%s:%c", name, type, has_twice(we) ? '+' : '-');
    else if (!rrset_same_rdata(we, they))
        add(items, we, "%s:rdata.%s", name, type);
    if (we->ttl_s != they->ttl_s)
        add(items, we, "%s:ttl.%s", name, type);
}

static void compare_sets(struct items *items, unsigned section, const struct reply *ours,
                         const struct reply *theirs)
{
    const struct section *a = &ours->section[section], *b = &theirs->section[section];
    char type[TYPE_TEXT];

    for (size_t i = 0; i < a->n; i++) {
        const struct rrset *they = reply_find(theirs, section, &a->set[i]);
        if (they == NULL)
            add(items, &a->set[i], "%s:+%s", section_name(section),
                type_print(a->set[i].type, type));
        else
            compare_set(items, section, &a->set[i], they);
    }
    for (size_t i = 0; i < b->n; i++)
        if (reply_find(ours, section, &b->set[i]) == NULL)
            add(items, &b->set[i], "%s:-%s", section_name(section),
                type_print(b->set[i].type, type));
}

/* The aliases of a chain, in their order; other sets and the order within a set do not matter. */
static const struct rrset *next_alias(const struct section *s, size_t *at)
{
    while (*at < s->n) {
        const struct rrset *set = &s->set[(*at)++];
        if (set->type == TYPE_CNAME || set->type == TYPE_DNAME)
            return set;
    }
    return NULL;
}

static void compare_order(struct items *items, const struct reply *ours, const struct reply *theirs)
{
    size_t i = 0, k = 0;
    const struct rrset *a, *b;

    do {
        a = next_alias(&ours->section[ANSWER], &i);
        b = next_alias(&theirs->section[ANSWER], &k);
    } while (a != NULL && b != NULL && a->type == b->type && name_equal(a->owner, b->owner));
    if (a != NULL && b != NULL)
        add(items, NULL, "answer:order");
}

struct items compare(const struct reply *ours, const struct reply *theirs)
{
    static const char *const state[] = {"none", "broken", "whole"};
    struct items items = {0};

    if (ours->state != theirs->state)
        add(&items, NULL, "reply:%s/%s", state[ours->state], state[theirs->state]);
    else if (ours->state == REPLY_BROKEN)
        add(&items, NULL, "reply:broken/broken");
    if (ours->state != REPLY_WHOLE || theirs->state != REPLY_WHOLE)
        return items;
    compare_header(&items, ours, theirs);
    compare_opt(&items, ours, theirs);
    for (unsigned s = 0; s < N_SECTIONS; s++)
        compare_sets(&items, s, ours, theirs);
    compare_order(&items, ours, theirs);
    return items;
}
