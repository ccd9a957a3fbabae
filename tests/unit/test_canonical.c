/* When two rdata are one record.  SPDX-License-Identifier: BSD-2-Clause */
#include "dns/canonical.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "dns/types.h"

#define N8  "\0\0\0\0\0\0\0\0"
#define N18 N8 N8 "\0\0"

/* RFC 4343 §3, RFC 4034 §6.2, RFC 6840 §5.1.  Octets end with the literal's own NUL, a root label. */
static void test_equal(void **state)
{
    static const struct {
        const char *why;
        uint16_t type, len;
        const char *a, *b;
        bool equal;
    } cases[] = {
        {"NS", TYPE_NS, 4, "\2ns", "\2NS", true},
        {"another NS", TYPE_NS, 4, "\2ns", "\2nt", false},
        {"MX, name", TYPE_MX, 5, "\0\1\1a", "\0\1\1A", true},
        {"MX, preference", TYPE_MX, 5, "\0\101\1a", "\0\141\1a", false},
        {"SOA, both names", TYPE_SOA, 26, "\1a\0\1b\0" N8 N8 "\0\0\0", "\1A\0\1B\0" N8 N8 "\0\0\0",
         true},
        {"SOA, a number that looks like a letter", TYPE_SOA, 26, "\1a\0\1b\0A" N8 N8 "\0\0",
         "\1a\0\1b\0a" N8 N8 "\0\0", false},
        {"SRV", TYPE_SRV, 9, "\0\0\0\0\0\1\1a", "\0\0\0\0\0\1\1A", true},
        {"NAPTR, name", TYPE_NAPTR, 13, "\0\1\0\1\1u\1s\1r\1a", "\0\1\0\1\1u\1s\1r\1A", true},
        {"NAPTR, string", TYPE_NAPTR, 13, "\0\1\0\1\1u\1s\1r\1a", "\0\1\0\1\1U\1s\1r\1a", false},
        {"RRSIG, signer", TYPE_RRSIG, 22, N18 "\1a\0\5", N18 "\1A\0\5", true},
        {"RRSIG, signature", TYPE_RRSIG, 22, N18 "\1a\0A", N18 "\1a\0a", false},
        {"NSEC keeps its case", TYPE_NSEC, 3, "\1a", "\1A", false},
        {"SVCB keeps its case", TYPE_SVCB, 5, "\0\1\1a", "\0\1\1A", false},
        {"TXT is octets", TYPE_TXT, 2, "\1a", "\1A", false},
        {"a type that nobody knows is octets", 1234, 3, "\1a", "\1A", false},
        {"a name that does not end is octets", TYPE_NS, 2, "\2a", "\2A", false},
        {"A6", TYPE_A6, 12, "\100" N8 "\1a", "\100" N8 "\1A", true},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const uint8_t *a = (const uint8_t *)cases[i].a, *b = (const uint8_t *)cases[i].b;
        const uint16_t type = cases[i].type, len = cases[i].len;
        if (canonical_equal(type, a, len, b, len) != cases[i].equal)
            fail_msg("%s: %s", cases[i].why, cases[i].equal ? "differ" : "are the same");
        if (cases[i].equal != (canonical_hash(type, a, len) == canonical_hash(type, b, len)))
            fail_msg("%s: hashes", cases[i].why);
        assert_false(canonical_equal(type, a, len, b, len - 1));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_equal)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
