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

void answer_read(struct answer_asked *a, const struct snapshot *snap,
                 const struct answer_request *request)
{
    a->request = request;
    a->entry = NULL;
    a->status = query_read(&a->query, request->packet, request->len);
    if (a->status != QUERY_OK)
        return;
    a->entry = find_entry(snap, &a->query.name, a->query.type);
    if (a->entry != NULL && a->entry->zone != NULL)
        zone_prefetch(a->entry->zone, &a->query.name);
}

void answer_prefetch(struct answer_asked *a)
{
    a->likely = find_likely(a->entry, &a->query.name);
}

/* What respond() needs is set up behind what most queries need: it is half of their instructions. */
size_t answer_write(const struct answer_asked *a, const struct snapshot *snap, uint8_t *out,
                    size_t cap, struct stats *stats)
{
    const struct query *q = &a->query;
    struct found f;
    struct direct d = {.q = q, .f = &f, .udp_size = snap->opts.udp_size};

    if (a->status == QUERY_DROP) {
        stats_add(stats, STAT_dropped, 1);
        return 0;
    }
    stats_add(stats, STAT_edns, q->edns.present);
    const size_t limit = reply_limit(snap, q, a->request->tcp, cap);
    const bool ordinary = a->status == QUERY_OK && is_ordinary(snap, a->request, q);
    if (ordinary) {
        f = (struct found){.entry = a->entry, .node = a->likely};
        find_there(snap, &q->name, q->type, locate(snap, a->request, &d), &f);
        const size_t len = direct_write(&d, out, limit);
        if (len > 0) {
            count_direct(stats, &d);
            return len;
        }
    }
    return respond(&(struct work){.snap = snap,
                                  .request = a->request,
                                  .q = q,
                                  .client = &a->request->client,
                                  .found = ordinary ? &f : NULL,
                                  .stats = stats},
                   a->status, out, limit);
}

size_t answer(const struct snapshot *snap, const struct answer_request *request, uint8_t *out,
              size_t cap, struct stats *stats)
{
    struct answer_asked asked;

    answer_read(&asked, snap, request);
    answer_prefetch(&asked);
    return answer_write(&asked, snap, out, cap, stats);
}
