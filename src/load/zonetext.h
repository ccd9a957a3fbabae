/*
 * A zone's text in pieces that can be read apart, on several processors at once.  A piece begins with a
 * line that begins an entry and names an owner; of all that an entry takes from those before it only the
 * $ORIGIN is needed then, which comes along.
 *
 * One thread at a time.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dns/name.h"

/* Octets: some milliseconds of work, and little beside the rest of a zone. */
#define ZONETEXT_PIECE ((size_t)256 << 10)

struct zonepiece {
    const char *text;
    size_t len;
    uint32_t line;                /* of the first octet */
    uint8_t origin[NAME_MAX_LEN]; /* where it begins */
};

struct zonetext {
    const char *at; /* what has not been taken; borrowed */
    size_t n;
    size_t piece;  /* octets that a piece should have */
    uint32_t line; /* of `at` */
    uint8_t origin
        [NAME_MAX_LEN]; /* there, as far as the text itself tells: to be set where it does not */
    bool is_ours;       /* nobody needs what has been read */
};

/* piece: octets; 0 for ZONETEXT_PIECE. */
void zonetext_init(struct zonetext *t, const char *text, size_t len, size_t piece);

/* A piece has been read: give back its memory, if the text is ours. */
void zonetext_drop(const struct zonetext *t, const struct zonepiece *piece);

enum zonetext_got {
    ZONETEXT_PIECE_TAKEN,
    /* The next is to be read when all before it has been: an $INCLUDE or a $GENERATE.  It has been taken
     * only if asked for. */
    ZONETEXT_ALONE,
    ZONETEXT_END,
};
/* Take the next piece.  alone: also one that is to be read alone. */
enum zonetext_got zonetext_take(struct zonetext *t, bool alone, struct zonepiece *out);
