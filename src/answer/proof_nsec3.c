/*
 * Proofs by NSEC3 (RFC 5155 §7.2).  SPDX-License-Identifier: BSD-2-Clause
 */
#include "answer/proof.h"
#include "data/denial.h"

/* The name one label longer than the encloser on the way to the name (RFC 5155 §1.3). */
static const uint8_t *next_closer(const struct absent *a)
{
    const struct name_key *name = a->name;
    unsigned i = name->labels;

    while (name->len - name->at[i] < a->encloser->name_len)
        i--;
    return name->wire + name->at[i - 1];
}

/*
 * The nearest name at or above n that a record matches: unsigned delegations in an opt-out span, and
 * empty non-terminals that are there for such delegations alone, have none (RFC 5155 §7.1).  Of those
 * on the way *covering becomes what covers the highest.
 */
static const struct node *provable(struct proofs *p, const struct denial *d, const struct node *n,
                                   const struct node **covering)
{
    bool matches;
    const struct node *owner = denial_nsec3(d, n, &matches);

    for (const struct node *up; !matches && (up = denial_parent(d, n)) != NULL;) {
        *covering = owner;
        n = up;
        owner = denial_nsec3(d, n, &matches);
    }
    proof_put(p, owner);
    return n;
}

/* The closest provable encloser, and that nothing nearer exists (RFC 5155 §7.2.1).  Returns it. */
static const struct node *prove_encloser(struct proofs *p, const struct denial *d,
                                         const struct absent *a)
{
    const struct node *covering = NULL;
    const struct node *encloser = provable(p, d, a->encloser, &covering);

    proof_put(p, covering != NULL ? covering : denial_nsec3_absent(d, next_closer(a)));
    return encloser;
}

/* RFC 5155 §7.2.3, §7.2.4, §7.2.7 */
void proof_nsec3_nodata(struct proofs *p, const struct denial *d, const struct node *n)
{
    const struct node *covering = NULL;

    provable(p, d, n, &covering);
    if (covering != NULL)
        proof_put(p, covering);
}

/* RFC 5155 §7.2.6 */
void proof_nsec3_no_nearer(struct proofs *p, const struct denial *d, const struct absent *a)
{
    proof_put(p, denial_nsec3_absent(d, next_closer(a)));
}

/* RFC 5155 §7.2.2 */
void proof_nsec3_nxdomain(struct proofs *p, const struct denial *d, const struct absent *a)
{
    const struct node *encloser = prove_encloser(p, d, a);

    proof_put(p, denial_nsec3_wildcard(d, encloser));
}

/* RFC 5155 §7.2.5 */
void proof_nsec3_wildcard_nodata(struct proofs *p, const struct denial *d, const struct absent *a)
{
    bool matches;

    prove_encloser(p, d, a);
    proof_put(p, denial_nsec3(d, a->wildcard, &matches));
}
