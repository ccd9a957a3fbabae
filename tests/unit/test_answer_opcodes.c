/*
 * Every opcode with every class, number of questions, and what may stand behind them: the RFC's
 * rcode or silence, and never more octets than came where nothing was answered.
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

#include "base/cursor.h"
#include "dns/types.h"
#include "kitsnap.h"

#define QUESTION "\4mail\7example\3com\0\0\1"

/* What stands behind the questions. */
static const struct tail {
    const char *why;
    uint16_t counts[3]; /* answer, authority, additional */
    const char *octets; /* hex */
    bool opt;           /* there is one that can be read */
    bool broken;        /* FORMERR for a query */
} tails[] = {
    {.why = "nothing"},
    {.why = "octets behind the message", .octets = "ffff"},
    {.why = "OPT", .counts = {0, 0, 1}, .octets = "00 0029 04d0 00000000 0000", .opt = true},
    {.why = "OPT and octets behind",
     .counts = {0, 0, 1},
     .octets = "00 0029 04d0 00000000 0000 0000",
     .opt = true},
    {.why = "a record in each section",
     .counts = {1, 1, 1},
     .octets = "00 0001 0001 00000000 0004 c0000201 00 0002 0001 00000000 0001 00 "
               "00 0001 0001 00000000 0004 c0000201"},
    {.why = "an answer and OPT",
     .counts = {1, 0, 1},
     .octets = "00 0001 0001 00000000 0004 c0000201 00 0029 04d0 00000000 0000",
     .opt = true},
    {.why = "a record that is not there", .counts = {0, 0, 1}, .broken = true},
    {.why = "half a record", .counts = {1, 0, 0}, .octets = "00 0001 0001", .broken = true},
    {.why = "OPT among the answers",
     .counts = {1, 0, 0},
     .octets = "00 0029 04d0 00000000 0000",
     .broken = true},
    {.why = "as many as can be said", .counts = {65535, 65535, 65535}, .broken = true},
};

static const uint16_t classes[] = {0,        CLASS_IN,   2,         CLASS_CH,
                                   CLASS_HS, CLASS_NONE, CLASS_ANY, 65280};

static struct packet make(uint16_t flags, uint16_t class, unsigned questions,
                          const struct tail *tail)
{
    struct packet p = {0}, behind = kit_hex(tail->octets != NULL ? tail->octets : "");
    struct wr w = wr_init(p.data, sizeof(p.data));

    wr_u16(&w, 0x1234);
    wr_u16(&w, flags);
    wr_u16(&w, (uint16_t)questions);
    for (unsigned i = 0; i < 3; i++)
        wr_u16(&w, tail->counts[i]);
    for (unsigned i = 0; i < questions; i++) {
        wr_bytes(&w, QUESTION, sizeof(QUESTION) - 1);
        wr_u16(&w, class);
    }
    wr_bytes(&w, behind.data, behind.len);
    p.len = wr_len(&w);
    return p;
}

/* What a QUERY of a class is answered with. */
static uint16_t want_rcode(uint16_t class, unsigned questions, const struct tail *tail)
{
    if (questions != 1 || tail->broken)
        return RCODE_FORMERR; /* RFC 9619 §4 */
    return class == CLASS_IN || class == CLASS_ANY ? RCODE_NOERROR : RCODE_REFUSED;
}

static void check(const struct snapshot *s, uint16_t flags, uint16_t class, unsigned questions,
                  const struct tail *tail)
{
    static uint8_t out[DNS_TCP_MAX];
    const struct packet p = make(flags, class, questions, tail);
    const unsigned opcode = flags >> 11 & 15;
    const bool query = opcode == OPCODE_QUERY;
    const uint16_t want = query ? want_rcode(class, questions, tail) : RCODE_NOTIMP;
    const bool opt = tail->opt && (!query || questions <= 1); /* of more the rest is not read */

    for (unsigned tcp = 0; tcp < 2; tcp++) {
        const size_t len = kitsnap_answer(s, &p, &(struct kit_from){.tcp = tcp}, out);
        const char *wrong = len > 0 ? kit_wrong(&p, out, len) : NULL;
        if ((len == 0) != ((flags & FLAG_QR) != 0) || wrong != NULL)
            fail_msg("opcode %u class %u, %u questions, %s: %s", opcode, class, questions,
                     tail->why, wrong != NULL ? wrong : "answered or not");
        if (len == 0)
            continue;
        if (kit_rcode(out) != want || (kit_count(out, 3) == 1) != opt)
            fail_msg("opcode %u class %u, %u questions, %s: %s", opcode, class, questions,
                     tail->why, rcode_name(kit_rcode(out)));
        /* but for an extended error, six octets */
        if (want != RCODE_NOERROR && len > p.len + (opt ? 6 : 0))
            fail_msg("opcode %u class %u, %u questions, %s: %zu octets for %zu", opcode, class,
                     questions, tail->why, len, p.len);
    }
}

static void test_all(void **state)
{
    const struct snapshot *s = kitsnap_get(*state);

    for (unsigned opcode = 0; opcode < 16; opcode++)
        for (size_t c = 0; c < sizeof(classes) / sizeof(classes[0]); c++)
            for (unsigned questions = 0; questions <= 3; questions++)
                for (size_t t = 0; t < sizeof(tails) / sizeof(tails[0]); t++)
                    for (unsigned qr = 0; qr < 2; qr++)
                        check(s, (uint16_t)(opcode << 11 | (qr ? FLAG_QR : 0)), classes[c],
                              questions, &tails[t]);
}

/* Bits that a client has no business setting change nothing: AA, TC, RA, Z, AD, an rcode. */
static void test_flags(void **state)
{
    const struct snapshot *s = kitsnap_get(*state);
    static uint8_t plain[DNS_TCP_MAX], out[DNS_TCP_MAX];
    const struct packet p = make(0, CLASS_IN, 1, &tails[0]);
    const size_t plain_len = kitsnap_answer(s, &p, &(struct kit_from){0}, plain);

    for (unsigned flags = 0; flags < 0x800; flags++) {
        const struct packet q = make((uint16_t)flags, CLASS_IN, 1, &tails[0]);
        const uint16_t copied = flags & FLAG_RD;
        assert_int_equal(kitsnap_answer(s, &q, &(struct kit_from){0}, out), plain_len);
        assert_int_equal(get_u16(out + 2), get_u16(plain + 2) | copied);
        assert_memory_equal(out + 4, plain + 4, plain_len - 4);
    }
}

static int open_kit(void **state)
{
    struct kitsnap *k = kitsnap_new(NULL);

    kitsnap_add_file(k, "example.com.", "tests/answer/plain.zone");
    *state = k;
    return 0;
}

static int close_kit(void **state)
{
    kitsnap_free(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all),
        cmocka_unit_test(test_flags),
    };
    return cmocka_run_group_tests(tests, open_kit, close_kit);
}
