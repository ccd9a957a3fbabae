/*
 * src/dns/query.c: what of a packet is understood, and what of a broken one; the rules themselves
 * are shown by tests/answer: formerr, edns, ecs and ecs-formerr.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "dns/query.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/xalloc.h"
#include "kit.h"

/* Read from a block of exactly its size, so that ASan sees one octet too many. */
static enum query_status read_exact(const struct packet *p, size_t len)
{
    uint8_t *copy = xmemdup(p->data, len);
    struct query query;
    const enum query_status status = query_read(&query, copy, len);

    if (status != QUERY_DROP)
        assert_true(query.question_len == 0 ||
                    (query.question >= copy && query.question + query.question_len <= copy + len));
    free(copy);
    return status;
}

static void test_question(void **state)
{
    const struct packet p = q("WWW.Example.com", "AAAA", .id = 7, .flags = FLAG_RD);
    struct query query;
    struct name_key key;

    assert_int_equal(query_read(&query, p.data, p.len), QUERY_OK);
    assert_int_equal(query.id, 7);
    assert_int_equal(query.flags, FLAG_RD);
    assert_int_equal(query.type, TYPE_AAAA);
    assert_int_equal(query.class, CLASS_IN);
    assert_int_equal(query.question_len, 17 + 4);
    assert_memory_equal(query.question, "\3WWW\7Example\3com", 17);
    assert_false(query.edns.present);

    name_key_init(&key, query.question); /* the parser's key is the one that tables are made with */
    assert_memory_equal(query.name.wire, key.wire, key.len);
    assert_int_equal(query.name.len, key.len);
    assert_int_equal(query.name.labels, key.labels);
    assert_memory_equal(query.name.at, key.at, key.labels + 1u);
    assert_int_equal(query.name.hash, key.hash);
}

static void test_edns(void **state)
{
    const struct packet p =
        q("a.", "A", .udp_size = 4096, .dnssec_ok = true, .nsid = true, .ecs = "192.0.2.0/23");
    struct query query;
    char text[IPADDR_TEXT];

    assert_int_equal(query_read(&query, p.data, p.len), QUERY_OK);
    assert_true(query.edns.present && query.edns.dnssec_ok && query.edns.nsid);
    assert_int_equal(query.edns.udp_size, 4096);
    assert_int_equal(query.edns.version, 0);
    assert_true(query.edns.ecs.present);
    assert_int_equal(query.edns.ecs.family, FAMILY_IP4);
    assert_int_equal(query.edns.ecs.source_bits, 23);
    assert_string_equal(ipaddr_print(&query.edns.ecs.addr, text), "192.0.2.0");
}

static void test_opcode(void **state)
{
    for (uint8_t opcode = 0; opcode < 16; opcode++) {
        const struct packet p = q("a.", "A", .opcode = opcode);
        struct query query;
        assert_int_equal(query_read(&query, p.data, p.len), opcode == 0 ? QUERY_OK : QUERY_NOTIMP);
        assert_int_equal(query_opcode(&query), opcode);
    }
}

/* A packet cut anywhere: dropped without a header, else FORMERR. */
static void test_every_prefix(void **state)
{
    const struct packet p =
        q("www.example.com", "A", .nsid = true, .ecs = "2001:db8::/56", .dnssec_ok = true);

    for (size_t len = 0; len < p.len; len++)
        assert_int_equal(read_exact(&p, len), len < DNS_HEADER_LEN ? QUERY_DROP : QUERY_FORMERR);
    assert_int_equal(read_exact(&p, p.len), QUERY_OK);
}

/* An error is answered with as much as was understood. */
static void test_error_keeps_question(void **state)
{
    const struct packet p = q("www.example.com", "A", .id = 9, .option = "8:00011400c63364");
    struct query query;

    assert_int_equal(query_read(&query, p.data, p.len), QUERY_FORMERR);
    assert_int_equal(query.id, 9);
    assert_int_equal(query.question_len, 17 + 4);
    assert_true(query.edns.present);
}

/* The longest name, with most labels, and one octet more. */
static void test_longest_name(void **state)
{
    struct packet p = {.len = DNS_HEADER_LEN, .data = {[5] = 1}};
    struct query query;

    for (unsigned i = 0; i < NAME_MAX_LABELS; i++, p.len += 2)
        memcpy(p.data + p.len, "\1a", 2);
    memcpy(p.data + p.len, "\0\0\1\0\1", 5);
    assert_int_equal(query_read(&query, p.data, p.len + 5), QUERY_OK);
    assert_int_equal(query.name.labels, NAME_MAX_LABELS);
    memcpy(p.data + p.len, "\1a\0\0\1\0\1", 7);
    assert_int_equal(query_read(&query, p.data, p.len + 7), QUERY_FORMERR);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_question),
        cmocka_unit_test(test_edns),
        cmocka_unit_test(test_opcode),
        cmocka_unit_test(test_every_prefix),
        cmocka_unit_test(test_error_keeps_question),
        cmocka_unit_test(test_longest_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
