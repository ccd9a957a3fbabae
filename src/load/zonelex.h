/*
 * Splits a master file (RFC 1035 §5.1) into entries and these into tokens that point into the text.
 * Knows blanks, comments, quotes, parentheses, ends of lines (LF, CR LF, CR) and a byte order mark;
 * what a token means is the reader's to say.
 *
 * A mistake never hides the next entry: the entry is read to its end and returned as bad.
 * One thread; borrows the text.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct zonelex_token {
    const char *at; /* not terminated; escapes as they were written; of a quoted one the inside */
    uint32_t len;
    uint32_t line; /* from 1 */
    bool quoted;
};

struct zonelex {
    const char *start, *at, *end;
    uint32_t line; /* of `at`, from 1 */

    /* The entry read last. */
    struct zonelex_token *tokens; /* n ≥ 1 for an entry */
    size_t n, capacity;
    bool blank_first; /* it starts with a blank: the owner is the last one (RFC 1035 §5.1) */
    const char *bad;  /* what is wrong, a static phrase; NULL: nothing */
    struct zonelex_token bad_at; /* the octet where */
    uint32_t
        continued_line; /* a quoted string that starts here goes on in the next line; 0: none */

    /* The parentheses that never close, in their order, once one is known: without them each would
     * be looked for to the end of the text. */
    const char **unclosed;
    size_t n_unclosed;

    bool saw_end; /* what was read depends on that the text ends where it does */
};

enum zonelex_got { ZONELEX_ENTRY, ZONELEX_BAD, ZONELEX_END };

/* text: any octets; borrowed until zonelex_fini.  line: of its first octet; a file's is 1. */
void zonelex_init(struct zonelex *x, const char *text, size_t len, uint32_t line);
void zonelex_fini(struct zonelex *x);

/*
 * Read the next entry; lines without one are passed over.
 *
 *   "a 60 A 192.0.2.1 ; x" → ENTRY, 4 tokens
 *   "a TXT \"b"            → BAD, the place of the quote; the next line is read as usual
 *   "a SOA b c ( 1 2"      → BAD, the place of the parenthesis, if the text ends before it closes
 */
enum zonelex_got zonelex_next(struct zonelex *x);

/*
 * Of a line without quotes, parentheses, backslashes and dollars that begins an entry: is it sure to be
 * one, with an owner?
 */
bool zonelex_is_simple(const char *line, size_t len);

/* Column of a token's first octet, from 1; octets, not characters. */
uint32_t zonelex_column(const struct zonelex *x, const struct zonelex_token *t);

/* Are these the token's octets?  word: lower-case; case does not count; a quoted token is no word. */
bool zonelex_is(const struct zonelex_token *t, const char *word);

/*
 * The octets that a token stands for: \X and \DDD resolved (RFC 1035 §5.1).
 *
 *   out   room for cap octets; t->len are always enough
 *
 * Returns how many; SIZE_MAX: an escape is wrong, and *why says how, or there are more than cap, and
 * *why is NULL.
 */
size_t zonelex_decode(const struct zonelex_token *t, uint8_t *out, size_t cap, const char **why);
