/*
 * Queries and replies for tests: a query from words, a reply as text that looks like dig's.  The
 * text is made by ldns, which shares no code with what is tested.
 *
 *   const struct packet p = q("www.example.com", "A", .ecs = "192.0.2.0/24", .dnssec_ok = true);
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ipaddr.h"

#define PACKET_MAX 1024

struct packet {
    size_t len;
    uint8_t data[PACKET_MAX];
};

/* What a query says; zero and NULL: what most queries say. */
struct kit_query {
    const char *name, *type; /* text; the name's case is kept */
    uint16_t id;             /* 0: 0x1234 */
    uint16_t flags;          /* FLAG_*: RD, CD, … */
    uint16_t class;          /* 0: IN */
    uint8_t opcode;
    /* OPT is there if any of these is */
    bool edns, dnssec_ok, nsid, keepalive;
    uint16_t udp_size;   /* 0: 1232 */
    uint16_t edns_flags; /* beside DO */
    uint8_t version;
    const char *cookie; /* octets in hex */
    const char *ecs;    /* "192.0.2.0/24"; the address is cut to the octets that the length needs */
    const char *option; /* "8:00011800c00002": one option, octets in hex */
};

struct packet kit_query(const struct kit_query *query);
#define q(n, t, ...) kit_query(&(struct kit_query){.name = (n), .type = (t), __VA_ARGS__})

/* Octets from hex, blanks between them or not. */
struct packet kit_hex(const char *hex);

uint16_t kit_rcode(const uint8_t *reply); /* the header's four bits */
bool kit_has_flag(const uint8_t *reply, uint16_t flag);
/* Records by section: 0 questions, 1 answer, 2 authority, 3 additional (OPT counts). */
unsigned kit_count(const uint8_t *reply, unsigned section);
size_t kit_question_len(const uint8_t *message, size_t len); /* 0: it has none, or a broken one */

/*
 * A reply as text:
 *
 *   NXDOMAIN qr aa rd
 *   edns: udp 1232, do, nsid ns1, ecs 192.0.2.0/24/20, cookie 2464c4abcf10c957…, error 20
 *   answer:
 *     www.example.com. 300 IN CNAME example.com.
 *   authority:
 *     example.com. 300 IN SOA ns1.example.com. hostmaster.example.com. 1 3600 900 1209600 300
 *   tsig: key. 17
 *
 * A section without records is left out, and so is the question, unless there is none.  RRSIG and
 * DNSKEY end in "..." behind the fields that stay the same with other keys and dates.  Returns
 * owned text; NULL: ldns does not take it.
 */
char *kit_text(const uint8_t *reply, size_t len);

/* The lines of one section, or "" where there is none.  Returns owned text. */
char *kit_section(const char *text, const char *section);

/*
 * What must be true of every reply to every message: the header is the query's, the question is
 * its octets, all records are whole, none stands twice in a section, nothing follows the last,
 * ldns takes it.  NULL if so, else what is wrong.
 */
const char *kit_wrong(const struct packet *query, const uint8_t *reply, size_t len);

/* $SRCDIR/path, from `make check`; elsewhere relative to the top of the source.  Returns owned. */
char *kit_path(const char *path);
/* A whole file, and a NUL behind it; the test ends without it.  Returns owned. */
char *kit_read_file(const char *path, size_t *len);
