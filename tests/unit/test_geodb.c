/*
 * Reading geo databases, also ones that were cut off or damaged: an error or sense, never a crash.
 * The files are made by tests/data/mmdb.pl.  SPDX-License-Identifier: BSD-2-Clause
 */
#include "load/geodb.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/xalloc.h"
#include "geokit.h"
#include "load/mapcompile.h"
#include "rng.h"

/* Databases of tests/data by their names, "tiny asn". */
static struct geodb *open_names(const char *names, struct err *err)
{
    char *text = xstrdup(names), *save, paths[GEODB_MAX + 2][4096];
    const char *list[GEODB_MAX + 2];
    size_t n = 0;

    for (char *name = strtok_r(text, " ", &save); name; name = strtok_r(NULL, " ", &save)) {
        char file[64];
        snprintf(file, sizeof(file), "tests/data/%s.mmdb", name);
        list[n] = geokit_path(file, paths[n]);
        n++;
    }
    struct geodb *db = geodb_open(list, n, err);
    free(text);
    return db;
}

/* "KR AS KR-11 64496 37.57 126.98", - for what is not known, ~ before a country's position. */
static void describe(const struct place *p, char *out, size_t size)
{
    char at[64] = "-";

    if (p->has_at)
        snprintf(at, sizeof(at), "%s%.2f %.2f", p->at_is_country ? "~" : "", p->lat, p->lon);
    snprintf(out, size, "%s %s %s %u %s", p->country[0] ? p->country : "-",
             p->continent[0] ? p->continent : "-", p->subdivision[0] ? p->subdivision : "-", p->asn,
             at);
}

