/*
 * Zone files: whatever the octets, there is a zone or an error, never both or neither; what was
 * taken, printed, loads to the same zone; read in pieces it is the same zone, or has the same errors.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "../unit/zonekit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Octets: some lines, so that a small input has several pieces. */
#define PIECE 64

/* Case does not count, as for directives. */
static bool holds(const char *text, const char *word)
{
    return strcasestr(text, word) != NULL;
}

/*
 * Two things a file may order that are no business of a fuzzer: reading any file of this machine,
 * and sixteen million records.
 */
static bool is_out_of_bounds(const char *text)
{
    if (holds(text, "$INCLUDE") && (holds(text, "/") || holds(text, "\\")))
        return true;
    if (!holds(text, "$GENERATE"))
        return false;
    for (const char *p = strchr(text, '-'); p != NULL; p = strchr(p + 1, '-'))
        if (strspn(p + 1, "0123456789") > 3)
            return true;
    return false;
}

/* $INCLUDE is relative to a folder that is not there. */
static struct zone *load_pieces(const char *text, size_t len, size_t piece, struct err *err)
{
    static const uint8_t apex[] = "\7example\3com";
    const struct zoneload_opts opts = {.path = "no-such-folder/z", .apex = apex, .piece = piece};

    return zoneload_text(&opts, text, len, err);
}

static struct zone *load(const char *text, size_t len, struct err *err)
{
    return load_pieces(text, len, 0, err);
}

/* Printed, it loads to the same zone. */
static void check_print(const struct zone *z)
{
    struct err err;
    char *text = zonekit_print(z), *why;

    err_init(&err);
    struct zone *again = load(text, strlen(text), &err);
    if (again == NULL || !zonekit_same(z, again, &why))
        fprintf(stderr, "%s\n%s", text, again == NULL ? err_text(&err) : why);
    assert(again != NULL && zonekit_same(z, again, &why));
    zone_unref(again);
    free(text);
    err_fini(&err);
}

/* What was told, and the zone, if there is one. */
static void check_pieces(const struct zone *z, const struct err *err, const char *text, size_t len)
{
    struct err mine;
    char *why, *want = err_text(err);

    err_init(&mine);
    struct zone *pieces = load_pieces(text, len, PIECE, &mine);
    char *got = err_text(&mine);
    if (strcmp(got, want) != 0)
        fprintf(stderr, "in pieces:\n%s\nas a whole:\n%s\n", got, want);
    assert(strcmp(got, want) == 0);
    assert((pieces == NULL) == (z == NULL));
    assert(z == NULL || zonekit_same(z, pieces, &why));
    zone_unref(pieces);
    free(got);
    free(want);
    err_fini(&mine);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    struct err err;

    memcpy(text, data, size);
    text[size] = '\0';
    for (size_t i = 0; i < size; i++) /* a word behind a NUL must be seen too */
        if (text[i] == '\0')
            text[i] = ' ';
    if (is_out_of_bounds(text)) {
        free(text);
        return 0;
    }
    free(text);
    err_init(&err);
    struct zone *z = load((const char *)data, size, &err);
    assert((z == NULL) == (err.errors > 0));
    for (size_t i = 0; i < err.n; i++)
        assert(strncmp(err.items[i].text, "no-such-folder/z:", 17) == 0);
    check_pieces(z, &err, (const char *)data, size);
    if (z != NULL)
        check_print(z);
    zone_unref(z);
    err_fini(&err);
    return 0;
}
