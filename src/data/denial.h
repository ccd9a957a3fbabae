/*
 * What a signed zone proves with that something is not there: its NSEC records in canonical order
 * (RFC 4034 §6.1), or its NSEC3 records by hash (RFC 5155 §7.1).  A zone is signed by what is in its
 * data: NSEC at the apex, or NSEC3 of the apex by the parameters of an NSEC3PARAM.
 *
 * All of a chain is here as it is in the file, complete or not; what is found is what would prove if
 * the chain were whole.  Made by zone_seal; any thread reads.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "data/nsec3.h"
#include "data/zone.h"

/*
 * By which of the two the zone denies.  Of a zone with both it is NSEC3: NSEC3PARAM is the last thing
 * that comes with a change to NSEC3, and the first that goes with a change back (RFC 5155 §10.4, §10.5).
 */
bool denial_is_nsec3(const struct denial *d);

/* ---- NSEC ---- */

/* The owner of the NSEC that matches or covers a lower-case name of the zone. */
const struct node *denial_nsec(const struct denial *d, const uint8_t *name);

/* ---- NSEC3: each returns the owner of the record ---- */

/* It matches or covers the name of n, which is neither occluded nor of another zone. */
const struct node *denial_nsec3(const struct denial *d, const struct node *n, bool *matches);
/* It matches or covers the wildcard of n, an encloser of names that are not there. */
const struct node *denial_nsec3_wildcard(const struct denial *d, const struct node *n);
/* It covers a lower-case name that is not there.  The name is hashed: once an answer. */
const struct node *denial_nsec3_absent(const struct denial *d, const uint8_t *name);

/* One label up; NULL at the apex. */
const struct node *denial_parent(const struct denial *d, const struct node *n);

/* ---- for checks: the chain, record by record ---- */

/* What it is made with.  Not of a chain of NSEC. */
const struct nsec3_params *denial_params(const struct denial *d);

size_t denial_count(const struct denial *d);
const struct node *denial_owner(const struct denial *d, size_t i); /* in the chain's order */
/* Does the i-th record name the owner of the next, the last one the first? */
bool denial_links(const struct denial *d, size_t i);
bool denial_has(const struct denial *d, const struct node *owner); /* of an NSEC3 */
