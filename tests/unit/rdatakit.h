/*
 * Lines of "TYPE rdata…" for the tests of rdata.  Names are relative to example.com.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "load/rdata.h"

struct rdata_line {
    struct zonelex lex;
    struct rdata_text text;
    uint16_t type;
};

/* Borrows text.  The caller frees lex. */
void rdatakit_split(struct rdata_line *l, const char *text);
