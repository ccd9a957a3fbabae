/*
 * What came of all settings on one trace, and how people read it: as a table in Markdown, as a plot.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdio.h>

#include "model/model.h"
#include "settings.h"

struct table {
    const struct trace *trace;
    const struct settings *settings;
    struct model_result results[SETTINGS_MAX]; /* of settings->all */
};

/* Each the mean of so many runs; trace and settings are borrowed by the table. */
void table_fill(struct table *t, const struct trace *trace, const struct settings *settings,
                const struct resolvers_spec *resolvers, unsigned runs, uint64_t seed);

void table_print(FILE *to, const struct table *t);
/* Failure against query load, the lower left the better; ours with the edge that they make. */
void table_plot(FILE *to, const struct table *t);
