/*
 * How a master file falls into entries and tokens.  An entry is shown as its tokens with "|"
 * between, a quoted one in quotes, "_" first if it starts with a blank, "@LINE" of the first token
 * behind; a bad one as "!LINE:COLUMN message".  SPDX-License-Identifier: BSD-2-Clause
 */
#include "load/zonelex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void show_entry(FILE *to, const struct zonelex *x)
{
    if (x->blank_first)
        fputs("_", to);
    for (size_t i = 0; i < x->n; i++) {
        const struct zonelex_token *t = &x->tokens[i];
        fprintf(to, t->quoted ? "%s\"%.*s\"" : "%s%.*s", i > 0 ? "|" : "", (int)t->len, t->at);
    }
    fprintf(to, "@%u", x->tokens[0].line);
    if (x->continued_line != 0)
        fprintf(to, " continued@%u", x->continued_line);
}

static char *show(const char *text, size_t len)
{
    struct zonelex x;
    enum zonelex_got got;
    char *out, *exact = malloc(len > 0 ? len : 1); /* ASan sees an octet too many */
    size_t out_len;
    FILE *to = open_memstream(&out, &out_len);

    memcpy(exact, text, len);
    zonelex_init(&x, exact, len, 1);
    for (bool first = true; (got = zonelex_next(&x)) != ZONELEX_END; first = false) {
        fputs(first ? "" : " / ", to);
        if (got == ZONELEX_ENTRY)
            show_entry(to, &x);
        else
            fprintf(to, "!%u:%u %s", x.bad_at.line, zonelex_column(&x, &x.bad_at), x.bad);
    }
    zonelex_fini(&x);
    fclose(to);
    free(exact);
    return out;
}

struct lex_case {
    const char *why, *text, *entries;
};

static void check(const struct lex_case *c, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char *got = show(c[i].text, strlen(c[i].text));
        if (strcmp(got, c[i].entries) != 0)
            fail_msg("%s:\n  got  %s\n  want %s", c[i].why, got, c[i].entries);
        free(got);
    }
}

#define CHECK(cases) check((cases), sizeof(cases) / sizeof((cases)[0]))

static void test_entries(void **state)
{
    static const struct lex_case cases[] = {
        {"an entry a line", "a A 1\nb A 2\n", "a|A|1@1 / b|A|2@2"},
        {"nothing", "", ""},
        {"blank lines and comments", "\n  \n; x\n\t; y\na\n", "a@5"},
        {"no newline at the end", "a A 1", "a|A|1@1"},
        {"CR LF", "a A 1\r\n A 2\r\n", "a|A|1@1 / _A|2@2"},
        {"CR alone ends a line too", "a\rb\r", "a@1 / b@1"},
        {"byte order mark",
         "\xef\xbb\xbf"
         "a A 1\n",
         "a|A|1@1"},
        {"a blank first: the last owner", " A 1\n\tA 2\n", "_A|1@1 / _A|2@2"},
        {"comment behind data", "a A 1;x\n", "a|A|1@1"},
        {"octets above 127 are data", "b\xc3\xbc A 1\n", "b\xc3\xbc|A|1@1"},
    };
    CHECK(cases);
}

static void test_parentheses(void **state)
{
    static const struct lex_case cases[] = {
        {"they join lines", "a SOA ( 1 ; x\n 2\n )\nb\n", "a|SOA|1|2@1 / b@4"},
        {"they part words", "a(b)c\n", "a|b|c@1"},
        {"within each other", "a (b (c)\n d)\ne\n", "a|b|c|d@1 / e@3"},
        {"in quotes they are data", "a \"(\" b\n", "a|\"(\"|b@1"},
        {"in comments too", "a ; (\nb\n", "a@1 / b@2"},
        {"never closed: go on in the next line", "a ( b\nc\nd\n",
         "!1:3 parenthesis without its \")\" / c@2 / d@3"},
        {"never closed, with a later pair", "a ( b\nc ( d\n e )\nf\n",
         "!1:3 parenthesis without its \")\" / c|d|e@2 / f@4"},
        {"never closed, twice, with a pair behind", "a (\nb (\nc ( d\n )\n",
         "!1:3 parenthesis without its \")\" / !2:3 parenthesis without its \")\" / c|d@3"},
        {"never opened", "a b )\nc\n", "!1:5 \")\" without its parenthesis / c@2"},
    };
    CHECK(cases);
}

