/*
 * Where a client is, as far as geo databases say.  Just data, any thread.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Stands for any ASN that no rule asks for; reserved (RFC 7300), so nobody's. */
#define PLACE_ASN_OTHER UINT32_MAX

/* Empty strings, zero and false where nothing is known.  Compared as bytes: begin with {0}. */
struct place {
    double lat, lon;     /* degrees */
    uint32_t asn;        /* 0: unknown */
    char country[3];     /* ISO 3166-1 alpha-2, upper-case */
    char continent[3];   /* AF AN AS EU NA OC SA; from the country where the database has none */
    char subdivision[8]; /* "US-CA" */
    bool has_at;         /* of the database, else the country's position */
    bool at_is_country;  /* the coordinates are the country's */
};

/*
 * Add what a further database knows and the ones before did not.  Of one that says another country
 * only the ASN is taken: coordinates of one country under the name of another help nobody.
 */
void place_fill(struct place *p, const struct place *more);

/* When all databases have been heard: continent and position by the country. */
void place_complete(struct place *p);
