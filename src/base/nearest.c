/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/nearest.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

/* Words of configuration and of zone files are short; a longer one is compared by its beginning. */
#define WORD_MAX 64

static unsigned min3(unsigned a, unsigned b, unsigned c)
{
    const unsigned ab = a < b ? a : b;

    return ab < c ? ab : c;
}

static bool same(char a, char b)
{
    return tolower((unsigned char)a) == tolower((unsigned char)b);
}

static unsigned distance(const char *a, const char *b)
{
    const size_t n = strnlen(a, WORD_MAX), m = strnlen(b, WORD_MAX);
    unsigned d[WORD_MAX + 1][WORD_MAX + 1];

    for (size_t i = 0; i <= n; i++)
        d[i][0] = (unsigned)i;
    for (size_t j = 0; j <= m; j++)
        d[0][j] = (unsigned)j;
    for (size_t i = 1; i <= n; i++) {
        for (size_t j = 1; j <= m; j++) {
            const unsigned replace = d[i - 1][j - 1] + !same(a[i - 1], b[j - 1]);
            d[i][j] = min3(d[i - 1][j] + 1, d[i][j - 1] + 1, replace);
            const bool swapped =
                i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1]);
            if (swapped && d[i - 2][j - 2] + 1 < d[i][j])
                d[i][j] = d[i - 2][j - 2] + 1;
        }
    }
    return d[n][m];
}

const char *nearest(const char *word, const char *const *candidates, size_t n)
{
    const size_t third = strlen(word) / 3;
    unsigned best = third > 0 ? (unsigned)third : 1;
    const char *found = NULL;

    for (size_t i = 0; i < n; i++) {
        const unsigned d = distance(word, candidates[i]);
        if (d < best || (d == best && found == NULL)) {
            best = d;
            found = candidates[i];
        }
    }
    return found;
}
