/* SPDX-License-Identifier: BSD-2-Clause */
#include "folderkit.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "tmpdir.h"

static void must(bool ok, const char *what)
{
    if (ok)
        return;
    perror(what);
    abort();
}

void folderkit_init(struct folderkit *f)
{
    f->path = tmpdir_new();
}

void folderkit_fini(struct folderkit *f)
{
    tmpdir_free(f->path);
}

const char *folderkit_path(const struct folderkit *f, const char *path)
{
    static char texts[8][8192];
    static unsigned next;
    char *text = texts[next++ % 8];

    snprintf(text, sizeof(texts[0]), "%s/%s", f->path, path);
    return text;
}

static void make_folders(const char *path)
{
    char *copy = xstrdup(path);

    for (char *at = copy + 1; (at = strchr(at, '/')) != NULL; at++) {
        *at = '\0';
        mkdir(copy, 0755);
        *at = '/';
    }
    free(copy);
}

void folderkit_write_octets(const struct folderkit *f, const char *path, const void *octets,
                            size_t n)
{
    const char *full = folderkit_path(f, path);

    make_folders(full);
    FILE *out = fopen(full, "w");
    must(out != NULL && fwrite(octets, 1, n, out) == n && fclose(out) == 0, full);
}

void folderkit_write(const struct folderkit *f, const char *path, const char *text)
{
    folderkit_write_octets(f, path, text, strlen(text));
}

char *folderkit_read(const struct folderkit *f, const char *path)
{
    return tmpdir_read(f->path, path);
}

bool folderkit_has(const struct folderkit *f, const char *path)
{
    return access(folderkit_path(f, path), F_OK) == 0;
}

void folderkit_remove(const struct folderkit *f, const char *path)
{
    const char *full = folderkit_path(f, path);

    must(remove(full) == 0, full);
}

char *folderkit_list(const struct folderkit *f, const char *path)
{
    struct dirent **files;
    const int n = scandir(folderkit_path(f, path), &files, NULL, alphasort);
    char *text = xstrdup("");

    must(n >= 0, path);
    for (int i = 0; i < n; i++) {
        if (files[i]->d_name[0] != '.') {
            char *longer = xasprintf("%s%s\n", text, files[i]->d_name);
            free(text);
            text = longer;
        }
        free(files[i]);
    }
    free(files);
    return text;
}
