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
#include "answer/ratelimit.h"
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
    if (rcode == RCODE_FORMERR || rcode == RCODE_NOTIMP || rcode == RCODE_REFUSED ||
        rcode == RCODE_BADCOOKIE % 16)
        assert(kit_count(reply, 1) == 0 && kit_count(reply, 2) == 0 && kit_count(reply, 3) <= 1);
    /* NXDOMAIN has its SOA (RFC 2308 §3), and proofs beside it */
    if (rcode == RCODE_NXDOMAIN)
        assert(kit_count(reply, 2) >= 1 || kit_has_flag(reply, FLAG_TC));
}

/* Who asks and when is in the message too: in its ID.  That of the corpus is the client and, but for
 * seconds, the time of RFC 9018's examples. */
static struct kit_from from_id(uint16_t id)
{
    static const char *const clients[] = {"2001:db8:b::1", "198.51.100.100", "192.0.2.1"};

    return (struct kit_from){.client = clients[id % 3], .after_ms = (int16_t)(id - 0x1234) * 1000};
}

static void ask(const struct snapshot *s, const struct packet *p, bool tcp)
{
    static uint8_t reply[DNS_TCP_MAX];
    struct kit_from from = from_id(p->len >= 2 ? get_u16(p->data) : 0);
    const bool silent = p->len < DNS_HEADER_LEN || kit_has_flag(p->data, FLAG_QR);

    from.tcp = tcp;
    const size_t len = kitsnap_answer(s, p, &from, reply);
    assert((len == 0) == silent);
    if (len > 0)
        check_reply(p, reply, len, tcp);
}

/* Too often: what is still answered is the query's size, but for a server cookie and an extended
 * error; then nothing, unless there is a good cookie.  Each input is another network. */
static void ask_too_often(const struct snapshot *s, const struct packet *p)
{
    static uint8_t reply[DNS_TCP_MAX];
    static struct ratelimit *limit;
    static uint64_t inputs;
    char client[IPADDR_TEXT];
    struct kit_from from = from_id(p->len >= 2 ? get_u16(p->data) : 0);
    size_t first = 0, len = 0;

    if (limit == NULL)
        limit = ratelimit_new(0);
    inputs++;
    snprintf(client, sizeof(client), "2001:%x:%x:%x00::1", (unsigned)(inputs >> 24 & 0xffff),
             (unsigned)(inputs >> 8 & 0xffff), (unsigned)(inputs & 0xff));
    from.client = client;
    from.limit = limit;
    for (unsigned i = 0; i < 2 + RATELIMIT_SHORT_FACTOR; i++) {
        len = kitsnap_answer(s, p, &from, reply);
        if (len > 0)
            check_reply(p, reply, len, false);
        if (i == 0)
            first = len;
        assert(i == 0 || len == first || len <= p->len + 16 + 6);
    }
    assert(len == 0 || len == first);
}

static struct kitsnap *open_limited(void)
{
    struct kitsnap *k = kitsnap_new("server: {identity: ns1.test, udp_limit: 1}\n");

    kitsnap_add_file(k, "example.com.", "tests/answer/plain.zone");
    return k;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct answerkit kit;
    static struct kitsnap *limited;
    struct packet p = {.len = size};

    if (size > sizeof(p.data))
        return 0;
    if (kit.k[0] == NULL) {
        answerkit_open(&kit);
        limited = open_limited();
    }
    memcpy(p.data, data, size);
    for (unsigned i = 0; i < ANSWERKIT_SNAPSHOTS; i++) {
        ask(kit.snap[i], &p, false);
        ask(kit.snap[i], &p, true);
    }
    ask_too_often(kitsnap_get(limited), &p);
    return 0;
}
