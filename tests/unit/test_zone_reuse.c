/*
 * A zone that shares with the generation before what did not change is the zone that it would be
 * alone: random edits of a few pools of lines, each generation held against one made anew.
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

#include "base/xalloc.h"
#include "data/denial.h"
#include "data/zone_inside.h"
#include "rng.h"
#include "zonekit.h"

#define LINES_MAX 4096

/* Lines that a zone may have, and which it has; a line is a record. */
struct pool {
    char *lines[LINES_MAX];
    bool in[LINES_MAX];
    size_t n;
};

static void add_line(struct pool *p, const char *line)
{
    assert_true(p->n < LINES_MAX);
    p->in[p->n] = true;
    p->lines[p->n++] = xstrdup(line);
}

static void pool_fini(struct pool *p)
{
    for (size_t i = 0; i < p->n; i++)
        free(p->lines[i]);
    free(p);
}

/* Names up to three labels of few, and at each what matters: cuts, DNAMEs, wildcards, steered names. */
static struct pool *made_up(void)
{
    static const char *const labels[] = {"a", "b", "*"};
    static const char *const records[] = {
        "60 A 192.0.2.1",  "60 A 192.0.2.2",    "300 A 192.0.2.1", "60 TXT x",
        "60 TXT longer-y", "60 NS ns.x.",       "60 DNAME y.",     "60 MX 1 m.x.",
        "60/5 DYNA pool",  "90 DYNC pool gold", "60 CNAME c.x.",
    };
    struct pool *p = xcalloc(1, sizeof(*p));
    char line[256], owner[16];

    add_line(p, "@ 60 SOA ns.x. h.x. 1 2 3 4 5");
    for (unsigned i = 0; i < 3 + 9 + 27; i++) {
        if (i < 3)
            snprintf(owner, sizeof(owner), "%s", labels[i]);
        else if (i < 12)
            snprintf(owner, sizeof(owner), "%s.%s", labels[(i - 3) % 3], labels[(i - 3) / 3]);
        else
            snprintf(owner, sizeof(owner), "%s.%s.%s", labels[(i - 12) % 3],
                     labels[(i - 12) / 3 % 3], labels[(i - 12) / 9]);
        for (size_t r = 0; r < sizeof(records) / sizeof(records[0]); r++) {
            snprintf(line, sizeof(line), "%s %s", owner, records[r]);
            add_line(p, line);
        }
    }
    return p;
}

/* The lines of a sample zone. */
static struct pool *from_file(const char *name)
{
    const char *srcdir = getenv("SRCDIR");
    char *path = xasprintf("%s/tests/answer/%s", srcdir != NULL ? srcdir : ".", name), *line = NULL;
    struct pool *p = xcalloc(1, sizeof(*p));
    FILE *f = fopen(path, "r");
    size_t cap = 0;
    ssize_t len;

    assert_non_null(f);
    while ((len = getline(&line, &cap, f)) > 0) {
        line[len - 1] = '\0';
        add_line(p, line);
    }
    free(line);
    free(path);
    fclose(f);
    return p;
}

/* Mistakes do not matter: what a loader takes is compared. */
static struct zone *load(const struct pool *p, const struct zone *before)
{
    static const uint8_t apex[] = "\7example\3com";
    struct err ignored;
    char *text;
    size_t len;
    FILE *to = open_memstream(&text, &len);

    for (size_t i = 0; i < p->n; i++)
        if (p->in[i])
            fprintf(to, "%s\n", p->lines[i]);
    fclose(to);
    err_init(&ignored);
    struct zone *z = zoneload_text(
        &(struct zoneload_opts){.path = "z", .apex = apex, .even_broken = true, .before = before},
        text, len, &ignored);
    assert_non_null(z);
    err_fini(&ignored);
    free(text);
    return z;
}

/* Lines come and go, and change places: owners come back or stand together. */
static void edit(struct pool *p, struct rng *rng)
{
    const uint32_t changes = rng_below(rng, 4) == 0 ? (uint32_t)p->n / 2 : rng_below(rng, 5);

    for (uint32_t i = 0; i < changes; i++) {
        const uint32_t at = rng_below(rng, (uint32_t)p->n), to = rng_below(rng, (uint32_t)p->n);
        if (rng_below(rng, 3) > 0) {
            p->in[at] ^= true;
            continue;
        }
        char *const line = p->lines[at];
        const bool in = p->in[at];
        p->lines[at] = p->lines[to];
        p->in[at] = p->in[to];
        p->lines[to] = line;
        p->in[to] = in;
    }
}

