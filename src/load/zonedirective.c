/* Directives of a master file: RFC 1035 §5.1 and RFC 2308 §4.  SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"
#include "base/xalloc.h"
#include "load/zoneread.h"

/* True with n-1 arguments at least min and at most max; else an error. */
static bool has_arguments(struct zonereader *r, const struct zonelex *e, size_t min, size_t max)
{
    const size_t n = e->n - 1;

    if (n < min)
        zoneread_error(r, NULL, "%.*s needs %s", ZONEREAD_SHOW(&e->tokens[0]),
                       min > 1 ? "more arguments" : "an argument");
    else if (n > max)
        zoneread_error(r, &e->tokens[max + 1], "\"%.*s\" is one argument too many",
                       ZONEREAD_SHOW(&e->tokens[max + 1]));
    return n >= min && n <= max;
}

static bool read_origin(struct zonereader *r, const struct zonelex_token *t,
                        uint8_t out[NAME_MAX_LEN])
{
    const char *why = "it must not be quoted";

    if (!t->quoted && name_parse(t->at, t->len, r->origin, out, &why))
        return true;
    zoneread_error(r, t, "\"%.*s\" is no domain name: %s", ZONEREAD_SHOW(t), why);
    zonestream_add(&r->stream, ZONEITEM_UNREAD_MANY, 0);
    return false;
}

static void read_dollar_origin(struct zonereader *r, const struct zonelex *e)
{
    uint8_t origin[NAME_MAX_LEN];

    if (has_arguments(r, e, 1, 1) && read_origin(r, &e->tokens[1], origin))
        memcpy(r->origin, origin, name_len(origin));
}

static void read_dollar_ttl(struct zonereader *r, const struct zonelex *e)
{
    uint32_t ttl_s;

    if (has_arguments(r, e, 1, 1) &&
        zonerecord_ttl(r, &e->tokens[1], e->tokens[1].at, e->tokens[1].len, &ttl_s))
        zonestream_add(&r->stream, ZONEITEM_TTL, 0)->ttl_s = ttl_s;
}

/* A relative name is relative to the folder of the file that includes.  Returns owned. */
static char *include_path(struct zonereader *r, const struct zonelex_token *t)
{
    const char *parent = r->source->path, *why;
    const char *slash = strrchr(parent, '/');
    char *name = xmalloc((size_t)t->len + 1), *path = NULL;
    const size_t len = zonelex_decode(t, (uint8_t *)name, t->len, &why);

    if (len == SIZE_MAX || len == 0 || memchr(name, '\0', len) != NULL) {
        zoneread_error(r, t, "\"%.*s\" is no file name", ZONEREAD_SHOW(t));
        zonestream_add(&r->stream, ZONEITEM_UNREAD_MANY, 0);
    } else {
        name[len] = '\0';
        const int folder = name[0] != '/' && slash != NULL ? (int)(slash + 1 - parent) : 0;
        path = xasprintf("%.*s%s", folder, parent, name);
    }
    free(name);
    return path;
}

/* Origin and last owner return to what they were (RFC 1035 §5.1); $TTL stays, as in BIND. */
static void include(struct zonereader *r, const struct zonelex_token *file, const uint8_t *origin)
{
    uint8_t old_origin[NAME_MAX_LEN], old_owner[NAME_MAX_LEN];
    const bool given = r->owner_given, usable = r->owner_usable;
    const uint8_t owner_len = r->owner_len;
    const uint64_t key = r->owner_key;
    char *path = include_path(r, file);

    if (path == NULL)
        return;
    memcpy(old_origin, r->origin, sizeof(old_origin));
    memcpy(old_owner, r->owner, sizeof(old_owner));
    memcpy(r->origin, origin, name_len(origin));
    zoneread_file(r, path, file);
    memcpy(r->origin, old_origin, sizeof(old_origin));
    memcpy(r->owner, old_owner, sizeof(old_owner));
    r->owner_given = given;
    r->owner_usable = usable;
    r->owner_key = key;
    r->owner_len = owner_len;
    free(path);
}

static void read_dollar_include(struct zonereader *r, const struct zonelex *e)
{
    uint8_t origin[NAME_MAX_LEN];

    if (!has_arguments(r, e, 1, 2))
        return;
    memcpy(origin, r->origin, sizeof(origin));
    if (e->n == 2 || read_origin(r, &e->tokens[2], origin))
        include(r, &e->tokens[1], origin);
}

static const struct {
    const char *word;
    void (*read)(struct zonereader *r, const struct zonelex *e);
} directives[] = {
    {"$origin", read_dollar_origin},
    {"$ttl", read_dollar_ttl},
    {"$include", read_dollar_include},
    {"$generate", zonegenerate_read},
};

#define N_DIRECTIVES (sizeof(directives) / sizeof(directives[0]))

static void complain_unknown(struct zonereader *r, const struct zonelex_token *t)
{
    static const char *const words[] = {"$ORIGIN", "$TTL", "$INCLUDE", "$GENERATE"};
    char *word = xstrndup(t->at, t->len);
    const char *near = nearest(word, words, N_DIRECTIVES);

    if (near != NULL)
        zoneread_error(r, t, "unknown directive %s; did you mean %s?", word, near);
    else
        zoneread_error(
            r, t, "unknown directive %s; there are $ORIGIN, $TTL, $INCLUDE and $GENERATE", word);
    free(word);
}

bool zonedirective_read(struct zonereader *r, const struct zonelex *entry)
{
    const struct zonelex_token *t = &entry->tokens[0];

    if (t->quoted || t->len == 0 || t->at[0] != '$')
        return false;
    if (entry->blank_first) {
        zoneread_error(r, t, "%.*s must stand in the first column", ZONEREAD_SHOW(t));
        return true;
    }
    for (size_t i = 0; i < N_DIRECTIVES; i++) {
        if (zonelex_is(t, directives[i].word)) {
            directives[i].read(r, entry);
            return true;
        }
    }
    complain_unknown(r, t);
    return true;
}
