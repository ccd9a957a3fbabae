/* src/base/nearest.c: "did you mean …".  SPDX-License-Identifier: BSD-2-Clause */
#include "base/nearest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_words(void **state)
{
    static const char *const words[] = {"listen", "threads", "user",  "identity", "control",
                                        "state",  "CNAME",   "DNAME", "A",        "interval"};
    static const struct {
        const char *why, *word, *want;
    } cases[] = {
        {"the word itself", "listen", "listen"},
        {"case does not count", "LISTEN", "listen"},
        {"a letter is missing", "lisen", "listen"},
        {"a letter too many", "listten", "listen"},
        {"another letter", "lisden", "listen"},
        {"two neighbours in the wrong order", "lsiten", "listen"},
        {"a swap is one edit, not two", "CNMAE", "CNAME"},
        {"two edits in six letters", "lissten2", "listen"},
        {"three in eight are too many", "intrfaal", NULL},
        {"a third of the word: one edit in three letters", "usr", "user"},
        {"one edit is always allowed", "B", "A"},
        {"nothing near", "zzzzzz", NULL},
        {"the empty word is one edit from one letter", "", "A"},
        {"of two that are as near the first", "XNAME", "CNAME"},
        {"a very long word",
         "listenlistenlistenlistenlistenlistenlistenlistenlistenlistenlistenlistenlistenlisten",
         NULL},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *got = nearest(cases[i].word, words, sizeof(words) / sizeof(words[0]));
        if ((got == NULL) != (cases[i].want == NULL) ||
            (got != NULL && strcmp(got, cases[i].want) != 0))
            fail_msg("%s: %s gives %s", cases[i].why, cases[i].word, got != NULL ? got : "none");
    }
    assert_null(nearest("listen", words, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_words)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
