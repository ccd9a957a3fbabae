/*
 * The reply to any query whatever: errors, limits, classes, transfers, and class IN as far as answer.c
 * left it.  SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>

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

static void answer_internet(struct work *w)
{
    struct found f;

    if (type_is_transfer(w->q->type)) {
        answer_transfer(w);
        return;
    }
    if (w->found != NULL) {
        chain_answer(w, w->found);
        return;
    }
    find(w->snap, &w->q->name, w->q->type, w->client, &f);
    chain_answer(w, &f);
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

/* Over TCP, and with a cookie of ours, the address is the client's own (RFC 7873 §5.2.5). */
static enum ratelimit_verdict take(const struct work *w)
{
    const struct answer_request *r = w->request;
    const uint32_t rate = w->snap->opts.udp_limit;

    if (rate == 0 || r->tcp || r->limit == NULL || w->cookie == COOKIE_VALID)
        return RATELIMIT_ANSWER;
    return ratelimit_take(r->limit, &r->client, rate, r->now_ms);
}

static size_t write_reply(struct work *w, enum query_status status, uint8_t *out, size_t limit)
{
    const struct query *q = w->q;

    if (q->edns.options)
        status = opt_check(w, status);
    const enum ratelimit_verdict verdict = take(w);
    if (verdict == RATELIMIT_SILENT) {
        stats_add(w->stats, STAT_limited_silent, 1);
        return 0;
    }
    const bool limited = verdict == RATELIMIT_SHORT && status == QUERY_OK;
    if (q->edns.options && status == QUERY_OK && !limited)
        opt_answer(w);
    resp_init(w->resp, q, out, limit, w->opt);
    answer_what_came(w, status, limited);
    if (w->client != &w->request->client)
        w->opt->ecs_scope =
            w->scope; /* source 0 asks not to be located: scope 0 (RFC 7871 §7.1.2) */
    count_reply(w, limited);
    if (q->class == CLASS_ANY)
        w->resp->flags &= (uint16_t)~FLAG_AA; /* we cannot speak for all classes (RFC 1035 §6.2) */
    return resp_finish(w->resp, w->opt);
}

size_t respond(const struct work *asked, enum query_status status, uint8_t *out, size_t limit)
{
    struct resp resp;
    struct edns_reply opt = {.udp_size = asked->snap->opts.udp_size};
    struct work w = *asked;

    w.resp = &resp;
    w.opt = &opt;
    return write_reply(&w, status, out, limit);
}