/* ---- held against each other ---- */

static bool same_name(const struct node *a, const struct node *b)
{
    return a == NULL || b == NULL ? a == b : name_equal(a->name, b->name);
}

static void check_find(const struct zone *like, const struct zone *anew, const uint8_t *name)
{
    struct name_key key;
    const struct node *a = NULL, *b = NULL;

    name_key_init(&key, name);
    assert_int_equal(zone_find(like, &key, &a), zone_find(anew, &key, &b));
    assert_true(same_name(a, b));
}

/* Below each name there is one that is not there, and perhaps one that a wildcard answers. */
static void check_answers(const struct zone *like, const struct zone *anew)
{
    uint8_t below[NAME_MAX_LEN + 8] = "\4nope";
    uint32_t at = 0;
    size_t nodes = 0;

    for (const struct node *n; (n = zone_walk(like, &at)) != NULL; nodes++) {
        check_find(like, anew, n->name);
        assert_true(same_name(zone_parent(like, n), zone_parent(anew, zone_node(anew, n->name))));
        if (n->name_len > NAME_MAX_LEN - 5)
            continue;
        memcpy(below + 5, n->name, n->name_len);
        check_find(like, anew, below);
    }
    assert_int_equal(nodes, zone_node_count(like));
    assert_int_equal(zone_records(like), zone_records(anew));
    assert_int_equal(zone_serial(like), zone_serial(anew));
}

static void check_denial(const struct zone *like, const struct zone *anew)
{
    const struct denial *a = zone_denial(like), *b = zone_denial(anew);

    assert_int_equal(a != NULL, b != NULL);
    if (a == NULL)
        return;
    assert_int_equal(denial_count(a), denial_count(b));
    for (size_t i = 0; i < denial_count(a); i++) {
        assert_true(same_name(denial_owner(a, i), denial_owner(b, i)));
        assert_int_equal(denial_links(a, i), denial_links(b, i));
    }
    uint32_t at = 0;
    for (const struct node *n; (n = zone_walk(like, &at)) != NULL;) {
        const struct node *m = zone_node(anew, n->name);
        bool matches_a = false, matches_b = false;
        if (n->flags & NODE_OCCLUDED)
            continue;
        if (!denial_is_nsec3(a)) {
            assert_true(same_name(denial_nsec(a, n->name), denial_nsec(b, n->name)));
            continue;
        }
        assert_true(same_name(denial_nsec3(a, n, &matches_a), denial_nsec3(b, m, &matches_b)));
        assert_int_equal(matches_a, matches_b);
    }
}

static void check_same(const struct zone *like, const struct zone *anew, unsigned generation)
{
    char *why;

    if (!zonekit_same(like, anew, &why) || !zonekit_same(anew, like, &why))
        fail_msg("generation %u: %s", generation, why);
    check_answers(like, anew);
    check_denial(like, anew);
}

/* Octets of all blocks. */
static size_t size_of(const struct zone *z)
{
    size_t size = 0;

    for (uint32_t i = 0; i < z->names.n_blocks; i++)
        size += z->names.blocks[i]->used;
    return size;
}

static void generations(struct pool *p, unsigned n, uint64_t seed)
{
    struct rng rng;
    struct zone *before = load(p, NULL);

    rng_init(&rng, seed);
    for (unsigned i = 0; i < n; i++) {
        edit(p, &rng);
        struct zone *like = load(p, before), *anew = load(p, NULL);
        zone_unref(before); /* what is shared lives on */
        check_same(like, anew, i);
        assert_true(size_of(like) <= size_of(anew) * 4 / 3 + 2 * NODE_BLOCK);
        zone_unref(anew);
        before = like;
    }
    zone_unref(before);
    pool_fini(p);
}

static void cuts_wildcards_and_steered_names(void **state)
{
    generations(made_up(), 1000, 1);
}

static void samples(void **state)
{
    static const char *const files[] = {"signed-nsec3.zone", "signed-nsec.zone",
                                        "signed-optout.zone", "referral.zone", "dname.zone"};

    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
        generations(from_file(files[i]), 60, i);
}

