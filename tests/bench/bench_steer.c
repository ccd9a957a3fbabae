/*
 * Steering at scale, on the wire: how long after a verdict or a drain every worker answers by it,
 * what that costs those who ask meanwhile, and what it takes in memory.
 *
 *   bench_steer [POOLS [REGIONS [RANKINGS]]]        10000 20 2000
 *
 * Runs the proximad in $PROXIMAD (./proximad).  Prints one line a figure.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <arpa/inet.h>
#include <dirent.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "../integration/daemon_inside.h"
#include "../integration/storm.h"
#include "base/cursor.h"
#include "base/xalloc.h"
#include "steersite.h"

/* The kernel spreads sockets over the workers by their ports: with so many, all are asked. */
#define WATCHERS   16
#define ROUNDS     7
#define QUERIES    20000
#define PER_S      10000
#define GIVE_UP_MS 30000
/* A multiple of what is answered through the kernel's loopback. */
#define OVERLOAD_PER_S 1000000

static struct steersite site = {.pools = 10000, .regions = 20, .rankings = 2000};
static struct daemon *server;

static uint64_t now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static double ms_since(uint64_t start_ns)
{
    return (double)(now_ns() - start_ns) / 1e6;
}

static void print_ms(const char *what, double ms)
{
    printf("%-52s %9.2f ms\n", what, ms);
    fflush(stdout);
}

/* ---- the wire ---- */

static struct packet query_of(unsigned pool, unsigned ranking)
{
    char name[64], subnet[32];

    snprintf(name, sizeof(name), "n%u.steer.example", pool);
    snprintf(subnet, sizeof(subnet), "10.%u.%u.0/24", ranking >> 8, ranking & 255);
    return q(name, "A", .ecs = subnet);
}

