/* SPDX-License-Identifier: BSD-2-Clause */
#include "health/verdictfile.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

#define BLANKS " \t\r"

/* The next word, cut out of the line; "": there is none. */
static char *take_word(char **rest)
{
    char *word = *rest + strspn(*rest, BLANKS);
    char *end = word + strcspn(word, BLANKS);

    *rest = *end != '\0' ? end + 1 : end;
    *end = '\0';
    return word;
}

/* As reports_endpoint would name it: addresses in one spelling, names in lower case without the last
 * dot.  Returns owned. */
static char *canonical(const char *word)
{
    struct probe_dest dest = {0};
    const size_t len = strlen(word);

    if (!ipaddr_parse(word, &dest.addr))
        dest.host = xstrndup(word, len - (len > 1 && word[len - 1] == '.'));
    char *text = reports_endpoint(&dest);
    free(dest.host);
    return text;
}

/* What is behind the second word, without blanks around; NULL: nothing. */
static char *reason(char *rest)
{
    rest += strspn(rest, BLANKS);
    size_t len = strlen(rest);
    while (len > 0 && strchr(BLANKS, rest[len - 1]) != NULL)
        rest[--len] = '\0';
    return len > 0 ? rest : NULL;
}

/* False: the line is none. */
static bool read_line(struct reports *rs, char *line)
{
    const char *endpoint = take_word(&line);

    if (endpoint[0] == '\0' || endpoint[0] == '#')
        return true;
    const char *state = take_word(&line);
    const bool is_up = strcmp(state, "up") == 0;
    if (!is_up && strcmp(state, "down") != 0)
        return false;
    char *key = canonical(endpoint);
    reports_put(rs, key,
                &(struct report){.is_up = is_up, .why = reason(line), .until = REPORTS_FOREVER});
    free(key);
    return true;
}

struct reports *verdictfile_parse(const char *text, size_t len, char **why)
{
    struct reports *rs = reports_new();
    char *copy = xstrndup(text, len), *rest = copy, *line;
    unsigned number = 0;

    while ((line = strsep(&rest, "\n")) != NULL) {
        number++;
        if (read_line(rs, line))
            continue;
        *why = xasprintf("line %u: expected ENDPOINT up or ENDPOINT down", number);
        reports_free(rs);
        rs = NULL;
        break;
    }
    free(copy);
    return rs;
}
