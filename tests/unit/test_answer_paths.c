/*
 * Two ways to the same records: asked by its own name, a set is copied as it was rendered, its owner
 * a pointer to the question; reached through an alias it is composed record by record.  For every
 * name of the sample zone and of the zones of tests/answer, and every type that is there or may be
 * asked for, both must say the same.
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
#include "dns/types.h"
#include "kitsnap.h"

/* A zone, and a second one that has an alias for each of its names. */
struct pair {
    struct kitsnap *k;
    bool dnssec_ok; /* ask for signatures and proofs, too */
    char **names;   /* absolute, in text */
    size_t n;
};

static void add_name(struct pair *p, const uint8_t *name)
{
    char text[NAME_TEXT];

    p->names = xgrow(p->names, p->n, sizeof(*p->names));
    p->names[p->n++] = xstrdup(name_print(name, text));
}

/* "*.a.": also a name that the wildcard makes, and one two labels below. */
static void add_names(struct pair *p, const struct node *n)
{
    uint8_t made[NAME_MAX_LEN + 8] = {4, 'm', 'a', 'd', 'e'};

    add_name(p, n->name);
    if (!name_is_wildcard(n->name))
        return;
    memcpy(made + 5, n->name + 2, n->name_len - 2u);
    add_name(p, made);
    made[0] = 1;
    made[2] = 2; /* "m.de." */
    add_name(p, made);
}

static void add_aliases(struct pair *p)
{
    char *text;
    size_t len;
    FILE *f = open_memstream(&text, &len);

    fputs("@ 60 SOA ns h 1 2 3 4 5\n@ 60 NS ns\nns 60 A 192.0.2.1\n", f);
    for (size_t i = 0; i < p->n; i++)
        fprintf(f, "n%zu 77 CNAME %s\n", i, p->names[i]);
    fclose(f);
    kitsnap_add_zone(p->k, "alias.test.", text);
    free(text);
}

static void pair_open(struct pair *p, const char *yaml, const char *apex, const char *path)
{
    *p = (struct pair){.k = kitsnap_new(yaml)};
    kitsnap_add_file(p->k, apex, path);
    const struct zone *z = kitsnap_zone(p->k, 0);
    uint32_t at = 0;
    for (const struct node *n; (n = zone_walk(z, &at)) != NULL;)
        add_names(p, n);
    add_aliases(p);
}

static void pair_close(struct pair *p)
{
    for (size_t i = 0; i < p->n; i++)
        free(p->names[i]);
    free(p->names);
    kitsnap_free(p->k);
}

/* The reply as text without its flags, which differ: AA is the first name's. */
static char *ask(struct pair *p, const char *name, const char *type)
{
    const struct packet query = q(name, type, .dnssec_ok = p->dnssec_ok);
    static uint8_t out[DNS_TCP_MAX];
    const size_t len = kitsnap_answer(
        kitsnap_get(p->k), &query, &(struct kit_from){.client = "198.51.100.1", .tcp = true}, out);
    const char *wrong = kit_wrong(&query, out, len);

    if (wrong != NULL)
        fail_msg("%s %s: %s", name, type, wrong);
    char *text = kit_text(out, len);
    const size_t rcode = strcspn(text, " "), line = strcspn(text, "\n");
    memmove(text + rcode, text + line, strlen(text + line) + 1);
    return text;
}

/* Take the alias out of a reply, and the head of a section that held nothing else. */
static void cut_alias(char *text, const char *alias)
{
    char *at = strstr(text, alias);

    assert_non_null(at);
    memmove(at, at + strlen(alias), strlen(at + strlen(alias)) + 1);
    char *head = strstr(text, "answer:\n");
    if (head[8] != ' ')
        memmove(head, head + 8, strlen(head + 8) + 1);
}

static void check_name(struct pair *p, size_t i, const char *type)
{
    char *owner = xasprintf("n%zu.alias.test.", i);
    char *alias = xasprintf("  %s 77 IN CNAME %s\n", owner, p->names[i]);
    char *direct = ask(p, p->names[i], type), *composed = ask(p, owner, type);

    cut_alias(composed, alias);
    if (strcmp(direct, composed) != 0)
        fail_msg("%s %s\n--- asked\n%s--- through an alias\n%s", p->names[i], type, direct,
                 composed);
    free(direct);
    free(composed);
    free(alias);
    free(owner);
}

/* ANY and CNAME are not here: an alias answers those itself. */
static const char *const types[] = {"A",   "AAAA", "NS",    "MX",    "TXT",  "SOA",  "DS",
                                    "SRV", "PTR",  "DNAME", "HTTPS", "SVCB", "NSEC", "TYPE65280"};

static void check_all(struct pair *p)
{
    for (size_t i = 0; i < p->n; i++)
        for (size_t t = 0; t < sizeof(types) / sizeof(types[0]); t++)
            check_name(p, i, types[t]);
}

static void check_zone(const char *yaml, const char *apex, const char *path)
{
    struct pair p;

    pair_open(&p, yaml, apex, path);
    check_all(&p);
    pair_close(&p);
}

static void test_static_zones(void **state)
{
    check_zone(NULL, "example.", "tests/answer/rfc4592.zone");
    check_zone(NULL, "example.com.", "tests/answer/wildcard.zone");
    check_zone(NULL, "example.com.", "tests/answer/referral.zone");
    check_zone(NULL, "example.com.", "tests/answer/dname.zone");
    check_zone(NULL, "example.com.", "tests/answer/big.zone");
    check_zone(NULL, "example.com.", "tests/answer/service.zone");
    check_zone(NULL, "other.example.", "tests/answer/other.zone");
}

static void test_signed_zones(void **state)
{
    static const char *const paths[] = {"tests/answer/signed-nsec.zone",
                                        "tests/answer/signed-nsec3.zone",
                                        "tests/answer/signed-optout.zone"};

    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        struct pair p;
        pair_open(&p, NULL, "example.com.", paths[i]);
        check_all(&p);
        p.dnssec_ok = true;
        check_all(&p);
        pair_close(&p);
    }
}

static void check_steered(const char *yaml_path, const char *path)
{
    char *whole = kit_path(yaml_path);
    size_t len;
    char *yaml = kit_read_file(whole, &len);

    check_zone(yaml, "example.com.", path);
    free(yaml);
    free(whole);
}

static void test_steered_zones(void **state)
{
    check_steered("tests/answer/steer.yaml", "tests/answer/steer.zone");
    check_steered("proxima.yaml", "zones/example.com.zone");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_static_zones),
        cmocka_unit_test(test_signed_zones),
        cmocka_unit_test(test_steered_zones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
