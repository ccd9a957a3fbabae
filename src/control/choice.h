/*
 * Choice tables: for every ranking of a map, which region its clients get while certain regions
 * are usable (proxima.yaml(5)).  Interned: all pools in the same state share one table.
 *
 * Control thread.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "control/config.h"
#include "data/steered.h"

/* What a table depends on. */
struct choice_key {
    const struct geomap *map;
    regionset_t usable;    /* up and undrained, or without a record of the type */
    regionset_t avoided;   /* undrained, and better than nothing: held, or not ready */
    regionset_t undrained; /* whatever their health */
    regionset_t present;   /* the pool's regions */
    enum all_down when_all_down;
    /* Where no region is usable, nor avoided, what another table gives; NULL: when_all_down does */
    struct choice_table *otherwise;
};

/*
 * The rule itself: what clients of a ranking get.  Fence before drain before health: a region that
 * the ranking does not allow is never chosen.  Of the rest, one that is usable, else one that is
 * avoided, else what the policy says for when all are down.  key->otherwise is for tables.
 */
uint8_t choice_of(const struct choice_key *key, const struct ranking *ranking);

struct choices;

struct choices *choices_new(void);
void choices_free(struct choices *c);
/* A new reference; key->otherwise stays the caller's. */
struct choice_table *choices_get(struct choices *c, const struct choice_key *key);
void choices_sweep(struct choices *c); /* forget tables that nothing else refers to */
