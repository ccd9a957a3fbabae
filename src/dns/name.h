/*
 * Domain names in uncompressed wire format (RFC 1035 §3.1): labels with a length octet each, the
 * root label last, so a name knows its own end.  A name in a table is lower-case (RFC 4343);
 * what a client asked keeps its case in the packet only.
 *
 * Pure functions, any thread, no allocation.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/octets.h"

#define NAME_MAX_LEN    255 /* octets with the root label (RFC 1035 §2.3.4) */
#define NAME_MAX_LABELS 127 /* without the root label */
#define LABEL_MAX_LEN   63
#define NAME_TEXT       1024 /* the longest name as text, every octet as \DDD, with its NUL */

extern const uint8_t name_root[1];

size_t name_len(const uint8_t *name);      /* 1..255 */
unsigned name_labels(const uint8_t *name); /* the root has 0; "*" counts (unlike RRSIG's Labels) */
const uint8_t *name_parent(
    const uint8_t *name);                   /* one label up, borrowed from name; not of the root */
bool name_is_wildcard(const uint8_t *name); /* first label is "*" (RFC 4592 §2.1.1) */

bool name_equal(const uint8_t *a, const uint8_t *b); /* case does not count */
/* Is name at or below ancestor? */
bool name_within(const uint8_t *name, const uint8_t *ancestor);
/* Canonical order (RFC 4034 §6.1): <0, 0, >0. */
int name_compare(const uint8_t *a, const uint8_t *b);

void name_lower(uint8_t *name); /* in place */
static inline uint8_t name_lower_octet(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c | 0x20) : c;
}

/*
 * Read text of a master file (RFC 1035 §5.1: "\." "\DDD" "@"), lower-casing nothing.
 *
 *   text, len   not NUL-terminated
 *   origin      completes a relative name and stands for "@"; NULL: only absolute names are taken
 *   why         out, on false: a static phrase such as "label longer than 63 octets (RFC 1035 §2.3.4)"
 *
 * "www" under example.com. → 3www7example3com0; "a..b" → false, "empty label".
 */
bool name_parse(const char *text, size_t len, const uint8_t *origin, uint8_t out[NAME_MAX_LEN],
                const char **why);

/*
 * One octet behind a backslash, \X or \DDD (RFC 1035 §5.1), in names and in strings.  Returns how
 * many characters it took; 0, and *why, if it is none.
 */
size_t name_parse_escape(const char *text, size_t len, uint8_t *out, const char **why);

/* Absolute, with the last dot; octets that a master file would misread are escaped. Returns out. */
char *name_print(const uint8_t *name, char out[NAME_TEXT]);

/*
 * The hash of a name that tables are made with.
 *
 *   name, len   whole, lower-case; also a suffix of a longer one
 *
 * Eight octets at a time; the last eight overlap those before them, so that no octet behind the name
 * is read.  It is no secret: see base/hash.h.
 */
static inline uint32_t name_hash(const uint8_t *name, size_t len)
{
    uint64_t h = len, word = 0;

    if (len < 8) {
        for (size_t at = 0; at < len; at++)
            word = word << 8 | name[at];
    } else {
        for (size_t at = 0; at + 8 < len; at += 8) {
            memcpy(&word, name + at, 8);
            h = (h ^ word) * 0xbf58476d1ce4e5b9u;
            h ^= h >> 32;
        }
        memcpy(&word, name + len - 8, 8);
    }
    h = (h ^ word) * 0xbf58476d1ce4e5b9u;
    return (uint32_t)((h ^ h >> 32) * 0x94d049bb133111ebu >> 32);
}

/*
 * A name made ready for look-ups: where each label starts, and the hash of the whole, which answers
 * most questions with the first probe.  Hashes of what lies above it are made when they are asked for.
 */
struct name_key {
    uint8_t wire[NAME_MAX_LEN]; /* lower-case up to len; behind it whatever there was */
    uint32_t hash;              /* of the whole name */
    uint8_t len;                /* octets */
    uint8_t labels;             /* without the root */
    uint8_t at[NAME_MAX_LABELS +
               1]; /* at[i]: offset of label i, counted from the left; at[labels] is the root's */
};

void name_key_init(struct name_key *key, const uint8_t *name); /* name: any case, whole and valid */

/* Is the key's name at or below another one, which is lower-case and has len octets? */
static inline bool name_key_within(const struct name_key *key, const uint8_t *name, size_t len)
{
    const size_t at = (size_t)key->len - len;
    unsigned i = 0;

    if (len > key->len)
        return false;
    while (key->at[i] < at)
        i++;
    return key->at[i] == at && octets_equal(key->wire + at, name, len);
}

/* The hash of the suffix that starts at label i. */
static inline uint32_t name_key_hash(const struct name_key *key, unsigned i)
{
    return i == 0 ? key->hash : name_hash(key->wire + key->at[i], (size_t)key->len - key->at[i]);
}
