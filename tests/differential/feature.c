/* SPDX-License-Identifier: BSD-2-Clause */
#include "feature.h"

#include <stdio.h>
#include <string.h>

#include "dns/types.h"
#include "feature_inside.h"

struct feature {
    const char *name;
    void (*get)(const struct difference *d, const struct item *item, char out[FEATURE_TEXT]);
};

static const struct feature features[] = {
#define ROW(word, name) {word, feature_get_##name},
    FEATURES(ROW)
#undef ROW
};
#define N_FEATURES (sizeof(features) / sizeof(features[0]))

void feature_number(char out[FEATURE_TEXT], unsigned n)
{
    snprintf(out, FEATURE_TEXT, "%u", n);
}

void feature_text(char out[FEATURE_TEXT], const char *s)
{
    snprintf(out, FEATURE_TEXT, "%s", s);
}

void feature_word(char out[FEATURE_TEXT], const char *s)
{
    const size_t len = strlen(out);

    snprintf(out + len, FEATURE_TEXT - len, "%s%s", len > 0 ? "," : "", s);
}

void feature_type(char out[FEATURE_TEXT], uint16_t type)
{
    char name[TYPE_TEXT];

    feature_word(out, type_print(type, name));
}

const struct feature *feature_find(const char *name, size_t len)
{
    for (size_t i = 0; i < N_FEATURES; i++)
        if (strlen(features[i].name) == len && memcmp(features[i].name, name, len) == 0)
            return &features[i];
    return NULL;
}

const char *feature_get(const struct feature *f, const struct difference *d,
                        const struct item *item, char out[FEATURE_TEXT])
{
    out[0] = '\0';
    f->get(d, item, out);
    return out;
}

void feature_print(const struct difference *d, const struct item *item)
{
    char out[FEATURE_TEXT], general[FEATURE_TEXT];

    for (size_t i = 0; i < N_FEATURES; i++) {
        feature_get(&features[i], d, NULL, general);
        feature_get(&features[i], d, item, out);
        if (out[0] != '\0' && (item == NULL || strcmp(out, general) != 0))
            printf(" %s=%s", features[i].name, out);
    }
    putchar('\n');
}
