/*
 * Zones that are made: small ones from a few labels, so that names, wildcards, cuts and aliases meet
 * often, and one of the root zone's shape.  The same seed gives the same files.
 *
 * What any of the four servers refuses to load is not made: data below a DNAME, a CNAME beside
 * other data, cuts and DNAMEs at wildcards.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "../unit/rng.h"

void makezones_random(const char *dir, struct rng *rng);
void makezones_root(const char *dir, struct rng *rng);
