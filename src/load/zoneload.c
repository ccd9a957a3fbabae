/* SPDX-License-Identifier: BSD-2-Clause */
#include "load/zoneload.h"

#include <assert.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

void zoneread_error(struct zonereader *r, const struct zonelex_token *t, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    zonestream_tell(&r->stream, ERR_ERROR, zoneread_place(r, t), fmt, ap);
    va_end(ap);
}

void zoneread_warning(struct zonereader *r, const struct zonelex_token *t, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    zonestream_tell(&r->stream, ERR_WARNING, zoneread_place(r, t), fmt, ap);
    va_end(ap);
}

bool zoneread_flush(struct zonereader *r)
{
    if (r->build == NULL)
        return r->stream.n_errors < ZONEREPORT_MAX;
    const bool more = zonebuild_take(r->build, &r->stream);
    zonestream_clear(&r->stream);
    return more;
}

static void warn_continued(struct zonereader *r, const struct zonesource *s)
{
    static const char text[] =
        "a quoted string goes on in the next line; \\010 is a line end in one line";
    struct zoneitem *item = zonestream_add(&r->stream, ZONEITEM_WARNING, sizeof(text));

    item->at = (struct zoneplace){.file = s->file, .line = s->lex.continued_line};
    memcpy(item->octets, text, sizeof(text));
}

static void read_entry(struct zonereader *r, struct zonesource *s)
{
    if (s->lex.continued_line != 0)
        warn_continued(r, s);
    /* What $GENERATE makes is a record: BIND gives a "$" no meaning there. */
    if (s->generated_line != 0 || !zonedirective_read(r, &s->lex))
        zonerecord_read(r, &s->lex);
}

void zoneread_text(struct zonereader *r, struct zonesource *s, const char *text, size_t len,
                   uint32_t line)
{
    enum zonelex_got got;

    zonelex_init(&s->lex, text, len, line);
    s->parent = r->source;
    r->source = s;
    while (zoneread_flush(r) && (got = zonelex_next(&s->lex)) != ZONELEX_END) {
        r->stream.starting = true;
        if (got == ZONELEX_ENTRY)
            read_entry(r, s);
        else
            zoneread_error(r, &s->lex.bad_at, "%s", s->lex.bad);
    }
    r->source = s->parent;
    zonelex_fini(&s->lex);
}

/* The whole of a text: small ones and what must be alone here, the rest by many at once. */
static void read_pieces(struct zonereader *r, struct zonesource *s, struct zonetext *text)
{
    struct zonepiece piece;
    enum zonetext_got got;
    bool more = true;

    memcpy(text->origin, r->origin, sizeof(r->origin));
    while (more && (got = zonetext_take(text, true, &piece)) != ZONETEXT_END) {
        if (got == ZONETEXT_PIECE_TAKEN && text->n > 0) {
            more = zonepieces_read(r, s, text, &piece);
        } else {
            zoneread_text(r, s, piece.text, piece.len, piece.line);
            memcpy(text->origin, r->origin, sizeof(r->origin));
            more = zoneread_flush(r);
        }
    }
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
    zonestream_add(&r->stream, ZONEITEM_UNREAD_MANY, 0);
    zoneread_flush(r);
    if (from != NULL)
        zoneread_error(r, from, "cannot include %s: %s", path, why);
    else
        zonereport_error(&r->build->report, (struct zoneplace){0}, "cannot be read: %s", why);
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

static void read_file(struct zonereader *r, struct zonesource *s, const struct zonefile *file,
                      bool owned)
{
    assert(r->build != NULL); /* zonetext.h keeps $INCLUDE out of pieces */
    struct zonereport *report = &r->build->report;
    const uint32_t known = report->n_files;
    const struct zonefiles *files = &r->opts->files;
    struct zonetext text;

    s->path = file->path;
    s->file = zonereport_file(report, file->path);
    s->id = file->id;
    if (files->seen != NULL && (s->file >= known || s->depth == 0))
        files->seen(files->arg, file);
    zonetext_init(&text, file->text, file->len, r->opts->piece);
    text.is_ours = owned;
    read_pieces(r, s, &text);
}

void zoneread_file(struct zonereader *r, const char *path, const struct zonelex_token *from)
{
    struct zonesource s = {.depth = r->source != NULL ? r->source->depth + 1 : 0};
    struct zonefile file = {.path = path};
    const char *why = NULL;
    char *owned = NULL;

    if (s.depth > ZONEREAD_INCLUDE_MAX)
        why = "too many files within each other";
    else if (++r->build->n_files > ZONEREAD_FILES_MAX)
        why = "the zone is made of more than 100000 files";
    else if (fetch_file(r, &file, &owned, &why))
        why = is_utf16(file.text, file.len) ? "it is in UTF-16: save it as UTF-8 or ASCII" : NULL;
    if (why != NULL)
        complain_file(r, path, from, why);
    else
        read_file(r, &s, &file, owned != NULL);
    free(owned);
}

static void reader_init(struct zonereader *r, struct zonebuild *b)
{
    const size_t len = name_len(b->opts->apex);

    memset(r, 0, offsetof(struct zonereader, rdata));
    r->opts = b->opts;
    r->build = b;
    r->owner_usable = true;
    memcpy(r->origin, b->opts->apex, len);
    memcpy(r->owner, b->opts->apex, len);
    r->owner_len = (uint8_t)len;
    r->owner_key = zoneplaces_key(r->owner);
}

struct zone *zoneload_file(const struct zoneload_opts *opts, struct err *err)
{
    struct zonebuild b;
    struct zonereader r;

    zonebuild_init(&b, opts);
    reader_init(&r, &b);
    zoneread_file(&r, opts->path, NULL);
    zonestream_fini(&r.stream);
    return zonebuild_finish(&b, err);
}

struct zone *zoneload_text(const struct zoneload_opts *opts, const char *text, size_t len,
                           struct err *err)
{
    struct zonebuild b;
    struct zonereader r;
    struct zonesource s = {.path = opts->path};
    struct zonetext t;

    zonebuild_init(&b, opts);
    reader_init(&r, &b);
    zonetext_init(&t, text, len, opts->piece);
    read_pieces(&r, &s, &t);
    zonestream_fini(&r.stream);
    return zonebuild_finish(&b, err);
}
