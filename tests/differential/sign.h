/*
 * Zones signed by ldns with one key that stands in the source, for a span of years: the same zone
 * gives the same signatures.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

enum signing {
    SIGNING_NONE,
    SIGNING_NSEC,
    SIGNING_NSEC3,
    SIGNING_OPT_OUT, /* NSEC3, without the unsigned delegations (RFC 5155 §6) */
};

/* Read a zone file and write it signed; one with a name of 254 octets or more always by NSEC. */
void sign_zone(const char *from, const char *to, enum signing how);
