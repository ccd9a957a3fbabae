/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/lastgood.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/xalloc.h"
#include "control/atomicfile.h"

char *lastgood_config_path(const char *state)
{
    return xasprintf("%s/good/proxima.yaml", state);
}

char *lastgood_database_path(const char *state, size_t i)
{
    return xasprintf("%s/good/geo/%zu.mmdb", state, i);
}

static void fail(struct lastgood *copy, const char *what)
{
    if (!copy->failed)
        log_warning("no last good copy: cannot %s %s: %s", what, copy->tmp, strerror(errno));
    copy->failed = true;
}

/* Two readings of a file may each have a copy in the making, so names are not used twice. */
static char *new_tmp(const char *path)
{
    static atomic_uint serial;

    return xasprintf("%s.%u.tmp", path, atomic_fetch_add(&serial, 1));
}

void lastgood_begin(struct lastgood *copy, char *path)
{
    *copy = (struct lastgood){.path = path, .tmp = new_tmp(path)};
    copy->file = fopen(copy->tmp, "we");
    if (copy->file == NULL)
        fail(copy, "write");
}

static bool is_same_file(const char *a, const char *b)
{
    struct stat x, y;

    return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_size == y.st_size &&
           x.st_mtim.tv_sec == y.st_mtim.tv_sec && x.st_mtim.tv_nsec == y.st_mtim.tv_nsec;
}

static bool copy_octets(FILE *from, FILE *to)
{
    static const size_t chunk = 1 << 16;
    char *buf = xmalloc(chunk);
    size_t n;

    while ((n = fread(buf, 1, chunk, from)) > 0 && fwrite(buf, 1, n, to) == n)
        ;
    free(buf);
    return !ferror(from) && !ferror(to);
}

/* The copy takes the time of the original, by which it is known again. */
static void keep_time(int fd, FILE *from)
{
    struct stat st;

    if (fstat(fileno(from), &st) == 0)
        futimens(fd, (const struct timespec[2]){st.st_atim, st.st_mtim});
}

void lastgood_copy_file(struct lastgood *copy, char *path, const char *from)
{
    *copy = (struct lastgood){0};
    if (is_same_file(path, from)) {
        free(path);
        return;
    }
    FILE *f = fopen(from, "re");
    lastgood_begin(copy, path);
    if (f == NULL || copy->failed || !copy_octets(f, copy->file))
        fail(copy, "write");
    if (!copy->failed) {
        fflush(copy->file);
        keep_time(fileno(copy->file), f);
    }
    if (f != NULL)
        fclose(f);
    lastgood_finish(copy);
}

void lastgood_finish(struct lastgood *copy)
{
    if (copy->file == NULL)
        return;
    if (ferror(copy->file) || fflush(copy->file) != 0)
        fail(copy, "write");
    fclose(copy->file);
    copy->file = NULL;
}

static void forget(struct lastgood *copy)
{
    free(copy->path);
    free(copy->tmp);
    *copy = (struct lastgood){0};
}

static bool move(const struct lastgood *copy)
{
    const int fd = open(copy->tmp, O_RDONLY | O_CLOEXEC);
    const bool synced = fd >= 0 && fsync(fd) == 0;

    if (fd >= 0)
        close(fd);
    return synced && rename(copy->tmp, copy->path) == 0 && atomicfile_sync_folder_of(copy->path);
}

bool lastgood_commit(struct lastgood *copy)
{
    if (copy->path == NULL)
        return true;
    if (!copy->failed && !move(copy))
        fail(copy, "move");
    const bool ok = !copy->failed;
    if (ok)
        forget(copy);
    else
        lastgood_drop(copy);
    return ok;
}

void lastgood_drop(struct lastgood *copy)
{
    if (copy->file != NULL)
        fclose(copy->file);
    if (copy->tmp != NULL)
        unlink(copy->tmp);
    forget(copy);
}

/* ---- where they are ---- */

/* A scalar of YAML as far as paths need it: quoted or plain.  Owned; NULL: none. */
static char *scalar_at(const char *at)
{
    const bool quoted = *at == '"' || *at == '\'';
    const char ends[] = {*at, '\0'};
    const size_t len = quoted ? strcspn(at + 1, ends) : strcspn(at, ",} \t\r\n");

    return len > 0 ? xstrndup(at + quoted, len) : NULL;
}

/* The value behind the key `state` in a line, in block or flow style; the line is cut at a comment. */
static char *state_value(char *line)
{
    line[strcspn(line, "#")] = '\0';
    for (const char *at = line; (at = strstr(at, "state")) != NULL; at++) {
        const char *end = at + strlen("state");
        end += strspn(end, "\"'");
        if ((at == line || strchr(" \t{,\"'", at[-1]) != NULL) && *end == ':')
            return scalar_at(end + 1 + strspn(end + 1, " \t"));
    }
    return NULL;
}

char *lastgood_guess_state(const char *config_path, const char *fallback)
{
    FILE *f = fopen(config_path, "re");
    char *line = NULL, *found = NULL;
    size_t cap = 0;

    while (f != NULL && found == NULL && getline(&line, &cap, f) > 0)
        found = state_value(line);
    free(line);
    if (f != NULL)
        fclose(f);
    if (found == NULL)
        return xstrdup(fallback);
    if (found[0] != '/') {
        char *copy = xstrdup(config_path);
        char *absolute = xasprintf("%s/%s", dirname(copy), found);
        free(copy);
        free(found);
        found = absolute;
    }
    return found;
}
