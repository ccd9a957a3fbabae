/*
 * src/load/zonetext.c, zonepieces.c, zonebuild.c: a text read in pieces of any size, on several
 * processors, is what it is when it is read in one go: the same records in the same order, and the same
 * messages.  SPDX-License-Identifier: BSD-2-Clause
 */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/hash.h"
#include "base/xalloc.h"
#include "zonekit.h"

#define COUNT(cases) (sizeof(cases) / sizeof((cases)[0]))
#define WHOLE        ((size_t)1 << 30)

/* All that loading yields, as text.  path: NULL for a text in memory.  Returns owned. */
static char *load(const char *path, const char *text, size_t len, size_t piece)
{
    const struct zoneload_opts opts = {.path = path != NULL ? path : "z",
                                       .apex = (const uint8_t *)"\7example",
                                       .even_broken = true,
                                       .piece = piece};
    struct err err;

    err_init(&err);
    struct zone *z =
        path != NULL ? zoneload_file(&opts, &err) : zoneload_text(&opts, text, len, &err);
    char *printed = zonekit_print(z), *messages = err_text(&err);
    char *all = xasprintf("%zu names\n%s\n%s", zone_node_count(z), printed, messages);
    free(messages);
    free(printed);
    err_fini(&err);
    zone_unref(z);
    return all;
}

static void check_piece(const char *path, const char *text, size_t len, size_t piece,
                        const char *want)
{
    char *got = load(path, text, len, piece);

    if (strcmp(got, want) != 0)
        fail_msg("pieces of %zu octets of\n%.*s\ngive\n%s\nnot\n%s", piece, (int)len, text, got,
                 want);
    free(got);
}

static void check_text(const char *text, size_t len)
{
    static const size_t pieces[] = {1, 7, 30, 100, 300, 1000, 3000};
    char *want = load(NULL, text, len, WHOLE);

    for (size_t i = 0; i < COUNT(pieces) && (i == 0 || pieces[i - 1] < len); i++)
        if (len / pieces[i] < 1000)
            check_piece(NULL, text, len, pieces[i], want);
    free(want);
}

/* What flows from line to line, and what hides the end of one. */
static void test_cases(void **state)
{
    static const char *const cases[] = {
        "",
        "a A 192.0.2.1",
        "\xef\xbb\xbf"
        "a A 192.0.2.1\n\xef\xbb\xbf"
        "b A 192.0.2.1\n",
        "a A 192.0.2.1\n A 192.0.2.2\nb A 192.0.2.3\n; c\n A 192.0.2.4\n",
        /* TTLs: none yet, the last one written, $TTL */
        "a A 192.0.2.1\nb A 192.0.2.1\nc 5 A 192.0.2.1\nd A 192.0.2.1\ne A 192.0.2.1\n"
        "$TTL 7\nf A 192.0.2.1\ng 8 A 192.0.2.1\nh A 192.0.2.1\ni A 192.0.2.1\n",
        "a 5 A bad\nb A 192.0.2.1\nx.y. 6 A 192.0.2.1\nc A 192.0.2.1\n",
        /* origins */
        "$ORIGIN x\na A 192.0.2.1\nb CNAME a\n$ORIGIN y\nc A 192.0.2.1\nd A 192.0.2.1\n"
        "$ORIGIN example.\ne A 192.0.2.1\n$ORIGIN a..b\nf A 192.0.2.1\ng A 192.0.2.1\n",
        "$ORIGIN x y\na A 192.0.2.1\n$ORIGIN \"x\"\nb A 192.0.2.1\n $ORIGIN x\nc A 192.0.2.1\n",
        "a A 192.0.2.1\n( $ORIGIN\nx )\nb A 192.0.2.1\nc A 192.0.2.1\n",
        "a A 192.0.2.1\r$ORIGIN x\rb A 192.0.2.1\r\nc A 192.0.2.1\r",
        /* what is read alone */
        "a A 192.0.2.1\n$GENERATE 1-3 g$ A 192.0.2.$\n A 192.0.2.9\nb A 192.0.2.1\n",
        "a A 192.0.2.1\n$INCLUDE no-such-folder/file\n A 192.0.2.2\nb A 192.0.2.3\n",
        "$GENERATE 1-2 g$ A 192.0.2.$\n$GENERATE 3-4 g$ A 192.0.2.$\r$ORIGIN x\nb A 192.0.2.1\n",
        /* quotes and parentheses */
        "a TXT \"b\nc\" d\nb A 192.0.2.1\nc A 192.0.2.1\n",
        "a TXT \"b\nb A 192.0.2.1\nc TXT \"d\"\ne A 192.0.2.1\n",
        "a TXT ( b ; )\n c\n) \nb A 192.0.2.1\nc A 192.0.2.1\n",
        "a TXT ( b\nb A 192.0.2.1\nc TXT ( x )\nd A 192.0.2.1\ne TXT ( (\n f )\ng A 192.0.2.1\n",
        "a TXT b )\nb A 192.0.2.1\nc TXT \\\nd A 192.0.2.1\ne TXT a\\\"b\nf A 192.0.2.1\n",
        "a TXT k=\"v w\nb A 192.0.2.1\nc TXT k=\"v\nw\"\nd A 192.0.2.1\n",
        "a A 192.0.2.1 ; it's \"quoted\nb A 192.0.2.1 ; (\nc A 192.0.2.1 ; $INCLUDE x\n",
        /* an owner that is none, or not read at all, and what inherits it */
        "a A 192.0.2.1\nb..c A 192.0.2.1\n A 192.0.2.2\nd A 192.0.2.3\ne\1 A 192.0.2.4\n"
        " A 192.0.2.5\nf.other. A 192.0.2.6\n A 192.0.2.7\ng\n A 192.0.2.8\n",
        /* what only the order tells */
        "@ SOA a b 1 2 3 4 5\na A 192.0.2.1\n@ SOA a b 2 2 3 4 5\na A 192.0.2.1\n"
        "a 9 A 192.0.2.2\nw DYNA a\nw DYNA b\nb SOA a b 1 2 3 4 5\n",
    };

    for (size_t i = 0; i < COUNT(cases); i++)
        check_text(cases[i], strlen(cases[i]));
}

