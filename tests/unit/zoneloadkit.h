/*
 * What a text of a zone loads to, shown printed, in whatever order, and what is said about it.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stddef.h>

#include "data/zone.h"

/* Every case's text stands behind ZONE_HEAD, so that its first line is line 3. */
#define ZONE_HEAD                                \
    "@ 60 SOA ns1.example.net. host 1 2 3 4 5\n" \
    "@ 60 NS ns1.example.net.\n"
#define ZONE_HEAD_PRINTED                                                   \
    "example.com. 60 IN SOA ns1.example.net. host.example.com. 1 2 3 4 5\n" \
    "example.com. 60 IN NS ns1.example.net.\n"

struct load_case {
    const char *why, *text;
    const char *zone;     /* behind ZONE_HEAD_PRINTED; NULL: the zone does not load */
    const char *messages; /* "" where NULL */
};

/* All of them, as zone example.com.; what loads is printed and loaded again, to the same zone. */
void zoneloadkit_cases(const struct load_case *cases, size_t n);
#define CHECK(cases) zoneloadkit_cases((cases), sizeof(cases) / sizeof((cases)[0]))

/* A text that is a whole zone; want_zone NULL: it does not load. */
void zoneloadkit_whole(const char *why, const char *text, const char *want_zone,
                       const char *want_messages);

/* The lines of a zone in any order: that of a zone is its own. */
void zoneloadkit_printed(const char *why, const struct zone *z, const char *want);
/* What is printed of it loads to the same zone. */
void zoneloadkit_again(const char *about, const char *apex, const struct zone *z);
