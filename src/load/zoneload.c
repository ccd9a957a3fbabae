/* SPDX-License-Identifier: BSD-2-Clause */
#include "load/zoneload.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "load/zoneread.h"

/* Offsets of tokens have 32 bits; a zone of this size would not fit into memory anyway. */
#define FILE_MAX ((off_t)UINT32_MAX)

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
    struct zonepiece piece = {0};
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
    zonepiece_fini(&piece);
}

/* What Windows calls Unicode: none of it can be read as text of octets. */
static bool is_utf16(int fd)
{
    char mark[2];

    return pread(fd, mark, 2, 0) == 2 &&
           (memcmp(mark, "\xff\xfe", 2) == 0 || memcmp(mark, "\xfe\xff", 2) == 0);
}

/* Open a regular file; a FIFO or a device could block or never end. */
static int open_regular(const char *path, struct stat *st, const char **why)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    if (fd >= 0 && fstat(fd, st) == 0 && S_ISREG(st->st_mode) && st->st_size <= FILE_MAX)
        return fd;
    if (fd < 0)
        *why = strerror(errno);
    else
        *why = S_ISREG(st->st_mode) ? "larger than 4 GiB" : "not a regular file";
    if (fd >= 0)
        close(fd);
    return -1;
}

static bool includes_itself(const struct zonesource *s, const struct stat *st)
{
    for (; s != NULL; s = s->parent)
        if (s->generated_line == 0 && s->device == st->st_dev && s->inode == st->st_ino)
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

/* A mapping would kill us when an editor truncates the file meanwhile. */
static void read_file(struct zonereader *r, struct zonesource *s, int fd, size_t size,
                      const struct zonelex_token *from)
{
    struct zonetext text;

    zonetext_file(&text, fd, size, r->opts->piece);
    read_pieces(r, s, &text);
    if (text.error != 0)
        complain_file(r, s->path, from, strerror(text.error));
    zonetext_fini(&text);
}

void zoneread_file(struct zonereader *r, const char *path, const struct zonelex_token *from)
{
    struct zonesource s = {.depth = r->source != NULL ? r->source->depth + 1 : 0, .path = path};
    struct stat st = {0};
    const char *why = NULL;
    const int fd = open_regular(path, &st, &why);

    if (fd >= 0 && includes_itself(r->source, &st))
        why = "it includes itself";
    else if (s.depth > ZONEREAD_INCLUDE_MAX)
        why = "too many files within each other";
    else if (++r->build->n_files > ZONEREAD_FILES_MAX)
        why = "the zone is made of more than 100000 files";
    else if (fd >= 0 && is_utf16(fd))
        why = "it is in UTF-16: save it as UTF-8 or ASCII";
    if (why != NULL) {
        complain_file(r, path, from, why);
    } else {
        s.file = zonereport_file(&r->build->report, path);
        s.device = st.st_dev;
        s.inode = st.st_ino;
        read_file(r, &s, fd, (size_t)st.st_size, from);
    }
    if (fd >= 0)
        close(fd);
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
    zonetext_memory(&t, text, len, opts->piece);
    read_pieces(&r, &s, &t);
    zonetext_fini(&t);
    zonestream_fini(&r.stream);
    return zonebuild_finish(&b, err);
}
