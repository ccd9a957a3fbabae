/*
 * src/dns/resp.c: whole sets or nothing, compression, room for OPT.  ldns reads what was written.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "dns/resp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/xalloc.h"
#include "kit.h"

/* Records in the form of data/rrset.h, written by hand here: this layer is below it. */
struct set {
    uint8_t wire[2048];
    struct wr w;
    uint16_t type, count;
};

static void set_init(struct set *s, uint16_t type)
{
    s->w = wr_init(s->wire, sizeof(s->wire));
    s->type = type;
    s->count = 0;
}

static void set_add(struct set *s, uint32_t ttl_s, const void *rdata, size_t len)
{
    wr_u16(&s->w, 0xc00c);
    wr_u16(&s->w, s->type);
    wr_u16(&s->w, CLASS_IN);
    wr_u32(&s->w, ttl_s);
    wr_u16(&s->w, (uint16_t)len);
    wr_bytes(&s->w, rdata, len);
    s->count++;
}

/* A set of n addresses. */
static void set_addresses(struct set *s, unsigned n)
{
    set_init(s, TYPE_A);
    for (unsigned i = 0; i < n; i++)
        set_add(s, 60, (const uint8_t[]){192, 0, 2, (uint8_t)i}, 4);
}

static struct resp_records records(const struct set *s, const void *owner)
{
    return (struct resp_records){.owner = owner,
                                 .wire = s->wire,
                                 .len = (uint32_t)wr_len(&s->w),
                                 .ttl_s = RESP_TTL_AS_IS,
                                 .type = s->type,
                                 .count = s->count};
}

/* A response to one query, into 4096 octets. */
struct reply {
    struct packet p;
    struct query q;
    struct resp r;
    struct edns_reply opt;
    uint8_t out[4096];
};

static void begin(struct reply *x, struct packet p, size_t cap)
{
    x->p = p;
    assert_int_equal(query_read(&x->q, x->p.data, x->p.len), QUERY_OK);
    x->opt = (struct edns_reply){
        .udp_size = 1232, .nsid = "id", .nsid_len = 2, .ecs = x->q.edns.ecs.present};
    resp_init(&x->r, &x->q, x->out, cap, &x->opt);
}

static size_t check_reply(struct reply *x, const char *want)
{
    const size_t len = resp_finish(&x->r, &x->opt);
    const char *wrong = kit_wrong(&x->p, x->out, len);
    char *text = kit_text(x->out, len);

    assert_null(wrong);
    assert_string_equal(text, want);
    free(text);
    return len;
}

static void test_sections(void **state)
{
    struct reply x;
    struct set a, ns;

    set_addresses(&a, 2);
    set_init(&ns, TYPE_NS);
    set_add(&ns, 3600, "\3ns1\7example\3com", 17);
    begin(&x, q("www.example.com", "A", .flags = FLAG_RD), 512);
    x.r.flags |= FLAG_AA;
    assert_true(resp_add(&x.r, SECTION_ANSWER, &(struct resp_records){0})); /* nothing */
    struct resp_records rs = records(&a, NULL);
    assert_true(resp_add(&x.r, SECTION_ANSWER, &rs));
    rs = records(&ns, "\7example\3com");
    assert_true(resp_add(&x.r, SECTION_AUTHORITY, &rs));
    rs = records(&a, "\3ns1\7example\3com");
    rs.ttl_s = 5;
    assert_true(resp_add(&x.r, SECTION_ADDITIONAL, &rs));
    check_reply(&x, "NOERROR qr aa rd\n"
                    "answer:\n"
                    "  www.example.com. 60 IN A 192.0.2.0\n"
                    "  www.example.com. 60 IN A 192.0.2.1\n"
                    "authority:\n"
                    "  example.com. 3600 IN NS ns1.example.com.\n"
                    "additional:\n"
                    "  ns1.example.com. 5 IN A 192.0.2.0\n"
                    "  ns1.example.com. 5 IN A 192.0.2.1\n");
}

