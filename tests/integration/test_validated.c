/*
 * What a validator says of our signed zones: Unbound's library asks a proximad for every kind of name
 * of the signed zones of tests/answer, of many random zones that ldns signs, and of one of the root's
 * shape.  An answer that is not proven is bogus to it, whatever is missing or too much.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <unbound.h>

#include "../unit/kit.h"
#include "../unit/rng.h"
#include "base/xalloc.h"
#include "daemon.h"
#include "data/nsec3.h"
#include "dns/types.h"
#include "signkit.h"

enum want {
    SECURE,   /* proven */
    NO_BOGUS, /* in an opt-out span nothing is proven, but all that is needed is there; so it is where
                 iterations are too many for anybody */
};

static struct daemon *d;
static struct ub_ctx *validator;

static void set(const char *option, const char *value)
{
    if (ub_ctx_set_option(validator, option, value) != 0)
        fail_msg("libunbound does not know %s", option);
}

/* Each question goes to the server, none is answered from what was proven before. */
static void open_validator(void)
{
    char address[32];

    snprintf(address, sizeof(address), "127.0.0.1@%u", daemon_port(d));
    validator = ub_ctx_create();
    assert_non_null(validator);
    set("do-not-query-localhost:", "no");
    set("aggressive-nsec:", "no");
    set("harden-below-nxdomain:", "no");
    set("qname-minimisation:", "no");
    set("val-override-date:", "20270101000000");
    assert_int_equal(ub_ctx_set_fwd(validator, address), 0);
}

static void trust(const char *anchor)
{
    char *line = xstrdup(anchor);

    line[strcspn(line, "\n;")] = '\0';
    assert_int_equal(ub_ctx_add_ta(validator, line), 0);
    free(line);
}

static void check(const char *name, const char *type, enum want want)
{
    struct ub_result *r;
    uint16_t number;

    assert_true(type_parse(type, &number));
    const int error = ub_resolve(validator, name, number, CLASS_IN, &r);
    if (error != 0)
        fail_msg("%s %s: %s", name, type, ub_strerror(error));
    if (r->bogus || (r->rcode != RCODE_NOERROR && r->rcode != RCODE_NXDOMAIN) ||
        (want == SECURE && !r->secure))
        fail_msg("%s %s: %s, %s: %s", name, type, rcode_name((unsigned)r->rcode),
                 r->secure ? "secure" : "not secure", r->why_bogus != NULL ? r->why_bogus : "");
    ub_resolve_free(r);
}

/* DS last: that of a zone's own name is the business of a parent, which is not there. */
static void check_types(const char *name, bool is_apex, enum want want)
{
    static const char *const types[] = {"A", "TXT", "DNSKEY", "DS"};

    for (size_t i = 0; i < (is_apex ? 3 : 4); i++)
        check(name, types[i], want);
}

static void close_all(void)
{
    ub_ctx_delete(validator);
    daemon_stop(d);
}

/* ---- the zones of tests/answer ---- */

/* The apex, and names of the samples that are not below a delegation: those of tests/answer/signed-*.case. */
static const char *const samples[] = {
    "example.com",          "www.example.com",       "tlsa.example.com",
    "ent.example.com",      "a.ent.example.com",     "b.a.ent.example.com",
    "nope.example.com",     "a.nope.example.com",    "x.www.example.com",
    "x.a.ent.example.com",  "alias.example.com",     "tonodata.example.com",
    "tonx.example.com",     "towild.example.com",    "x.wild.example.com",
    "y.x.wild.example.com", "host.wild.example.com", "x.host.wild.example.com",
    "*.wild.example.com",   "x.walias.example.com",  "x.wtowild.example.com",
    "x.wnx.example.com",    "went.example.com",      "*.went.example.com",
    "dname.example.com",    "www.dname.example.com", "nope.dname.example.com",
    "x.dnamew.example.com", "aaaa.example.com",      "zzzz.example.com",
    "mixent.example.com",   "optent.example.com",    "x.optent.example.com",
    "x.went.example.com", /* last: a wildcard that is an empty non-terminal, see make_name */
};

static char *read_sample(const char *name)
{
    char *relative = xasprintf("tests/answer/%s", name), *path = kit_path(relative);
    size_t len;
    char *text = kit_read_file(path, &len);

    free(relative);
    free(path);
    return text;
}

/* Trust the keys that stand in a zone's text, a record a line. */
static void trust_keys(const char *text)
{
    for (const char *at = text; at != NULL && *at != '\0'; at = strchr(at, '\n')) {
        at += *at == '\n';
        const size_t len = strcspn(at, "\n");
        char *line = xstrndup(at, len);
        if (strstr(line, " IN DNSKEY ") != NULL)
            trust(line);
        free(line);
    }
}

