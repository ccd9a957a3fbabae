/* SPDX-License-Identifier: BSD-2-Clause */
#include "makezones.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "die.h"

#define OWNERS_MAX \
    60 /* of a random zone; with five labels to choose from most names are near others */
#define TEXT_MAX 128

/* A zone being made: owners relative to the apex, "b.a" or "*.c.a". */
struct draft {
    FILE *f;
    struct rng *rng;
    const char *apex;
    char owner[OWNERS_MAX][TEXT_MAX];
    unsigned n, serial;
};

static const char *const apexes[] = {
    "r0.rnd.",   "r1.rnd.",     "r2.rnd.",   "r3.rnd.",       "r4.rnd.",   "r5.rnd.",
    "a.r0.rnd.", "a.a.r0.rnd.", "b.r1.rnd.", "c.b.a.r2.rnd.", "a.r3.rnd.", "b.a.r3.rnd.",
};
#define N_APEXES (sizeof(apexes) / sizeof(apexes[0]))

static bool one_in(struct rng *rng, uint32_t n)
{
    return rng_below(rng, n) == 0;
}

static FILE *zone_file(const char *dir, const char *apex)
{
    const bool is_root = strcmp(apex, ".") == 0;
    char *path = xasprintf("%s/%szone", dir, is_root ? "root." : apex);
    FILE *f = fopen(path, "w");

    if (f == NULL)
        die("%s: cannot write", path);
    free(path);
    return f;
}

/* ---- random zones ---- */

/* Is name below ancestor?  Both relative to the same apex. */
static bool is_below(const char *name, const char *ancestor)
{
    const size_t n = strlen(name), a = strlen(ancestor);

    return n > a + 1 && name[n - a - 1] == '.' && strcmp(name + n - a, ancestor) == 0;
}

static void random_name(struct rng *rng, char out[TEXT_MAX])
{
    static const char *const labels[] = {"a", "b", "c", "d", "ns"};
    const unsigned depth = 1 + rng_below(rng, 4);
    size_t len = 0;

    for (unsigned i = 0; i < depth; i++) {
        const bool star = i == 0 ? one_in(rng, 7) : one_in(rng, 40);
        const char *label = star ? "*" : labels[rng_below(rng, 5)];
        len += (size_t)snprintf(out + len, TEXT_MAX - len, "%s%s", i > 0 ? "." : "", label);
    }
}

static bool may_own(const struct draft *d, const char *name)
{
    for (unsigned i = 0; i < d->n; i++)
        if (strcmp(d->owner[i], name) == 0)
            return false;
    return true;
}

/* Nothing may be below a DNAME, in no zone: NSD holds all of them in one tree, and refuses. */
static bool may_be_dname(const struct draft *drafts, const struct draft *d, const char *owner)
{
    char name[2 * TEXT_MAX], other[2 * TEXT_MAX];

    snprintf(name, sizeof(name), "%s.%s", owner, d->apex);
    for (size_t z = 0; z < N_APEXES; z++) {
        for (unsigned i = 0; i < drafts[z].n; i++) {
            snprintf(other, sizeof(other), "%s.%s", drafts[z].owner[i], drafts[z].apex);
            if (strcmp(name, drafts[z].apex) == 0 || is_below(drafts[z].apex, name) ||
                is_below(other, name) || (&drafts[z] != d && strcmp(other, name) == 0))
                return false;
        }
    }
    return owner[0] != '*' && strstr(owner, ".*") == NULL;
}

/* Where something points: mostly into the zone, also into others, and out of all. */
static void random_target(struct draft *d, char out[2 * TEXT_MAX])
{
    char name[TEXT_MAX];

    random_name(d->rng, name);
    switch (rng_below(d->rng, 10)) {
    case 0: snprintf(out, 2 * TEXT_MAX, "%s", "www.elsewhere.nope."); return;
    case 1:
    case 2: snprintf(out, 2 * TEXT_MAX, "%s.%s", name, apexes[rng_below(d->rng, N_APEXES)]); return;
    case 3: snprintf(out, 2 * TEXT_MAX, "%s", d->apex); return;
    case 4: snprintf(out, 2 * TEXT_MAX, "%s.%s", name, d->apex); return;
    default: snprintf(out, 2 * TEXT_MAX, "%s.%s", d->owner[rng_below(d->rng, d->n)], d->apex);
    }
}