/* Each type whose rdata may be compressed (RFC 3597 §4), and one whose may not. */
static void test_rdata_names(void **state)
{
    static const struct {
        uint16_t type;
        const char *rdata;
        size_t len, compressed; /* length of rdata in the message */
        const char *want;
    } cases[] = {
        {TYPE_NS, "\3ns1\7example\3com", 17, 6, "NS ns1.example.com."},
        {TYPE_MX, "\0\12\4mail\7example\3com", 20, 9, "MX 10 mail.example.com."},
        {TYPE_SOA,
         "\3ns1\7example\3com\0\1h\7example\3com\0\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\4\0\0\0\5", 52, 30,
         "SOA ns1.example.com. h.example.com. 1 2 3 4 5"},
        {TYPE_SRV, "\0\1\0\2\0\3\3srv\7example\3com", 23, 23, "SRV 1 2 3 srv.example.com."},
        {TYPE_DNAME, "\1d\7example\3com", 15, 15, "DNAME d.example.com."},
        {TYPE_CNAME, "\7example\3com", 13, 2, "CNAME example.com."},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct reply x;
        struct set s;
        set_init(&s, cases[i].type);
        set_add(&s, 60, cases[i].rdata, cases[i].len);
        begin(&x, q("www.example.com", "A"), 512);
        const struct resp_records rs = records(&s, NULL);
        assert_true(resp_add(&x.r, SECTION_ANSWER, &rs));
        char *want = xasprintf("NOERROR qr\nanswer:\n  www.example.com. 60 IN %s\n", cases[i].want);
        assert_int_equal(check_reply(&x, want), 12 + 21 + 12 + cases[i].compressed);
        free(want);
    }
}

/* A suffix is pointed at wherever it stood first; case does not count, and a label that is not the
 * same does. */
static void test_compression(void **state)
{
    struct reply x;
    struct set s;

    set_addresses(&s, 1);
    begin(&x, q("WWW.Example.com", "A"), 512);
    static const struct {
        const char *why, *owner;
        size_t len; /* of the owner in the message */
    } cases[] = {
        {"the question", "\3www\7example\3com", 2},
        {"its parent", "\7example\3com", 2},
        {"a new label", "\1a\7example\3com", 4},
        {"a name that was written", "\1a\7example\3com", 2},
        {"below it", "\1b\1a\7example\3com", 4},
        {"another tree", "\1a\7example\3org", 15},
        {"and again", "\1x\7example\3org", 4},
        {"the root", "", 1},
        {"labels that only begin alike", "\10examples\3com", 11},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const size_t before = wr_len(&x.r.w);
        const struct resp_records rs = records(&s, cases[i].owner);
        assert_true(resp_add(&x.r, SECTION_ADDITIONAL, &rs));
        if (wr_len(&x.r.w) - before != cases[i].len + 14)
            fail_msg("%s: %zu octets", cases[i].why, wr_len(&x.r.w) - before - 14);
    }
    resp_finish(&x.r, &x.opt);
}

/* Signatures have the set's owner, and fit with it or not at all. */
static void test_signatures(void **state)
{
    struct reply x;
    struct set a, sigs;

    set_addresses(&a, 1);
    set_init(&sigs, TYPE_RRSIG);
    set_add(&sigs, 60, "\0\1\15\2\0\0\0\74\0\0\0\1\0\0\0\0\0\1\3com\0s", 24);
    for (size_t room = 0; room <= 60; room++) {
        const char *owner = room % 2 == 0 ? NULL : "\1a\7example\3com";
        const bool fits = room >= (owner == NULL ? 2 + 14 + 2 + 34 : 4 + 14 + 2 + 34);
        struct resp_records rs = records(&a, owner);
        rs.sigs = sigs.wire;
        rs.sigs_len = (uint32_t)wr_len(&sigs.w);
        rs.n_sigs = 1;
        begin(&x, q("www.example.com", "A"), 512);
        x.r.w.end = x.r.w.at + room;
        if (resp_add(&x.r, SECTION_ANSWER, &rs) != fits)
            fail_msg("in %zu octets", room);
        assert_int_equal(x.r.count[SECTION_ANSWER], fits ? 2 : 0);
    }
}

