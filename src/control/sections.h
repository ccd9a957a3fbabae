/*
 * The tables of the configuration's sections, each in a file of its own; for config.c, schema.c and
 * tests.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "control/option.h"

extern const struct section config_section; /* the whole file; fills a struct config */

extern const struct section server_section; /* struct server_spec */
extern const struct section region_section; /* struct region_spec, and so on */
extern const struct section map_section;
extern const struct section probe_section;
extern const struct section policy_section;

/* Give combine probes their parts, once all probes have been read.  node: that of `probes`. */
void probes_combine(struct reader *r, const json_t *node);
extern const struct section health_section;  /* struct health_spec */
extern const struct option_type type_probe;  /* int: its index, -1: none */
extern const struct section damping_section; /* struct damping_rule */
