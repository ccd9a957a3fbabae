/*
 * libFuzzer's mutations for DNS messages: what it does to octets, it here does to a name's labels, a
 * type, the flags, the options of OPT, and puts a message together again whose lengths and counts are
 * right.  So most inputs get past the parser and to what is behind it; a third is left to it as octets.
 *
 * Linked with libFuzzer only.  SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cursor.h"
#include "dns/types.h"

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);

#define NAME_MAX_LEN 255
#define OPTIONS_MAX  200

struct message { /* what of a query can be told apart */
    uint8_t header[4];
    uint8_t name[NAME_MAX_LEN];
    size_t name_len;
    uint16_t type, class;
    bool has_opt;
    uint8_t opt[8]; /* size, extended code, version, flags; two of them for its length */
    uint8_t options[OPTIONS_MAX]; /* as they are, or not */
    size_t options_len;
};

static unsigned state;

/* A number below n. */
static unsigned pick(unsigned n)
{
    state = state * 1664525 + 1013904223;
    return (state >> 8) % n;
}

/* ---- from octets ---- */

static size_t name_len_of(const uint8_t *data, size_t size)
{
    for (size_t at = 0; at < size && at < NAME_MAX_LEN; at += 1 + (size_t)data[at]) {
        if (data[at] > 63)
            return 0;
        if (data[at] == 0)
            return at + 1;
    }
    return 0;
}

/* OPT right behind the question, as in all that we write. */
static void read_opt(struct message *m, struct rd *r)
{
    const uint8_t *head = rd_bytes(r, 3), *fixed = rd_bytes(r, 8);

    if (fixed == NULL || head[0] != 0 || get_u16(head + 1) != TYPE_OPT)
        return;
    m->has_opt = true;
    memcpy(m->opt, fixed, sizeof(m->opt));
    m->options_len = get_u16(fixed + 6);
    const uint8_t *options = m->options_len <= OPTIONS_MAX ? rd_bytes(r, m->options_len) : NULL;
    if (options != NULL)
        memcpy(m->options, options, m->options_len);
    else
        m->options_len = 0;
}

static void read_message(struct message *m, const uint8_t *data, size_t size)
{
    struct rd r = rd_init(data, size);
    const uint8_t *header = rd_bytes(&r, DNS_HEADER_LEN);

    *m = (struct message){.header = {0x12, 0x34, 0, 0}, .name_len = 1, .type = 1, .class = 1};
    if (header == NULL)
        return;
    memcpy(m->header, header, sizeof(m->header));
    const size_t name_len = name_len_of(r.at, rd_left(&r));
    const uint8_t *name = rd_bytes(&r, name_len);
    if (name_len == 0 || rd_left(&r) < 4)
        return;
    memcpy(m->name, name, name_len);
    m->name_len = name_len;
    m->type = rd_u16(&r);
    m->class = rd_u16(&r);
    read_opt(m, &r);
}

/* ---- and back ---- */

static size_t write_message(const struct message *m, uint8_t *data, size_t max_size)
{
    struct wr w = wr_init(data, max_size);

    wr_bytes(&w, m->header, sizeof(m->header));
    wr_u16(&w, 1);
    wr_u32(&w, 0);
    wr_u16(&w, m->has_opt);
    wr_bytes(&w, m->name, m->name_len);
    wr_u16(&w, m->type);
    wr_u16(&w, m->class);
    if (m->has_opt) {
        wr_u8(&w, 0);
        wr_u16(&w, TYPE_OPT);
        wr_bytes(&w, m->opt, 6);
        wr_u16(&w, (uint16_t)m->options_len);
        wr_bytes(&w, m->options, m->options_len);
    }
    return wr_len(&w);
}

/* ---- mutations ---- */

/* Labels that the zones of tests/answer are made of, and some that they are not. */
static const char *const words[] = {
    "www",    "example", "com",    "a",        "b",        "c",     "web",   "six",
    "cdn",    "app",     "*",      "ns",       "mx",       "alias", "sub",   "other",
    "signed", "broken",  "outer",  "x",        "ns1",      "mail",  "ent",   "many",
    "fenced", "nodata",  "all",    "own",      "servfail", "local", "any",   "version",
    "bind",   "id",      "server", "hostname", "test",     "edge",  "host1", "deleg",
};

static size_t label_at(const struct message *m, unsigned i)
{
    size_t at = 0;

    while (i-- > 0 && m->name[at] != 0)
        at += 1 + (size_t)m->name[at];
    return at;
}

