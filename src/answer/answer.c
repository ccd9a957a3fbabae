/* SPDX-License-Identifier: BSD-2-Clause */
#include "answer/answer.h"

#include <stdlib.h>

#include "answer/direct.h"
#include "answer/ratelimit.h"
#include "answer/work.h"

/* We transfer no zones.  Over UDP there is no AXFR at all (RFC 5936 §4.2); what is no zone of ours is
 * told apart from what is refused (§2.2.1). */
static void answer_transfer(struct work *w)
{
    const struct name_key *name = &w->q->name;
    const struct zone_entry *zone = zonedb_find(w->snap->zones, name, false);

    if (w->q->type == TYPE_AXFR && !w->request->tcp)
        work_fail(w, RCODE_NOTIMP, EDE_NOT_SUPPORTED, "");
    else if (zone == NULL || name_len(zone->apex) != name->len)
        work_fail(w, RCODE_NOTAUTH, EDE_NOT_AUTHORITATIVE, "");
    else
        work_fail(w, RCODE_REFUSED, EDE_NOT_SUPPORTED, "");
}

/* Other meta types than these are types that no name owns. */
static inline bool is_transfer(uint16_t type)
{
    return type == TYPE_AXFR || type == TYPE_IXFR;
}

static void answer_internet(struct work *w)
{
    struct found f;

    if (is_transfer(w->q->type)) {
        answer_transfer(w);
        return;
    }
    if (w->found == NULL) {
        find(w->snap, &w->q->name, w->q->type, w->client, &f);
        w->found = &f;
    }
    chain_answer(w, w->found);
}

static void answer_question(struct work *w)
{
    switch (w->q->class) {
    case CLASS_IN:
    case CLASS_ANY: answer_internet(w); return;
    case CLASS_CH: chaos_answer(w); return;
    default: work_fail(w, RCODE_REFUSED, EDE_NOT_SUPPORTED, "");
    }
}

/* Signed, and we know no key (RFC 8945 §5.2.1). */
static void answer_signed(struct work *w)
{
    w->resp->rcode = RCODE_NOTAUTH;
    w->resp->badkey = true;
}

/* Beyond what an address that nobody knows gets: no answer, but how to come by one. */
static void answer_short(struct work *w)
{
    if (w->cookie != COOKIE_NONE)
        w->resp->rcode = RCODE_BADCOOKIE; /* with a good one (RFC 7873 §5.2.3) */
    else
        w->resp->flags |= FLAG_TC;
}

/* Without a question, for a cookie alone, or for whether the one it has is good (RFC 7873 §5.4). */
static void answer_empty(struct work *w)
{
    if (w->cookie == COOKIE_NONE)
        w->resp->rcode = RCODE_FORMERR;
    else if (w->cookie == COOKIE_INVALID)
        w->resp->rcode = RCODE_BADCOOKIE;
}

static void answer_what_came(struct work *w, enum query_status status, bool limited)
{
    switch (status) {
    case QUERY_OK:
        if (limited)
            answer_short(w);
        else if (w->q->tsig.rdata != NULL)
            answer_signed(w);
        else
            answer_question(w);
        return;
    case QUERY_EMPTY: answer_empty(w); return;
    case QUERY_FORMERR: w->resp->rcode = RCODE_FORMERR; return;
    case QUERY_NOTIMP: work_fail(w, RCODE_NOTIMP, EDE_NOT_SUPPORTED, ""); return;
    case QUERY_BADVERS: w->resp->rcode = RCODE_BADVERS; return;
    case QUERY_DROP: break;
    }
    abort();
}

static enum stats_id noerror_id(const struct work *w)
{
    if (w->resp->count[SECTION_ANSWER] > 0)
        return STAT_noerror;
    return w->resp->flags & FLAG_AA || w->q->question_len == 0 ? STAT_nodata : STAT_referral;
}

static enum stats_id reply_id(const struct work *w)
{
    switch (w->resp->rcode) {
    case RCODE_NOERROR: return noerror_id(w);
    case RCODE_NXDOMAIN: return STAT_nxdomain;
    case RCODE_FORMERR: return STAT_formerr;
    case RCODE_NOTIMP: return STAT_notimp;
    case RCODE_REFUSED: return STAT_refused;
    case RCODE_YXDOMAIN: return STAT_yxdomain;
    case RCODE_NOTAUTH: return STAT_notauth;
    case RCODE_BADVERS: return STAT_badvers;
    case RCODE_BADCOOKIE: return STAT_badcookie;
    }
    return STAT_servfail;
}

static void count_reply(const struct work *w, bool limited)
{
    stats_add(w->stats, STAT_limited, limited);
    if (!limited || w->resp->rcode != RCODE_NOERROR)
        stats_add(w->stats, reply_id(w), 1);
    if (w->steered)
        stats_add(w->stats, STAT_steered, 1);
    if (w->resp->flags & FLAG_TC)
        stats_add(w->stats, STAT_truncated, 1);
}

/* How large the reply may be (RFC 6891 §6.2.3: a size below 512 means 512). */
static size_t reply_limit(const struct snapshot *snap, const struct query *q, bool tcp, size_t cap)
{
    size_t limit = DNS_UDP_PLAIN;

    if (tcp)
        return cap < DNS_TCP_MAX ? cap : DNS_TCP_MAX;
    if (q->edns.present && q->edns.udp_size > limit)
        limit = q->edns.udp_size < snap->opts.udp_size ? q->edns.udp_size : snap->opts.udp_size;
    return limit < cap ? limit : cap;
}

