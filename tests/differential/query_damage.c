/*
 * What can be wrong with a message.  Two tables: a kind of damage is a row.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <string.h>

#include "base/cursor.h"
#include "dns/types.h"
#include "query.h"

enum { QDCOUNT = 4, ANCOUNT = 6, NSCOUNT = 8, ARCOUNT = 10 };

struct damage {
    const char *name;
    void (*apply)(struct query *q, struct rng *rng);
};

static void count(struct query *q, unsigned at, uint16_t n)
{
    put_u16(q->wire + at, n);
}

static void insert(struct query *q, size_t at, const void *octets, size_t len)
{
    memmove(q->wire + at + len, q->wire + at, q->len - at);
    memcpy(q->wire + at, octets, len);
    q->len = (uint16_t)(q->len + len);
}

static size_t behind_question(const struct query *q)
{
    return DNS_HEADER_LEN + q->question_len;
}

/* ---- records ---- */

static const uint8_t record_a[] = "\0\0\1\0\1\0\0\0\12\0\4\300\0\2\1"; /* . 10 A 192.0.2.1 */
static const uint8_t record_opt[] = "\0\0\51\4\320\0\0\0\0\0";
#define RECORD_A_LEN   (sizeof(record_a) - 1)
#define RECORD_OPT_LEN (sizeof(record_opt))

static void answer_record(struct query *q, struct rng *rng)
{
    insert(q, behind_question(q), record_a, RECORD_A_LEN);
    count(q, ANCOUNT, 1);
}

static void authority_record(struct query *q, struct rng *rng)
{
    insert(q, behind_question(q), record_a, RECORD_A_LEN);
    count(q, NSCOUNT, 1);
}

static void additional_before_opt(struct query *q, struct rng *rng)
{
    insert(q, behind_question(q), record_a, RECORD_A_LEN);
    count(q, ARCOUNT, (uint16_t)(q->edns.present + 1));
}

static void additional_behind_opt(struct query *q, struct rng *rng)
{
    insert(q, q->len, record_a, RECORD_A_LEN);
    count(q, ARCOUNT, (uint16_t)(q->edns.present + 1));
}

static void second_opt(struct query *q, struct rng *rng)
{
    insert(q, q->len, record_opt, RECORD_OPT_LEN);
    if (!q->edns.present)
        insert(q, q->len, record_opt, RECORD_OPT_LEN);
    q->edns.present = true;
    count(q, ARCOUNT, 2);
}

static void opt_in_answer(struct query *q, struct rng *rng)
{
    insert(q, behind_question(q), record_opt, RECORD_OPT_LEN);
    count(q, ANCOUNT, 1);
}

static void opt_in_authority(struct query *q, struct rng *rng)
{
    insert(q, behind_question(q), record_opt, RECORD_OPT_LEN);
    count(q, NSCOUNT, 1);
}

static void opt_with_owner(struct query *q, struct rng *rng)
{
    static const uint8_t opt[] = "\1x\0\0\51\4\320\0\0\0\0\0";

    q->edns.present = true;
    q->len = (uint16_t)behind_question(q);
    insert(q, q->len, opt, sizeof(opt));
    count(q, ARCOUNT, 1);
}

/* An option that says it is longer than OPT. */
static void option_overrun(struct query *q, struct rng *rng)
{
    static const uint8_t opt[] = "\0\0\51\4\320\0\0\0\0\0\6\0\3\0\11ab";

    q->edns.present = true;
    q->len = (uint16_t)behind_question(q);
    insert(q, q->len, opt, sizeof(opt) - 1);
    count(q, ARCOUNT, 1);
}

/* Octets behind the last option that are too few to be one. */
static void option_stub(struct query *q, struct rng *rng)
{
    static const uint8_t opt[] = "\0\0\51\4\320\0\0\0\0\0\3\0\3\0";

    q->edns.present = true;
    q->len = (uint16_t)behind_question(q);
    insert(q, q->len, opt, sizeof(opt) - 1);
    count(q, ARCOUNT, 1);
}

