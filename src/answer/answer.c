/* SPDX-License-Identifier: BSD-2-Clause */
#include "answer/answer.h"

#include <stdlib.h>

#include "answer/work.h"

static void answer_question(struct work *w)
{
    const uint16_t type = w->q->type;

    if (type == TYPE_OPT)
        w->resp->rcode = RCODE_FORMERR; /* never a question (RFC 6891 §6.1.1) */
    else if (type == TYPE_AXFR || type == TYPE_IXFR)
        w->resp->rcode = RCODE_REFUSED;
    else if (type_is_meta(type) && type != TYPE_ANY)
        w->resp->rcode = RCODE_NOTIMP;
    else if (w->q->class == CLASS_IN || w->q->class == CLASS_ANY)
        chain_answer(w);
    else if (w->q->class == CLASS_CH)
        chaos_answer(w);
    else
        w->resp->rcode = RCODE_REFUSED;
}

static void count_reply(const struct work *w)
{
    struct stats *s = w->stats;
    const struct resp *r = w->resp;

    if (w->steered)
        stats_add(s, STAT_steered, 1);
    switch (r->rcode) {
    case RCODE_NOERROR:
        if (r->count[SECTION_ANSWER] > 0)
            stats_add(s, STAT_noerror, 1);
        else
            stats_add(s, r->flags & FLAG_AA ? STAT_nodata : STAT_referral, 1);
        return;
    case RCODE_NXDOMAIN: stats_add(s, STAT_nxdomain, 1); return;
    case RCODE_FORMERR: stats_add(s, STAT_formerr, 1); return;
    case RCODE_NOTIMP: stats_add(s, STAT_notimp, 1); return;
    case RCODE_REFUSED: stats_add(s, STAT_refused, 1); return;
    case RCODE_YXDOMAIN: stats_add(s, STAT_yxdomain, 1); return;
    case RCODE_BADVERS: stats_add(s, STAT_badvers, 1); return;
    default: stats_add(s, STAT_servfail, 1);
    }
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

static uint16_t error_rcode(enum query_status status)
{
    switch (status) {
    case QUERY_FORMERR: return RCODE_FORMERR;
    case QUERY_NOTIMP: return RCODE_NOTIMP;
    case QUERY_BADVERS: return RCODE_BADVERS;
    case QUERY_OK:
    case QUERY_DROP: break;
    }
    abort();
}

size_t answer(const struct snapshot *snap, const struct answer_request *request, uint8_t *out,
              size_t cap, struct stats *stats)
{
    struct query q;
    struct resp resp;
    struct resp_opt opt = {.udp_size = snap->opts.udp_size};
    const enum query_status status = query_read(&q, request->packet, request->len);

    if (status == QUERY_DROP) {
        stats_add(stats, STAT_dropped, 1);
        return 0;
    }
    if (status != QUERY_OK)
        q.edns.ecs.present = q.edns.nsid = false; /* what was not understood is not echoed */
    if (q.edns.nsid && snap->opts.identity_len > 0) {
        opt.nsid = snap->opts.identity;
        opt.nsid_len = snap->opts.identity_len;
    }
    const bool by_subnet = q.edns.ecs.present && q.edns.ecs.source_bits > 0;
    struct work w = {.snap = snap,
                     .q = &q,
                     .client = by_subnet ? &q.edns.ecs.addr : &request->client,
                     .resp = &resp,
                     .stats = stats};

    stats_add(stats, STAT_edns, q.edns.present);
    stats_add(stats, STAT_ecs, q.edns.ecs.present);
    resp_init(&resp, &q, out, reply_limit(snap, &q, request->tcp, cap), &opt);
    if (status == QUERY_OK)
        answer_question(&w);
    else
        resp.rcode = error_rcode(status);
    if (by_subnet)
        opt.ecs_scope = w.scope; /* source 0 asks not to be located: scope 0 (RFC 7871 §7.1.2) */
    count_reply(&w);
    if (q.class == CLASS_ANY)
        resp.flags &= (uint16_t)~FLAG_AA; /* we cannot speak for all classes (RFC 1035 §6.2) */
    if (resp.flags & FLAG_TC)
        stats_add(stats, STAT_truncated, 1);
    return resp_finish(&resp, &opt);
}
