/* SPDX-License-Identifier: BSD-2-Clause */
#include "data/stats.h"

#include <assert.h>

static const struct {
    const char *name, *help;
} rows[] = {
#define X(name, help) {#name, help},
    STATS(X)
#undef X
};

const char *stat_name(enum stats_id which)
{
    assert(which < STAT_COUNT);
    return rows[which].name;
}

const char *stat_help(enum stats_id which)
{
    assert(which < STAT_COUNT);
    return rows[which].help;
}
