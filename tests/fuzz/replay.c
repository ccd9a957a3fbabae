// SPDX-License-Identifier: BSD-2-Clause
/*
 * main() of a fuzz target when libFuzzer is not there: runs LLVMFuzzerTestOneInput once over every
 * file below the given files and directories; without arguments over what is kept for the target
 * (tests/fuzz/corpus/NAME and tests/fuzz/repro/NAME of $SRCDIR; NAME from the program's own name,
 * fuzz_NAME).  Thus every input that once mattered is part of `make check`, under any compiler.
 * No input at all is a failure: a corpus that is not found must not look like one that passed.
 */
#include <errno.h>
#include <fts.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void die(const char *what)
{
    fprintf(stderr, "%s: %s\n", what, strerror(errno));
    exit(1);
}

/* The input goes to the target in a block of exactly its size, so that ASan sees one octet too many. */
static void replay_file(const char *path, size_t size)
{
    FILE *f = fopen(path, "rb");
    uint8_t *data = malloc(size > 0 ? size : 1);

    if (f == NULL || data == NULL || fread(data, 1, size, f) != size)
        die(path);
    fclose(f);

    /* Printed before, not after: when the target aborts, the last line is the culprit. */
    printf("%s\n", path);
    fflush(stdout);
    LLVMFuzzerTestOneInput(data, size);
    free(data);
}

/* Every regular file at or below path, by name, so that two runs are the same. */
static int by_name(const FTSENT **a, const FTSENT **b)
{
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

static size_t replay_tree(char *path)
{
    char *const roots[] = {path, NULL};
    FTS *fts = fts_open(roots, FTS_LOGICAL | FTS_NOCHDIR, by_name);
    size_t n = 0;

    if (fts == NULL)
        die(path);
    for (FTSENT *e = fts_read(fts); e != NULL; e = fts_read(fts)) {
        if (e->fts_info == FTS_F) {
            replay_file(e->fts_accpath, (size_t)e->fts_statp->st_size);
            n++;
        } else if (e->fts_info == FTS_NS || e->fts_info == FTS_ERR || e->fts_info == FTS_DNR) {
            errno = e->fts_errno;
            die(e->fts_path);
        }
    }
    fts_close(fts);
    return n;
}

static size_t replay_kept(const char *program)
{
    static const char *const kinds[] = {"corpus", "repro"};
    const char *srcdir = getenv("SRCDIR");
    const char *target = strncmp(program, "fuzz_", 5) == 0 ? program + 5 : program;
    size_t n = 0;

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        char path[4096];

        snprintf(path, sizeof(path), "%s/tests/fuzz/%s/%s", srcdir != NULL ? srcdir : ".", kinds[i],
                 target);
        if (access(path, F_OK) == 0)
            n += replay_tree(path);
    }
    return n;
}

int main(int argc, char **argv)
{
    const char *slash = strrchr(argv[0], '/');
    const char *program = slash != NULL ? slash + 1 : argv[0];
    size_t n = 0;

    for (int i = 1; i < argc; i++)
        n += replay_tree(argv[i]);
    if (argc == 1)
        n = replay_kept(program);

    printf("%s: %zu inputs\n", program, n);
    return n > 0 ? 0 : 1;
}
