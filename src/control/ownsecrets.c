/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/ownsecrets.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

/* A secret signs for a day, less up to 40 % so that nobody knows when it changes (RFC 7873 §7.1). */
#define LIFE_S   86400
#define JITTER_S (LIFE_S / 10 * 4)

/* Stage 1 of RFC 9018 §5: every worker knows the new one before one of them signs with it. */
#define SETTLE_S 60

/* Stage 3: by then each cookie of the old one is too old (RFC 9018 §4.3: an hour, and five minutes
 * for clocks that differ). */
#define KEEP_S (SETTLE_S + 3600 + 300)

/* A secret of the future was made while the clock was wrong; by so little clocks may be set back. */
#define CLOCK_SLACK_S 300

static bool is_due(const struct ownsecrets *o, int64_t now_s)
{
    return o->n == 0 || now_s >= o->at[0].until_s || o->at[0].since_s > now_s + CLOCK_SLACK_S;
}

bool ownsecrets_step(struct ownsecrets *o, int64_t now_s, const struct ownsecrets_random *random)
{
    if (is_due(o, now_s)) {
        o->at[1] = o->at[0];
        o->n += o->n < 2;
        o->at[0] = (struct own_secret){.since_s = now_s,
                                       .until_s = now_s + LIFE_S - random->jitter % JITTER_S};
        memcpy(o->at[0].key, random->key, sizeof(random->key));
        return true;
    }
    if (o->n == 2 && now_s >= o->at[0].since_s + KEEP_S) {
        o->n = 1;
        return true;
    }
    return false;
}

struct cookie_secrets ownsecrets_at(const struct ownsecrets *o, int64_t now_s)
{
    const bool settled = now_s >= o->at[0].since_s + SETTLE_S;
    struct cookie_secrets s = {.n = (uint8_t)o->n};

    for (unsigned i = 0; i < o->n; i++)
        memcpy(s.key[i], o->at[o->n == 2 && !settled ? 1 - i : i].key, SIPHASH_KEY_LEN);
    return s;
}

int64_t ownsecrets_next_s(const struct ownsecrets *o, int64_t now_s)
{
    const int64_t since_s = o->at[0].since_s;

    if (o->n == 2)
        return now_s < since_s + SETTLE_S ? since_s + SETTLE_S : since_s + KEEP_S;
    return o->at[0].until_s;
}

/* ---- as text ---- */

char *ownsecrets_print(const struct ownsecrets *o)
{
    char *text, hex[SECRET_TEXT];
    size_t len;
    FILE *f = open_memstream(&text, &len);

    for (unsigned i = 0; i < o->n; i++)
        fprintf(f, "%s %" PRId64 " %" PRId64 "\n", secret_print(o->at[i].key, hex),
                o->at[i].since_s, o->at[i].until_s);
    fclose(f);
    return text;
}

static bool parse_line(struct own_secret *s, const char *line)
{
    char hex[SECRET_TEXT];
    int end = 0;

    return sscanf(line, "%32s %" SCNd64 " %" SCNd64 "%n", hex, &s->since_s, &s->until_s, &end) ==
               3 &&
           line[end] == '\0' && secret_parse(hex, s->key) && s->since_s >= 0 &&
           s->until_s > s->since_s && s->until_s - s->since_s <= LIFE_S;
}

bool ownsecrets_parse(struct ownsecrets *o, const char *path, const char *text, struct err *err)
{
    struct ownsecrets read = {0};
    struct err_pos pos = {.file = path};
    char *copy = xstrdup(text), *rest = copy, *line;
    bool ok = true;

    while (ok && (line = strsep(&rest, "\n")) != NULL) {
        pos.line++;
        if (*line == '\0')
            continue;
        ok = read.n < 2 && parse_line(&read.at[read.n], line);
        read.n += ok;
    }
    free(copy);
    if (ok) {
        *o = read;
        return true;
    }
    err_at(err, pos, "expected SECRET SINCE UNTIL: a new secret is made");
    return false;
}