static void insert_label(struct message *m)
{
    const char *word = words[pick(sizeof(words) / sizeof(words[0]))];
    const size_t at = label_at(m, pick(4)), len = strlen(word);

    if (m->name_len + 1 + len > NAME_MAX_LEN)
        return;
    memmove(m->name + at + 1 + len, m->name + at, m->name_len - at);
    m->name[at] = (uint8_t)len;
    memcpy(m->name + at + 1, word, len);
    m->name_len += 1 + len;
}

static void remove_label(struct message *m)
{
    const size_t at = label_at(m, pick(4)), len = 1 + (size_t)m->name[at];

    if (m->name[at] == 0)
        return;
    memmove(m->name + at, m->name + at + len, m->name_len - at - len);
    m->name_len -= len;
}

/* Other octets in a label, its length kept. */
static void change_label(struct message *m)
{
    const size_t at = label_at(m, pick(4)), len = m->name[at];
    uint8_t label[64] = {0};

    if (len == 0)
        return;
    memcpy(label, m->name + at + 1, len);
    if (pick(2) == 0)
        label[pick((unsigned)len)] ^= 0x20;
    else
        LLVMFuzzerMutate(label, len, len);
    memcpy(m->name + at + 1, label, len);
}

static void change_type(struct message *m)
{
    static const uint16_t types[] = {1,  2,  5,  6,  12, 15, 16, 28,  33,  39,  41,  43,
                                     46, 47, 48, 50, 51, 64, 65, 250, 251, 252, 255, 65280};
    static const uint16_t classes[] = {1, 1, 1, 1, 3, 255, 4, 0};

    if (pick(4) > 0)
        m->type = types[pick(sizeof(types) / sizeof(types[0]))];
    else
        m->class = classes[pick(sizeof(classes) / sizeof(classes[0]))];
}

/* Rarely a response or another opcode: of these there is little to find. */
static void change_header(struct message *m)
{
    if (pick(8) == 0)
        m->header[2] = (uint8_t)pick(256);
    else
        m->header[2] = (uint8_t)(pick(2) * 0x01);
    m->header[3] = (uint8_t)(pick(256) & 0x7f);
}

static void change_opt(struct message *m)
{
    static const uint16_t sizes[] = {0, 511, 512, 1231, 1232, 1233, 4096, 65535};

    m->has_opt = pick(8) > 0;
    put_u16(m->opt, sizes[pick(sizeof(sizes) / sizeof(sizes[0]))]);
    m->opt[2] = (uint8_t)(pick(16) == 0);
    m->opt[3] = (uint8_t)(pick(16) == 0);
    m->opt[4] = (uint8_t)(pick(2) << 7);
}

/* One option more: client subnet, cookie, NSID, keepalive, padding, or any. */
static void add_option(struct message *m)
{
    static const uint16_t codes[] = {8, 8, 8, 10, 10, 3, 11, 12, 15, 65001};
    static const uint8_t lens[] = {0, 2, 4, 7, 8, 11, 16, 24, 40};
    struct wr w = wr_init(m->options + m->options_len, OPTIONS_MAX - m->options_len);
    const uint16_t code = codes[pick(sizeof(codes) / sizeof(codes[0]))];

    m->has_opt = true;
    wr_u16(&w, code);
    if (code == 8) {
        const uint8_t family = (uint8_t)(1 + pick(2)), bits = (uint8_t)pick(family == 1 ? 33 : 129);
        wr_u16(&w, (uint16_t)(4 + (bits + 7) / 8));
        wr_u16(&w, family);
        wr_u8(&w, bits);
        wr_u8(&w, 0);
        for (unsigned i = 0; i < (bits + 7U) / 8; i++)
            wr_u8(&w, (uint8_t)(i * 8 + 8 > bits ? pick(256) & 0xff00 >> bits % 8 : pick(256)));
    } else {
        const uint8_t len = lens[pick(sizeof(lens))];
        wr_u16(&w, len);
        for (unsigned i = 0; i < len; i++)
            wr_u8(&w, (uint8_t)pick(256));
    }
    if (!w.full)
        m->options_len += wr_len(&w);
}

static void change_options(struct message *m)
{
    if (pick(4) == 0)
        m->options_len = 0;
    else
        m->options_len = LLVMFuzzerMutate(m->options, m->options_len, OPTIONS_MAX);
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    static void (*const mutations[])(struct message *) = {
        insert_label, insert_label,  remove_label, change_label, change_type,
        change_type,  change_header, change_opt,   add_option,   change_options,
    };
    struct message m;

    state = seed;
    if (pick(3) == 0)
        return LLVMFuzzerMutate(data, size, max_size);
    read_message(&m, data, size);
    for (unsigned n = 1 + pick(3); n > 0; n--)
        mutations[pick(sizeof(mutations) / sizeof(mutations[0]))](&m);
    return write_message(&m, data, max_size);
}
