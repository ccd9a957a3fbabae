/*
 * Every size of reply and every piece of a query: each message of tests/fuzz/corpus/answer is
 * answered from all zones of tests/answer in every room from 512 to 1232 octets, and so is each of
 * its beginnings.  What comes back is a reply as it must be, and TC tells the truth.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <glob.h>

#include "answerkit.h"
#include "dns/types.h"

#define CAP_MIN 512
#define CAP_MAX 1232

struct sweep {
    struct answerkit kit;
    glob_t files;
};

static struct packet read_packet(const char *path)
{
    struct packet p;
    char *data = kit_read_file(path, &p.len);

    assert_true(p.len <= sizeof(p.data));
    memcpy(p.data, data, p.len);
    free(data);
    return p;
}

static void check_reply(const char *path, const struct packet *p, const uint8_t *out, size_t len)
{
    const char *wrong = len > 0 ? kit_wrong(p, out, len) : NULL;

    if (wrong != NULL)
        fail_msg("%s: %s", path, wrong);
}

/* Without TC nothing is missing but additional data; with it something did not fit. */
static void check_truncation(const char *path, const uint8_t *out, size_t cap, const uint8_t *whole,
                             size_t whole_len)
{
    if (kit_has_flag(out, FLAG_TC) && whole_len <= cap)
        fail_msg("%s: TC in %zu octets, though all is %zu", path, cap, whole_len);
    for (unsigned section = 1; section <= 2; section++)
        if (!kit_has_flag(out, FLAG_TC) && kit_count(out, section) != kit_count(whole, section))
            fail_msg("%s: records are missing in %zu octets, and no TC", path, cap);
}

static void sweep_capacities(const struct snapshot *s, const char *path, const struct packet *p)
{
    static uint8_t whole[DNS_TCP_MAX], out[DNS_TCP_MAX], before[DNS_TCP_MAX];
    const size_t whole_len = kitsnap_answer(s, p, &(struct kit_from){.tcp = true}, whole);
    size_t before_len = 0;

    check_reply(path, p, whole, whole_len);
    for (size_t cap = CAP_MIN; cap <= CAP_MAX && whole_len > 0; cap++) {
        const size_t len = kitsnap_answer(s, p, &(struct kit_from){.tcp = true, .cap = cap}, out);
        assert_true(len > 0 && len <= cap);
        check_truncation(path, out, cap, whole, whole_len);
        if (len != before_len || memcmp(out, before, len) != 0)
            check_reply(path, p, out, len);
        memcpy(before, out, len);
        before_len = len;
    }
}

static void test_every_capacity(void **state)
{
    const struct sweep *sweep = *state;

    for (size_t i = 0; i < sweep->files.gl_pathc; i++) {
        const struct packet p = read_packet(sweep->files.gl_pathv[i]);
        for (unsigned k = 0; k < ANSWERKIT_SNAPSHOTS; k++)
            sweep_capacities(sweep->kit.snap[k], sweep->files.gl_pathv[i], &p);
    }
}

static void test_every_prefix(void **state)
{
    const struct sweep *sweep = *state;
    static uint8_t out[DNS_TCP_MAX];

    for (size_t i = 0; i < sweep->files.gl_pathc; i++) {
        struct packet p = read_packet(sweep->files.gl_pathv[i]);
        for (; p.len > 0; p.len--) {
            const size_t len = kitsnap_answer(sweep->kit.snap[i % ANSWERKIT_SNAPSHOTS], &p,
                                              &(struct kit_from){0}, out);
            assert_true(len > 0 || p.len < DNS_HEADER_LEN || kit_has_flag(p.data, FLAG_QR));
            check_reply(sweep->files.gl_pathv[i], &p, out, len);
        }
    }
}

#define LABEL "123456789012345678901234567890123456789012345678901234567890123." /* the longest */

/* All options at once behind the longest name: they fit, and where records do not, TC is set. */
static void test_every_option(void **state)
{
    static const char longest[] = LABEL LABEL LABEL /* 255 octets */
        "1234567890123456789012345678901234567890123456789.example.com";
    static const char *const names[] = {"many.example.com",    "alias.example.com",
                                        "nothing.example.com", "x.huge.example.com",
                                        "elsewhere.",          longest};
    const struct sweep *sweep = *state;

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const struct packet p = q(names[i], "A", .nsid = true, .keepalive = true, .dnssec_ok = true,
                                  .cookie = "2464c4abcf10c957", .ecs = "2001:db8::1/128");
        for (unsigned k = 0; k < ANSWERKIT_SNAPSHOTS; k++)
            sweep_capacities(sweep->kit.snap[k], names[i], &p);
    }
}

/* Over UDP a reply has the smaller of what the client takes and what we send; 512 without EDNS or
 * with a size below it (RFC 6891 §6.2.3). */
static void test_udp_limits(void **state)
{
    const struct sweep *sweep = *state;
    static uint8_t out[DNS_TCP_MAX];

    for (unsigned size = 0; size <= 1400; size++) {
        const size_t limit = size < 512 ? 512 : size > 1232 ? 1232 : size;
        const struct packet p = q("www.glue.example.com", "A", .udp_size = (uint16_t)size);
        for (unsigned k = 0; k < ANSWERKIT_SNAPSHOTS; k++) {
            const size_t len = kitsnap_answer(sweep->kit.snap[k], &p, &(struct kit_from){0}, out);
            assert_in_range(len, DNS_HEADER_LEN, limit);
        }
    }
}

static int open_sweep(void **state)
{
    struct sweep *sweep = calloc(1, sizeof(*sweep));
    char *pattern = kit_path("tests/fuzz/corpus/answer/*");

    answerkit_open(&sweep->kit);
    const int rc = glob(pattern, 0, NULL, &sweep->files);
    free(pattern);
    *state = sweep;
    return rc; /* no corpus is a failure */
}

static int close_sweep(void **state)
{
    struct sweep *sweep = *state;

    answerkit_close(&sweep->kit);
    globfree(&sweep->files);
    free(sweep);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_capacity),
        cmocka_unit_test(test_every_prefix),
        cmocka_unit_test(test_every_option),
        cmocka_unit_test(test_udp_limits),
    };
    return cmocka_run_group_tests(tests, open_sweep, close_sweep);
}
