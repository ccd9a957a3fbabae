/* SPDX-License-Identifier: BSD-2-Clause */
#include "explain.h"

#include <ctype.h>
#include <fnmatch.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "die.h"

struct condition {
    const struct feature *feature;
    char op; /* '=' '!' '<' '>' */
    char *values;
};

struct line {
    struct explained_line pub;
    bool peer[N_SERVERS], rare[N_SERVERS];
    char **pattern;
    struct condition *condition;
    size_t n_patterns, n_conditions;
    char *why;
};

struct explained {
    const char *path;
    struct line *line;
    size_t n;
    unsigned mistakes;
};

/* ---- matching ---- */

/* Is word one of the words of list?  Both without blanks; the list has commas. */
static bool has_word(const char *list, const char *word, size_t len)
{
    for (const char *at = list;;) {
        const size_t n = strcspn(at, ",");
        if (n == len && strncasecmp(at, word, n) == 0)
            return true;
        if (at[n] == '\0')
            return false;
        at += n + 1;
    }
}

static bool have_common(const char *a, const char *b)
{
    for (const char *at = a;;) {
        const size_t n = strcspn(at, ",");
        if (has_word(b, at, n))
            return true;
        if (at[n] == '\0')
            return false;
        at += n + 1;
    }
}

static bool holds(const struct condition *c, const struct difference *d, const struct item *item)
{
    char buffer[FEATURE_TEXT];
    const char *value = feature_get(c->feature, d, item, buffer);

    switch (c->op) {
    case '=': return have_common(c->values, value);
    case '!': return !have_common(c->values, value);
    case '<': return value[0] != '\0' && atol(value) < atol(c->values);
    case '>': return value[0] != '\0' && atol(value) > atol(c->values);
    default: abort();
    }
}

static bool matches(const struct line *l, const struct difference *d, const struct item *item)
{
    bool pattern = false;

    for (size_t i = 0; !pattern && i < l->n_patterns; i++)
        pattern = fnmatch(l->pattern[i], item->text, 0) == 0;
    for (size_t i = 0; pattern && i < l->n_conditions; i++)
        pattern = holds(&l->condition[i], d, item);
    return pattern;
}

struct explained_line *explained_find(struct explained *e, const struct difference *d,
                                      const struct item *item)
{
    for (size_t i = 0; i < e->n; i++)
        if (e->line[i].peer[d->peer] && matches(&e->line[i], d, item))
            return &e->line[i].pub;
    return NULL;
}

size_t explained_count(const struct explained *e)
{
    return e->n;
}

const struct explained_line *explained_at(const struct explained *e, size_t i)
{
    return &e->line[i].pub;
}

const char *explained_stale(const struct explained *e, size_t i)
{
    for (unsigned p = 0; p < N_SERVERS; p++)
        if (e->line[i].peer[p] && !e->line[i].rare[p] && e->line[i].pub.n[p] == 0)
            return server_name(p);
    return NULL;
}

/* ---- reading ---- */

static void wrong(struct explained *e, const struct line *l, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static void wrong(struct explained *e, const struct line *l, const char *fmt, ...)
{
    va_list ap;

    fprintf(stderr, "%s:%u: ", e->path, l->pub.line);
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fputc('\n', stderr);
    e->mistakes++;
}

static void read_peer(struct explained *e, struct line *l, const char *word)
{
    for (unsigned p = SERVER_NSD; p < N_SERVERS; p++) {
        const size_t len = strlen(server_name(p));
        if (strncmp(word, server_name(p), len) == 0 &&
            strspn(word + len, "?") == strlen(word + len)) {
            l->peer[p] = true;
            l->rare[p] = word[len] == '?';
            return;
        }
    }
    wrong(e, l, "%s is no peer", word);
}

static void read_pattern(struct explained *e, struct line *l, const char *word)
{
    if (strchr(word, ':') == NULL || word[0] == '*')
        wrong(e, l, "%s: write FIELD:DIFFERENCE", word);
    l->pattern = xgrow(l->pattern, l->n_patterns, sizeof(*l->pattern));
    l->pattern[l->n_patterns++] = xstrdup(word);
}

static void read_condition(struct explained *e, struct line *l, const char *word)
{
    const size_t name = strcspn(word, "=!<>");
    const char *op = word + name, *values = op + (*op == '!' ? 2 : 1);
    const struct feature *feature = feature_find(word, name);

    if (feature == NULL || *op == '\0' || (*op == '!' && op[1] != '=') || *values == '\0') {
        wrong(e, l, "%s: is no condition", word);
        return;
    }
    l->condition = xgrow(l->condition, l->n_conditions, sizeof(*l->condition));
    l->condition[l->n_conditions++] =
        (struct condition){.feature = feature, .op = *op, .values = xstrdup(values)};
}

static void each_word(struct explained *e, struct line *l, char *text,
                      void (*read)(struct explained *e, struct line *l, const char *word))
{
    char *rest;

    for (char *word = strtok_r(text, " \t", &rest); word != NULL;
         word = strtok_r(NULL, " \t", &rest))
        read(e, l, word);
}

static char *trim(char *text)
{
    char *end = text + strlen(text);

    while (end > text && isspace((unsigned char)end[-1]))
        *--end = '\0';
    return text + strspn(text, " \t");
}

/* PEERS | DIFFERENCES | CONDITIONS | WHY */
static void read_line(struct explained *e, char *text, unsigned number)
{
    struct line l = {.pub.line = number};
    char *column[4] = {0};

    for (unsigned i = 0; i < 4; i++)
        column[i] = i < 3 ? strsep(&text, "|") : text;
    if (column[3] == NULL) {
        wrong(e, &l, "four columns, please: PEERS | DIFFERENCES | CONDITIONS | WHY");
        return;
    }
    each_word(e, &l, column[0], read_peer);
    each_word(e, &l, column[1], read_pattern);
    each_word(e, &l, column[2], read_condition);
    l.why = xstrdup(trim(column[3]));
    l.pub.why = l.why;
    if (l.n_patterns == 0 || l.n_conditions == 0)
        wrong(e, &l, "a line without differences or conditions would explain everything");
    if (strstr(l.why, "RFC") == NULL && strstr(l.why, "ours") == NULL)
        wrong(e, &l, "say which RFC, or that it is ours to choose");
    e->line = xgrow(e->line, e->n, sizeof(*e->line));
    e->line[e->n++] = l;
}

struct explained *explained_read(const char *path)
{
    struct explained *e = xcalloc(1, sizeof(*e));
    FILE *f = fopen(path, "r");
    char *text = NULL;
    size_t size = 0;

    e->path = path;
    if (f == NULL)
        die("%s: cannot read", path);
    for (unsigned number = 1; getline(&text, &size, f) >= 0; number++) {
        char *start = trim(text);
        if (*start != '\0' && *start != '#')
            read_line(e, start, number);
    }
    free(text);
    fclose(f);
    if (e->mistakes > 0)
        die("%s: %u mistakes", path, e->mistakes);
    return e;
}

void explained_free(struct explained *e)
{
    for (size_t i = 0; i < e->n; i++) {
        struct line *l = &e->line[i];
        for (size_t k = 0; k < l->n_patterns; k++)
            free(l->pattern[k]);
        for (size_t k = 0; k < l->n_conditions; k++)
            free(l->condition[k].values);
        free(l->pattern);
        free(l->condition);
        free(l->why);
    }
    free(e->line);
    free(e);
}