static unsigned random_ttl(struct draft *d)
{
    static const unsigned ttls[] = {0, 5, 60, 300, 3600};

    return ttls[rng_below(d->rng, 5)];
}

static void put_addresses(struct draft *d, const char *owner)
{
    const unsigned ttl = random_ttl(d), n = 1 + rng_below(d->rng, 3);

    for (unsigned i = 0; i < n; i++, d->serial++)
        fprintf(d->f, "%s %u A 10.0.%u.%u\n", owner, ttl, d->serial / 256, d->serial % 256);
    if (one_in(d->rng, 2))
        fprintf(d->f, "%s %u AAAA 2001:db8::%x\n", owner, random_ttl(d), d->serial++);
}

static void put_text(struct draft *d, const char *owner)
{
    fprintf(d->f, "%s %u TXT \"%u\"\n", owner, random_ttl(d), d->serial++);
}

static void put_host(struct draft *d, const char *owner)
{
    char target[2 * TEXT_MAX];
    const unsigned ttl = random_ttl(d);

    random_target(d, target);
    switch (rng_below(d->rng, 4)) {
    case 0: fprintf(d->f, "%s %u MX 10 %s\n", owner, ttl, target); return;
    case 1: fprintf(d->f, "%s %u SRV 0 0 80 %s\n", owner, ttl, target); return;
    case 2: fprintf(d->f, "%s %u HTTPS 1 %s\n", owner, ttl, target); return;
    default:
        fprintf(d->f, "%s %u MX 10 %s\n", owner, ttl, target);
        random_target(d, target);
        fprintf(d->f, "%s %u MX 20 %s\n", owner, ttl, target);
    }
}

static void put_alias(struct draft *d, const char *owner, const char *type)
{
    char target[2 * TEXT_MAX];

    random_target(d, target);
    fprintf(d->f, "%s %u %s %s\n", owner, random_ttl(d), type, target);
}

static void put_cut(struct draft *d, const char *owner)
{
    char target[2 * TEXT_MAX];
    const unsigned ttl = random_ttl(d);

    if (!one_in(d->rng, 4))
        fprintf(d->f, "%s %u NS ns.%s\n", owner, ttl, owner);
    random_target(d, target);
    fprintf(d->f, "%s %u NS %s\n", owner, ttl, target);
    if (one_in(d->rng, 3))
        fprintf(d->f, "%s %u DS 4711 13 2 %064x\n", owner, random_ttl(d), d->serial++);
}

static void put_records(struct draft *d, unsigned i)
{
    const char *owner = d->owner[i];
    const uint32_t what = rng_below(d->rng, 100);

    if (what < 12 && owner[0] != '*' && strstr(owner, ".*") == NULL) {
        put_cut(d, owner);
    } else if (what < 28) {
        put_alias(d, owner, "CNAME");
    } else {
        if (what < 70)
            put_addresses(d, owner);
        if (what >= 60 && what < 80)
            put_text(d, owner);
        if (what >= 76)
            put_host(d, owner);
    }
}

static void draw_names(struct draft *d, const char *apex, struct rng *rng)
{
    const unsigned n = 20 + rng_below(rng, OWNERS_MAX - 20);

    *d = (struct draft){.rng = rng, .apex = apex, .serial = 1};
    for (unsigned tries = 0; d->n < n && tries < 10 * OWNERS_MAX; tries++) {
        random_name(rng, d->owner[d->n]);
        d->n += may_own(d, d->owner[d->n]);
    }
}