static void check_sample(const char *file, bool nsec3, enum want want)
{
    const size_t n = sizeof(samples) / sizeof(samples[0]) - !nsec3;
    char *text = read_sample(file);
    const struct daemon_file files[] = {{"zones/example.com.zone", text}};

    d = daemon_start(&(struct daemon_opts){.config = "", .files = files, .n_files = 1});
    open_validator();
    trust_keys(text);
    for (size_t i = 0; i < n; i++)
        check_types(samples[i], i == 0, want);
    check("secure.example.com", "DS", SECURE);
    check("s2.mixent.example.com", "DS", SECURE);
    check("insecure.example.com", "DS", want);
    check("u1.optent.example.com", "DS", want);
    check("u2.mixent.example.com", "DS", want);
    close_all();
    free(text);
}

static void test_nsec(void **state)
{
    check_sample("signed-nsec.zone", false, SECURE);
}

static void test_nsec3(void **state)
{
    check_sample("signed-nsec3.zone", true, SECURE);
}

static void test_opt_out(void **state)
{
    check_sample("signed-optout.zone", true, NO_BOGUS);
}

/* ---- random zones ---- */

#define ZONES 24u
#define NAMES 14u

struct random_zone {
    char apex[32];
    char names[NAMES][64]; /* relative, distinct */
    bool cut[NAMES];
    char *text, *anchor;
    enum want want;
};

static bool is_below(const char *name, const char *above)
{
    const size_t n = strlen(name), m = strlen(above);

    return n > m && name[n - m - 1] == '.' && strcmp(name + n - m, above) == 0;
}

static bool is_known(const struct random_zone *z, unsigned n, const char *name)
{
    for (unsigned i = 0; i < n; i++)
        if (strcmp(z->names[i], name) == 0)
            return true;
    return false;
}

static bool has_below(const struct random_zone *z, const char *name)
{
    for (unsigned i = 0; i < NAMES; i++)
        if (is_below(z->names[i], name))
            return true;
    return false;
}

/* Unbound 1.17 knows no wildcard that is an empty non-terminal of an NSEC chain (BIND does): there "*"
 * is the first label alone. */
static void make_name(struct random_zone *z, unsigned i, bool nsec3, struct rng *rng)
{
    static const char *const labels[] = {"*", "a", "b", "m", "z", "B-1", "\\001"};

    do {
        const unsigned depth = 1 + rng_below(rng, 3);
        z->names[i][0] = '\0';
        for (unsigned l = 0; l < depth; l++)
            sprintf(z->names[i] + strlen(z->names[i]), "%s%s", l > 0 ? "." : "",
                    labels[l == 0 || nsec3 ? rng_below(rng, 7) : 1 + rng_below(rng, 6)]);
    } while (is_known(z, i, z->names[i]));
}

/* What a name owns.  Below nothing that hides, so that all is the zone's to answer. */
static void print_name(struct random_zone *z, unsigned i, struct rng *rng, FILE *f)
{
    const char *name = z->names[i];
    const bool leaf = !has_below(z, name) && strchr(name, '*') == NULL;

    const uint32_t kind = rng_below(rng, leaf ? 7 : 4);

    switch (kind) {
    case 0: fprintf(f, "%s A 192.0.2.1\n", name); return;
    case 1: fprintf(f, "%s A 192.0.2.1\n%s A 192.0.2.2\n%s TXT \"x\"\n", name, name, name); return;
    case 2: fprintf(f, "%s TXT \"y\"\n", name); return;
    case 3: fprintf(f, "%s CNAME %s\n", name, rng_below(rng, 2) ? "here" : "x.here"); return;
    case 4: fprintf(f, "%s DNAME there\n", name); return;
    case 5:
    case 6:
        if (kind == 5) /* a signed delegation */
            fprintf(f, "%s DS 1 13 2 %064d\n", name, 1);
        fprintf(f, "%s NS ns.%s\nns.%s A 192.0.2.3\n", name, name, name);
        z->cut[i] = true;
        return;
    }
}

static void make_zone(struct random_zone *z, unsigned number, struct rng *rng)
{
    static const struct signkit_opts kinds[] = {
        {.nsec3 = false},
        {.nsec3 = true},
        {.nsec3 = true, .iterations = 3, .salt = "salt"},
        {.nsec3 = true, .opt_out = true},
        {.nsec3 = true, .iterations = NSEC3_ITERATIONS_MAX + 1},
    };
    const struct signkit_opts *kind = &kinds[number % 5];
    char *plain;
    size_t len;
    FILE *f = open_memstream(&plain, &len);

    assert_non_null(f);
    snprintf(z->apex, sizeof(z->apex), "z%u.example.", number);
    fprintf(f, "$ORIGIN %s\n$TTL 300\n@ SOA ns hostmaster 1 3600 900 1209600 60\n@ NS ns\n",
            z->apex);
    fputs("ns A 192.0.2.53\nhere A 192.0.2.4\n*.there A 192.0.2.5\nx.there TXT \"z\"\n", f);
    for (unsigned i = 0; i < NAMES; i++)
        make_name(z, i, kind->nsec3, rng);
    for (unsigned i = 0; i < NAMES; i++)
        print_name(z, i, rng, f);
    fclose(f);
    z->text = signkit_sign(z->apex, plain, kind, &z->anchor);
    z->want = kind->opt_out || kind->iterations > NSEC3_ITERATIONS_MAX ? NO_BOGUS : SECURE;
    free(plain);
}

