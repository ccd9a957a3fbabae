/*
 * src/dns/edns.c: what is read of options, good ones behind bad ones too; and writing OPT: an extended
 * error takes no more room than there is.  What options mean is in tests/answer.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "dns/edns.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "kit.h"

static void test_read(void **state)
{
    static const struct {
        const char *why, *options;
        bool ok, known, nsid, keepalive, timeout, ecs;
        size_t cookie_len;
    } cases[] = {
        {.why = "none", .options = "", .ok = true},
        {.why = "one that nobody knows", .options = "fde9 0002 0102", .ok = true},
        {.why = "NSID", .options = "0003 0000", .ok = true, .known = true, .nsid = true},
        {.why = "keepalive", .options = "000b 0000", .ok = true, .known = true, .keepalive = true},
        {.why = "with a time",
         .options = "000b 0002 0064",
         .ok = true,
         .known = true,
         .keepalive = true,
         .timeout = true},
        {.why = "a cookie of any length",
         .options = "000a 0003 010203",
         .ok = true,
         .known = true,
         .cookie_len = 3},
        {.why = "the first of two",
         .options = "000a 0001 01 000a 0003 010203",
         .ok = true,
         .known = true,
         .cookie_len = 1},
        {.why = "a cookie behind a client subnet that is none",
         .options = "0008 0001 00 000a 0003 010203",
         .ok = false,
         .known = true,
         .cookie_len = 3},
        {.why = "a client subnet and half an option",
         .options = "0008 0004 00010000 000a",
         .ok = false,
         .known = true,
         .ecs = true},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct packet p = kit_hex(cases[i].options);
        struct edns e = {0};
        edns_read_fixed(&e, 1232, 0);
        const bool ok = edns_read_options(&e, p.data, (uint16_t)p.len);
        if (ok != cases[i].ok || e.options != cases[i].known || e.nsid != cases[i].nsid ||
            e.keepalive != cases[i].keepalive || e.keepalive_timeout != cases[i].timeout ||
            e.ecs.present != cases[i].ecs || e.cookie_len != cases[i].cookie_len)
            fail_msg("%s", cases[i].why);
    }
}

/* Whole, without its text, or left out; the room that was promised is enough for the rest. */
static void test_room_for_an_error(void **state)
{
    static const char text[] = "all endpoints are down";
    const size_t text_len = sizeof(text) - 1;
    const struct edns e = {.present = true, .options = true};
    const struct edns_reply reply = {.udp_size = 1232,
                                     .nsid = "ns1",
                                     .nsid_len = 3,
                                     .keepalive = true,
                                     .has_error = true,
                                     .error_text = text};
    const uint16_t least = edns_len(&e, &reply);

    assert_int_equal(least, 11 + 4 + 3 + 4 + 2);
    for (size_t spare = 0; spare <= 6 + text_len + 1; spare++) {
        uint8_t out[128];
        struct wr w = wr_init(out, least + spare);
        edns_write(&w, &e, &reply, 0);
        const size_t want = spare < 6 ? 0 : spare < 6 + text_len ? 6 : 6 + text_len;
        assert_int_equal(wr_len(&w), least + want);
        assert_int_equal(get_u16(out + 9), least + want - 11); /* rdata */
    }
}

/* An answer to who sent no option we know is the eleven octets, whatever we might say. */
static void test_nothing_asked(void **state)
{
    const struct edns e = {.present = true, .dnssec_ok = true}, none = {0};
    const struct edns_reply reply = {.udp_size = 1400, .nsid = "ns1", .nsid_len = 3};
    const struct packet want = kit_hex("00 0029 0578 01 00 8000 0000");
    uint8_t out[32];
    struct wr w = wr_init(out, sizeof(out));

    assert_int_equal(edns_len(&none, &reply), 0);
    assert_int_equal(edns_len(&e, &reply), 11);
    edns_write(&w, &e, &reply, RCODE_BADVERS);
    assert_int_equal(wr_len(&w), want.len);
    assert_memory_equal(out, want.data, want.len);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read),
        cmocka_unit_test(test_room_for_an_error),
        cmocka_unit_test(test_nothing_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
