/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/lastgood.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/log.h"
#include "base/xalloc.h"
#include "dns/name.h"

/* A file name holds 255 octets (NAME_MAX of most file systems); the rest is for ".zone.12345.tmp". */
#define STEM_MAX 230

char *lastgood_zone_path(const char *state, const uint8_t *apex)
{
    char text[NAME_TEXT];
    size_t len = strlen(name_print(apex, text));

    if (len > 1)
        text[--len] = '\0';
    else
        strcpy(text, "root");
    if (len > STEM_MAX)
        snprintf(text, sizeof(text), "%016" PRIx64, hash_bytes(apex, name_len(apex), 0));
    for (char *slash = text; (slash = strchr(slash, '/')) != NULL;)
        *slash = '@';
    return xasprintf("%s/good/zones/%s.zone", state, text);
}

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

/* One call for all: 100,000 zones would need as many fsyncs. */
void lastgood_sync(const char *state)
{
    const int fd = open(state, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0 || syncfs(fd) < 0)
        log_warning("cannot bring %s to the disk: %s", state, strerror(errno));
    if (fd >= 0)
        close(fd);
}

static void forget(struct lastgood *copy)
{
    free(copy->path);
    free(copy->tmp);
    *copy = (struct lastgood){0};
}

bool lastgood_commit(struct lastgood *copy)
{
    if (copy->path == NULL)
        return true;
    if (!copy->failed && rename(copy->tmp, copy->path) != 0)
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

/* ---- copies of zones that are no more ---- */

static int compare_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The names, in the folder, of the copies of these zones, sorted.  Owned, as are the names. */
static char **copy_names(const uint8_t *const *apexes, size_t n)
{
    char **names = xcalloc(n, sizeof(*names));

    for (size_t i = 0; i < n; i++) {
        char *path = lastgood_zone_path("", apexes[i]);
        names[i] = xstrdup(strrchr(path, '/') + 1);
        free(path);
    }
    qsort(names, n, sizeof(*names), compare_text);
    return names;
}

static void remove_others(const char *folder, char *const *names, size_t n)
{
    DIR *d = opendir(folder);

    for (const struct dirent *e; d != NULL && (e = readdir(d)) != NULL;) {
        const char *name = e->d_name;
        if (name[0] == '.' || bsearch(&name, names, n, sizeof(*names), compare_text) != NULL)
            continue;
        char *path = xasprintf("%s/%s", folder, name);
        unlink(path);
        free(path);
    }
    if (d != NULL)
        closedir(d);
}

void lastgood_keep_zones(const char *state, const uint8_t *const *apexes, size_t n)
{
    char **names = copy_names(apexes, n), *folder = xasprintf("%s/good/zones", state);

    remove_others(folder, names, n);
    free(folder);
    for (size_t i = 0; i < n; i++)
        free(names[i]);
    free(names);
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
