/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "control/yamltree.h"

/* What yamltree_parse makes of a text: its errors, and the tree as JSON ("" for none). */
static void check(const char *yaml, size_t len, const char *json, const char *errors)
{
    struct err err;
    err_init(&err);
    struct yamltree *t = yamltree_parse("f", yaml, len, &err);
    char *dump = t != NULL ? json_dumps(yamltree_root(t), JSON_COMPACT) : strdup("");
    char *text = err_text(&err);

    assert_string_equal(text, errors);
    assert_string_equal(dump, json);
    free(dump);
    free(text);
    err_fini(&err);
    yamltree_free(t);
}

static void test_trees(void **state)
{
    static const struct {
        const char *why, *yaml, *json;
    } cases[] = {
        {"every scalar is a string", "a: NO\nb: 010\nc: 1.50\nd: ~\n",
         "{\"a\":\"NO\",\"b\":\"010\",\"c\":\"1.50\",\"d\":\"~\"}"},
        {"quotes make no difference", "a: '5s'\n\"b\": \"\\u00e9\"\n",
         "{\"a\":\"5s\",\"b\":\"é\"}"},
        {"order is kept", "z: 1\na: 2\nm: 3\n", "{\"z\":\"1\",\"a\":\"2\",\"m\":\"3\"}"},
        {"both styles of YAML", "a:\n  - {b: 1}\n  - [x, y]\n",
         "{\"a\":[{\"b\":\"1\"},[\"x\",\"y\"]]}"},
        {"JSON, also indented by tabs", "{\n\t\"a\": [1, true, null],\n\t\"b\": {}\n}\n",
         "{\"a\":[\"1\",\"true\",\"null\"],\"b\":{}}"},
        {"a key without a value", "a:\n", "{\"a\":\"\"}"},
        {"markers of one document", "---\na: 1\n...\n", "{\"a\":\"1\"}"},
        {"an empty file", "", "{}"},
        {"only a comment", "# nothing yet\n", "{}"},
        {"an empty document", "---\n", "{}"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        check(cases[i].yaml, strlen(cases[i].yaml), cases[i].json, "");
}

static void test_errors(void **state)
{
    static const struct {
        const char *yaml, *error;
    } cases[] = {
        {"a:\n\tb: 1\n", "f:2:1: a tab in the indentation: YAML is indented with blanks\n"},
        {"a: 5s\n\tb: 1\n", "f:2:1: a tab in the indentation: YAML is indented with blanks\n"},
        {"a: @x\n", "f:1:4: a value cannot begin with this character: put the value in quotes\n"},
        {"a: b: c\n", "f:1:5: a colon where no key can stand: check the indentation, or put the "
                      "value in quotes\n"},
        {"a: 1\nb\n", "f:2:1: a key without a colon: write `key: value`\n"},
        {"a: 1\n\nb: 'x\n", "f:3:4: this quote is never closed\n"},
        {"a: {b: 1\nc: 2\n",
         "f:2:2: expected a comma or the closing } of a mapping opened before\n"},
        {"a: [1, 2}\n", "f:1:9: expected a comma or the closing ] of a list opened before\n"},
        {"a: [::1@53]\n",
         "f:1:5: expected a value: a { or [ is not closed, or the value wants quotes\n"},
        {"*: 1\n",
         "f:1:1: a value that begins with * or & is an alias or an anchor in YAML: put it "
         "in quotes\n"},
        {"a: &x 1\nb: *x\n",
         "f:1:4: anchors and aliases (& and *) are not supported: write the value out\n"},
        {"b: *x\n",
         "f:1:4: anchors and aliases (& and *) are not supported: write the value out\n"},
        {"a: !!str 5\n",
         "f:1:4: tags (!) are not supported: leave it out, a value is read as its option's type\n"},
        {"? [a]\n: 1\n", "f:1:3: a key is to be a word, written out\n"},
        {"a: 1\n---\nb: 2\n", "f:2:1: a second document: one file is one configuration\n"},
        {"a: 1\n...\nb: 2\n",
         "f:3:1: something follows the end of the document: one file is one configuration\n"},
        {"- a\n", "f:1:1: expected sections, such as `zones: {directory: zones/}`\n"},
        {"a: \"x\\ny\"\n",
         "f:1:4: a newline or control character in a value: no option takes one\n"},
        {"a: é\nb: é\xff\n", "f:2:5: this octet is not UTF-8: save the file as UTF-8\n"},
        {"a: 1 \xe2\x82", "f:1:6: the file ends within a character: it is cut off, or not UTF-8\n"},
        {"a: \x01\n", "f:1:4: a control character: the file is to be plain text in UTF-8\n"},
        {"%FOO\n---\na: 1\n", "f:1:5: found unknown directive name\n"}, /* libyaml's own words */
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        check(cases[i].yaml, strlen(cases[i].yaml), "", cases[i].error);
}

/* Each is told, the first value stays, and the rest of the file is read. */
static void test_duplicates(void **state)
{
    const char *yaml = "a: 1\nb: {c: x, c: [y, {z: 0}]}\na: 2\nd: 3\n";

    check(yaml, strlen(yaml), "{\"a\":\"1\",\"b\":{\"c\":\"x\"},\"d\":\"3\"}",
          "f:2:11: \"c\" stands here already: leave one of the two\n"
          "f:3:1: \"a\" stands here already: leave one of the two\n");
}

static void test_nul(void **state)
{
    static const char yaml[] = "a: x\0y\n";

    check(yaml, sizeof(yaml) - 1, "",
          "f:1:5: a control character: the file is to be plain text in UTF-8\n");
}

static void test_deep(void **state)
{
    char yaml[100000];

    memset(yaml, '[', sizeof(yaml));
    check(yaml, sizeof(yaml), "", "f:1:17: nested deeper than 16 levels: no option is\n");
}

static void assert_pos(struct err_pos pos, unsigned line, unsigned column)
{
    assert_string_equal(pos.file, "f");
    assert_int_equal(pos.line, line);
    assert_int_equal(pos.column, column);
}

static void test_positions(void **state)
{
    static const char yaml[] = "\na: [1,\n  {é: x, y: z}]\nb:\n  c: 5\n";
    struct err err;
    err_init(&err);
    struct yamltree *t = yamltree_parse("f", yaml, sizeof(yaml) - 1, &err);
    assert_non_null(t);
    const json_t *root = yamltree_root(t), *a = json_object_get(root, "a");
    const json_t *inner = json_array_get(a, 1), *b = json_object_get(root, "b");

    assert_pos(yamltree_pos(t, root), 2, 1);
    assert_pos(yamltree_key_pos(t, root, "a"), 2, 1);
    assert_pos(yamltree_pos(t, a), 2, 4);
    assert_pos(yamltree_pos(t, json_array_get(a, 0)), 2, 5);
    assert_pos(yamltree_key_pos(t, inner, "y"), 3, 10); /* columns are characters */
    assert_pos(yamltree_pos(t, json_object_get(inner, "y")), 3, 13);
    assert_pos(yamltree_pos(t, b), 5, 3); /* a block mapping stands where its first key does */
    assert_pos(yamltree_key_pos(t, b, "none"), 0, 0);
    assert_pos(yamltree_pos(t, NULL), 0, 0);
    yamltree_free(t);
    err_fini(&err);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_trees),      cmocka_unit_test(test_errors),
        cmocka_unit_test(test_duplicates), cmocka_unit_test(test_nul),
        cmocka_unit_test(test_deep),       cmocka_unit_test(test_positions),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
