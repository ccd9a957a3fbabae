/* SPDX-License-Identifier: BSD-2-Clause */
#include "load/zonettl.h"

/* Seconds in a unit, 0 for what is none. */
static uint32_t unit_s(char c)
{
    switch (c) {
    case 's':
    case 'S': return 1;
    case 'm':
    case 'M': return 60;
    case 'h':
    case 'H': return 3600;
    case 'd':
    case 'D': return 86400;
    case 'w':
    case 'W': return 604800;
    }
    return 0;
}

bool zonettl_parse(const char *text, size_t len, uint32_t *out, const char **why)
{
    uint64_t total = 0;
    size_t i = 0;

    do {
        uint64_t n = 0;
        const size_t first = i;
        for (; i < len && text[i] >= '0' && text[i] <= '9' && n <= UINT32_MAX; i++)
            n = 10 * n + (uint64_t)(text[i] - '0');
        const bool only_number = first == 0 && i == len;
        const uint32_t unit = only_number ? 1 : i < len ? unit_s(text[i]) : 0;
        if (n <= UINT32_MAX && (i == first || unit == 0)) {
            *why = "is no number of seconds; units are s, m, h, d and w, as in 1h30m";
            return false;
        }
        total += n * unit;
        if (n > UINT32_MAX || total > UINT32_MAX) {
            *why = "is above 2^32-1";
            return false;
        }
        i++;
    } while (i < len);
    *out = (uint32_t)total;
    return true;
}
