/* SPDX-License-Identifier: BSD-2-Clause */
#include "tmpdir.h"

#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/xalloc.h"

static void die(const char *what)
{
    perror(what);
    abort();
}

char *tmpdir_new(void)
{
    const char *base = getenv("TMPDIR");
    char *path = xasprintf("%s/proxima.XXXXXX", base != NULL ? base : "/tmp");

    if (mkdtemp(path) == NULL)
        die(path);
    return path;
}

void tmpdir_free(char *path)
{
    char *const roots[] = {path, NULL};
    FTS *fts = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);

    if (fts == NULL)
        die(path);
    for (FTSENT *e = fts_read(fts); e != NULL; e = fts_read(fts))
        if (e->fts_info != FTS_D) /* folders on the way back */
            remove(e->fts_accpath);
    fts_close(fts);
    free(path);
}

char *tmpdir_path(const char *dir, const char *name)
{
    return xasprintf("%s/%s", dir, name);
}

void tmpdir_write(const char *dir, const char *name, const char *text)
{
    char *path = tmpdir_path(dir, name);
    FILE *f = fopen(path, "w");

    if (f == NULL || fputs(text, f) == EOF || fclose(f) != 0)
        die(path);
    free(path);
}

char *tmpdir_read(const char *dir, const char *name)
{
    char *path = tmpdir_path(dir, name), *text = NULL;
    FILE *f = fopen(path, "r");
    size_t cap = 0;

    free(path);
    if (f == NULL)
        return NULL;
    if (getdelim(&text, &cap, '\0', f) < 0) {
        free(text);
        text = xstrdup(""); /* empty */
    }
    fclose(f);
    return text;
}
