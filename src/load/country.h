/*
 * The countries of ISO 3166-1, and what geo databases name besides (XK, AN): continent and a
 * position that stands for the country.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct country {
    char code[3];      /* "KR" */
    char continent[3]; /* "AS" */
    float lat, lon;    /* degrees; geo/README.md says where they come from */
};

const struct country *country_find(const char *code); /* upper-case; NULL: no such country */
bool continent_is(const char *code);                  /* AF AN AS EU NA OC SA */

/* All of them, sorted by code: i below country_count(). */
size_t country_count(void);
const struct country *country_at(size_t i);
