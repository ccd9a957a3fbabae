/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/clock.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <time.h>

static int64_t read_ms(clockid_t id)
{
    struct timespec ts;

    clock_gettime(id, &ts);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

mono_ms_t mono_ms(void)
{
    return read_ms(CLOCK_MONOTONIC);
}

real_ms_t real_ms(void)
{
    return read_ms(CLOCK_REALTIME);
}

dur_ms_t slept_ms(void)
{
    return read_ms(CLOCK_BOOTTIME) - read_ms(CLOCK_MONOTONIC);
}

char *real_print(real_ms_t t, char out[CLOCK_TEXT])
{
    const time_t s = (time_t)(t / 1000);
    struct tm tm;

    gmtime_r(&s, &tm);
    strftime(out, CLOCK_TEXT, "%Y-%m-%dT%H:%M:%SZ", &tm);
    return out;
}

char *dur_print(dur_ms_t d, char out[DUR_TEXT])
{
    static const struct {
        dur_ms_t unit, sub;
        const char *name, *sub_name;
    } steps[] = {
        {86400000, 3600000, "d", "h"},
        {3600000, 60000, "h", "m"},
        {60000, 1000, "m", "s"},
        {1000, 1000, "s", NULL},
    };

    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        const dur_ms_t rest = d % steps[i].unit / steps[i].sub;
        if (d < steps[i].unit)
            continue;
        if (rest > 0 && steps[i].sub_name != NULL)
            snprintf(out, DUR_TEXT, "%" PRId64 "%s%" PRId64 "%s", d / steps[i].unit, steps[i].name,
                     rest, steps[i].sub_name);
        else
            snprintf(out, DUR_TEXT, "%" PRId64 "%s", d / steps[i].unit, steps[i].name);
        return out;
    }
    snprintf(out, DUR_TEXT, "%" PRId64 "ms", d);
    return out;
}