static int ask_socket(void)
{
    const struct sockaddr_in to = {.sin_family = AF_INET,
                                   .sin_port = htons(daemon_port(server)),
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const struct timeval patience = {.tv_sec = 10};
    const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    if (connect(fd, (const struct sockaddr *)&to, sizeof(to)) != 0)
        abort();
    return fd;
}

/* The address that one record answers with. */
static uint32_t ask(int fd, const struct packet *query)
{
    uint8_t reply[PACKET_MAX];

    if (send(fd, query->data, query->len, 0) < 0)
        abort();
    const ssize_t n = recv(fd, reply, sizeof(reply), 0);
    if (n < 12 || kit_count(reply, 1) != 1)
        daemon_fail(server, "no reply of one record");
    return get_u32(reply + 12 + kit_question_len(reply, (size_t)n) + 12);
}

/* Ask every worker until none answers by the address any more (or, not `away`: all do). */
static void watch(const struct packet *query, uint32_t addr, bool away)
{
    const uint64_t start = now_ns();
    int fd[WATCHERS];
    unsigned changed;

    for (unsigned i = 0; i < WATCHERS; i++)
        fd[i] = ask_socket();
    do {
        if (ms_since(start) > GIVE_UP_MS)
            daemon_fail(server, "the answer does not turn");
        changed = 0;
        for (unsigned i = 0; i < WATCHERS; i++)
            changed += (ask(fd[i], query) != addr) == away;
    } while (changed < WATCHERS);
    for (unsigned i = 0; i < WATCHERS; i++)
        close(fd[i]);
}

static uint32_t door(unsigned region)
{
    return 127u << 24 | 3u << 16 | region << 8 | 1;
}

static uint32_t own(unsigned pool)
{
    return 127u << 24 | 1u << 16 | pool;
}

/* ---- control commands, as short as they come, while something else goes on ---- */

static atomic_bool calling;

/* A line each way; the reply is not looked at. */
static size_t call_raw(int fd, const char *method)
{
    char line[128], reply[65536];
    const int len =
        snprintf(line, sizeof(line),
                 "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"%s\",\"params\":{}}\n", method);
    size_t total = 0;

    if (send(fd, line, (size_t)len, MSG_NOSIGNAL) != len)
        abort();
    do {
        const ssize_t n = recv(fd, reply, sizeof(reply), 0);
        if (n <= 0)
            abort();
        total += (size_t)n;
        if (reply[n - 1] == '\n')
            return total;
    } while (true);
}

static void *keep_calling(void *longest_ms)
{
    const int fd = daemon_connect(server);
    const struct timespec pause = {.tv_nsec = 2000000};

    while (calling) {
        const uint64_t start = now_ns();
        call_raw(fd, "stats");
        const double ms = ms_since(start);
        if (ms > *(double *)longest_ms)
            *(double *)longest_ms = ms;
        nanosleep(&pause, NULL);
    }
    close(fd);
    return NULL;
}

/* Run something; print how long it took, and how long a command beside it took at most. */
static void beside_calls(const char *what, void (*run)(void))
{
    double longest_ms = 0;
    pthread_t thread;
    char text[128];

    calling = true;
    if (pthread_create(&thread, NULL, keep_calling, &longest_ms) != 0)
        abort();
    const uint64_t start = now_ns();
    run();
    print_ms(what, ms_since(start));
    calling = false;
    pthread_join(thread, NULL);
    snprintf(text, sizeof(text), "  the longest `stats` beside it");
    print_ms(text, longest_ms);
}

/* ---- what is measured ---- */

static int compare_doubles(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static void print_rounds(const char *what, double *ms)
{
    qsort(ms, ROUNDS, sizeof(*ms), compare_doubles);
    printf("%-52s %9.2f ms   (%.2f to %.2f)\n", what, ms[ROUNDS / 2], ms[0], ms[ROUNDS - 1]);
    fflush(stdout);
}

/* From the command's first octet to the last worker's answer. */
static void measure_drain(const char *what, const char *pool)
{
    const struct packet query = query_of(site.pools - 1, 1);
    double ms[ROUNDS], reply_ms[ROUNDS];
    char text[64];

    for (unsigned i = 0; i < ROUNDS; i++) {
        const int fd = daemon_connect(server);
        uint64_t start = now_ns();
        daemon_send(fd, "drain",
                    pool != NULL ? json_pack("{s:s, s:s}", "region", "r1", "pool", pool)
                                 : json_pack("{s:s}", "region", "r1"));
        watch(&query, door(1), true);
        ms[i] = ms_since(start);
        json_decref(daemon_receive(fd));
        reply_ms[i] = ms_since(start);
        daemon_send(fd, "undrain",
                    pool != NULL ? json_pack("{s:s, s:s}", "region", "r1", "pool", pool)
                                 : json_pack("{s:s}", "region", "r1"));
        watch(&query, door(1), false);
        json_decref(daemon_receive(fd));
        close(fd);
    }
    snprintf(text, sizeof(text), "%s, on the wire", what);
    print_rounds(text, ms);
    snprintf(text, sizeof(text), "%s, reply", what);
    print_rounds(text, reply_ms);
}

/* From the failing answer of an endpoint to the last worker's answer. */
static void measure_verdict(const char *what, uint8_t x, uint8_t y, uint8_t z,
                            const struct packet *query, uint32_t addr)
{
    double ms[ROUNDS];

    for (unsigned i = 0; i < ROUNDS; i++) {
        site_origin_set(x, y, z, SITE_FAIL);
        watch(query, addr, true);
        ms[i] = ms_since(site_origin_failed_ns(x, y, z));
        site_origin_set(x, y, z, SITE_OK);
        watch(query, addr, false);
    }
    print_rounds(what, ms);
}

static bool is_one_record(size_t i, const uint8_t *reply, size_t len)
{
    (void)i;
    (void)len;
    return kit_rcode(reply) == 0 && kit_count(reply, 1) == 1;
}

static struct packet *storm_queries(void)
{
    struct packet *queries = xcalloc(QUERIES, sizeof(*queries));

    for (unsigned i = 0; i < QUERIES; i++) {
        queries[i] = query_of(i * 7919 % site.pools, i * 104729 % site.rankings);
        queries[i].data[0] = (uint8_t)(i >> 8);
        queries[i].data[1] = (uint8_t)i;
    }
    return queries;
}

/* Octets of a value in the daemon's /proc, in MiB. */
static double proc_mib(const char *file, const char *key)
{
    char path[64], line[256];
    double kib = 0;

    snprintf(path, sizeof(path), "/proc/%d/%s", (int)server->pid, file);
    FILE *f = fopen(path, "re");
    while (f != NULL && fgets(line, sizeof(line), f) != NULL)
        if (strncmp(line, key, strlen(key)) == 0)
            kib = strtod(line + strlen(key), NULL);
    if (f != NULL)
        fclose(f);
    return kib / 1024;
}

/* Nanoseconds on a processor so far, of the control loop and of all other threads. */
struct cpu {
    uint64_t control_ns, others_ns;
};

static struct cpu cpu_now(void)
{
    struct cpu cpu = {0, 0};
    char path[300];

    snprintf(path, sizeof(path), "/proc/%d/task", (int)server->pid);
    DIR *tasks = opendir(path);
    for (const struct dirent *e; tasks != NULL && (e = readdir(tasks)) != NULL;) {
        unsigned long long ns = 0;
        snprintf(path, sizeof(path), "/proc/%d/task/%s/schedstat", (int)server->pid, e->d_name);
        FILE *f = fopen(path, "re");
        if (f != NULL && fscanf(f, "%llu", &ns) == 1)
            *(atoi(e->d_name) == server->pid ? &cpu.control_ns : &cpu.others_ns) += ns;
        if (f != NULL)
            fclose(f);
    }
    if (tasks != NULL)
        closedir(tasks);
    return cpu;
}

/* A number of `stats`, by a path of one or two keys. */
static long long stat_of(const char *key, const char *below)
{
    json_t *stats = daemon_call(server, "stats", "{}");
    const json_t *value = json_object_get(stats, key);
    const long long n = json_integer_value(below != NULL ? json_object_get(value, below) : value);

    json_decref(stats);
    return n;
}

static void print_memory(const char *what)
{
    printf("%-52s %9.1f MiB PSS, peak RSS %.1f\n", what, proc_mib("smaps_rollup", "Pss:"),
           proc_mib("status", "VmHWM:"));
    fflush(stdout);
}

/* What a second of it costs: workers by query, the control loop as a share of a processor and by snapshot. */
static void print_cost(const struct cpu *from, const struct cpu *to, uint64_t queries,
                       long long snapshots, unsigned seconds)
{
    const double control_us = (double)(to->control_ns - from->control_ns) / 1e3;

    printf("  workers, processor a query %32.2f us\n",
           (double)(to->others_ns - from->others_ns) / 1e3 / (double)queries);
    printf("  control loop, processor %35.1f %%\n", control_us / 1e4 / seconds);
    if (snapshots > 0)
        printf("  snapshots a second %40.1f, control loop each %.0f us\n",
               (double)snapshots / seconds, control_us / (double)snapshots);
    printf("  probes, late at most %38lld ms\n", stat_of("probes", "late_ms"));
    fflush(stdout);
}

static void measure_storm(const char *what, const struct packet *queries, unsigned per_s,
                          unsigned seconds)
{
    const struct cpu from = cpu_now();
    const long long generation = stat_of("generation", NULL);
    struct storm *s = storm_start(&(struct storm_opts){.port = daemon_port(server),
                                                       .per_s = per_s,
                                                       .queries = queries,
                                                       .n = QUERIES,
                                                       .is_right = is_one_record});
    sleep(seconds);
    const struct cpu to = cpu_now();
    const long long snapshots = stat_of("generation", NULL) - generation;
    const struct storm_result r = storm_stop(s);
    printf("%-52s p50 %.3f  p99 %.3f  max %.3f ms, %llu of %llu lost, %llu wrong\n", what, r.p50_ms,
           r.p99_ms, r.max_ms, (unsigned long long)(r.sent - r.received),
           (unsigned long long)r.sent, (unsigned long long)r.wrong);
    print_cost(&from, &to, r.received, snapshots, seconds);
}

static void measure_flips(const struct packet *queries)
{
    measure_storm("queries, quiet", queries, PER_S, 5);
    for (unsigned i = 0; i < SITE_OWN; i++)
        site_origin_set(1, 0, (uint8_t)i, SITE_FLAP);
    measure_storm("queries, 1000 verdicts a second turn", queries, PER_S, 5);
    for (unsigned i = 0; i < SITE_OWN; i++)
        site_origin_set(1, 0, (uint8_t)i, SITE_OK);
}

static void run_status(void)
{
    const int fd = daemon_connect(server);

    call_raw(fd, "status");
    close(fd);
}

static void run_reload(void)
{
    const int fd = daemon_connect(server);

    call_raw(fd, "reload");
    close(fd);
}

/* Far more queries than can be answered, from a thread that wants a processor for itself. */
static void measure_overload(const struct packet *queries)
{
    struct storm *s = storm_start(&(struct storm_opts){.port = daemon_port(server),
                                                       .per_s = OVERLOAD_PER_S,
                                                       .queries = queries,
                                                       .n = QUERIES,
                                                       .is_right = is_one_record});
    beside_calls("status, overloaded", run_status);
    beside_calls("reload, overloaded", run_reload);
    storm_stop(s);
    printf("  probes, late at most %38lld ms\n", stat_of("probes", "late_ms"));
}

static void measure(void)
{
    const struct packet all = query_of(site.pools - 1, 1), one = query_of(5, 0);
    struct packet *queries = storm_queries();

    print_memory("memory");
    measure_drain("drain of a region, all pools", NULL);
    char name[64];
    snprintf(name, sizeof(name), "p%u.steer.example", site.pools - 1);
    measure_drain("drain of a region in one pool", name);
    measure_verdict("a verdict turns, all pools", 3, 1, 1, &all, door(1));
    measure_verdict("a verdict turns, one pool", 1, 0, 5, &one, own(5));
    beside_calls("status", run_status);
    beside_calls("reload", run_reload);
    measure_flips(queries);
    measure_overload(queries);
    print_memory("memory");
    free(queries);
}

static void bench(void **state)
{
    char *zone, *config;

    (void)state;
    site.port = site_origin_start();
    config = steersite_config(&site);
    zone = steersite_zone(&site);
    const struct daemon_file file = {"zones/steer.example.zone", zone};
    const uint64_t start = now_ns();
    server = daemon_start(&(struct daemon_opts){.config = config, .files = &file, .n_files = 1});
    print_ms("start to the first status", ms_since(start));
    measure();
    daemon_stop(server);
    free(zone);
    free(config);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(bench)};

    site.pools = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : site.pools;
    site.regions = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : site.regions;
    site.rankings = argc > 3 ? (unsigned)strtoul(argv[3], NULL, 10) : site.rankings;
    if (argc > 4 || site.pools <= SITE_OWN || site.regions < 2 || site.regions > 60 ||
        site.rankings < 2 || site.rankings > 60000) {
        fputs("usage: bench_steer [POOLS [REGIONS [RANKINGS]]]\n", stderr);
        return 2;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
