/*
 * Any octets as a message, over UDP and TCP, to all zones of tests/answer: nothing is answered only
 * where there is no header or a response, and every reply is what kit_wrong wants, within its limit.
 *
 * The corpus is what of the cases' queries reaches code of its own: `test_answer_cases --corpus DIR`,
 * then `fuzz_answer -merge=1 CORPUS DIR`.  SPDX-License-Identifier: BSD-2-Clause
 */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/answerkit.h"
#include "answer/answer.h"
#include "base/cursor.h"
#include "dns/types.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What no reply may be larger than: 512 without EDNS, 1232 with, 65535 over TCP. */
static size_t limit(const uint8_t *reply, bool tcp)
{
    if (tcp)
        return DNS_TCP_MAX;
    return kit_count(reply, 3) > 0 ? 1232 : 512;
}

static void check_reply(const struct packet *p, const uint8_t *reply, size_t len, bool tcp)
{
    const char *wrong = kit_wrong(p, reply, len);

    if (wrong != NULL)
        fprintf(stderr, "%s\n", wrong);
    assert(wrong == NULL);
    assert(len <= limit(reply, tcp));
    assert(!tcp || !kit_has_flag(reply, FLAG_TC));
    /* an error alone tells nothing but itself */
    const uint16_t rcode = kit_rcode(reply);
    if (rcode == RCODE_FORMERR || rcode == RCODE_NOTIMP || rcode == RCODE_REFUSED)
        assert(kit_count(reply, 1) == 0 && kit_count(reply, 2) == 0 && kit_count(reply, 3) <= 1);
    /* NXDOMAIN has its SOA (RFC 2308 §3), and proofs beside it */
    if (rcode == RCODE_NXDOMAIN)
        assert(kit_count(reply, 2) >= 1 || kit_has_flag(reply, FLAG_TC));
}

static void ask(const struct snapshot *s, const struct packet *p, bool tcp)
{
    static uint8_t reply[DNS_TCP_MAX];
    const struct kit_from from = {.tcp = tcp, .client = tcp ? "2001:db8:b::1" : "198.51.100.1"};
    const size_t len = kitsnap_answer(s, p, &from, reply);
    const bool silent = p->len < DNS_HEADER_LEN || kit_has_flag(p->data, FLAG_QR);

    assert((len == 0) == silent);
    if (len > 0)
        check_reply(p, reply, len, tcp);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct answerkit kit;
    struct packet p = {.len = size};

    if (size > sizeof(p.data))
        return 0;
    if (kit.k[0] == NULL)
        answerkit_open(&kit);
    memcpy(p.data, data, size);
    for (unsigned i = 0; i < ANSWERKIT_SNAPSHOTS; i++) {
        ask(kit.snap[i], &p, false);
        ask(kit.snap[i], &p, true);
    }
    return 0;
}