static void finds_places(void **state)
{
    static const struct {
        const char *why, *databases, *addr, *place;
    } cases[] = {
        {"nested schema", "tiny", "192.0.2.1", "KR AS - 0 37.57 126.98"},
        {"a subdivision", "tiny", "198.51.100.1", "US NA US-CA 0 37.77 -122.42"},
        {"its neighbour", "tiny", "198.51.100.128", "US NA US-NY 0 40.71 -74.01"},
        {"no coordinates: the country's", "tiny", "203.0.113.1", "DE EU - 0 ~50.90 9.80"},
        {"a continent alone", "tiny", "203.0.113.7", "- EU - 0 -"},
        {"where it is registered says nothing", "tiny", "100.64.0.1", "- - - 0 -"},
        {"nothing known", "tiny", "8.8.8.8", "- - - 0 -"},
        {"IPv6", "tiny", "2001:db8::1", "BR SA BR-SP 0 -23.55 -46.63"},
        {"0° 0° is no place", "tiny", "2001:db8:ffff::1", "AQ AN - 0 ~-77.80 166.70"},
        {"IPv4 inside IPv6: mapped", "tiny", "::ffff:192.0.2.1", "KR AS - 0 37.57 126.98"},
        {"6to4", "tiny", "2002:c000:201::1", "KR AS - 0 37.57 126.98"},
        {"NAT64, which the database does not mirror", "tiny", "64:ff9b::192.0.2.1",
         "KR AS - 0 37.57 126.98"},
        {"Teredo: the client, not the server", "tiny", "2001:0:cb00:7101:8000:63bf:3fff:fdfe",
         "KR AS - 0 37.57 126.98"},
        {"where an IPv6 database keeps IPv4 is nobody", "tiny", "::192.0.2.1", "- - - 0 -"},

        {"flat schema", "flat", "192.0.2.1", "JP AS - 0 35.68 139.69"},
        {"a code as state", "flat", "203.0.113.1", "DE EU DE-BE 0 52.52 13.40"},
        {"a name as state", "flat", "198.18.0.1", "US NA - 0 ~37.40 -92.30"},
        {"nonsense is left out", "flat", "198.19.0.1", "- - - 0 -"},
        {"ZZ is nowhere", "flat", "10.0.0.1", "- - - 0 -"},
        {"an IPv4 database knows no IPv6", "flat", "2001:db8::1", "- - - 0 -"},
        {"but IPv4 inside it", "flat", "::ffff:192.0.2.1", "JP AS - 0 35.68 139.69"},

        {"ASNs", "asn", "192.0.2.1", "- - - 64496 -"},
        {"the first that knows counts", "tiny flat", "192.0.2.1", "KR AS - 0 37.57 126.98"},
        {"in the order given", "flat tiny", "192.0.2.1", "JP AS - 0 35.68 139.69"},
        {"a later one fills what is lacking", "tiny asn", "192.0.2.1",
         "KR AS - 64496 37.57 126.98"},
        {"coordinates too", "tiny flat", "203.0.113.1", "DE EU DE-BE 0 52.52 13.40"},
        {"all that is known of a block, from three", "asn tiny flat", "203.0.113.1",
         "DE EU DE-BE 64497 52.52 13.40"},
        {"no database", "", "192.0.2.1", "- - - 0 -"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct err err;
        struct ipaddr addr;
        struct place place;
        char text[128];
        err_init(&err);
        struct geodb *db = open_names(cases[i].databases, &err);
        assert_non_null(db);
        assert_true(ipaddr_parse(cases[i].addr, &addr));
        geodb_find(db, &addr, &place);
        describe(&place, text, sizeof(text));
        if (strcmp(text, cases[i].place) != 0)
            fail_msg("%s: %s, not %s", cases[i].why, text, cases[i].place);
        assert_true(geodb_intact(db, &err));
        geodb_close(db);
        err_fini(&err);
    }
}

static void files_that_cannot_be_used_are_named(void **state)
{
    static const struct {
        const char *names, *message;
    } cases[] = {
        {"missing", "tests/data/missing.mmdb: No such file or directory; geo/update"},
        {"useless", "useless.mmdb: a database of type \"connection-type\" without country"},
        {"tiny missing flat", "missing.mmdb: No such file"},
        {"asn asn asn asn asn asn asn asn tiny", "tiny.mmdb: one geo database too many, at most 8"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct err err;
        err_init(&err);
        assert_null(open_names(cases[i].names, &err));
        assert_int_equal(err.errors, 1);
        if (strstr(err.items[0].text, cases[i].message) == NULL)
            fail_msg("%s", err.items[0].text);
        err_fini(&err);
    }
}

/* A file of our own to damage. */
struct copy {
    char path[64];
    uint8_t bytes[8192];
    size_t len;
};

static void write_bytes(const struct copy *c, size_t len)
{
    const int fd = open(c->path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    assert_true(fd >= 0 && write(fd, c->bytes, len) == (ssize_t)len);
    close(fd);
}

static int make_copy(void **state)
{
    struct copy *c = xcalloc(1, sizeof(*c));
    char path[4096];
    FILE *f = fopen(geokit_path("tests/data/tiny.mmdb", path), "rb");

    if (f == NULL)
        return -1;
    c->len = fread(c->bytes, 1, sizeof(c->bytes), f);
    fclose(f);
    snprintf(c->path, sizeof(c->path), "test_geodb.%d.mmdb", (int)getpid());
    write_bytes(c, c->len);
    *state = c;
    return 0;
}

static int remove_copy(void **state)
{
    const struct copy *c = *state;

    unlink(c->path);
    free(*state);
    return 0;
}

static struct geodb *open_copy(const struct copy *c, struct err *err)
{
    const char *const paths[] = {c->path};

    return geodb_open(paths, 1, err);
}

static void info_tells_what_was_opened(void **state)
{
    const struct copy *c = *state;
    struct err err;

    err_init(&err);
    struct geodb *db = open_copy(c, &err);
    assert_non_null(db);
    assert_int_equal(geodb_count(db), 1);
    assert_string_equal(geodb_info(db, 0).path, c->path);
    assert_string_equal(geodb_info(db, 0).type, "Tiny-City");
    assert_true(geodb_info(db, 0).built_s > 1500000000);
    assert_true(geodb_info(db, 0).networks > 100);
    geodb_close(db);
    geodb_close(NULL);
    err_fini(&err);
}

static void find_copy(struct geodb *db, const char *country)
{
    struct ipaddr addr;
    struct place place;

    assert_true(ipaddr_parse("192.0.2.1", &addr));
    geodb_find(db, &addr, &place);
    assert_string_equal(place.country, country);
}

/* libmaxminddb alone would be killed by SIGBUS here. */
static void a_file_cut_off_later_is_still_there(void **state)
{
    const struct copy *c = *state;
    struct err err;

    err_init(&err);
    struct geodb *db = open_copy(c, &err);
    assert_non_null(db);
    assert_int_equal(truncate(c->path, 0), 0);
    find_copy(db, "KR");
    geodb_close(db);
    err_fini(&err);
}

static void what_it_is_outlives_its_contents(void **state)
{
    struct err err;

    err_init(&err);
    struct geodb *db = open_copy(*state, &err);
    assert_non_null(db);
    geodb_unload(db);
    geodb_unload(db);
    assert_string_equal(geodb_info(db, 0).type, "Tiny-City");
    geodb_close(db);
    err_fini(&err);
}

/* Open, compile, explain: must end, with an error or with a map that answers. */
static void use(const struct copy *c)
{
    struct map_spec *map = geokit_map("KR >c\nUS-CA >a\n+EU =b\n2001:db8::/33 >d");
    struct ipaddr addr;
    struct err err;
    uint8_t scope;

    err_init(&err);
    struct geodb *db = open_copy(c, &err);
    if (db != NULL) {
        struct map_reason reason;
        struct geomap *m = mapcompile(map, geokit_regions, GEOKIT_REGIONS, db, &err);
        assert_true((m == NULL) == (err.errors > 0));
        assert_true(ipaddr_parse("192.0.2.1", &addr));
        mapcompile_reason(map, geokit_regions, GEOKIT_REGIONS, db, &addr, &reason);
        if (m != NULL && geodb_intact(db, &err))
            assert_memory_equal(geomap_ranking(m, geomap_find(m, &addr, &scope)), reason.ranking,
                                offsetof(struct ranking, region) + reason.ranking->n);
        free(reason.ranking);
        geomap_unref(m);
    } else {
        assert_true(err.errors > 0);
        assert_non_null(strstr(err.items[0].text, c->path));
    }
    geodb_close(db);
    geokit_free(map);
    err_fini(&err);
}

static void a_truncated_file_is_an_error(void **state)
{
    const struct copy *c = *state;

    for (size_t len = 0; len < c->len; len += 1 + len / 32) {
        struct err err;
        err_init(&err);
        write_bytes(c, len);
        assert_null(open_copy(c, &err));
        assert_int_equal(err.errors, 1);
        assert_non_null(strstr(err.items[0].text, c->path));
        err_fini(&err);
    }
}

static void damage_never_crashes(void **state)
{
    struct copy *c = *state;
    struct rng rng;

    rng_init(&rng, 2026);
    for (unsigned round = 0; round < 600; round++) {
        const uint32_t flips = 1 + round % 4;
        uint32_t at[4];
        uint8_t was[4];
        for (uint32_t i = 0; i < flips; i++) {
            at[i] = rng_below(&rng, (uint32_t)c->len);
            was[i] = c->bytes[at[i]];
            c->bytes[at[i]] ^= (uint8_t)(1 + rng_below(&rng, 255));
        }
        write_bytes(c, c->len);
        use(c);
        for (uint32_t i = flips; i-- > 0;)
            c->bytes[at[i]] = was[i];
    }
}

/* Each half of every node leads back to the root, or down for ever. */
static void a_tree_that_is_none_is_an_error(void **state)
{
    static const struct {
        const char *what;
        uint32_t to; /* every record of the first 100 nodes; 0: the node itself */
    } cases[] = {{"itself", 0}, {"node 1", 1}};
    struct copy *c = *state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct err err;
        struct map_spec *map = geokit_map("");
        for (uint32_t node = 0; node < 100; node++) {
            const uint32_t to = cases[i].to != 0 ? cases[i].to : node;
            const uint8_t record[6] = {0, (uint8_t)(to >> 8), (uint8_t)to,
                                       0, (uint8_t)(to >> 8), (uint8_t)to};
            memcpy(c->bytes + node * sizeof(record), record, sizeof(record));
        }
        write_bytes(c, c->len);
        err_init(&err);
        struct geodb *db = open_copy(c, &err);
        if (db != NULL) {
            assert_null(mapcompile(map, geokit_regions, GEOKIT_REGIONS, db, &err));
            assert_non_null(strstr(err.items[err.n - 1].text, "damaged"));
        }
        assert_true(err.errors > 0);
        geodb_close(db);
        geokit_free(map);
        err_fini(&err);
    }
}

#define with_copy(test) cmocka_unit_test_setup_teardown(test, make_copy, remove_copy)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_places),
        cmocka_unit_test(files_that_cannot_be_used_are_named),
        with_copy(info_tells_what_was_opened),
        with_copy(a_file_cut_off_later_is_still_there),
        with_copy(what_it_is_outlives_its_contents),
        with_copy(a_truncated_file_is_an_error),
        with_copy(damage_never_crashes),
        with_copy(a_tree_that_is_none_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
