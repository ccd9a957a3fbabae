/* SPDX-License-Identifier: BSD-2-Clause */
#include "health/pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

/*
 * Backtracking steps and memory for one search.  PCRE2's own limit of ten million steps takes a good
 * part of a second, in which the control loop would see no other probe; 200,000 take some
 * milliseconds, and an ordinary expression on 64 KiB needs fewer.
 */
#define STEPS_MAX 200000
#define HEAP_KIB  1024

struct pattern {
    unsigned refs;
    char *text;
    pcre2_code *regex; /* NULL: the text itself is looked for */
    pcre2_match_context *limits;
};

static struct pattern *new_pattern(const char *text)
{
    struct pattern *p = xcalloc(1, sizeof(*p));

    p->refs = 1;
    p->text = xstrdup(text);
    return p;
}

struct pattern *pattern_text(const char *text)
{
    return new_pattern(text);
}

struct pattern *pattern_regex(const char *text, char **why)
{
    int code;
    PCRE2_SIZE at;
    pcre2_code *regex = pcre2_compile((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED, 0, &code, &at, NULL);

    if (regex == NULL) {
        PCRE2_UCHAR words[256];
        pcre2_get_error_message(code, words, sizeof(words));
        *why = xasprintf("%s at character %zu", (const char *)words, at + 1);
        return NULL;
    }
    struct pattern *p = new_pattern(text);
    p->regex = regex;
    p->limits = pcre2_match_context_create(NULL);
    if (p->limits == NULL)
        abort();
    pcre2_set_match_limit(p->limits, STEPS_MAX);
    pcre2_set_heap_limit(p->limits, HEAP_KIB);
    return p;
}

struct pattern *pattern_ref(struct pattern *p)
{
    if (p != NULL)
        p->refs++;
    return p;
}

void pattern_unref(struct pattern *p)
{
    if (p == NULL || --p->refs > 0)
        return;
    pcre2_code_free(p->regex);
    pcre2_match_context_free(p->limits);
    free(p->text);
    free(p);
}

bool pattern_equal(const struct pattern *a, const struct pattern *b)
{
    if (a == NULL || b == NULL)
        return a == b;
    return (a->regex == NULL) == (b->regex == NULL) && strcmp(a->text, b->text) == 0;
}

static enum pattern_found find_regex(const struct pattern *p, const char *text, size_t len)
{
    pcre2_match_data *match = pcre2_match_data_create(1, NULL);

    if (match == NULL)
        abort();
    const int rc = pcre2_match(p->regex, (PCRE2_SPTR)text, len, 0, 0, match, p->limits);
    pcre2_match_data_free(match);
    if (rc >= 0)
        return PATTERN_FOUND;
    return rc == PCRE2_ERROR_NOMATCH ? PATTERN_ABSENT : PATTERN_GAVE_UP;
}

enum pattern_found pattern_find(const struct pattern *p, const char *text, size_t len)
{
    if (len == 0)
        text = "";
    if (p->regex != NULL)
        return find_regex(p, text, len);
    return memmem(text, len, p->text, strlen(p->text)) != NULL ? PATTERN_FOUND : PATTERN_ABSENT;
}

const char *pattern_print(const struct pattern *p)
{
    return p->text;
}
