/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"
#include "base/xalloc.h"

/* A message is one line: more names than this are a list that nobody reads. */
#define LISTED_MAX 12

const char *names_get(const struct names *names, size_t i)
{
    const char *name;

    memcpy(&name, (const char *)names->first + i * names->stride, sizeof(name));
    return name;
}

bool names_find(const struct names *names, const char *word, size_t *out)
{
    for (size_t i = 0; i < names->n; i++) {
        if (strcmp(names_get(names, i), word) == 0) {
            *out = i;
            return true;
        }
    }
    return false;
}

static const char *names_nearest(const struct names *names, const char *word)
{
    const char **all = xmalloc(names->n * sizeof(*all));

    for (size_t i = 0; i < names->n; i++)
        all[i] = names_get(names, i);
    const char *found = nearest(word, all, names->n);
    free(all);
    return found;
}

char *names_list(const struct names *names)
{
    char *text;
    size_t len;
    FILE *f = open_memstream(&text, &len);

    if (f == NULL)
        abort();
    for (size_t i = 0; i < names->n && i < LISTED_MAX; i++)
        fprintf(f, "%s%s", i > 0 ? ", " : "", names_get(names, i));
    if (names->n > LISTED_MAX)
        fputs(", …", f);
    fclose(f);
    return text;
}

char *names_hint(const struct names *names, const char *word)
{
    const char *meant = names_nearest(names, word);

    if (meant != NULL)
        return xasprintf(": did you mean \"%s\"?", meant);
    if (names->n == 0)
        return xstrdup(": there is none yet");
    char *list = names_list(names);
    char *hint = xasprintf(": there are %s", list);
    free(list);
    return hint;
}