/* A signature by a key that nobody has (RFC 8945 §5.2.1). */
static void tsig(struct query *q, struct rng *rng)
{
    static const uint8_t record[] = "\3key\0\0\372\0\377\0\0\0\0\0\75"
                                    "\13hmac-sha256\0"
                                    "\0\0\145\222\0\200\1\54\0\40"
                                    "0123456789abcdef0123456789abcdef"
                                    "\22\64\0\0\0";

    insert(q, q->len, record, sizeof(record));
    count(q, ARCOUNT, (uint16_t)(q->edns.present + 1));
}

static const struct damage with_records[] = {
    {"answer-record", answer_record},
    {"authority-record", authority_record},
    {"additional-record", additional_before_opt},
    {"additional-record", additional_behind_opt},
    {"two-opt", second_opt},
    {"opt-in-answer", opt_in_answer},
    {"opt-in-authority", opt_in_authority},
    {"opt-with-owner", opt_with_owner},
    {"option-overrun", option_overrun},
    {"option-stub", option_stub},
    {"tsig", tsig},
};

/* ---- octets ---- */

static void cut_header(struct query *q, struct rng *rng)
{
    q->len = (uint16_t)rng_below(rng, DNS_HEADER_LEN);
}

static void cut_question(struct query *q, struct rng *rng)
{
    q->len = (uint16_t)(DNS_HEADER_LEN + rng_below(rng, q->question_len));
}

static void cut_record(struct query *q, struct rng *rng)
{
    if (!q->edns.present)
        additional_behind_opt(q, rng);
    q->edns.present = false;
    const size_t records = q->len - behind_question(q);
    q->len = (uint16_t)(behind_question(q) + rng_below(rng, (uint32_t)records));
}

static void trailing(struct query *q, struct rng *rng)
{
    for (uint32_t n = 1 + rng_below(rng, 20); n > 0; n--)
        q->wire[q->len++] = (uint8_t)rng_next(rng);
}

static void no_question(struct query *q, struct rng *rng)
{
    memmove(q->wire + DNS_HEADER_LEN, q->wire + behind_question(q), q->len - behind_question(q));
    q->len = (uint16_t)(q->len - q->question_len);
    count(q, QDCOUNT, 0);
}

static void two_questions(struct query *q, struct rng *rng)
{
    uint8_t question[NAME_MAX_LEN + 4];

    memcpy(question, q->wire + DNS_HEADER_LEN, q->question_len);
    insert(q, behind_question(q), question, q->question_len);
    count(q, QDCOUNT, 2);
}

static void many_questions(struct query *q, struct rng *rng)
{
    count(q, QDCOUNT, (uint16_t)(2 + rng_next(rng) % 65534));
}

/* The name's end, or the whole of it, is a pointer. */
static void compressed(struct query *q, struct rng *rng)
{
    static const uint8_t to[] = {0, 4, 12, 13, 40, 255};
    const size_t at = DNS_HEADER_LEN + q->question_len - 5;

    q->wire[at] = 0xc0;
    insert(q, at + 1, &to[rng_below(rng, sizeof(to))], 1);
}

static void odd_label(struct query *q, struct rng *rng)
{
    q->wire[DNS_HEADER_LEN] = (uint8_t)(0x40 << rng_below(rng, 2) | (rng_next(rng) & 0x3f));
}

static void name_too_long(struct query *q, struct rng *rng)
{
    uint8_t labels[256];

    memset(labels, 'o', sizeof(labels));
    for (unsigned i = 0; i < sizeof(labels); i += 64)
        labels[i] = 63;
    insert(q, DNS_HEADER_LEN, labels, sizeof(labels));
}

static void response(struct query *q, struct rng *rng)
{
    q->wire[2] |= 0x80;
}

static const struct damage with_octets[] = {
    {"cut-header", cut_header},
    {"cut-question", cut_question},
    {"cut-record", cut_record},
    {"trailing", trailing},
    {"no-question", no_question},
    {"two-questions", two_questions},
    {"many-questions", many_questions},
    {"compressed", compressed},
    {"odd-label", odd_label},
    {"name-too-long", name_too_long},
    {"response", response},
};

void query_damage(struct query *q, struct rng *rng, bool records)
{
    const size_t n = records ? sizeof(with_records) / sizeof(with_records[0])
                             : sizeof(with_octets) / sizeof(with_octets[0]);
    const struct damage *d = (records ? with_records : with_octets) + rng_below(rng, (uint32_t)n);

    q->damage = d->name;
    d->apply(q, rng);
}
