/*
 * The last good zones: packs in the state folder (goodpack.h), of which the newest that names a zone
 * counts.  Each commit writes one pack, whatever the number of zones; packs in which little is left
 * are written together, so that there are few and disk is not wasted.
 *
 * A pack is whole or it is not there: it is written beside, brought to the disk, and renamed.  Packs
 * that it replaces go only afterwards.
 *
 * The thread pool, one task at a time, and start.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "control/goodbatch.h"

struct goodzones;

/* Where the last good copy of a zone is; pack 0: there is none. */
struct goodkept {
    uint32_t pack;
    uint64_t len; /* octets */
};

/* The copies in a state folder.  Nobody else may use it.  Returns owned. */
struct goodzones *goodzones_open(const char *state);
void goodzones_close(struct goodzones *g); /* NULL is fine */
const char *goodzones_state(const struct goodzones *g);

struct goodbatch *goodzones_batch(const struct goodzones *g); /* a new one for its folder; owned */

/* ---- what was there when it was opened: for a start, until it is forgotten ---- */

size_t goodzones_count(const struct goodzones *g);
const struct goodzone *goodzones_at(const struct goodzones *g,
                                    size_t i); /* perhaps one that is gone */
const struct goodzone *goodzones_find(const struct goodzones *g, const uint8_t *apex); /* or NULL */
/* The octets of one of its files.  Owned; NULL: they are lost. */
char *goodzones_text(const struct goodzones *g, const struct goodzone *z, size_t file);

/* From now on only the zones that are served know where their copies are. */
void goodzones_forget(struct goodzones *g);

/* ---- what is in force from now on ---- */

/* Bring a batch that is not empty to the disk.  The number of its pack; 0: it could not be written, which
 * the log says, and the copies that were there stay. */
uint32_t goodzones_put(struct goodzones *g, struct goodbatch *b);

/* All zones that are served, for goodzones_tidy. */
struct goodview {
    size_t n;
    struct goodkept *(*at)(void *arg, size_t i);
    struct goodkept *(*find)(void *arg, const uint8_t *apex); /* NULL: it is not served */
    void *arg;
};

/* Remove packs that hold nothing any more and write those together that hold little; where copies
 * went is noted in what the view shows. */
void goodzones_tidy(struct goodzones *g, const struct goodview *view);
