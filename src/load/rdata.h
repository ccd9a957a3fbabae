/*
 * Rdata: text of a master file to wire format and back.  Frequent types are read here (rdata.c,
 * by a table), RFC 3597's generic form here too (rdata_generic.c), WKS (rdata_wks.c), all others by ldns
 * (rdata_ldns.c, the only file that calls it).
 *
 * Pure functions, any thread.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdio.h>

#include "base/cursor.h"
#include "load/zonelex.h"

#define RDATA_MAX_LEN 65535 /* RDLENGTH has 16 bits (RFC 1035 §3.2.1) */

struct rdata_text {
    const struct zonelex_token *tokens; /* behind the type; borrowed */
    size_t n;
    const uint8_t *origin; /* completes relative names */
};

struct rdata_error {
    size_t token;    /* index of the token that is wrong; n: something is missing at the end */
    char what[1200]; /* long enough for a name */
};

/*
 * Read the rdata of any type that is data: the type's own form, or "\# LENGTH HEX" (RFC 3597 §5).
 *
 *   out   room for RDATA_MAX_LEN octets; names in it are uncompressed and keep their case
 *
 * False: *e says what.  What is returned for a type we or ldns know is well-formed.
 */
bool rdata_parse(uint16_t type, const struct rdata_text *text, struct wr *out,
                 struct rdata_error *e);

/* Write rdata as text that rdata_parse reads back to the same octets, names absolute. */
void rdata_print(uint16_t type, const uint8_t *rdata, uint16_t rdlen, FILE *to);

/* A type's number: ours by switch, then IANA's mnemonics, TYPE123, and what else ldns knows. */
bool rdata_type(const struct zonelex_token *t, uint16_t *out);

/* ---- between the files of this module ---- */

/* Returns false, so that a reader can write: return rdata_fail(e, i, "…"). */
bool rdata_fail(struct rdata_error *e, size_t token, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* The fields of a type that we read ourselves, a letter each (see rdata.c); NULL: it is ldns's. */
const char *rdata_format(uint16_t type);
bool rdata_parse_format(const char *format, const struct rdata_text *text, struct wr *out,
                        struct rdata_error *e);
bool rdata_parse_generic(uint16_t type, const struct rdata_text *text, struct wr *out,
                         struct rdata_error *e);
/* WKS (RFC 1035 §3.4.2): address, protocol, ports. */
bool rdata_parse_wks(const struct rdata_text *text, struct wr *out, struct rdata_error *e);
bool rdata_parse_ldns(uint16_t type, const struct rdata_text *text, struct wr *out,
                      struct rdata_error *e);
/* Are the octets well-formed rdata of the type?  True for a type that ldns does not know. */
bool rdata_is_valid(uint16_t type, const uint8_t *rdata, uint16_t rdlen);
bool rdata_type_ldns(const char *mnemonic, uint16_t *out);
