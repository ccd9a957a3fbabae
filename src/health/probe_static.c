/*
 * The static probe: the operator says whether endpoints are up.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdio.h>

#include "health/later.h"

static enum probe_outcome judge(const struct probe *p, char text[LATER_TEXT])
{
    snprintf(text, LATER_TEXT, "%s by configuration", p->spec->is_up ? "up" : "down");
    return p->spec->is_up ? PROBE_GOOD : PROBE_BAD;
}

static void static_start(struct probe *p)
{
    later_start(p, judge);
}

const struct probe_ops probe_static = {.by_name = true,
                                       .start = static_start,
                                       .cancel = later_cancel};