/* ---- what it is for ---- */

static struct pool *many(size_t n)
{
    struct pool *p = xcalloc(1, sizeof(*p));
    char line[64];

    add_line(p, "@ 60 SOA ns.x. h.x. 1 2 3 4 5");
    for (size_t i = 1; i < n; i++) {
        snprintf(line, sizeof(line), "h%04zu 60 TXT a-hundred-octets-or-so-of-text", i);
        add_line(p, line);
    }
    return p;
}

static size_t shared_blocks(const struct zone *a, const struct zone *b)
{
    size_t n = 0;

    for (uint32_t i = 0; i < a->names.n_blocks; i++)
        for (uint32_t j = 0; j < b->names.n_blocks; j++)
            n += a->names.blocks[i] == b->names.blocks[j];
    return n;
}

static void one_change_takes_little_memory(void **state)
{
    struct pool *p = many(LINES_MAX);
    struct zone *before = load(p, NULL);

    p->in[100] = false;
    struct zone *like = load(p, before);
    assert_true(before->names.n_blocks >= 4);
    assert_int_equal(shared_blocks(before, like), before->names.n_blocks);
    assert_int_equal(like->names.n_blocks, before->names.n_blocks); /* nothing is new */
    zone_unref(before);
    zone_unref(like);
    pool_fini(p);
}

/* When a third of what is shared is waste all is copied, so many generations take no more than a few. */
static void waste_is_bounded(void **state)
{
    struct pool *p = many(LINES_MAX);
    struct zone *before = load(p, NULL);
    const size_t size = size_of(before);

    for (unsigned i = 0; i < 100; i++) {
        for (unsigned j = 1 + i; j < LINES_MAX; j += 100) {
            free(p->lines[j]);
            p->lines[j] = xasprintf("h%04u 60 TXT another-hundred-octets-or-so", j);
        }
        struct zone *like = load(p, before);
        zone_unref(before);
        before = like;
        assert_true(size_of(before) <= 2 * size);
    }
    assert_int_equal(zone_records(before), LINES_MAX);
    zone_unref(before);
    pool_fini(p);
}

/* A name larger than a block has one alone; once it is taken from before, nodes that follow lie where refs
 * reach. */
static void what_is_larger_than_a_block_is_shared(void **state)
{
    struct pool *p = xcalloc(1, sizeof(*p));
    char line[64];

    add_line(p, "@ 60 SOA ns.x. h.x. 1 2 3 4 5");
    for (unsigned i = 0; i < 1400; i++) {
        snprintf(line, sizeof(line), "large 60 AAAA 2001:db8::%x", i + 1);
        add_line(p, line);
        snprintf(line, sizeof(line), "large 60 TXT an-octet-string-of-its-own-%u", i);
        add_line(p, line);
    }
    struct zone *before = load(p, NULL);
    for (unsigned i = 0; i < 1200; i++) {
        snprintf(line, sizeof(line), "new%04u 60 TXT a-hundred-octets-or-so-of-text", i);
        add_line(p, line);
    }
    struct zone *like = load(p, before), *anew = load(p, NULL);
    zone_unref(before);
    check_same(like, anew, 1);
    zone_unref(like);
    zone_unref(anew);
    pool_fini(p);
}

/* A change at a time, each in a block of its own for as long as that name stays as it is. */
static void blocks_are_few(void **state)
{
    struct pool *p = many(LINES_MAX);
    struct zone *before = load(p, NULL);

    for (unsigned i = 1; i < 200; i++) {
        free(p->lines[i]);
        p->lines[i] = xasprintf("h%04u 60 TXT another-hundred-octets-or-so", i);
        struct zone *like = load(p, before);
        zone_unref(before);
        before = like;
        assert_true(before->names.n_blocks <= 100);
    }
    assert_int_equal(zone_records(before), LINES_MAX);
    zone_unref(before);
    pool_fini(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cuts_wildcards_and_steered_names),      cmocka_unit_test(samples),
        cmocka_unit_test(one_change_takes_little_memory),        cmocka_unit_test(waste_is_bounded),
        cmocka_unit_test(what_is_larger_than_a_block_is_shared), cmocka_unit_test(blocks_are_few),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