static void write_zone(struct draft *d, const struct draft *drafts)
{
    fprintf(d->f, "$ORIGIN %s\n@ %u SOA ns hostmaster 1 3600 900 1209600 %u\n", d->apex,
            random_ttl(d), random_ttl(d));
    fputs("@ 3600 NS ns1\nns1 3600 A 192.0.2.53\n", d->f);
    if (one_in(d->rng, 2))
        fputs("@ 3600 NS ns.elsewhere.nope.\n", d->f);
    if (one_in(d->rng, 2))
        put_host(d, "@");
    if (one_in(d->rng, 2))
        put_addresses(d, "@");
    for (unsigned i = 0; i < d->n; i++) {
        if (one_in(d->rng, 4) && may_be_dname(drafts, d, d->owner[i]))
            put_alias(d, d->owner[i], "DNAME");
        else
            put_records(d, i);
    }
}

void makezones_random(const char *dir, struct rng *rng)
{
    struct draft *drafts = xcalloc(N_APEXES, sizeof(*drafts));

    for (size_t i = 0; i < N_APEXES; i++)
        draw_names(&drafts[i], apexes[i], rng);
    for (size_t i = 0; i < N_APEXES; i++) {
        drafts[i].f = zone_file(dir, apexes[i]);
        write_zone(&drafts[i], drafts);
        fclose(drafts[i].f);
    }
    free(drafts);
}

/* ---- the root ---- */

#define TOP_LEVEL_DOMAINS 1500

/* As the root zone has them: servers of its own, or a registry's that serve many; most are signed. */
static void top_level_domain(FILE *f, struct rng *rng, unsigned i)
{
    const bool own = !one_in(rng, 3);
    const unsigned n = 2 + rng_below(rng, 5);

    for (unsigned s = 0; s < n; s++) {
        if (!own) {
            fprintf(f, "t%u. 172800 NS %c.registry%u.net.\n", i, 'a' + s, i % 20);
            continue;
        }
        fprintf(f, "t%u. 172800 NS %c.nic.t%u.\n", i, 'a' + s, i);
        fprintf(f, "%c.nic.t%u. 172800 A 10.%u.%u.%u\n", 'a' + s, i, i / 256, i % 256, s);
        if (!one_in(rng, 4))
            fprintf(f, "%c.nic.t%u. 172800 AAAA 2001:db8:%x::%x\n", 'a' + s, i, i, s);
    }
    if (!one_in(rng, 10))
        fprintf(f, "t%u. 86400 DS %u 13 2 %064x\n", i, i, i);
}

static void root_zone(FILE *f, struct rng *rng)
{
    fputs(". 86400 SOA a.root-servers.net. nstld.example. 2026010100 1800 900 604800 86400\n", f);
    for (int c = 'a'; c <= 'm'; c++) {
        fprintf(f, ". 518400 NS %c.root-servers.net.\n", c);
        fprintf(f, "%c.root-servers.net. 518400 A 198.51.100.%d\n", c, c);
        fprintf(f, "%c.root-servers.net. 518400 AAAA 2001:db8:53::%x\n", c, c);
    }
    fputs("net. 172800 NS a.gtld-servers.net.\na.gtld-servers.net. 172800 A 192.0.2.1\n", f);
    for (unsigned i = 0; i < 20; i++) {
        for (int c = 'a'; c <= 'f'; c++)
            fprintf(f, "%c.registry%u.net. 172800 A 192.0.2.%u\n", c, i, i);
    }
    fputs("arpa. 172800 NS a.root-servers.net.\narpa. 86400 DS 1 13 2 ", f);
    fprintf(f, "%064x\n", 1u);
    for (unsigned i = 0; i < TOP_LEVEL_DOMAINS; i++)
        top_level_domain(f, rng, i);
}

void makezones_root(const char *dir, struct rng *rng)
{
    FILE *f = zone_file(dir, ".");

    root_zone(f, rng);
    fclose(f);
    f = zone_file(dir, "arpa.");
    fputs("arpa. 86400 SOA a.root-servers.net. nstld.example. 1 1800 900 604800 86400\n"
          "arpa. 518400 NS a.root-servers.net.\n"
          "in-addr.arpa. 172800 NS a.in-addr-servers.arpa.\n"
          "a.in-addr-servers.arpa. 172800 A 192.0.2.2\n",
          f);
    fclose(f);
}
