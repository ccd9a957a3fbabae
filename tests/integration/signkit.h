/*
 * Signs zones for tests, by ldns: the chain and the signatures are not of our making.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define SIGNKIT_UNTIL "2037-12-31T00:00:00Z" /* the end of all signatures */

struct signkit_opts {
    bool nsec3;   /* else NSEC; all that follows is NSEC3's */
    bool opt_out; /* the flag; ldns gives unsigned delegations their records all the same */
    uint16_t iterations;
    const char *salt; /* some octets; NULL: none */
};

/*
 * The text of a zone, signed with a key of its own.  Signatures are good until SIGNKIT_UNTIL.
 * *anchor: its DNSKEY as a line of text, owned.  Returns owned.
 */
char *signkit_sign(const char *apex, const char *text, const struct signkit_opts *opts,
                   char **anchor);
