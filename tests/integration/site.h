/*
 * A small site for tests of reload and start: zones example.com. and example.net., of which the first
 * has a name that is steered by a pool of the second, and a geo database by which Korea gets ap.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "daemon.h"

/* "zones/example.com.zone": line 5 is www, steered by web.example.net. */
#define SITE_HEAD "$TTL 60\n@ SOA ns hostmaster 1 2 3 4 5\n@ NS ns\nns A 192.0.2.53\n"
#define SITE_COM  SITE_HEAD "www 60 DYNA web.example.net.\ntxt TXT first\n"
#define SITE_NET  SITE_HEAD "us.web A 192.0.2.1\nap.web A 192.0.2.3\n"

/* What daemon_opts.config takes; the first `policies` line can be changed by a test. */
#define SITE_CONFIG                                         \
    "geo: {databases: [tiny.mmdb]}\n"                       \
    "regions: {us: {at: [39, -77]}, ap: {at: [37, 127]}}\n" \
    "maps: {world: {rules: [{country: KR, prefer: [ap]}], unknown: [us]}}\n"
#define SITE_POLICIES "policies: {default: {}, gold: {}}\n"

#define SITE_KOREA "192.0.2.0/24" /* of tests/data/tiny.mmdb */
#define SITE_REST  "10.0.0.0/8"

/* Start a daemon on it. */
struct daemon *site_start(void);

/* A file of the site, by name: other text, another length of the database, away with it. */
void site_write(struct daemon *d, const char *name, const char *text);
void site_write_database(struct daemon *d, size_t octets); /* 0: all of it */
void site_remove(struct daemon *d, const char *name);

/* The first record of an answer, "A 192.0.2.1", or the rcode in its place.  Static memory. */
const char *site_ask(struct daemon *d, const char *name, const char *type, const char *subnet);
/* All is answered as at the first start. */
void site_check_answers(struct daemon *d);

/* Run proximactl; all that it says, owned, without the path of the site before each file. */
int site_ctl(struct daemon *d, const char *command, char **said);
