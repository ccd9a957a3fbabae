/*
 * The names of a message, so that later ones can point at them (RFC 1035 §4.1.4).  They form a tree
 * of labels whose root is the root of the DNS; a name is found by going down from there as far as its
 * labels are known, and what is left of it is written before a pointer.
 *
 * What a name has in common with the question, which is its zone's name at least, is found as one piece
 * of octets; further labels are compared by their first six at once.  Hashing every suffix of every name,
 * as was done before, took four fifths of the instructions of a large set of mail hosts.
 *
 * Pure, no allocation, any thread.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdint.h>

#include "base/cursor.h"

/* Labels that later names can point at.  A message that has more keeps the first ones. */
#define COMPRESS_MAX 96

struct compress {
    uint16_t n;
    uint16_t n_question;   /* the first ones are the question's labels, the last one first */
    uint16_t question_end; /* offset of its root */
    uint16_t offset[COMPRESS_MAX]; /* of the label in the message, below 0x4000 */
    uint64_t tag[COMPRESS_MAX];    /* its parent and its beginning; a parent stands before it */
};

/* Begin with the question's name, which stands uncompressed in the message at an offset. */
void compress_begin(struct compress *c, const uint8_t *message, uint16_t offset);

/*
 * Write a name, any case, all of it or nothing (then w is full).  Returns the two octets that stand for
 * the same name from now on; 0: there are none, it is the root or too far from the start.
 */
uint16_t compress_put(struct compress *c, struct wr *w, const uint8_t *name);
