/* SPDX-License-Identifier: BSD-2-Clause */
#include "reply.h"

#include <ldns/ldns.h>
#include <stdlib.h>
#include <string.h>

#include "base/cursor.h"
#include "base/xalloc.h"
#include "dns/name.h"
#include "dns/types.h"

const char *section_name(unsigned section)
{
    static const char *const names[] = {"answer", "authority", "additional"};

    return names[section];
}

/* ---- records ---- */

static int by_octets(const void *a, const void *b)
{
    const struct rdata *x = a, *y = b;
    const int order = memcmp(x->octets, y->octets, x->len < y->len ? x->len : y->len);

    return order != 0 ? order : (x->len > y->len) - (x->len < y->len);
}

static bool same_key(const struct rrset *a, const struct rrset *b)
{
    return a->type == b->type && a->class == b->class && a->covered == b->covered &&
           name_equal(a->owner, b->owner);
}

bool rrset_same_rdata(const struct rrset *a, const struct rrset *b)
{
    if (a->n != b->n)
        return false;
    for (size_t i = 0; i < a->n; i++)
        if (by_octets(&a->rdata[i], &b->rdata[i]) != 0)
            return false;
    return true;
}

static struct rrset *set_of(struct section *s, const struct rrset *like)
{
    for (size_t i = 0; i < s->n; i++)
        if (same_key(&s->set[i], like))
            return &s->set[i];
    s->set = xgrow(s->set, s->n, sizeof(*s->set));
    s->set[s->n] = *like;
    s->set[s->n].owner = xmemdup(like->owner, name_len(like->owner));
    return &s->set[s->n++];
}

/* The record's octets without owner, type, class, TTL and length. */
static struct rdata rdata_of(ldns_rr *rr)
{
    struct rdata out;
    size_t len = 0;

    ldns_buffer *buffer = ldns_buffer_new(LDNS_MIN_BUFLEN);
    ldns_rr2canonical(rr); /* lower-case names, in rdata too (RFC 4034 §6.2) */
    for (size_t i = 0; i < ldns_rr_rd_count(rr); i++)
        ldns_rdf2buffer_wire(buffer, ldns_rr_rdf(rr, i));
    len = ldns_buffer_position(buffer);
    out.octets = xmemdup(ldns_buffer_begin(buffer), len);
    out.len = len;
    ldns_buffer_free(buffer);
    return out;
}

static void add_record(struct section *s, ldns_rr *rr)
{
    const struct rdata rdata = rdata_of(rr);
    struct rrset like = {.owner = ldns_rdf_data(ldns_rr_owner(rr)),
                         .type = (uint16_t)ldns_rr_get_type(rr),
                         .class = (uint16_t)ldns_rr_get_class(rr),
                         .ttl_s = ldns_rr_ttl(rr)};

    if (like.type == TYPE_RRSIG && rdata.len >= 2)
        like.covered = get_u16(rdata.octets);
    struct rrset *set = set_of(s, &like);
    if (set->ttl_s != like.ttl_s)
        set->ttls_differ = true;
    set->rdata = xgrow(set->rdata, set->n, sizeof(*set->rdata));
    set->rdata[set->n++] = rdata;
}

static void read_section(struct section *s, const ldns_rr_list *list)
{
    for (size_t i = 0; i < ldns_rr_list_rr_count(list); i++)
        add_record(s, ldns_rr_list_rr(list, i));
    for (size_t i = 0; i < s->n; i++)
        qsort(s->set[i].rdata, s->set[i].n, sizeof(*s->set[i].rdata), by_octets);
}

/* ---- the rest ---- */

/* Also of a query whose name does not end where a question of its length would. */
static void read_question(struct reply *r, const struct query *q, const struct datagram *d)
{
    const size_t end = (size_t)DNS_HEADER_LEN + q->question_len;

    if (get_u16(d->octets + 4) == 0)
        r->question = QUESTION_NONE;
    else if (get_u16(d->octets + 4) == 1 && d->len >= end && q->len >= end &&
             memcmp(d->octets + DNS_HEADER_LEN, q->wire + DNS_HEADER_LEN, q->question_len) == 0)
        r->question = QUESTION_ECHO;
    else
        r->question = QUESTION_OTHER;
}

