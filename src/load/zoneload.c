/* SPDX-License-Identifier: BSD-2-Clause */
#include "load/zoneload.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "load/zoneread.h"

struct zoneplace zoneread_place(const struct zonereader *r, const struct zonelex_token *t)
{
    const struct zonesource *s = r->source;

    if (s->generated_line != 0)
        return (struct zoneplace){.file = s->file, .line = s->generated_line};
    if (t == NULL)
        return (struct zoneplace){.file = s->file, .line = s->lex.tokens[0].line};
    return (struct zoneplace){s->file, t->line, zonelex_column(&s->lex, t)};
}

static void read_entry(struct zonereader *r, struct zonesource *s)
{
    if (s->lex.continued_line != 0)
        zonereport_warning(
            &r->report, (struct zoneplace){.file = s->file, .line = s->lex.continued_line},
            "a quoted string goes on in the next line; \\010 is a line end in one line");
    /* What $GENERATE makes is a record: BIND gives a "$" no meaning there. */
    if (s->generated_line != 0 || !zonedirective_read(r, &s->lex))
        zonerecord_read(r, &s->lex);
}

void zoneread_source(struct zonereader *r, struct zonesource *s, const char *text, size_t len)
{
    enum zonelex_got got;

    zonelex_init(&s->lex, text, len);
    s->parent = r->source;
    r->source = s;
    while ((got = zonelex_next(&s->lex)) != ZONELEX_END && !zonereport_is_full(&r->report)) {
        if (got == ZONELEX_ENTRY)
            read_entry(r, s);
        else
            zoneread_error(r, &s->lex.bad_at, "%s", s->lex.bad);
    }
    r->source = s->parent;
    zonelex_fini(&s->lex);
}

/* What Windows calls Unicode: none of it can be read as text of octets. */
static bool is_utf16(const char *text, size_t len)
{
    return len >= 2 && (memcmp(text, "\xff\xfe", 2) == 0 || memcmp(text, "\xfe\xff", 2) == 0);
}

static bool includes_itself(const struct zonesource *s, const struct fileid *id)
{
    for (; s != NULL; s = s->parent)
        if (s->generated_line == 0 && s->id.device == id->device && s->id.inode == id->inode)
            return true;
    return false;
}

static void complain_file(struct zonereader *r, const char *path, const struct zonelex_token *from,
                          const char *why)
{
    r->unread = true;
    if (from != NULL)
        zoneread_error(r, from, "cannot include %s: %s", path, why);
    else
        zonereport_error(&r->report, (struct zoneplace){0}, "cannot be read: %s", why);
}

/* True: there is the text of the file, lent or in *owned. */
static bool fetch_file(struct zonereader *r, struct zonefile *file, char **owned, const char **why)
{
    const struct zonefiles *files = &r->opts->files;

    if (files->find != NULL) {
        *why = "it is not in the copy";
        return files->find(files->arg, file->path, file);
    }
    const int fd = zonefile_open(file, why);
    if (fd < 0)
        return false;
    if (includes_itself(r->source, &file->id))
        *why = "it includes itself";
    else
        *owned = zonefile_read(file, fd, why);
    close(fd);
    return *owned != NULL;
}

static void read_text(struct zonereader *r, struct zonesource *s, const struct zonefile *file)
{
    const uint32_t known = r->report.n_files;
    const struct zonefiles *files = &r->opts->files;

    s->file = zonereport_file(&r->report, file->path);
    s->id = file->id;
    if (files->seen != NULL && (s->file >= known || s->depth == 0))
        files->seen(files->arg, file);
    zoneread_source(r, s, file->text, file->len);
}

void zoneread_file(struct zonereader *r, const char *path, const struct zonelex_token *from)
{
    struct zonesource s = {.depth = r->source != NULL ? r->source->depth + 1 : 0};
    struct zonefile file = {.path = path};
    const char *why = NULL;
    char *owned = NULL;

    if (s.depth > ZONEREAD_INCLUDE_MAX)
        why = "too many files within each other";
    else if (++r->n_files > ZONEREAD_FILES_MAX)
        why = "the zone is made of more than 100000 files";
    else if (fetch_file(r, &file, &owned, &why))
        why = is_utf16(file.text, file.len) ? "it is in UTF-16: save it as UTF-8 or ASCII" : NULL;
    if (why != NULL)
        complain_file(r, path, from, why);
    else
        read_text(r, &s, &file);
    free(owned);
}

static struct zonereader *reader_new(const struct zoneload_opts *opts)
{
    struct zonereader *r = xcalloc(1, sizeof(*r));
    const size_t len = name_len(opts->apex);

    r->opts = opts;
    r->zone = zone_new(opts->apex);
    zonereport_init(&r->report);
    zonereport_file(&r->report, opts->path);
    zoneplaces_init(&r->places);
    memcpy(r->origin, opts->apex, len);
    memcpy(r->owner, opts->apex, len);
    r->owner_key = zoneplaces_key(r->owner);
    r->owner_usable = true;
    r->dollar_ttl_s = r->last_ttl_s = ZONEREAD_NO_TTL;
    return r;
}

/* Checks, messages, and the zone if there is no error in it. */
static struct zone *finish(struct zonereader *r, struct err *err)
{
    struct zone *zone = r->zone;

    zone_seal(zone);
    if (!zonereport_is_full(&r->report))
        zonecheck(r);
    if (r->report.count[ERR_ERROR] > 0 && !r->opts->even_broken) {
        zone_unref(zone);
        zone = NULL;
    }
    zonereport_tell(&r->report, err);
    zonereport_fini(&r->report);
    zoneplaces_fini(&r->places);
    free(r);
    return zone;
}

struct zone *zoneload_file(const struct zoneload_opts *opts, struct err *err)
{
    struct zonereader *r = reader_new(opts);

    zoneread_file(r, opts->path, NULL);
    return finish(r, err);
}

struct zone *zoneload_text(const struct zoneload_opts *opts, const char *text, size_t len,
                           struct err *err)
{
    struct zonereader *r = reader_new(opts);
    struct zonesource s = {0};

    zoneread_source(r, &s, text, len);
    return finish(r, err);
}
