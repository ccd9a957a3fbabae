/*
 * The inside of rdata*.c: the kinds of fields that rdata is made of.
 *
 * One thread each.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "load/rdata.h"

/* The text of a record's rdata being read. */
struct rdata_reader {
    const struct rdata_text *text;
    size_t i;             /* the word to be read next */
    const uint8_t *start; /* of the rdata in out, for fields that depend on earlier ones */
    struct wr *out;       /* when it is full, the whole is refused at the end */
    struct rdata_error *e;
};

/* The octets of a record's rdata being walked. */
struct rdata_view {
    const uint8_t *start;
    struct rd rd;
    bool for_text; /* octets without a text form are refused too */
    FILE *to;      /* NULL: nothing is printed */
};

enum rdata_need {
    RDATA_NEEDED,
    RDATA_OPTIONAL,  /* nothing at all is fine, as text and as octets */
    RDATA_NO_OCTETS, /* no octets are fine, but they have no text */
};

struct rdata_kind {
    const char *what; /* "a domain name", for what is missing */
    /* From word r->i on: at least one, but for RDATA_OPTIONAL.  False: told by rdata_refuse. */
    bool (*read)(struct rdata_reader *r);
    /* False: the octets are not of this kind.  A read beyond the end is found by the caller. */
    bool (*show)(struct rdata_view *v);
    enum rdata_need need;
};

/* rdata_basic.c */
extern const struct rdata_kind rdata_ip4, rdata_ip6, rdata_name, rdata_names_rest;
extern const struct rdata_kind rdata_u8, rdata_u16, rdata_u32, rdata_u64, rdata_seconds;
/* rdata_string.c */
extern const struct rdata_kind rdata_string, rdata_string_maybe, rdata_strings, rdata_octets,
    rdata_tag;
/* rdata_coded.c */
extern const struct rdata_kind rdata_hex, rdata_base64, rdata_base64_maybe, rdata_base64_or_dash;
extern const struct rdata_kind rdata_salt, rdata_hash;
/* rdata_address.c */
extern const struct rdata_kind rdata_eui48, rdata_eui64, rdata_locator, rdata_nsap, rdata_atma;
/* rdata_dnssec.c */
extern const struct rdata_kind rdata_type_covered, rdata_bitmap, rdata_bitmap_old, rdata_time;
/* rdata_word.c: numbers that have names */
extern const struct rdata_kind rdata_algorithm, rdata_digest, rdata_cert, rdata_protocol,
    rdata_scheme, rdata_usage, rdata_selector, rdata_matching;
/* One file each */
extern const struct rdata_kind rdata_apl, rdata_loc, rdata_svcparams, rdata_wks;
/* rdata_relay.c */
extern const struct rdata_kind rdata_gateway, rdata_relay_type, rdata_hip, rdata_a6;

/* The word to be read next. */
static inline const struct zonelex_token *rdata_word(const struct rdata_reader *r)
{
    return &r->text->tokens[r->i];
}

/* A word for "%.*s" in a message. */
#define RDATA_SHOW(t) (int)((t)->len < 300 ? (t)->len : 300), (t)->at

/* Both return false, so that a reader can write: return rdata_refuse(r, "is no …"). */
bool rdata_fail(struct rdata_error *e, size_t token, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
bool rdata_refuse(const struct rdata_reader *r, const char *is_what); /* "WORD" is_what */

/* Read one word as a decimal number of at most max. */
bool rdata_read_number(struct rdata_reader *r, uint64_t max, uint64_t *out);
/* The value of a hexadecimal digit, or -1. */
int rdata_hex_digit(char c);
/* Octets in base64 from word r->i to the last one. */
bool rdata_read_base64(struct rdata_reader *r);
void rdata_put_base64(const uint8_t *octets, size_t len, FILE *to);
void rdata_put_hex(const uint8_t *octets, size_t len, FILE *to);
/* A quoted string, escaped. */
void rdata_put_quoted(const uint8_t *octets, size_t len, FILE *to);
bool rdata_put_name(struct rdata_view *v);

bool rdata_parse_generic(uint16_t type, const struct rdata_text *text, struct wr *out,
                         struct rdata_error *e);
