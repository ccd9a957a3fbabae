/*
 * Runs the .case files of tests/answer: queries in text and the replies that the RFCs want.
 *
 *   # why, with the RFC                        a comment
 *   zone example.com. plain.zone               zones and configuration lie beside the case
 *   broken bad.example.                        a zone that never was good
 *   config steer.yaml                          first, if at all
 *   drain a, b                                 from here on; without regions: none
 *
 *   > www.example.com. A ecs=192.0.2.0/24      a query, and the words below
 *   NOERROR qr aa                              its reply as kit_text, up to an empty line
 *   answer:
 *     www.example.com. 300 IN A 192.0.2.1
 *
 * Words of a query: edns udp=N do flags=N nsid keepalive cookie=HEX version=N ecs=ADDR/BITS
 * option=CODE:HEX rd cd ad z class=CH|ANY|N opcode=N tcp from=ADDR after=SECONDS (from KIT_NOW_MS on).
 * Or `> hex OCTETS WORDS`: a message as it is.  Queries of a file share a struct ratelimit.
 *
 *   test_answer_cases                 all files
 *   test_answer_cases FILE…           these
 *   test_answer_cases --write FILE…   puts what is answered in the place of what was expected: for
 *                                     a new case, to be read against the RFC before it is kept
 *   test_answer_cases --corpus DIR    writes every query into a file of DIR, for fuzz_answer
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <glob.h>
#include <libgen.h>

#include "answer/ratelimit.h"
#include "base/xalloc.h"
#include "dns/types.h"
#include "kitsnap.h"

struct cases {
    const char *path;
    unsigned line; /* of the query */
    struct kitsnap *k;
    struct ratelimit *limit;
    FILE *out;          /* NULL, or the file written anew */
    const char *corpus; /* NULL, or the folder for queries */
};

/* ---- a query's words ---- */

static uint16_t parse_class(const char *text)
{
    if (strcmp(text, "CH") == 0)
        return CLASS_CH;
    if (strcmp(text, "ANY") == 0)
        return CLASS_ANY;
    return (uint16_t)atoi(text);
}

static bool parse_flag(const char *word, struct kit_query *query, struct kit_from *from)
{
    if (strcmp(word, "edns") == 0)
        query->edns = true;
    else if (strcmp(word, "do") == 0)
        query->dnssec_ok = true;
    else if (strcmp(word, "nsid") == 0)
        query->nsid = true;
    else if (strcmp(word, "keepalive") == 0)
        query->keepalive = true;
    else if (strcmp(word, "z") == 0)
        query->flags |= 0x40; /* reserved (RFC 1035 §4.1.1) */
    else if (strcmp(word, "rd") == 0)
        query->flags |= FLAG_RD;
    else if (strcmp(word, "cd") == 0)
        query->flags |= FLAG_CD;
    else if (strcmp(word, "ad") == 0)
        query->flags |= FLAG_AD;
    else if (strcmp(word, "tcp") == 0)
        from->tcp = true;
    else
        return false;
    return true;
}

/* Values that are numbers. */
static bool parse_number(const char *key, size_t len, int value, struct kit_query *query,
                         struct kit_from *from)
{
    if (strncmp(key, "udp", len) == 0)
        query->udp_size = (uint16_t)value;
    else if (strncmp(key, "flags", len) == 0)
        query->edns_flags = (uint16_t)value;
    else if (strncmp(key, "version", len) == 0)
        query->version = (uint8_t)value;
    else if (strncmp(key, "opcode", len) == 0)
        query->opcode = (uint8_t)value;
    else if (strncmp(key, "after", len) == 0)
        from->after_ms = (dur_ms_t)value * 1000;
    else
        return false;
    return true;
}

static bool parse_value(const char *word, struct kit_query *query, struct kit_from *from)
{
    const char *value = strchr(word, '=');
    const size_t len = value != NULL ? (size_t)(value++ - word) : 0;

    if (value == NULL)
        return false;
    if (strncmp(word, "cookie", len) == 0)
        query->cookie = value;
    else if (strncmp(word, "ecs", len) == 0)
        query->ecs = value;
    else if (strncmp(word, "option", len) == 0)
        query->option = value;
    else if (strncmp(word, "class", len) == 0)
        query->class = parse_class(value);
    else if (strncmp(word, "from", len) == 0)
        from->client = value;
    else
        return parse_number(word, len, atoi(value), query, from);
    return true;
}

/* The query of a line, cut into words in place. */
static struct packet parse_query(const struct cases *c, char *line, struct kit_from *from)
{
    struct kit_query query = {0};
    char *save, *word, hex[2 * PACKET_MAX + 1] = "";

    query.name = strtok_r(line, " ", &save);
    const bool is_hex = query.name != NULL && strcmp(query.name, "hex") == 0;
    while ((word = strtok_r(NULL, " ", &save)) != NULL) {
        if (parse_flag(word, &query, from) || parse_value(word, &query, from))
            continue;
        if (is_hex)
            strncat(hex, word, sizeof(hex) - strlen(hex) - 1);
        else if (query.type == NULL)
            query.type = word;
        else
            fail_msg("%s:%u: unknown word %s", c->path, c->line, word);
    }
    if (!is_hex && query.type == NULL)
        fail_msg("%s:%u: a name and a type", c->path, c->line);
    return is_hex ? kit_hex(hex) : kit_query(&query);
}

/* ---- asking ---- */

static void write_packet(const struct cases *c, const struct packet *p)
{
    char *path = xstrdup(c->path);
    char *name = xasprintf("%s/%.*s-%u", c->corpus, (int)strcspn(basename(path), "."),
                           basename(path), c->line);
    FILE *f = fopen(name, "wb");

    assert_non_null(f);
    assert_int_equal(fwrite(p->data, 1, p->len, f), p->len);
    fclose(f);
    free(name);
    free(path);
}

