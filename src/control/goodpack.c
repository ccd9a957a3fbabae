/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/goodpack.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/xalloc.h"
#include "dns/name.h"

/* The last line, "index %020u %020u %016x\n". */
#define FOOTER_LEN 65

void goodzone_fini(struct goodzone *z)
{
    for (size_t i = 0; i < z->n_files; i++)
        free(z->files[i].path);
    free(z->files);
    free(z->apex);
    *z = (struct goodzone){0};
}

uint64_t goodzone_len(const struct goodzone *z)
{
    uint64_t len = 0;

    for (size_t i = 0; i < z->n_files; i++)
        len += z->files[i].len;
    return len;
}

uint64_t goodfile_hash(const void *text, size_t len)
{
    return hash_bytes(text, len, 0);
}

/* ---- octets ---- */

bool goodpack_write(int fd, uint64_t offset, const void *data, size_t len)
{
    const uint8_t *at = data;

    while (len > 0) {
        const ssize_t n = pwrite(fd, at, len, (off_t)offset);
        if (n < 0 && errno != EINTR)
            return false;
        if (n > 0) {
            at += n;
            offset += (uint64_t)n;
            len -= (size_t)n;
        }
    }
    return true;
}

/* Owned, with a NUL behind them; NULL: there are fewer. */
static char *read_octets(int fd, uint64_t offset, size_t len)
{
    char *text = xmalloc(len + 1);
    size_t got = 0;

    while (got < len) {
        const ssize_t n = pread(fd, text + got, len - got, (off_t)(offset + got));
        if (n == 0 || (n < 0 && errno != EINTR)) {
            free(text);
            return NULL;
        }
        got += n > 0 ? (size_t)n : 0;
    }
    text[len] = '\0';
    return text;
}

char *goodpack_text(int fd, const struct goodfile *file)
{
    char *text = read_octets(fd, file->offset, file->len);

    if (text != NULL && goodfile_hash(text, file->len) == file->hash)
        return text;
    free(text);
    return NULL;
}

/* ---- the index, written ---- */

static void print_zone(const struct goodzone *z, FILE *to)
{
    char name[NAME_TEXT];

    name_print(z->apex, name);
    if (z->n_files == 0)
        fprintf(to, "gone %s\n", name);
    else
        fprintf(to, "zone %s\n", name);
    for (size_t i = 0; i < z->n_files; i++)
        fprintf(to, "file %" PRIu64 " %" PRIu64 " %016" PRIx64 " %zu %s\n", z->files[i].offset,
                z->files[i].len, z->files[i].hash, strlen(z->files[i].path), z->files[i].path);
}

bool goodpack_end(int fd, uint64_t at, const struct goodzone *const *zones, size_t n)
{
    char *index, footer[FOOTER_LEN + 1];
    size_t len;
    FILE *to = open_memstream(&index, &len);

    for (size_t i = 0; i < n; i++)
        print_zone(zones[i], to);
    fclose(to);
    snprintf(footer, sizeof(footer), "index %020" PRIu64 " %020zu %016" PRIx64 "\n", at, len,
             goodfile_hash(index, len));
    const bool ok = goodpack_write(fd, at, index, len) &&
                    goodpack_write(fd, at + len, footer, FOOTER_LEN) && fdatasync(fd) == 0;
    free(index);
    return ok;
}

/* ---- the index, read ---- */

static bool take_word(char **at, const char *word)
{
    const size_t len = strlen(word);

    if (strncmp(*at, word, len) != 0)
        return false;
    *at += len;
    return true;
}

static uint64_t take_number(char **at, int base)
{
    const uint64_t n = strtoull(*at, at, base);

    *at += **at == ' ';
    return n;
}

/* Behind the word: a name and the line's end.  NULL: it is none. */
static uint8_t *take_apex(char **at)
{
    uint8_t apex[NAME_MAX_LEN];
    const size_t len = strcspn(*at, "\n");
    const char *why;

    if ((*at)[len] != '\n' || !name_parse(*at, len, name_root, apex, &why))
        return NULL;
    *at += len + 1;
    return xmemdup(apex, name_len(apex));
}

static bool take_file(char **at, const char *end, struct goodzone *z)
{
    struct goodfile f = {.offset = take_number(at, 10)};

    f.len = take_number(at, 10);
    f.hash = take_number(at, 16);
    const size_t path_len = take_number(at, 10);
    if (path_len >= (size_t)(end - *at) || (*at)[path_len] != '\n')
        return false;
    f.path = xstrndup(*at, path_len);
    *at += path_len + 1;
    z->files = xgrow(z->files, z->n_files, sizeof(*z->files));
    z->files[z->n_files++] = f;
    return true;
}

static bool take_zone(char **at, const char *end, struct goodzone *z)
{
    const bool gone = take_word(at, "gone ");

    if (!gone && !take_word(at, "zone "))
        return false;
    z->apex = take_apex(at);
    if (z->apex == NULL)
        return false;
    while (!gone && *at < end && take_word(at, "file "))
        if (!take_file(at, end, z))
            return false;
    return gone || z->n_files > 0;
}

static void free_zones(struct goodzone *zones, size_t n)
{
    for (size_t i = 0; i < n; i++)
        goodzone_fini(&zones[i]);
    free(zones);
}

static bool parse_index(char *index, size_t len, struct goodzone **zones, size_t *n)
{
    struct goodzone *found = NULL;
    size_t count = 0;
    bool ok = true;

    for (char *at = index; ok && at < index + len;) {
        found = xgrow(found, count, sizeof(*found));
        found[count] = (struct goodzone){0};
        ok = take_zone(&at, index + len, &found[count++]);
    }
    if (!ok) {
        free_zones(found, count);
        return false;
    }
    *zones = found;
    *n = count;
    return true;
}

/* The lines of the index; owned, NULL: they are not there, or not as they were written. */
static char *read_index(int fd, size_t *len)
{
    struct stat st;
    uint64_t at, hash;
    char *footer = NULL, *index = NULL;

    if (fstat(fd, &st) != 0 || st.st_size < FOOTER_LEN)
        return NULL;
    const uint64_t end = (uint64_t)st.st_size - FOOTER_LEN;
    footer = read_octets(fd, end, FOOTER_LEN);
    if (footer != NULL &&
        sscanf(footer, "index %" SCNu64 " %zu %" SCNx64 "\n", &at, len, &hash) == 3 && at <= end &&
        *len == end - at)
        index = read_octets(fd, at, *len);
    free(footer);
    if (index != NULL && goodfile_hash(index, *len) == hash)
        return index;
    free(index);
    return NULL;
}

bool goodpack_read(const char *path, struct goodzone **zones, size_t *n, const char **why)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    size_t len;

    if (fd < 0) {
        *why = strerror(errno);
        return false;
    }
    char *index = read_index(fd, &len);
    const bool ok = index != NULL && parse_index(index, len, zones, n);
    free(index);
    close(fd);
    *why = "it is damaged";
    return ok;
}
