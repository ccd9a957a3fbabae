/*
 * The zones that all servers have, and what a name is in them: a small model that shares no code
 * with the server's own look-ups, so that a difference can be told by where its name lies.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct node {
    uint8_t *name; /* lower-case */
    uint16_t *types;
    size_t n_types; /* 0: an empty non-terminal */
};

struct zone {
    char *apex_text; /* "example.com.", also the file's name: example.com.zone, root.zone */
    uint8_t *apex;
    struct node *nodes; /* sorted as name_compare */
    size_t n_nodes;
    uint8_t **hashes; /* owners of NSEC3, which are no names of the zone (RFC 5155 §7.2.8) */
    size_t n_hashes;
};

struct world {
    const char *name; /* borrowed */
    char *dir;        /* where the zone files lie */
    struct zone *zones;
    size_t n_zones;
    uint8_t **names; /* owners, and the names that rdata points at: what to ask for */
    size_t n_names;
};

/* What RFC 1034 §4.3.2 and RFC 4592 make of a name; `where` in the list of explanations. */
enum place {
    PLACE_OUTSIDE,     /* in no zone of ours */
    PLACE_APEX,        /* of the zone that is nearest */
    PLACE_NAME,        /* owns records */
    PLACE_ENT,         /* an empty non-terminal */
    PLACE_CUT,         /* a delegation */
    PLACE_BELOW_CUT,   /* below one */
    PLACE_BELOW_DNAME, /* redirected */
    PLACE_WILDCARD,    /* made from one */
    PLACE_NOTHING,     /* does not exist */
};

struct location {
    enum place place;
    const struct zone *zone; /* the nearest; NULL: outside */
    const struct node *node; /* the name, cut, DNAME or wildcard; NULL: outside, nothing */
};

/* Read every *.zone in dir; ends the program if one is not to be read. */
struct world *world_load(const char *name, const char *dir);
void world_free(struct world *w);

struct location world_locate(const struct world *w, const uint8_t *name);
/* The same within one zone, whatever other zones there are. */
struct location zone_locate(const struct zone *z, const uint8_t *name);
/* Is there a record, hidden or not? */
bool zone_has(const struct zone *z, const uint8_t *name, uint16_t type);
/* Does any zone have the name, hidden or not? */
bool world_has(const struct world *w, const uint8_t *name);
/* Do other zones have, or owners of NSEC3 make, a name on the way to this one that its own zone has not?
 * A server that holds all zones in one tree may take that for an empty non-terminal. */
bool world_mixes(const struct world *w, const uint8_t *name);
/* The nearest zone above this one, or NULL. */
const struct zone *world_parent(const struct world *w, const struct zone *z);
bool node_has(const struct node *n, uint16_t type);
const char *place_name(enum place place);
