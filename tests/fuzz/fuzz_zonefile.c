/*
 * Zone files: whatever the octets, there is a zone or an error, never both or neither; what was
 * taken is written as a copy that loads to the same zone, and whose copy is the same text.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "../unit/zonekit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

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
static struct zone *load(const char *text, size_t len, char **copy, struct err *err)
{
    static const uint8_t apex[] = "\7example\3com";
    size_t copy_len;
    FILE *to = open_memstream(copy, &copy_len);
    struct zone *z =
        zoneload_text(&(struct zoneload_opts){.path = "no-such-folder/z", .apex = apex, .copy = to},
                      text, len, err);

    fclose(to);
    return z;
}

static void check_copy(const struct zone *z, char *copy)
{
    struct err err;
    char *again_copy, *why;

    err_init(&err);
    struct zone *again = load(copy, strlen(copy), &again_copy, &err);
    if (again == NULL || !zonekit_same(z, again, &why))
        fprintf(stderr, "%s\n%s", copy, again == NULL ? err_text(&err) : why);
    assert(again != NULL && zonekit_same(z, again, &why));
    assert(strcmp(copy, again_copy) == 0);
    zone_unref(again);
    free(again_copy);
    err_fini(&err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1), *copy;
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
    struct zone *z = load((const char *)data, size, &copy, &err);
    assert((z == NULL) == (err.errors > 0));
    for (size_t i = 0; i < err.n; i++)
        assert(strncmp(err.items[i].text, "no-such-folder/z:", 17) == 0);
    if (z != NULL)
        check_copy(z, copy);
    zone_unref(z);
    free(copy);
    err_fini(&err);
    return 0;
}
