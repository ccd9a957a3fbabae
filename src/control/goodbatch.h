/*
 * The last good copies that one reading of files makes: a pack in the making, beside the packs that
 * are there.  It takes its place when what was read is in force (goodzones.h), and leaves nothing else.
 *
 * A copy is written while the text is in memory anyway, so it is what was read, whatever has become of the
 * file since.  Thread pool and start; functions marked so may be called by several threads at once.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "control/goodpack.h"

struct goodbatch;

/* folder: where packs are; copied.  Nothing is written before there is something to write. */
struct goodbatch *goodbatch_new(const char *folder);
/* NULL is fine; what was written is removed unless it has taken its place. */
void goodbatch_free(struct goodbatch *b);

/* Write octets; at any time, several threads.  Returns their offset, 0 where that fails, which is remembered. */
uint64_t goodbatch_write(struct goodbatch *b, const void *text, size_t len);
/* Add a zone whose octets are written; takes what is in z.  Several threads.  Returns its number, from 1. */
uint32_t goodbatch_add(struct goodbatch *b, struct goodzone *z);
/* It is not to be in force after all. */
void goodbatch_forget(struct goodbatch *b, uint32_t number);
/* The zone is no more. */
void goodbatch_add_gone(struct goodbatch *b, const uint8_t *apex);

bool goodbatch_is_empty(const struct goodbatch *b);
bool goodbatch_has_gone(const struct goodbatch *b);
const struct goodzone *goodbatch_zone(const struct goodbatch *b, uint32_t number);
/* Bring it to the disk as this file.  False: it could not be, which the log says. */
bool goodbatch_end(struct goodbatch *b, const char *path);