/* The name, those around it, and what a wildcard of it would make. */
static void check_name(const struct random_zone *z, const char *relative)
{
    static const char *const before[] = {"", "x.", "0.y.", "*."};
    char name[128];

    for (size_t i = 0; i < sizeof(before) / sizeof(before[0]); i++) {
        snprintf(name, sizeof(name), "%s%s%s%s", before[i], relative, *relative != '\0' ? "." : "",
                 z->apex);
        check_types(name, *relative == '\0' && i == 0, z->want);
    }
}

static void check_zone(const struct random_zone *z)
{
    char name[128];

    check_name(z, "");
    for (unsigned i = 0; i < NAMES; i++) {
        if (!z->cut[i]) {
            check_name(z, z->names[i]);
            continue;
        }
        snprintf(name, sizeof(name), "%s.%s", z->names[i], z->apex);
        check(name, "DS", z->want);
    }
}

/* signkit signs until the end of 2037. */
static void check_ends(void)
{
    json_t *status = daemon_call(d, "status", "{}"), *zone;
    size_t i;

    json_array_foreach(json_object_get(status, "zones"), i, zone)
        assert_string_equal(json_string_value(json_object_get(zone, "signed_until")),
                            SIGNKIT_UNTIL);
    json_decref(status);
}

static void test_random(void **state)
{
    struct random_zone *zones = xcalloc(ZONES, sizeof(*zones));
    struct daemon_file files[ZONES];
    char *paths[ZONES];
    struct rng rng;

    rng_init(&rng, 3);
    for (unsigned i = 0; i < ZONES; i++) {
        make_zone(&zones[i], i, &rng);
        paths[i] = xasprintf("zones/%szone", zones[i].apex);
        files[i] = (struct daemon_file){paths[i], zones[i].text};
    }
    d = daemon_start(&(struct daemon_opts){.config = "", .files = files, .n_files = ZONES});
    open_validator();
    for (unsigned i = 0; i < ZONES; i++)
        trust(zones[i].anchor);
    for (unsigned i = 0; i < ZONES; i++)
        check_zone(&zones[i]);
    check_ends();
    close_all();
    for (unsigned i = 0; i < ZONES; i++) {
        free(zones[i].text);
        free(zones[i].anchor);
        free(paths[i]);
    }
    free(zones);
}

/* ---- the root's shape ---- */

#define TLDS 1500u

static void test_root(void **state)
{
    char *plain, *anchor, name[16];
    size_t len;
    FILE *f = open_memstream(&plain, &len);

    assert_non_null(f);
    fputs("$TTL 86400\n. SOA a.servers.net. h.servers.net. 1 1800 900 604800 86400\n", f);
    for (int c = 'a'; c <= 'm'; c++)
        fprintf(f, ". NS %c.servers.net.\n%c.servers.net. A 192.0.2.%d\n", c, c, c);
    for (unsigned i = 0; i < TLDS; i++) {
        fprintf(f, "t%u. NS a.nic.t%u.\nt%u. NS b.nic.t%u.\na.nic.t%u. A 192.0.2.1\n", i, i, i, i,
                i);
        if (i % 10 != 0) /* as many as are signed */
            fprintf(f, "t%u. DS 1 13 2 %064u\n", i, i);
    }
    fputs("net. NS a.servers.net.\n", f);
    fclose(f);
    char *text = signkit_sign(".", plain, &(struct signkit_opts){.nsec3 = false}, &anchor);
    const struct daemon_file files[] = {{"zones/root.zone", text}};
    d = daemon_start(&(struct daemon_opts){.config = "", .files = files, .n_files = 1});
    open_validator();
    trust(anchor);
    for (unsigned i = 0; i < TLDS; i += 50) {
        snprintf(name, sizeof(name), "t%u", i);
        check(name, "DS", SECURE);
        snprintf(name, sizeof(name), "t%ux", i);
        check(name, "A", SECURE);
    }
    check(".", "NS", SECURE);
    check(".", "TXT", SECURE);
    close_all();
    free(text);
    free(anchor);
    free(plain);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nsec),   cmocka_unit_test(test_nsec3), cmocka_unit_test(test_opt_out),
        cmocka_unit_test(test_random), cmocka_unit_test(test_root),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