/* Over TCP, and with a cookie of ours, the address is the client's own (RFC 7873 §5.2.5). */
static enum ratelimit_verdict take(const struct work *w)
{
    const struct answer_request *r = w->request;
    const uint32_t rate = w->snap->opts.udp_limit;

    if (rate == 0 || r->tcp || r->limit == NULL || w->cookie == COOKIE_VALID)
        return RATELIMIT_ANSWER;
    return ratelimit_take(r->limit, &r->client, rate, r->now_ms);
}

static size_t drop(struct stats *stats, enum stats_id why)
{
    stats_add(stats, why, 1);
    return 0;
}

/* Any query in any way. */
static size_t answer_any(struct work *w, enum query_status status, uint8_t *out, size_t limit)
{
    const struct query *q = w->q;
    struct resp resp;
    struct edns_reply opt = {.udp_size = w->snap->opts.udp_size};

    w->resp = &resp;
    w->opt = &opt;
    if (q->edns.options)
        status = opt_check(w, status);
    const enum ratelimit_verdict verdict = take(w);
    if (verdict == RATELIMIT_SILENT)
        return drop(w->stats, STAT_limited_silent);
    const bool limited = verdict == RATELIMIT_SHORT && status == QUERY_OK;
    if (q->edns.options && status == QUERY_OK && !limited)
        opt_answer(w);
    resp_init(&resp, q, out, limit, &opt);
    answer_what_came(w, status, limited);
    if (w->client != &w->request->client)
        opt.ecs_scope = w->scope; /* source 0 asks not to be located: scope 0 (RFC 7871 §7.1.2) */
    count_reply(w, limited);
    if (q->class == CLASS_ANY)
        resp.flags &= (uint16_t)~FLAG_AA; /* we cannot speak for all classes (RFC 1035 §6.2) */
    return resp_finish(&resp, &opt);
}

/* Is there nothing in a query but a question that our zones may answer, and perhaps a client subnet? */
static inline bool is_ordinary(const struct snapshot *snap, const struct answer_request *request,
                               const struct query *q)
{
    const struct edns *e = &q->edns;

    return q->class == CLASS_IN && q->tsig.rdata == NULL && !is_transfer(q->type) &&
           (!e->options || !(e->nsid || e->keepalive || e->cookie != NULL)) &&
           (snap->opts.udp_limit == 0 || request->tcp);
}

static void count_direct(struct stats *stats, const struct direct *d)
{
    const enum outcome outcome = d->f->outcome;

    stats_add(stats,
              outcome == FOUND_RRSET      ? STAT_noerror
              : outcome == FOUND_NXDOMAIN ? STAT_nxdomain
                                          : STAT_nodata,
              1);
    if (d->f->steered)
        stats_add(stats, STAT_steered, 1);
    if (d->q->edns.ecs.present)
        stats_add(stats, STAT_ecs, 1);
}

/* An ordinary query; f out: what was found for its name.  0: it needs more than what stands ready. */
static size_t answer_ordinary(const struct work *w, struct found *f, uint8_t *out, size_t limit)
{
    struct direct d = {.q = w->q, .f = f, .udp_size = w->snap->opts.udp_size};
    const struct ecs *ecs = &w->q->edns.ecs;
    const struct ipaddr *client = w->client;

    if (w->q->edns.options && ecs->present && opt_takes_ecs(w->snap, w->request)) {
        d.ecs = true;
        d.located = ecs->source_bits > 0;
        client = d.located ? &ecs->addr : client;
    }
    find_in_entry(w->snap, &w->q->name, w->q->type, client, f);
    const size_t len = direct_write(&d, out, limit);
    if (len > 0)
        count_direct(w->stats, &d);
    return len;
}

void answer_read(struct answer_asked *a, const struct snapshot *snap,
                 const struct answer_request *request)
{
    a->request = request;
    a->entry = NULL;
    a->status = query_read(&a->query, request->packet, request->len);
    if (a->status != QUERY_OK)
        return;
    a->entry = zonedb_answers(snap->zones, &a->query.name, a->query.type);
    if (a->entry != NULL && a->entry->zone != NULL)
        zone_prefetch_slot(a->entry->zone, &a->query.name);
}

void answer_prefetch(const struct answer_asked *a)
{
    if (a->entry != NULL && a->entry->zone != NULL)
        zone_prefetch_node(a->entry->zone, &a->query.name);
}

size_t answer_write(const struct answer_asked *a, const struct snapshot *snap, uint8_t *out,
                    size_t cap, struct stats *stats)
{
    const struct query *q = &a->query;
    struct found f;
    struct work w = {
        .snap = snap, .request = a->request, .q = q, .client = &a->request->client, .stats = stats};

    if (a->status == QUERY_DROP)
        return drop(stats, STAT_dropped);
    stats_add(stats, STAT_edns, q->edns.present);
    const size_t limit = reply_limit(snap, q, a->request->tcp, cap);
    if (a->status == QUERY_OK && is_ordinary(snap, a->request, q)) {
        f.entry = a->entry;
        const size_t len = answer_ordinary(&w, &f, out, limit);
        if (len > 0)
            return len;
        w.found = &f;
    }
    return answer_any(&w, a->status, out, limit);
}

size_t answer(const struct snapshot *snap, const struct answer_request *request, uint8_t *out,
              size_t cap, struct stats *stats)
{
    struct answer_asked asked;

    answer_read(&asked, snap, request);
    return answer_write(&asked, snap, out, cap, stats);
}