static void read_opt(struct reply *r, const ldns_pkt *p)
{
    const ldns_rdf *data = ldns_pkt_edns_data(p);
    struct rd rd =
        rd_init(data != NULL ? ldns_rdf_data(data) : NULL, data != NULL ? ldns_rdf_size(data) : 0);

    r->opt = ldns_pkt_edns(p);
    r->version = ldns_pkt_edns_version(p);
    r->opt_flags = ldns_pkt_edns_z(p);
    r->rcode |= (unsigned)ldns_pkt_edns_extended_rcode(p) << 4;
    while (rd_left(&rd) >= 4) {
        struct reply_option o = {.code = rd_u16(&rd), .len = rd_u16(&rd)};
        const uint8_t *octets = rd_bytes(&rd, o.len);
        if (octets == NULL)
            return;
        o.data = xmemdup(octets, o.len);
        r->option = xgrow(r->option, r->n_options, sizeof(*r->option));
        r->option[r->n_options++] = o;
    }
}

void reply_read(struct reply *r, const struct query *q, const struct datagram *d)
{
    ldns_pkt *p;

    *r = (struct reply){.state = REPLY_NONE};
    if (d->octets == NULL)
        return;
    r->state = REPLY_BROKEN;
    if (d->len < DNS_HEADER_LEN || ldns_wire2pkt(&p, d->octets, d->len) != LDNS_STATUS_OK)
        return;
    r->state = REPLY_WHOLE;
    r->len = d->len;
    r->flags = get_u16(d->octets + 2) & 0xfff0;
    r->rcode = d->octets[3] & 15;
    read_question(r, q, d);
    read_section(&r->section[ANSWER], ldns_pkt_answer(p));
    read_section(&r->section[AUTHORITY], ldns_pkt_authority(p));
    read_section(&r->section[ADDITIONAL], ldns_pkt_additional(p));
    read_opt(r, p);
    ldns_pkt_free(p);
}

static void section_fini(struct section *s)
{
    for (size_t i = 0; i < s->n; i++) {
        for (size_t k = 0; k < s->set[i].n; k++)
            free(s->set[i].rdata[k].octets);
        free(s->set[i].rdata);
        free(s->set[i].owner);
    }
    free(s->set);
}

void reply_fini(struct reply *r)
{
    for (unsigned i = 0; i < N_SECTIONS; i++)
        section_fini(&r->section[i]);
    for (size_t i = 0; i < r->n_options; i++)
        free(r->option[i].data);
    free(r->option);
}

/* ---- looking into one ---- */

size_t reply_count(const struct reply *r, unsigned section, uint16_t type)
{
    const struct section *s = &r->section[section];
    size_t n = 0;

    for (size_t i = 0; i < s->n; i++)
        n += s->set[i].type == type ? s->set[i].n : 0;
    return n;
}

const struct rrset *reply_find(const struct reply *r, unsigned section, const struct rrset *like)
{
    const struct section *s = &r->section[section];

    for (size_t i = 0; i < s->n; i++)
        if (same_key(&s->set[i], like))
            return &s->set[i];
    return NULL;
}

const struct reply_option *reply_option(const struct reply *r, uint16_t code)
{
    for (size_t i = 0; i < r->n_options; i++)
        if (r->option[i].code == code)
            return &r->option[i];
    return NULL;
}

char *reply_text(const struct datagram *d)
{
    ldns_pkt *p;

    if (d->octets == NULL)
        return xstrdup("(no reply)\n");
    if (ldns_wire2pkt(&p, d->octets, d->len) != LDNS_STATUS_OK)
        return xstrdup("(ldns does not read it)\n");
    char *text = ldns_pkt2str(p), *out = xstrdup(text);
    free(text);
    ldns_pkt_free(p);
    return out;
}
