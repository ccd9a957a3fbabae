/*
 * Nothing is lost and nothing is wrong while a zone of 100,000 records reloads in a loop: snapshots
 * change under the workers' hands as fast as they can be made.  SPDX-License-Identifier: BSD-2-Clause
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../unit/tmpdir.h"
#include "backend.h"
#include "base/clock.h"
#include "base/cursor.h"
#include "base/xalloc.h"
#include "daemon.h"
#include "storm.h"

#define RECORDS    100000
#define QUERIES    20000
#define SECONDS    4
#define RELOADS    3    /* at least, however slow the machine */
#define PER_SECOND 5000 /* a small machine also runs the storm itself, and the reloads */

/* Generation a or b of the zone: h0 is 10.A.0.0, h1 is 10.A.0.1 and so on. */
static char *zone_text(unsigned a)
{
    char *text;
    size_t len;
    FILE *f = open_memstream(&text, &len);

    fputs("$TTL 60\n@ SOA ns hostmaster 1 2 3 4 5\n@ NS ns\nns A 192.0.2.53\n", f);
    for (unsigned i = 0; i < RECORDS; i++)
        fprintf(f, "h%u A 10.%u.%u.%u\n", i, a + (i >> 16), i >> 8 & 255, i & 255);
    fclose(f);
    return text;
}

/* Names from all over the zone. */
static unsigned host_of(size_t query)
{
    return (unsigned)(query * 7919 % RECORDS);
}

static struct packet *make_queries(void)
{
    struct packet *queries = xcalloc(QUERIES, sizeof(*queries));

    for (size_t i = 0; i < QUERIES; i++) {
        char name[64];
        snprintf(name, sizeof(name), "h%u.big.example", host_of(i));
        queries[i] = q(name, "A", .edns = true);
        queries[i].data[0] = (uint8_t)(i >> 8); /* its ID, which the kit does not let be 0 */
        queries[i].data[1] = (uint8_t)i;
    }
    return queries;
}

/* One record, and its address is of one generation or the other. */
static bool is_right(size_t query, const uint8_t *reply, size_t len)
{
    const unsigned host = host_of(query), high = host >> 16;
    const uint8_t *rr = reply + 12 + kit_question_len(reply, len);

    if (kit_rcode(reply) != 0 || kit_count(reply, 1) != 1 || rr + 16 > reply + len)
        return false;
    const uint8_t *address = rr + 12; /* behind a pointer, type, class, TTL and length */
    return address[0] == 10 && (address[1] == high || address[1] == 100 + high) &&
           address[2] == (host >> 8 & 255) && address[3] == (host & 255);
}

/* Reload until the time is over. */
static unsigned reload_in_a_loop(struct daemon *d, char *const texts[2])
{
    const mono_ms_t end = mono_ms() + SECONDS * 1000;
    unsigned n = 0;

    while (n < RELOADS || mono_ms() < end) {
        tmpdir_write(daemon_dir(d), "zones/big.example.zone", texts[++n % 2]);
        json_decref(daemon_call(d, "reload", "{s:s}", "zone", "big.example"));
    }
    return n;
}

static json_int_t counter(struct daemon *d, const char *name)
{
    json_t *stats = daemon_call(d, "stats", "{}");
    const json_int_t n =
        json_integer_value(json_object_get(json_object_get(stats, "counters"), name));

    json_decref(stats);
    return n;
}

static void check(struct daemon *d, const struct storm_result *r)
{
    if (r->wrong > 0)
        fail_msg("%llu of %llu replies are wrong", (unsigned long long)r->wrong,
                 (unsigned long long)r->received);
    assert_int_equal(storm_drops(daemon_port(d)), 0);
    assert_int_equal(counter(d, "dropped"), 0);
    assert_int_equal(counter(d, "send_failed"), 0);
    const uint64_t arrived = (uint64_t)counter(d, "udp_queries");
    assert_in_range(arrived + r->dropped_between, r->sent, r->sent + r->dropped_between);
    assert_in_range(r->received + r->dropped_here + r->dropped_between, arrived,
                    arrived + r->dropped_here + r->dropped_between);
}

static void nothing_is_lost_while_a_zone_reloads(void **state)
{
    char *texts[2] = {zone_text(0), zone_text(100)};
    struct packet *queries = make_queries();
    const struct daemon_file file = {"zones/big.example.zone", texts[0]};
    struct daemon *d =
        daemon_start(&(struct daemon_opts){.config = "", .files = &file, .n_files = 1});

    struct storm *s = storm_start(&(struct storm_opts){.port = daemon_port(d),
                                                       .per_s = PER_SECOND / backend_slowness(),
                                                       .queries = queries,
                                                       .n = QUERIES,
                                                       .is_right = is_right});
    const unsigned reloads = reload_in_a_loop(d, texts);
    const struct storm_result r = storm_stop(s);
    print_message("%llu queries, %u reloads; latency %.2f ms, 99%% %.2f ms, at most %.2f ms\n",
                  (unsigned long long)r.sent, reloads, r.p50_ms, r.p99_ms, r.max_ms);
    check(d, &r);
    daemon_stop(d);
    free(queries);
    free(texts[0]);
    free(texts[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_lost_while_a_zone_reloads),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
