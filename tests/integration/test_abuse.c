/*
 * Abusive TCP connections beside a steady load of UDP and honest TCP clients: these are all answered,
 * and when it is over the server has as many descriptors as before and little more memory.
 *
 * ABUSE=100000 (make abuse) makes more of them and prints what UDP noticed; a number of milliseconds
 * fails no test.  SPDX-License-Identifier: BSD-2-Clause
 */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

#include "../unit/tmpdir.h"
#include "abuse.h"
#include "backend.h"
#include "base/clock.h"
#include "base/cursor.h"
#include "base/xalloc.h"
#include "daemon.h"
#include "storm.h"

#define QUERIES     1000
#define PER_SECOND  2000
#define LITTLE_MORE (16 << 20) /* octets: what two workers hold at most, and their heap's gaps */

static const char zone[] = "$TTL 60\n@ SOA ns hostmaster 1 2 3 4 5\n@ NS ns\nns A 192.0.2.53\n"
                           "$GENERATE 1-40 host$ A 10.0.0.$\n"
                           "$GENERATE 1-40 many A 10.0.0.$\n"; /* what is asked and not read */

struct scale {
    unsigned n, at_once, per_s, hold_ms;
    unsigned quiet_ms; /* before and after, to compare with */
};

static struct scale get_scale(void)
{
    const char *text = getenv("ABUSE");

    if (text == NULL)
        return (struct scale){2000, 500, 2000, 200, 200};
    return (struct scale){(unsigned)atoi(text), 6000, 2000, 5000, 10000};
}

/* ---- what the server uses ---- */

static unsigned count_descriptors(const struct daemon *d)
{
    char *path = xasprintf("/proc/%d/fd", (int)daemon_pid(d));
    DIR *dir = opendir(path);
    unsigned n = 0;

    assert_non_null(dir);
    while (readdir(dir) != NULL)
        n++;
    closedir(dir);
    free(path);
    return n;
}

/* The number behind a word of a file in /proc; 0: it is not there. */
static unsigned long find_number(const char *path, const char *word)
{
    FILE *f = fopen(path, "r");
    char line[512];
    unsigned long n = 0;

    while (f != NULL && n == 0 && fgets(line, sizeof(line), f) != NULL) {
        const char *at = strstr(line, word);
        if (at != NULL)
            n = strtoul(at + strlen(word), NULL, 10);
    }
    if (f != NULL)
        fclose(f);
    return n;
}

static unsigned long rss_kib(const struct daemon *d)
{
    char *path = xasprintf("/proc/%d/status", (int)daemon_pid(d));
    const unsigned long n = find_number(path, "VmRSS:");

    free(path);
    return n;
}

/* ---- honest TCP clients, one after another ---- */

struct honest {
    pthread_t thread;
    atomic_bool stop;
    uint16_t port;
    unsigned asked, answered;
    double max_ms;
};

static bool ask_tcp(uint16_t port)
{
    const struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const struct packet p = q("ns.example.com", "A");
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    uint8_t frame[2 + PACKET_MAX];
    ssize_t n = 0;

    put_u16(frame, (uint16_t)p.len);
    memcpy(frame + 2, p.data, p.len);
    if (connect(fd, (const struct sockaddr *)&to, sizeof(to)) == 0 &&
        send(fd, frame, 2 + p.len, MSG_NOSIGNAL) == (ssize_t)(2 + p.len))
        n = recv(fd, frame, sizeof(frame), 0);
    close(fd);
    return n > 2 && frame[2] == p.data[0] && frame[3] == p.data[1];
}

static void *run_honest(void *arg)
{
    const struct timespec pause = {.tv_nsec = 5000000};
    struct honest *h = arg;

    while (!atomic_load(&h->stop)) {
        const mono_ms_t before = mono_ms();
        h->answered += ask_tcp(h->port);
        h->asked++;
        const double took_ms = (double)(mono_ms() - before);
        h->max_ms = took_ms > h->max_ms ? took_ms : h->max_ms;
        nanosleep(&pause, NULL); /* a load, not a wait */
    }
    return NULL;
}

static void honest_start(struct honest *h, uint16_t port)
{
    *h = (struct honest){.port = port};
    assert_int_equal(pthread_create(&h->thread, NULL, run_honest, h), 0);
}

static void honest_stop(struct honest *h)
{
    atomic_store(&h->stop, true);
    pthread_join(h->thread, NULL);
}

/* ---- phases ---- */

struct phase {
    const char *name;
    struct storm_result udp;
    struct honest tcp;
    unsigned long rss_kib, kernel_pages;
    unsigned descriptors;
};

static struct packet *make_queries(void)
{
    struct packet *queries = xcalloc(QUERIES, sizeof(*queries));

    for (size_t i = 0; i < QUERIES; i++) {
        char name[64];
        snprintf(name, sizeof(name), "host%zu.example.com", i % 40 + 1);
        queries[i] = q(name, "A", .edns = true);
        put_u16(queries[i].data, (uint16_t)i); /* an ID of 0 the kit would not give */
    }
    return queries;
}

static bool is_right(size_t query, const uint8_t *reply, size_t len)
{
    const uint8_t *rr = reply + 12 + kit_question_len(reply, len);

    return kit_count(reply, 1) == 1 && rr + 16 <= reply + len && rr[15] == query % 40 + 1;
}

