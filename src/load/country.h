/*
 * The countries of ISO 3166-1: continent and a position that stands for the country.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>

struct country {
    char code[3];      /* "KR" */
    char continent[3]; /* "AS" */
    float lat, lon;    /* degrees; geo/README.md says where they come from */
};

const struct country *country_find(const char *code); /* upper-case; NULL: no such country */
bool continent_is(const char *code);                  /* AF AN AS EU NA OC SA */
