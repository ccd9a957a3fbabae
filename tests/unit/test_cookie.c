/*
 * src/answer/cookie.c: the examples of RFC 9018 appendix A, how long a cookie is good, and what of
 * it is.  What a server answers is in tests/answer/cookie.case.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "answer/cookie.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kit.h"

#define SECRET     "e5e973e5a6b2a43f48e7dc849e37bfcf" /* A.1 to A.3 */
#define SECRET_OLD "dd3bdf9344b678b185a6f5cb60fca715" /* A.4 */
#define SECRET_NEW "445536bcd2513298075a5d379663c962"

static void add_secret(struct cookie_secrets *s, const char *hex)
{
    const struct packet key = kit_hex(hex);

    memcpy(s->key[s->n++], key.data, SIPHASH_KEY_LEN);
}

/* As the client at an address sends it; the response's option in hex. */
static enum cookie_status check(const struct cookie_secrets *s, const char *hex, const char *client,
                                uint32_t now_s, char out[2 * COOKIE_LEN + 1])
{
    const struct packet cookie = kit_hex(hex);
    const struct edns e = {.cookie = cookie.data, .cookie_len = (uint16_t)cookie.len};
    uint8_t reply[COOKIE_LEN] = {0};
    struct ipaddr addr;

    if (!ipaddr_parse(client, &addr))
        fail();
    const enum cookie_status status = cookie_check(s, &e, &addr, now_s, reply);
    for (size_t i = 0; i < COOKIE_LEN; i++)
        snprintf(out + 2 * i, 3, "%02x", reply[i]);
    return status;
}

/* A.3's cookie was two hours old by then; its hash and that of what is made for it are what counts. */
static void test_rfc9018(void **state)
{
    static const struct {
        const char *why, *secrets[2], *client, *asked;
        uint32_t now_s;
        enum cookie_status status;
        const char *reply;
    } cases[] = {
        {"A.1: a new one",
         {SECRET},
         "198.51.100.100",
         "2464c4abcf10c957",
         1559731985,
         COOKIE_CLIENT,
         "2464c4abcf10c957010000005cf79f111f8130c3eee29480"},
        {"A.2: renewed after 40 minutes",
         {SECRET},
         "198.51.100.100",
         "2464c4abcf10c957010000005cf79f111f8130c3eee29480",
         1559734385,
         COOKIE_VALID,
         "2464c4abcf10c957010000005cf7a871d4a564a1442aca77"},
        {"A.3: reserved bits are hashed as they came",
         {SECRET},
         "203.0.113.203",
         "fc93fc62807ddb8601abcdef5cf78f71a314227b6679ebf5",
         1559727985,
         COOKIE_VALID,
         NULL},
        {"A.3: and made as zero",
         {SECRET},
         "203.0.113.203",
         "fc93fc62807ddb8601abcdef5cf78f71a314227b6679ebf5",
         1559734700,
         COOKIE_INVALID,
         "fc93fc62807ddb86010000005cf7a9acf73a7810aca2381e"},
        {"A.4: IPv6, the secret has changed",
         {SECRET_NEW, SECRET_OLD},
         "2001:db8:220:1:59de:d0f4:8769:82b8",
         "22681ab97d52c298010000005cf7c57926556bd0934c72f8",
         1559741961,
         COOKIE_VALID,
         "22681ab97d52c298010000005cf7c609a6bb79d16625507a"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct cookie_secrets s = {0};
        char reply[2 * COOKIE_LEN + 1];
        for (size_t k = 0; k < 2 && cases[i].secrets[k] != NULL; k++)
            add_secret(&s, cases[i].secrets[k]);
        const enum cookie_status status =
            check(&s, cases[i].asked, cases[i].client, cases[i].now_s, reply);
        if (status != cases[i].status ||
            (cases[i].reply != NULL && strcmp(reply, cases[i].reply) != 0))
            fail_msg("%s: %d %s", cases[i].why, status, reply);
    }
}

/* An hour back, five minutes ahead, and around 2^32 (RFC 9018 §4.3). */
static void test_window(void **state)
{
    static const struct {
        int age_s;
        bool valid, same;
    } cases[] = {
        {0, true, true},      {1800, true, true}, {1801, true, false},  {3600, true, false},
        {3601, false, false}, {-300, true, true}, {-301, false, false}, {86400, false, false},
    };
    static const uint32_t made_s[] = {1559731985, 0, 100, UINT32_MAX, UINT32_MAX - 100};
    struct cookie_secrets s = {0};

    add_secret(&s, SECRET);
    for (size_t m = 0; m < sizeof(made_s) / sizeof(made_s[0]); m++) {
        char made[2 * COOKIE_LEN + 1], reply[2 * COOKIE_LEN + 1];
        check(&s, "0102030405060708", "192.0.2.1", made_s[m], made);
        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
            const uint32_t now_s = made_s[m] + (uint32_t)cases[i].age_s;
            const enum cookie_status status = check(&s, made, "192.0.2.1", now_s, reply);
            assert_int_equal(status, cases[i].valid ? COOKIE_VALID : COOKIE_INVALID);
            assert_true((strcmp(reply, made) == 0) == cases[i].same);
        }
    }
}

/* Every bit of it counts, and the client's address, and the secret. */
static void test_forged(void **state)
{
    struct cookie_secrets s = {0}, other = {0};
    char made[2 * COOKIE_LEN + 1], reply[2 * COOKIE_LEN + 1];

    add_secret(&s, SECRET);
    add_secret(&other, SECRET_OLD);
    check(&s, "0102030405060708", "192.0.2.1", 1559731985, made);
    assert_int_equal(check(&s, made, "192.0.2.1", 1559731985, reply), COOKIE_VALID);
    assert_int_equal(check(&s, made, "192.0.2.2", 1559731985, reply), COOKIE_INVALID);
    assert_int_equal(check(&s, made, "2001:db8::1", 1559731985, reply), COOKIE_INVALID);
    assert_int_equal(check(&other, made, "192.0.2.1", 1559731985, reply), COOKIE_INVALID);
    for (size_t i = 0; i < strlen(made); i++) {
        char forged[2 * COOKIE_LEN + 1];
        strcpy(forged, made);
        forged[i] = forged[i] == '0' ? '1' : '0';
        assert_int_equal(check(&s, forged, "192.0.2.1", 1559731985, reply), COOKIE_INVALID);
    }
}

static void test_lengths(void **state)
{
    struct cookie_secrets s = {0};
    char hex[2 * 64 + 1] = "", reply[2 * COOKIE_LEN + 1];

    add_secret(&s, SECRET);
    for (unsigned len = 0; len <= 48; len++) {
        const bool ok = len == 8 || (len >= 16 && len <= 40);
        const enum cookie_status want = !ok        ? COOKIE_MALFORMED
                                        : len == 8 ? COOKIE_CLIENT
                                                   : COOKIE_INVALID;
        assert_int_equal(check(&s, hex, "192.0.2.1", 1559731985, reply), want);
        strcat(hex, "5a");
    }
}

/* Off, or no cookie: nothing. */
static void test_none(void **state)
{
    struct cookie_secrets s = {0};
    char reply[2 * COOKIE_LEN + 1];
    uint8_t out[COOKIE_LEN];
    const struct ipaddr client = {.family = FAMILY_IP4};

    assert_int_equal(check(&s, "0102030405060708", "192.0.2.1", 0, reply), COOKIE_NONE);
    add_secret(&s, SECRET);
    assert_int_equal(cookie_check(&s, &(struct edns){0}, &client, 0, out), COOKIE_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rfc9018), cmocka_unit_test(test_window),
        cmocka_unit_test(test_forged),  cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
