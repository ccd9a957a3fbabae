/*
 * A zone's text in pieces that can be read apart, on several processors at once.  A piece begins with a
 * line that begins an entry and names an owner; of all that an entry takes from those before it only the
 * $ORIGIN is needed then, which comes along.
 *
 * A file is read as it is taken and is never in memory as a whole, unless a quote or parenthesis in it
 * goes on to its end.  One thread at a time.  SPDX-License-Identifier: BSD-2-Clause
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
    char *room;                   /* owned: the text, if it is a file's; zeros at first */
    size_t room_len;
};

struct zonetext {
    int fd;     /* -1: the text is all in memory, and borrowed */
    char *room; /* owned: a window of the file */
    size_t room_len;
    const char *at; /* what has been read and not taken */
    size_t n;
    bool ended;      /* there is no more than that */
    int error;       /* errno: the file could not be read to its end; 0: nothing */
    size_t expected; /* octets of the file */
    size_t piece;    /* octets that a piece should have */
    uint32_t line;   /* of `at` */
    uint8_t origin
        [NAME_MAX_LEN]; /* there, as far as the text itself tells: to be set where it does not */
};

/*
 * The caller closes fd, after the text is done with.
 *
 *   size    what the file has, perhaps no more or more than that when it is read
 *   piece   octets; 0 for ZONETEXT_PIECE
 */
void zonetext_file(struct zonetext *t, int fd, size_t size, size_t piece);
void zonetext_memory(struct zonetext *t, const char *text, size_t len, size_t piece);
void zonetext_fini(struct zonetext *t);

enum zonetext_got {
    ZONETEXT_PIECE_TAKEN,
    /* The next is to be read when all before it has been: an $INCLUDE or a $GENERATE.  It has been taken
     * only if asked for. */
    ZONETEXT_ALONE,
    ZONETEXT_END,
};
/* Take the next piece.  alone: also one that is to be read alone. */
enum zonetext_got zonetext_take(struct zonetext *t, bool alone, struct zonepiece *out);

void zonepiece_fini(struct zonepiece *p);