static char *reply_text(const struct cases *c, const struct packet *p, const struct kit_from *from)
{
    static uint8_t out[DNS_TCP_MAX];
    const size_t len = kitsnap_answer(kitsnap_get(c->k), p, from, out);

    if (len == 0)
        return xstrdup("(no reply)\n");
    const char *wrong = kit_wrong(p, out, len);
    if (wrong != NULL)
        fail_msg("%s:%u: %s", c->path, c->line, wrong);
    return kit_text(out, len);
}

static void ask(const struct cases *c, char *line, const char *want)
{
    struct kit_from from = {.limit = c->limit};
    const struct packet p = parse_query(c, line, &from);
    char *got = reply_text(c, &p, &from);

    if (c->corpus != NULL)
        write_packet(c, &p);
    else if (c->out != NULL)
        fputs(got, c->out);
    else if (strcmp(got, want) != 0)
        fail_msg("%s:%u:\n--- got\n%s--- want\n%s", c->path, c->line, got, want);
    free(got);
}

/* ---- files ---- */

/* A file that lies beside the case. */
static char *beside(const struct cases *c, const char *name)
{
    char *copy = xstrdup(c->path), *path = xasprintf("%s/%s", dirname(copy), name);

    free(copy);
    return path;
}

static char *read_beside(const struct cases *c, const char *name)
{
    char *path = beside(c, name);
    size_t len;
    char *text = kit_read_file(path, &len);

    free(path);
    return text;
}

static struct kitsnap *get_kit(struct cases *c)
{
    if (c->k == NULL)
        c->k = kitsnap_new(NULL);
    return c->k;
}

static void obey(struct cases *c, const char *line)
{
    char a[256] = "", b[256] = "", *text;

    if (sscanf(line, "zone %255s %255s", a, b) == 2) {
        text = read_beside(c, b);
        kitsnap_add_zone(get_kit(c), a, text);
        free(text);
    } else if (sscanf(line, "broken %255s", a) == 1) {
        kitsnap_add_broken(get_kit(c), a);
    } else if (sscanf(line, "config %255s", a) == 1 && c->k == NULL) {
        text = read_beside(c, a);
        c->k = kitsnap_new(text);
        free(text);
    } else if (strncmp(line, "drain", 5) == 0) {
        kitsnap_drain(get_kit(c), line + 5);
    } else {
        fail_msg("%s:%u: what is this? %s", c->path, c->line, line);
    }
}

/* Cut a line off *rest, without its end; NULL: none left. */
static char *next_line(struct cases *c, char **rest)
{
    c->line++;
    return **rest != '\0' ? strsep(rest, "\n") : NULL;
}

/* What stands in *rest up to an empty line, lines and all. */
static char *take_expected(struct cases *c, char **rest)
{
    char *end = *rest;

    while (*end != '\0' && *end != '\n') {
        end += strcspn(end, "\n");
        end += *end == '\n';
        c->line++;
    }
    char *text = xstrndup(*rest, (size_t)(end - *rest));
    *rest = end;
    return text;
}

static void run_query(struct cases *c, char *line, char **rest)
{
    struct cases at = *c; /* its line is the query's */
    char *want = take_expected(c, rest);

    ask(&at, line, want);
    free(want);
}

static void run_text(struct cases *c, char *text)
{
    char *line, *rest = text;

    while ((line = next_line(c, &rest)) != NULL) {
        if (c->out != NULL)
            fprintf(c->out, "%s\n", line);
        if (*line == '>')
            run_query(c, line + 1, &rest);
        else if (*line != '#' && *line != '\0')
            obey(c, line);
    }
}

static void run_file(struct cases *c)
{
    size_t len;
    char *text = kit_read_file(c->path, &len);

    c->limit = ratelimit_new(0);
    run_text(c, text);
    ratelimit_free(c->limit);
    free(text);
    if (c->k != NULL)
        kitsnap_free(c->k);
}

static void test_file(void **state)
{
    struct cases c = {.path = *state};

    run_file(&c);
}

/* ---- main ---- */

static void rewrite(const char *path)
{
    struct cases c = {.path = path};
    char *text;
    size_t len;

    c.out = open_memstream(&text, &len);
    run_file(&c);
    fclose(c.out);
    FILE *f = fopen(path, "w");
    if (f == NULL || fwrite(text, 1, len, f) != len || fclose(f) != 0) {
        perror(path);
        exit(1);
    }
    free(text);
}

static int run_all(char *const *paths, size_t n)
{
    struct CMUnitTest *tests = xcalloc(n, sizeof(*tests));

    for (size_t i = 0; i < n; i++)
        tests[i] = (struct CMUnitTest){
            .name = paths[i], .test_func = test_file, .initial_state = paths[i]};
    const int failed = _cmocka_run_group_tests("cases", tests, n, NULL, NULL);
    free(tests);
    return failed;
}

int main(int argc, char **argv)
{
    char *pattern = kit_path("tests/answer/*.case");
    int failed = 0;
    glob_t all;

    if (glob(pattern, 0, NULL, &all) != 0)
        return 1; /* no case at all is a failure */
    if (argc == 1)
        failed = run_all(all.gl_pathv, all.gl_pathc);
    else if (strcmp(argv[1], "--write") == 0)
        for (int i = 2; i < argc; i++)
            rewrite(argv[i]);
    else if (strcmp(argv[1], "--corpus") == 0 && argc == 3)
        for (size_t i = 0; i < all.gl_pathc; i++)
            run_file(&(struct cases){.path = all.gl_pathv[i], .corpus = argv[2]});
    else
        failed = run_all(argv + 1, (size_t)argc - 1);
    globfree(&all);
    free(pattern);
    return failed;
}
