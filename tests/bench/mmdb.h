/*
 * Writing MaxMind's format (https://maxmind.github.io/MaxMind-DB/), as much of it as the benchmarks' databases
 * need: records of 32 bits, maps of strings and doubles.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdint.h>
#include <stdio.h>

#include "base/cursor.h"

/* Zero octets between tree and data; what points into the data counts from before them. */
#define MMDB_SEPARATOR 16
#define MMDB_RECORD    512 /* octets that hold any value of ours */

void mmdb_put_string(struct wr *w, const char *text); /* shorter than 29 octets */
void mmdb_put_double(struct wr *w, double value);
void mmdb_put_map(struct wr *w, unsigned n);                      /* n keys and values follow */
void mmdb_put_key_map(struct wr *w, const char *key, unsigned n); /* key: a map of n */
void mmdb_put_key_string(struct wr *w, const char *key, const char *text);
void mmdb_put_key_double(struct wr *w, const char *key, double value);

struct mmdb_about {
    uint32_t nodes, build_epoch;
    uint8_t ip_version; /* 4 or 6 */
    const char *type;   /* readers tell what they have by it */
};

void mmdb_write_separator(FILE *out);
void mmdb_write_about(FILE *out, const struct mmdb_about *about);
