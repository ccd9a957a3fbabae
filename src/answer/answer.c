/* SPDX-License-Identifier: BSD-2-Clause */
#include "answer/answer.h"

#include "answer/direct.h"
#include "answer/work.h"

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

/* Is there nothing in a query but a question that our zones may answer, and perhaps a client subnet? */
static inline bool is_ordinary(const struct snapshot *snap, const struct answer_request *request,
                               const struct query *q)
{
    const struct edns *e = &q->edns;

    return q->class == CLASS_IN && q->tsig.rdata == NULL && !type_is_transfer(q->type) &&
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

/* Whom the answer is for: the client subnet's address, where it counts, or the source's. */
static inline const struct ipaddr *locate(const struct snapshot *snap,
                                          const struct answer_request *request, struct direct *d)
{
    const struct edns *e = &d->q->edns;

    if (!e->options || !e->ecs.present || !opt_takes_ecs(snap, request))
        return &request->client;
    d->ecs = true;
    d->located = e->ecs.source_bits > 0;
    return d->located ? &e->ecs.addr : &request->client;
}

/* What respond() needs is set up behind what most queries need: it is half of their instructions. */
size_t answer(const struct snapshot *snap, const struct answer_request *request, uint8_t *out,
              size_t cap, struct stats *stats)
{
    struct query q;
    struct found f;
    struct direct d = {.q = &q, .f = &f, .udp_size = snap->opts.udp_size};
    const enum query_status status = query_read(&q, request->packet, request->len);

    if (status == QUERY_DROP) {
        stats_add(stats, STAT_dropped, 1);
        return 0;
    }
    stats_add(stats, STAT_edns, q.edns.present);
    const size_t limit = reply_limit(snap, &q, request->tcp, cap);
    const bool ordinary = status == QUERY_OK && is_ordinary(snap, request, &q);
    if (ordinary) {
        find(snap, &q.name, q.type, locate(snap, request, &d), &f);
        const size_t len = direct_write(&d, out, limit);
        if (len > 0) {
            count_direct(stats, &d);
            return len;
        }
    }
    return respond(&(struct work){.snap = snap,
                                  .request = request,
                                  .q = &q,
                                  .client = &request->client,
                                  .found = ordinary ? &f : NULL,
                                  .stats = stats},
                   status, out, limit);
}
