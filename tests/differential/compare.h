/*
 * In what two replies to one query differ, item by item.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "reply.h"

/*
 * text, ours before theirs:
 *
 *   reply:none/whole         also broken: ldns does not read it
 *   rcode:NOERROR/NXDOMAIN   opcode:0/5
 *   aa:1/0                   the same for qr tc rd ra z ad cd; do
 *   question:echo/none       also other
 *   opt:yes/no               version:0/1
 *   option.8:yes/no          yes/other: both have it, with other octets
 *   answer:+A                an RRset that only we have in the section; -A: only the peer
 *   answer:ttl.A             another TTL; rdata.A: other records
 *   answer:twice.A           +-: only ours, only theirs has a record twice, or TTLs that differ
 *   answer:order             the aliases stand in another order
 */
struct item {
    char text[48];
    const struct rrset *set; /* borrowed from the reply that has it; NULL: of no set */
};

struct items {
    struct item *item;
    size_t n;
};

/* In items->n items; release with free(items.item). */
struct items compare(const struct reply *ours, const struct reply *theirs);