/* The most that is seen while it lasts. */
static void sample(struct phase *p, const struct daemon *d)
{
    const unsigned long rss = rss_kib(d);
    const unsigned long pages = find_number("/proc/net/sockstat", " mem ");
    const unsigned descriptors = count_descriptors(d);

    p->rss_kib = rss > p->rss_kib ? rss : p->rss_kib;
    p->kernel_pages = pages > p->kernel_pages ? pages : p->kernel_pages;
    p->descriptors = descriptors > p->descriptors ? descriptors : p->descriptors;
}

static void watch_for(struct phase *p, const struct daemon *d, const atomic_bool *over,
                      dur_ms_t at_least)
{
    const struct timespec pause = {.tv_nsec = 20000000};
    const mono_ms_t end = mono_ms() + at_least;

    do {
        sample(p, d);
        nanosleep(&pause, NULL); /* how often it is looked, not what is waited for */
    } while (mono_ms() < end || (over != NULL && !atomic_load(over)));
}

struct joiner {
    pthread_t thread;
    struct abuse *abuse;
    struct abuse_result result;
    atomic_bool over;
};

static void *join_abuse(void *arg)
{
    struct joiner *j = arg;

    j->result = abuse_join(j->abuse);
    atomic_store(&j->over, true);
    return NULL;
}

/* abuse NULL: a quiet phase. */
static void run_phase(struct phase *p, struct daemon *d, const struct packet *queries,
                      struct joiner *abuse, dur_ms_t at_least)
{
    struct storm *s = storm_start(&(struct storm_opts){.port = daemon_port(d),
                                                       .per_s = PER_SECOND / backend_slowness(),
                                                       .queries = queries,
                                                       .n = QUERIES,
                                                       .is_right = is_right});
    honest_start(&p->tcp, daemon_port(d));
    if (abuse != NULL)
        assert_int_equal(pthread_create(&abuse->thread, NULL, join_abuse, abuse), 0);
    watch_for(p, d, abuse != NULL ? &abuse->over : NULL, at_least);
    if (abuse != NULL)
        pthread_join(abuse->thread, NULL);
    honest_stop(&p->tcp);
    p->udp = storm_stop(s);
}

static void print_phase(const struct phase *p)
{
    print_message("%-8s %9llu %6llu %8.2f %8.2f %8.2f %10u %8.0f %9lu %9lu %8u\n", p->name,
                  (unsigned long long)p->udp.sent,
                  (unsigned long long)(p->udp.sent - p->udp.received), p->udp.p50_ms, p->udp.p99_ms,
                  p->udp.max_ms, p->tcp.asked, p->tcp.max_ms, p->rss_kib, p->kernel_pages * 4,
                  p->descriptors);
}

static void print_all(const struct phase *phases, size_t n, const struct abuse_result *r)
{
    print_message("%8s %10s\n", "begun", "closed by the server");
    for (unsigned i = 0; i < ABUSE_COUNT; i++)
        print_message("%8llu %10llu  %s\n", (unsigned long long)r->begun[i],
                      (unsigned long long)r->closed[i], abuse_help(i));
    print_message("at most %llu at once\n", (unsigned long long)r->most);
    print_message("%-8s %9s %6s %8s %8s %8s %10s %8s %9s %9s %8s\n", "", "UDP", "lost", "p50 ms",
                  "p99 ms", "max ms", "TCP", "max ms", "RSS KiB", "kernel", "fds");
    for (size_t i = 0; i < n; i++)
        print_phase(&phases[i]);
}

static void check_phase(const struct phase *p, uint16_t port)
{
    assert_int_equal(p->udp.wrong, 0);
    const uint64_t dropped = p->udp.dropped_here + p->udp.dropped_between + storm_drops(port);
    assert_in_range(p->udp.received, p->udp.sent - dropped, p->udp.sent);
    assert_int_equal(p->tcp.answered, p->tcp.asked);
}

/* All connections come to their end. */
static void wait_for_descriptors(const struct daemon *d, unsigned n)
{
    while (count_descriptors(d) > n)
        sched_yield();
}

static void abuse_is_not_noticed(void **state)
{
    const struct scale scale = get_scale();
    const struct daemon_file file = {"zones/example.com.zone", zone};
    struct daemon *d =
        daemon_start(&(struct daemon_opts){.config = "", .files = &file, .n_files = 1});
    struct packet *queries = make_queries();
    struct phase phases[] = {{.name = "before"}, {.name = "during"}, {.name = "after"}};
    struct joiner abuse = {.abuse = NULL};

    run_phase(&phases[0], d, queries, NULL, scale.quiet_ms);
    const unsigned descriptors = count_descriptors(d);
    abuse.abuse = abuse_start(&(struct abuse_opts){.port = daemon_port(d),
                                                   .n = scale.n,
                                                   .at_once = scale.at_once,
                                                   .per_s = scale.per_s,
                                                   .hold_ms = scale.hold_ms});
    run_phase(&phases[1], d, queries, &abuse, 0);
    wait_for_descriptors(d, descriptors);
    run_phase(&phases[2], d, queries, NULL, scale.quiet_ms);
    print_all(phases, 3, &abuse.result);

    for (size_t i = 0; i < 3; i++)
        check_phase(&phases[i], daemon_port(d));
    if (backend_slowness() == 1) /* a sanitizer keeps what was freed */
        assert_in_range(phases[1].rss_kib, 0, phases[0].rss_kib + LITTLE_MORE / 1024);
    daemon_stop(d);
    free(queries);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(abuse_is_not_noticed),
    };
    struct rlimit limit;

    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
