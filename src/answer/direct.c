/*
 * What most queries get: records that were rendered when their zone was sealed or their region chosen,
 * copied behind the question.  chain.c composes the same octets from the same records, only slower;
 * test_answer_direct holds the two against each other.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "answer/work.h"
#include "data/negative.h"

/* Does the answer need more than the records that were found and their signatures? */
static bool needs_proof(const struct work *w, const struct found *f)
{
    return w->q->edns.dnssec_ok && zone_denial(f->entry->zone) != NULL &&
           (f->wildcard || f->outcome != FOUND_RRSET);
}

static bool direct_set(struct work *w, const struct found *f)
{
    const struct rrset *set = f->set;
    struct sigs sigs = {0};

    if (!type_is_plain(set->type) || needs_proof(w, f))
        return false;
    if (w->q->edns.dnssec_ok && !f->steered)
        sigs = node_sigs(f->node, set->type);
    if (resp_room(w->resp) < (size_t)set->len + sigs.len) {
        w->resp->flags |= FLAG_TC;
        return true;
    }
    resp_copy(w->resp, SECTION_ANSWER, set->wire, set->len, set->count);
    if (sigs.count > 0)
        resp_copy(w->resp, SECTION_ANSWER, sigs.wire, sigs.len, sigs.count);
    return true;
}

static bool direct_negative(struct work *w, const struct found *f)
{
    const struct zone *zone = f->entry->zone;
    const struct negative *n = zone_negative(zone);
    struct resp *r = w->resp;

    if (n == NULL || resp_room(r) < n->len || !negative_suits(n, &w->q->name) ||
        (w->q->edns.dnssec_ok && zone_apex_node(zone)->flags & NODE_SIGS) || needs_proof(w, f))
        return false;
    negative_write(n, &w->q->name, f->negative_ttl_s < n->ttl_s ? f->negative_ttl_s : n->ttl_s,
                   r->w.at);
    r->w.at += n->len;
    r->count[SECTION_AUTHORITY]++;
    if (f->outcome == FOUND_NXDOMAIN)
        r->rcode = RCODE_NXDOMAIN;
    return true;
}

bool direct_answer(struct work *w, const struct found *f)
{
    bool done;

    if (f->outcome == FOUND_RRSET)
        done = direct_set(w, f);
    else if (f->outcome == FOUND_NODATA || f->outcome == FOUND_NXDOMAIN)
        done = direct_negative(w, f);
    else
        return false;
    if (done)
        work_note(w, f);
    return done;
}