/* Of what is in the corpora nothing is larger. */
#define FILE_ROOM ((size_t)1 << 20)

static char *read_file(const char *path, size_t *len)
{
    char *text = xmalloc(FILE_ROOM);
    FILE *f = fopen(path, "r");

    assert_non_null(f);
    *len = fread(text, 1, FILE_ROOM, f);
    assert_true(*len < FILE_ROOM);
    fclose(f);
    return text;
}

static char *folder(const char *name)
{
    const char *srcdir = getenv("SRCDIR");

    return xasprintf("%s/tests/%s", srcdir != NULL ? srcdir : ".", name);
}

static void check_folder(const char *name)
{
    char *path = folder(name);
    DIR *dir = opendir(path);
    size_t n = 0, len;

    assert_non_null(dir);
    for (const struct dirent *e; (e = readdir(dir)) != NULL; n++) {
        if (e->d_type == DT_DIR)
            continue;
        char *file = xasprintf("%s/%s", path, e->d_name);
        char *text = read_file(file, &len);
        if (memmem(text, len, "$INCLUDE /", 10) == NULL)
            check_text(text, len);
        free(text);
        free(file);
    }
    closedir(dir);
    free(path);
    assert_true(n > 3);
}

static void test_corpora(void **state)
{
    check_folder("data/zones");
    check_folder("data/check/zones");
    check_folder("fuzz/corpus/zonefile");
}

/* Texts of what may go wrong, put together by chance. */
static void test_random_texts(void **state)
{
    static const char *const parts[] = {
        "a A 192.0.2.1\n",
        "b 60 MX 1 a\n",
        "  TXT \"x\"\n",
        "c TXT y\n",
        "d DYNA a\n",
        "$ORIGIN x\n",
        "$ORIGIN ..\n",
        "$TTL 9\n",
        "$TTL x\n",
        "e AAAA ::1 ; \"(\n",
        "f 1 A 192.0.2.1",
        "\n",
        "\r\n",
        "\r",
        "\"",
        "\"",
        "(",
        "(",
        ")",
        ")",
        " ",
        "\t",
        ";",
        "\\",
        "\1",
        "g",
        "@",
        "$",
        "=\"",
        "TXT",
        "$GENERATE 1-2 h$ A 192.0.2.$\n",
        "$INCLUDE no-such-folder/file\n",
    };
    uint64_t seed = 1;

    for (unsigned i = 0; i < 500; i++) {
        char text[2048];
        size_t len = 0;
        while (len < sizeof(text) - 64 && (seed = hash_mix(seed + i)) % 40 != 0) {
            const char *part = parts[seed / 64 % COUNT(parts)];
            len += (size_t)snprintf(text + len, sizeof(text) - len, "%s", part);
        }
        check_text(text, len);
    }
}

/* Many pieces of a file and many at once; errors end it where they end it otherwise. */
static void test_large_files(void **state)
{
    char path[] = "zonepieces.XXXXXX";
    const int fd = mkstemp(path);
    FILE *f = fdopen(fd, "w");

    assert_non_null(f);
    fputs("$TTL 60\n@ SOA a b 1 2 3 4 5\n@ NS a\n", f);
    for (unsigned i = 0; i < 4000; i++)
        fprintf(f, "h%u A 192.0.2.%u\n  TXT \"( %u\"\nm%u MX 1 h%u\n", i,
                i % (i > 3000 ? 300 : 200), i, i, i);
    for (unsigned i = 0; i < 1500; i++)
        fprintf(f, "x%u A 192.0.2\n", i);
    fclose(f);
    char *want = load(path, NULL, 0, WHOLE);
    assert_non_null(strstr(want, "1000 errors"));
    check_piece(path, "(a file)", 8, 0, want);
    check_piece(path, "(a file)", 8, 1000, want);
    check_piece(path, "(a file)", 8, 10000, want);
    free(want);
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_corpora),
        cmocka_unit_test(test_random_texts),
        cmocka_unit_test(test_large_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
