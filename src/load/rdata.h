/*
 * Rdata: text of a master file to wire format and back.  A type is a row of fields (rdata.c), a
 * field is of a kind (rdata_*.c), and a kind knows how to read a word or several and how to walk and
 * print octets.  RFC 3597's generic form serves all other types.
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
    size_t token;    /* index of the token that is meant; n: something is missing at the end */
    char what[1200]; /* long enough for a name; "": nothing is wrong */
};

/*
 * Read the rdata of any type that is data: the type's own form, or "\# LENGTH HEX" (RFC 3597 §5).
 *
 *   out   room for RDATA_MAX_LEN octets; names in it are uncompressed and keep their case
 *
 * False: *e says what is wrong.  True with e->what not empty: that is a warning.  What is returned
 * for a type with fields is well-formed.
 */
bool rdata_parse(uint16_t type, const struct rdata_text *text, struct wr *out,
                 struct rdata_error *e);

/* Are the octets well-formed rdata of the type, names uncompressed?  True for a type without fields. */
bool rdata_is_valid(uint16_t type, const uint8_t *rdata, uint16_t rdlen);

/* Write valid rdata as text that rdata_parse reads back to the same octets, names absolute. */
void rdata_print(uint16_t type, const uint8_t *rdata, uint16_t rdlen, FILE *to);

/* A type's number: IANA's mnemonics and TYPE123, any case. */
bool rdata_type(const struct zonelex_token *t, uint16_t *out);