static void test_quotes(void **state)
{
    static const struct lex_case cases[] = {
        {"blanks and ; inside", "a \"b c;d\" e\n", "a|\"b c;d\"|e@1"},
        {"empty", "a \"\"\n", "a|\"\"@1"},
        {"an escaped quote", "a \"b\\\"c\"\n", "a|\"b\\\"c\"@1"},
        {"an escaped backslash at the end", "a \"b\\\\\" c\n", "a|\"b\\\\\"|c@1"},
        {"side by side", "a \"b\"\"c\"\n", "a|\"b\"|\"c\"@1"},
        {"key=\"value\" is one word (RFC 9460 §2.1)", "a k=\"b c\" d\n", "a|k=\"b c\"|d@1"},
        {"elsewhere in a word it is data", "a b\"c d\n", "a|b\"c|d@1"},
        {"unterminated", "a \"b\nc\n", "!1:3 unterminated quote / c@2"},
        {"unterminated, the next line has a pair", "a \"b\nc \"d\"\n",
         "!1:3 unterminated quote / c|\"d\"@2"},
        {"unterminated in parentheses", "a ( \"b\n c )\nd\n", "!1:5 unterminated quote / d@3"},
        {"unterminated at the end", "a \"b", "!1:3 unterminated quote"},
        {"key=\" unterminated", "a k=\"b c\nd\n", "!1:5 unterminated quote / d@2"},
        {"over two lines, as NSD reads it", "a \"b\nc\" d\ne\n",
         "a|\"b\nc\"|d@1 continued@1 / e@3"},
    };
    CHECK(cases);
}

static void test_escapes_and_junk(void **state)
{
    static const struct lex_case cases[] = {
        {"an escaped blank is data", "a\\ b c\n", "a\\ b|c@1"},
        {"an escaped ; is data", "a\\;b\n", "a\\;b@1"},
        {"an escaped parenthesis is data", "a\\(b\n", "a\\(b@1"},
        {"nothing behind a backslash", "a \\\nb\n", "!1:3 nothing behind \"\\\" / b@2"},
        {"nothing behind a backslash, at the end", "a \\", "!1:3 nothing behind \"\\\""},
        {"a control",
         "a b\x01"
         "c\nd\n",
         "!1:4 control octet: write it as \\DDD / d@2"},
        {"DEL", "a \x7f\n", "!1:3 control octet: write it as \\DDD"},
        {"a control in quotes", "a \"\x02\"\nd\n", "!1:4 control octet: write it as \\DDD / d@2"},
        {"in a comment nobody minds", "a ;\x01\n", "a@1"},
        {"the first mistake of an entry counts", "a ( \x01 \"b\n ) )\nc\n",
         "!1:5 control octet: write it as \\DDD / c@3"},
    };
    CHECK(cases);
    char *got = show("a \0 b\nc\n", 8);
    assert_string_equal(got, "!1:3 control octet: write it as \\DDD / c@2");
    free(got);
}

static void test_column(void **state)
{
    struct zonelex x;

    zonelex_init(&x, "\n(a\n \"bc\" d)", 12, 1);
    assert_int_equal(zonelex_next(&x), ZONELEX_ENTRY);
    static const struct {
        uint32_t line, column;
    } want[] = {{2, 2}, {3, 2}, {3, 7}};
    assert_int_equal(x.n, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(x.tokens[i].line, want[i].line);
        assert_int_equal(zonelex_column(&x, &x.tokens[i]), want[i].column);
    }
    zonelex_fini(&x);
}

static void test_decode(void **state)
{
    static const struct {
        const char *text, *octets; /* NULL: refused */
    } cases[] = {
        {"abc", "abc"},  {"", ""},       {"\\097b", "ab"},  {"a\\;b", "a;b"},
        {"\\\\", "\\"},  {"\\\"", "\""}, {"\\25", NULL},    {"\\256", NULL},
        {"\\2x5", NULL}, {"\\", NULL},   {"\\255", "\xff"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct zonelex_token t = {.at = cases[i].text,
                                        .len = (uint32_t)strlen(cases[i].text)};
        const char *why = NULL;
        uint8_t out[16];
        const size_t n = zonelex_decode(&t, out, sizeof(out), &why);
        if (cases[i].octets == NULL) {
            assert_true(n == SIZE_MAX && why != NULL);
            continue;
        }
        assert_int_equal(n, strlen(cases[i].octets));
        assert_memory_equal(out, cases[i].octets, n);
    }
}

static void test_is(void **state)
{
    const struct zonelex_token plain = {.at = "In", .len = 2};
    const struct zonelex_token quoted = {.at = "in", .len = 2, .quoted = true};

    assert_true(zonelex_is(&plain, "in"));
    assert_false(zonelex_is(&plain, "i"));
    assert_false(zonelex_is(&plain, "inn"));
    assert_false(zonelex_is(&quoted, "in"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_entries), cmocka_unit_test(test_parentheses),
        cmocka_unit_test(test_quotes),  cmocka_unit_test(test_escapes_and_junk),
        cmocka_unit_test(test_column),  cmocka_unit_test(test_decode),
        cmocka_unit_test(test_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
