/*
 * Proofs by NSEC (RFC 4035 §3.1.3).  SPDX-License-Identifier: BSD-2-Clause
 */
#include <string.h>

#include "answer/proof.h"
#include "data/denial.h"

/* An empty non-terminal owns no NSEC: the one before it names a name below it. */
void proof_nsec_nodata(struct proofs *p, const struct denial *d, const struct node *n)
{
    proof_put(p, node_rrset(n, TYPE_NSEC) != NULL ? n : denial_nsec(d, n->name));
}

void proof_nsec_no_nearer(struct proofs *p, const struct denial *d, const struct absent *a)
{
    proof_put(p, denial_nsec(d, a->name->wire));
}

/* RFC 4035 §3.1.3.2.  The name asked is longer than its encloser, so the wildcard is no longer than
 * a name can be. */
void proof_nsec_nxdomain(struct proofs *p, const struct denial *d, const struct absent *a)
{
    uint8_t wildcard[NAME_MAX_LEN] = "\1*";

    proof_put(p, denial_nsec(d, a->name->wire));
    memcpy(wildcard + 2, a->encloser->name, a->encloser->name_len);
    proof_put(p, denial_nsec(d, wildcard));
}
