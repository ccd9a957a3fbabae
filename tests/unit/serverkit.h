/*
 * The files of a small server in a folder: etc/proxima.yaml, etc/zones/, etc/tiny.mmdb, and state/.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "control/generation.h"
#include "folderkit.h"

#define SERVERKIT_CONFIG                                                 \
    "server: {listen: [127.0.0.1@0], control: run/c, state: ../state}\n" \
    "zones: {directory: zones}\n"                                        \
    "geo: {databases: [tiny.mmdb]}\n"                                    \
    "regions: {us: {at: [39, -77]}, eu: {at: [53, -6]}}\n"               \
    "policies: {default: {ttl: {max: 300s, min: 10s}}, gold: {ttl: {max: 600s, min: 10s}}}\n"

#define SERVERKIT_HEAD "$TTL 60\n@ SOA ns hostmaster 1 2 3 4 5\n@ NS ns\nns A 192.0.2.53\n"

/* www is steered by pool web of the same zone, in line 5. */
#define SERVERKIT_ZONE SERVERKIT_HEAD "www DYNA web\nus.web A 192.0.2.1\neu.web A 192.0.2.2\n"

/* The files above: a zone example.com., the configuration, a database. */
void serverkit_init(struct folderkit *f);
/* tests/data/FILE as etc/tiny.mmdb, or only so many octets of it; 0: all. */
void serverkit_database(const struct folderkit *f, const char *file, size_t octets);

const char *serverkit_config(const struct folderkit *f); /* path */
const char *serverkit_state(const struct folderkit *f);
/* The last good zones in there, of a server that goes on, or of one that starts; of one folder at a
 * time, until the program ends. */
struct goodzones *serverkit_good(const struct folderkit *f);
struct goodzones *serverkit_good_at_start(const struct folderkit *f);
/* The text of the last good copy of a zone, as a start would find it; owned, NULL: there is none. */
char *serverkit_copy(const struct folderkit *f, const char *apex);

/* All items without the folder before each path; owned.  The items are used up. */
char *serverkit_told(const struct folderkit *f, struct err *err);

bool serverkit_is_fresh(const struct generation *g); /* nothing was replaced by a last good copy */
/* Read all and make it the last good generation, as a start does. */
void serverkit_run_once(const struct folderkit *f);

/* "fresh", … of a zone of a generation; NULL: there is no such zone. */
const struct zone_source *serverkit_zone(const struct generation *g, const char *apex);
