/*
 * `explain` tells what is answered: every kind of name and many types, against DNS.  Its reasons are
 * test_control.c's.  SPDX-License-Identifier: BSD-2-Clause
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "../unit/tmpdir.h"
#include "base/xalloc.h"
#include "site.h"

#define LABEL_50 "x23456789x123456789x123456789x123456789x123456789x"

static const char parent_zone[] = "$ORIGIN example.com.\n"
                                  "$TTL 60\n"
                                  "@ SOA ns hostmaster 1 2 3 4 5\n"
                                  "@ NS ns\n"
                                  "@ 60 DYNA web\n"
                                  "ns A 192.0.2.53\n"
                                  "txt TXT plain\n"
                                  "; steered\n"
                                  "www 60 DYNA web\n"
                                  "www TXT beside\n"
                                  "*.app 60 DYNA web\n"
                                  "mixed 60 DYNA mixed\n"
                                  "mixed2 60 DYNA mixed\n"
                                  "mixed2 TXT beside\n"
                                  "all 60 DYNA mixed all\n"
                                  "fail 60 DYNA web servfail\n"
                                  "none 60 DYNA web nodata\n"
                                  "cdn 60 DYNC edge\n"
                                  "us.web A 192.0.2.1\n"
                                  "us.web AAAA 2001:db8::1\n"
                                  "ap.web A 192.0.2.3\n"
                                  "us.mixed AAAA 2001:db8::1\n"
                                  "ap.mixed A 192.0.2.3\n"
                                  "us.edge CNAME www\n"
                                  "ap.edge CNAME lb.example.net.\n"
                                  "; aliases\n"
                                  "shop CNAME www\n"
                                  "tonone CNAME nobody\n"
                                  "outside CNAME www.example.net.\n"
                                  "tofail CNAME fail\n"
                                  "tocdn CNAME cdn\n"
                                  "*.wild CNAME txt\n"
                                  "loop CNAME loop2\n"
                                  "loop2 CNAME loop3\n"
                                  "loop3 CNAME loop2\n"
                                  "self CNAME self\n"
                                  "$GENERATE 0-18 c$ CNAME c${1}\n"
                                  "c19 A 192.0.2.19\n"
                                  "; subtrees elsewhere\n"
                                  "old DNAME new\n"
                                  "x.new A 192.0.2.9\n"
                                  "y.new CNAME cdn\n"
                                  "long DNAME " LABEL_50 "." LABEL_50 "." LABEL_50 "\n"
                                  "; delegations\n"
                                  "sub NS ns.sub\n"
                                  "sub DS 1 8 2 " /* of nothing */
                                  "00112233445566778899aabbccddeeff"
                                  "00112233445566778899aabbccddeeff\n"
                                  "ns.sub A 192.0.2.54\n"
                                  "child NS ns.child\n"
                                  "child DS 2 8 2 "
                                  "00112233445566778899aabbccddeeff"
                                  "00112233445566778899aabbccddeeff\n"
                                  "ns.child A 192.0.2.55\n";

static const char child_zone[] = "$ORIGIN child.example.com.\n"
                                 "$TTL 60\n"
                                 "@ SOA ns hostmaster 1 2 3 4 5\n"
                                 "@ NS ns\n"
                                 "ns A 192.0.2.55\n"
                                 "up CNAME www.example.com.\n";

/* A name below example.com. is not delegated to this zone of ours. */
static const char lone_zone[] = "$ORIGIN lone.example.com.\n"
                                "$TTL 60\n"
                                "@ SOA ns hostmaster 1 2 3 4 5\n"
                                "@ NS ns\n"
                                "ns A 192.0.2.56\n";

static const char config[] = "regions: {us: {at: [39, -77]}, ap: {at: [37, 127]}}\n"
                             "maps:\n"
                             "  world: {rules: [{network: 10.1.0.0/16, prefer: [ap]}]}\n"
                             "policies:\n"
                             "  default: {}\n"
                             "  all: {when_all_down: all}\n"
                             "  servfail: {when_all_down: servfail}\n"
                             "  nodata: {when_all_down: nodata}\n";

static const char *const names[] = {
    "example.com",          "ns.example.com",
    "txt.example.com",      "nobody.example.com",
    "www.example.net",      "www.example.com",
    "a.b.app.example.com",  "app.example.com",
    "mixed.example.com",    "mixed2.example.com",
    "all.example.com",      "fail.example.com",
    "none.example.com",     "cdn.example.com",
    "us.web.example.com",   "us.edge.example.com",
    "shop.example.com",     "tonone.example.com",
    "outside.example.com",  "tofail.example.com",
    "tocdn.example.com",    "a.wild.example.com",
    "loop.example.com",     "self.example.com",
    "c0.example.com",       "c3.example.com",
    "c4.example.com",       "old.example.com",
    "x.old.example.com",    "y.old.example.com",
    "z.old.example.com",    "a." LABEL_50 "." LABEL_50 ".long.example.com",
    "a.long.example.com",   "sub.example.com",
    "a.sub.example.com",    "child.example.com",
    "ns.child.example.com", "up.child.example.com",
    "lone.example.com",     "broken.example",
    "a.broken.example"};

