/* SPDX-License-Identifier: BSD-2-Clause */
#include "answer/proof.h"

#include <assert.h>
#include <stdlib.h>

#include "data/denial.h"

void proof_put(struct proofs *p, const struct node *owner)
{
    for (unsigned i = 0; i < p->n; i++)
        if (p->owner[i] == owner)
            return;
    assert(p->n < PROOFS_MAX);
    p->owner[p->n++] = owner;
}

/* A set made from a wildcard: its signature shows that, and that nothing nearer exists is to be
 * proven (RFC 4035 §3.1.3.3, RFC 5155 §7.2.6). */
static void prove_expansion(struct proofs *p, const struct denial *d, const struct absent *a)
{
    if (denial_is_nsec3(d))
        proof_nsec3_no_nearer(p, d, a);
    else
        proof_nsec_no_nearer(p, d, a);
}

static void prove_nodata(struct proofs *p, const struct denial *d, const struct node *n)
{
    if (denial_is_nsec3(d))
        proof_nsec3_nodata(p, d, n);
    else
        proof_nsec_nodata(p, d, n);
}

/* RFC 4035 §3.1.3.4, RFC 5155 §7.2.5 */
static void prove_wildcard_nodata(struct proofs *p, const struct denial *d, const struct absent *a)
{
    if (denial_is_nsec3(d)) {
        proof_nsec3_wildcard_nodata(p, d, a);
    } else {
        proof_nsec_no_nearer(p, d, a);
        proof_nsec_nodata(p, d, a->wildcard);
    }
}

static void prove_nxdomain(struct proofs *p, const struct denial *d, const struct absent *a)
{
    if (denial_is_nsec3(d))
        proof_nsec3_nxdomain(p, d, a);
    else
        proof_nsec_nxdomain(p, d, a);
}

void proof_gather(struct proofs *p, const struct found *f, const struct name_key *name)
{
    const struct denial *d =
        f->entry != NULL && f->entry->zone != NULL ? zone_denial(f->entry->zone) : NULL;

    if (d == NULL)
        return;
    struct absent absent = {.name = name, .encloser = f->node};
    if (f->wildcard) {
        absent.encloser = zone_parent(f->entry->zone, f->node);
        absent.wildcard = f->node;
    }
    switch (f->outcome) {
    case FOUND_RRSET:
    case FOUND_ALL:
    case FOUND_CNAME:
        if (f->wildcard)
            prove_expansion(p, d, &absent);
        return;
    case FOUND_NODATA:
        if (f->wildcard)
            prove_wildcard_nodata(p, d, &absent);
        else
            prove_nodata(p, d, f->node);
        return;
    case FOUND_NXDOMAIN: prove_nxdomain(p, d, &absent); return;
    case FOUND_CUT: /* the DS, or that there is none (RFC 4035 §3.1.4, RFC 5155 §7.2.7) */
        if (node_rrset(f->node, TYPE_DS) == NULL)
            prove_nodata(p, d, f->node);
        return;
    case FOUND_DNAME: /* itself the proof (RFC 6672 §5.3) */
    case FOUND_OUTSIDE:
    case FOUND_FAILED: return;
    }
    abort();
}

const struct node *proof_of_types(const struct denial *d, const struct node *n)
{
    bool matches;

    if (!denial_is_nsec3(d))
        return node_rrset(n, TYPE_NSEC) != NULL ? n : NULL;
    const struct node *owner = denial_nsec3(d, n, &matches);
    return matches ? owner : NULL;
}

const struct rrset *proof_record(const struct node *owner)
{
    const struct rrset *nsec = node_rrset(owner, TYPE_NSEC);

    return nsec != NULL ? nsec : node_rrset(owner, TYPE_NSEC3);
}
