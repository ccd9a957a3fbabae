/*
 * Which records of a signed zone prove what an answer says is not there (RFC 4035 §3.1.3, RFC 5155
 * §7.2).  They are gathered while a chain of aliases is followed, and written behind its answers;
 * what proves several things is told once.
 *
 * Pure, workers.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "answer/find.h"

/* At most one for each alias of a chain (it was a wildcard's) and three for the name at its end. */
#define PROOFS_MAX 20

struct proofs {
    unsigned n;
    const struct node *owner[PROOFS_MAX]; /* of an NSEC, or of an NSEC3 */
};

/* Add what an outcome for a name needs: nothing where the zone is not signed. */
void proof_gather(struct proofs *p, const struct found *f, const struct name_key *name);

/* The owner of the record that tells the types of a node, or NULL: it has none of its own. */
const struct node *proof_of_types(const struct denial *d, const struct node *n);

/* The record of such an owner: its NSEC, or its NSEC3. */
const struct rrset *proof_record(const struct node *owner);

/* ---- inside: proof.c, proof_nsec.c, proof_nsec3.c ---- */

/* A name to speak of: one that is there, or one that is not and the node that is nearest above it. */
struct absent {
    const struct name_key *name;
    const struct node *encloser;
    const struct node *wildcard; /* its "*" that was found instead; or NULL */
};

void proof_put(struct proofs *p, const struct node *owner); /* unless it is there */

/* For each way to deny: the node has no such data; no name that is nearer than the encloser or its
 * wildcard; no such name and no wildcard; the wildcard is there and has no such data. */
void proof_nsec_nodata(struct proofs *p, const struct denial *d, const struct node *n);
void proof_nsec_no_nearer(struct proofs *p, const struct denial *d, const struct absent *a);
void proof_nsec_nxdomain(struct proofs *p, const struct denial *d, const struct absent *a);

void proof_nsec3_nodata(struct proofs *p, const struct denial *d, const struct node *n);
void proof_nsec3_no_nearer(struct proofs *p, const struct denial *d, const struct absent *a);
void proof_nsec3_nxdomain(struct proofs *p, const struct denial *d, const struct absent *a);
void proof_nsec3_wildcard_nodata(struct proofs *p, const struct denial *d, const struct absent *a);