static const char *const types[] = {"A", "AAAA", "TXT", "CNAME", "ANY", "DS", "NS", "SOA", "DNAME"};

static const char *const clients[] = {"192.0.2.0/24", "10.1.2.0/24"}; /* us first, ap first */

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- */

/* As ldns writes it: names and strings have more than one right form. */
static void print_record(const char *told, FILE *to)
{
    char *text = xasprintf(". 0 IN %s", told), *save;
    ldns_rr *rr;

    assert_int_equal(ldns_rr_new_frm_str(&rr, text, 0, NULL, NULL), LDNS_STATUS_OK);
    free(text);
    text = ldns_rr2str(rr); /* ".\t0\tIN\tTYPE\tRDATA\n" */
    char *type = strstr(text, "IN\t") + 3;
    fprintf(to, "%s ", strtok_r(type, "\t", &save));
    fputs(strtok_r(NULL, "\n", &save), to);
    free(text);
    ldns_rr_free(rr);
}

/* The answer section as the steps tell it: a referral's records stand elsewhere. */
static char *told_records(const json_t *steps)
{
    json_t *step, *record;
    const char *between = "";
    size_t i, j, len;
    char *text;
    FILE *to = open_memstream(&text, &len);

    json_array_foreach(steps, i, step) {
        if (strcmp(json_string_value(json_object_get(step, "what")), "referral") == 0)
            continue;
        json_array_foreach(json_object_get(step, "records"), j, record) {
            fputs(between, to);
            print_record(json_string_value(record), to);
            between = ", ";
        }
    }
    fclose(to);
    return text;
}

static void compare(struct daemon *d, const char *name, const char *type, const char *client)
{
    const struct daemon_reply r =
        daemon_ask(d, &(struct daemon_query){.name = name, .type = type, .subnet = client});
    json_t *told =
        daemon_call(d, "explain", "{s:s, s:s, s:s}", "name", name, "type", type, "client", client);
    const char *rcode = json_string_value(json_object_get(told, "rcode"));
    char *records = told_records(json_object_get(told, "steps"));

    if (strcmp(rcode, r.rcode) != 0 || strcmp(records, r.records) != 0)
        fail_msg("%s %s from %s: told\n%s %s\nanswered\n%s %s", name, type, client, rcode, records,
                 r.rcode, r.records);
    free(records);
    json_decref(told);
}

static void compare_all(struct daemon *d)
{
    for (size_t n = 0; n < COUNT(names); n++)
        for (size_t t = 0; t < COUNT(types); t++)
            for (size_t c = 0; c < COUNT(clients); c++)
                compare(d, names[n], types[t], clients[c]);
}

static void test_is_the_answer(void **state)
{
    static const struct daemon_file files[] = {{"zones/example.com.zone", parent_zone},
                                               {"zones/child.example.com.zone", child_zone},
                                               {"zones/lone.example.com.zone", lone_zone},
                                               {"zones/broken.example.zone", "nonsense\n"}};
    struct daemon *d = daemon_start(
        &(struct daemon_opts){.config = config, .files = files, .n_files = COUNT(files)});

    compare_all(d);
    json_decref(daemon_call(d, "drain", "{s:s}", "region", "us"));
    compare_all(d);
    json_decref(daemon_call(d, "drain", "{s:s}", "region", "ap")); /* now when_all_down */
    compare_all(d);
    daemon_stop(d);
}

/* ---- */

/* Explains read files on the threads that drains are written on; they leave some for these.  Here a
 * database is a pipe without a writer: whoever opens it, waits. */
static void test_leaves_threads_to_drains(void **state)
{
    struct daemon *d = site_start();
    char *path = tmpdir_path(daemon_dir(d), "tiny.mmdb");
    const int fd = daemon_connect(d);

    site_remove(d, "tiny.mmdb");
    assert_int_equal(mkfifo(path, 0600), 0);
    for (unsigned i = 0; i < 8; i++)
        daemon_send(fd, "explain",
                    json_pack("{s:s, s:s}", "name", "www.example.com", "client", "192.0.2.1"));
    daemon_send(fd, "drain", json_pack("{s:s}", "region", "us"));
    json_t *reply = daemon_receive(fd);
    assert_true(json_is_true(json_object_get(json_object_get(reply, "result"), "drained")));
    json_decref(reply);

    const int writer = open(path, O_RDWR);
    for (unsigned i = 0; i < 8; i++) {
        reply = daemon_receive(fd);
        const char *warning = NULL;
        json_unpack(reply, "{s:{s:[s]}}", "result", "warnings", &warning);
        assert_non_null(warning);
        assert_non_null(strstr(warning, "not a regular file"));
        json_decref(reply);
    }
    close(writer);
    close(fd);
    free(path);
    daemon_stop(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_is_the_answer),
        cmocka_unit_test(test_leaves_threads_to_drains),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