/* Many names: more than are remembered, and offsets that no pointer reaches. */
static void test_many_names(void **state)
{
    static uint8_t out[DNS_TCP_MAX];
    const struct packet p = q("example.com", "NS");
    const struct edns_reply opt = {.udp_size = 1232};
    struct query query;
    struct resp r;
    struct set s;

    assert_int_equal(query_read(&query, p.data, p.len), QUERY_OK);
    resp_init(&r, &query, out, sizeof(out), &opt);
    for (unsigned i = 0; i < 1500; i++) {
        uint8_t owner[32];
        char label[16];
        const int len = snprintf(label, sizeof(label), "a-long-label%03u", i % 1000);
        owner[0] = (uint8_t)len;
        memcpy(owner + 1, label, (size_t)len);
        memcpy(owner + 1 + len, i < 1000 ? "\7example\3com" : "\7example\3org", 13);
        set_addresses(&s, 1);
        const struct resp_records rs = records(&s, owner);
        assert_true(resp_add(&r, SECTION_ADDITIONAL, &rs));
    }
    const size_t len = resp_finish(&r, &opt);
    assert_true(len > 0x4000); /* past what a pointer can say */
    assert_null(kit_wrong(&p, out, len));
}

/* For every capacity: what fits is whole, what does not leaves no trace, OPT always fits. */
static void test_every_capacity(void **state)
{
    const struct packet p = q("www.example.com", "A", .nsid = true, .ecs = "192.0.2.0/24");
    struct reply x;
    struct set a, ns;

    set_addresses(&a, 20);
    set_init(&ns, TYPE_NS);
    for (int i = 0; i < 5; i++)
        set_add(&ns, 60, (uint8_t[]){2, 'n', (uint8_t)('0' + i), 1, 'x', 0}, 6);
    for (size_t cap = 512; cap <= 1232; cap++) {
        unsigned n = 0;
        bool fits = true;
        begin(&x, p, cap);
        while (fits) {
            const struct resp_records ra = records(&a, "\1x"), rn = records(&ns, "\1y");
            const struct resp_mark mark = resp_mark(&x.r);
            fits = resp_add(&x.r, SECTION_ANSWER, n % 2 == 0 ? &ra : &rn);
            if (!fits) {
                assert_ptr_equal(x.r.w.at, mark.at);
                assert_int_equal(x.r.names.n, mark.n_names);
                assert_memory_equal(x.r.count, mark.count, sizeof(mark.count));
            }
            n += fits;
        }
        const size_t len = resp_finish(&x.r, &x.opt);
        assert_true(len <= cap);
        assert_int_equal(kit_count(x.out, 1), n / 2 * 5 + (n + 1) / 2 * 20);
        assert_int_equal(kit_count(x.out, 3), 1);
        char *text = kit_text(x.out, len);
        assert_non_null(text);
        free(text);
    }
}

static void test_extended_rcode(void **state)
{
    struct reply x;

    begin(&x, q("a.", "A", .dnssec_ok = true, .nsid = true), 512);
    x.r.rcode = RCODE_BADVERS;
    check_reply(&x, "BADVERS qr\nedns: udp 1232, do, nsid id\n");
    begin(&x, q("a.", "A", .flags = FLAG_RD | FLAG_CD), 512);
    x.r.rcode = RCODE_YXDOMAIN;
    check_reply(&x, "YXDOMAIN qr rd\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sections),       cmocka_unit_test(test_rdata_names),
        cmocka_unit_test(test_compression),    cmocka_unit_test(test_many_names),
        cmocka_unit_test(test_signatures),     cmocka_unit_test(test_every_capacity),
        cmocka_unit_test(test_extended_rcode),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
