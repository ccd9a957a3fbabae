/*
 * The rules of a map, for config_maps.c and schema.c.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "control/option.h"

extern const struct option_type type_rules;   /* fills struct map_spec's rules */
extern const struct option_type type_regions; /* struct region_list */
extern const struct section rule_section;
