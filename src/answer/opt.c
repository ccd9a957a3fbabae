/*
 * What the response's OPT says of what the query's asked.  SPDX-License-Identifier: BSD-2-Clause
 */
#include "answer/work.h"

static void count_cookie(struct stats *s, enum cookie_status cookie)
{
    stats_add(s, STAT_cookie_client, cookie == COOKIE_CLIENT);
    stats_add(s, STAT_cookie_invalid, cookie == COOKIE_INVALID);
    stats_add(s, STAT_cookie_valid, cookie == COOKIE_VALID);
}

/* Told to clients alone; over UDP there is nothing to keep alive (RFC 7828 §3.2.1, §3.3.1). */
static bool check_keepalive(struct work *w)
{
    const struct edns *e = &w->q->edns;
    const dur_ms_t units = w->request->idle_ms / 100;

    if (!e->keepalive || !w->request->tcp)
        return true;
    w->opt->keepalive = !e->keepalive_timeout;
    w->opt->idle_100ms = (uint16_t)(units < UINT16_MAX ? units : UINT16_MAX);
    return w->opt->keepalive;
}

enum query_status opt_check(struct work *w, enum query_status status)
{
    const struct answer_request *r = w->request;
    struct edns_reply *opt = w->opt;

    if (w->q->edns.cookie != NULL) {
        w->cookie = cookie_check(&w->snap->opts.cookies, &w->q->edns, &r->client,
                                 (uint32_t)(r->now_ms / 1000), opt->cookie_data);
        opt->cookie = w->cookie > COOKIE_MALFORMED;
        count_cookie(w->stats, w->cookie);
    }
    const bool ok = check_keepalive(w) && w->cookie != COOKIE_MALFORMED;
    return ok || status == QUERY_NOTIMP ? status : QUERY_FORMERR;
}

bool opt_takes_ecs(const struct snapshot *snap, const struct answer_request *request)
{
    const struct netset *from = snap->opts.ecs_from;

    return from == NULL || netset_has(from, &request->client);
}

void opt_answer(struct work *w)
{
    const struct answer_opts *opts = &w->snap->opts;
    const struct edns *e = &w->q->edns;

    if (e->nsid) {
        w->opt->nsid = opts->identity.text;
        w->opt->nsid_len = opts->identity.len;
    }
    if (!e->ecs.present)
        return;
    stats_add(w->stats, STAT_ecs, 1);
    w->opt->ecs = opt_takes_ecs(w->snap, w->request);
    if (w->opt->ecs && e->ecs.source_bits > 0)
        w->client = &e->ecs.addr;
}
