/*
 * await: asks a server again and again until an answer holds an address, and says when that was and how
 * much time and memory the server used.
 *
 *   await [-f SECONDS] [-w PID] [-m MORE_S] ADDRESS@PORT NAME [IPV4]
 *     IPV4 any answer will do without it
 *     -f   since when: seconds since 1970, as bash's $EPOCHREALTIME        (since now)
 *     -w   the server, to watch its memory
 *     -m   go on watching for so long: a server may need most when it puts the old away
 *
 * Prints "SECONDS CPU_SECONDS NOW_KIB PEAK_KIB", the time on processors since the server began; exit 1
 * when it has ended, or after two minutes.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/ipaddr.h"
#include "dns/types.h"
#include "process.h"
#include "questions.h"

#define GIVE_UP_S  120
#define ASK_MS     1   /* between a wrong answer and the next question */
#define LOST_MS    100 /* a question without an answer is asked again */
#define WATCH_MS   20  /* reading smaps_rollup holds up what it reads of */
#define ANSWER_MAX 4096

struct await {
    struct endpoint_addr server;
    struct ipaddr wanted; /* FAMILY_NONE: anything */
    double from_s, more_s;
    pid_t watch;
    double watched_s; /* when memory was last looked at */
    uint64_t now_kib, peak_kib;
};

static double real_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_REALTIME, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void look_at_memory(struct await *a)
{
    const double now_s = real_s();

    if (a->watch == 0 || now_s - a->watched_s < WATCH_MS / 1000.0)
        return;
    a->watched_s = now_s;
    a->now_kib = process_pss_kib(a->watch);
    if (a->now_kib > a->peak_kib)
        a->peak_kib = a->now_kib;
}

/* rdlength and rdata of an A record with the address (RFC 1035 §3.4.1). */
static bool holds(const uint8_t *reply, size_t len, const struct ipaddr *wanted)
{
    uint8_t rdata[6] = {0, 4};

    if (wanted->family == FAMILY_NONE)
        return true;
    memcpy(rdata + 2, wanted->bytes, 4);
    return len > DNS_HEADER_LEN && memmem(reply, len, rdata, sizeof(rdata)) != NULL;
}

/* A reply within the time?  Memory is looked at meanwhile. */
static bool wait_reply(struct await *a, int fd, int ms)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};

    for (; ms > 0; ms -= WATCH_MS) {
        if (poll(&p, 1, WATCH_MS) > 0)
            return true;
        look_at_memory(a);
    }
    return false;
}

/* One question at a time: those that wait in the socket of a server that starts are work for it. */
static bool ask(struct await *a, int fd, struct questions *questions)
{
    uint8_t query[QUESTION_MAX], reply[ANSWER_MAX];

    send(fd, query, questions_next(questions, 0x4242, query, sizeof(query)), MSG_NOSIGNAL);
    if (!wait_reply(a, fd, LOST_MS))
        return false;
    const ssize_t n = recv(fd, reply, sizeof(reply), MSG_DONTWAIT);
    if (n > 0 && holds(reply, (size_t)n, &a->wanted))
        return true;
    usleep(1000 * ASK_MS); /* not yet bound, or still the old answer */
    return false;
}

static bool wait_answer(struct await *a, int fd, struct questions *questions)
{
    const double end_s = real_s() + GIVE_UP_S;

    while (real_s() < end_s) {
        if (ask(a, fd, questions))
            return true;
        look_at_memory(a);
        if (a->watch > 0 && kill(a->watch, 0) != 0)
            return false; /* it has ended */
    }
    return false;
}

static bool run(struct await *a, struct questions *questions)
{
    struct sockaddr_storage to;
    const socklen_t len = ipaddr_to_sockaddr(&a->server.addr, a->server.port, &to);
    const int fd = socket(to.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    if (fd < 0 || connect(fd, (const struct sockaddr *)&to, len) != 0)
        return false;
    const bool ok = wait_answer(a, fd, questions);
    const double took_s = real_s() - a->from_s;
    const double cpu_s = a->watch > 0 ? (double)process_cpu_ns(a->watch) / 1e9 : 0;
    close(fd);
    for (const double end_s = real_s() + a->more_s; real_s() < end_s; usleep(5000))
        look_at_memory(a);
    a->watched_s = 0;
    look_at_memory(a);
    if (ok)
        printf("%.3f %.3f %llu %llu\n", took_s, cpu_s, (unsigned long long)a->now_kib,
               (unsigned long long)a->peak_kib);
    return ok;
}

static const char *read_args(struct await *a, int argc, char **argv)
{
    int option;

    while ((option = getopt(argc, argv, "f:w:m:")) != -1)
        switch (option) {
        case 'f': a->from_s = strtod(optarg, NULL); break;
        case 'w': a->watch = (pid_t)strtol(optarg, NULL, 10); break;
        case 'm': a->more_s = strtod(optarg, NULL); break;
        default: return NULL;
        }
    if (argc < optind + 2 || argc > optind + 3 || !sockaddr_parse(argv[optind], 53, &a->server) ||
        (argc == optind + 3 && !ipaddr_parse(argv[optind + 2], &a->wanted)))
        return NULL;
    return argv[optind + 1];
}

int main(int argc, char **argv)
{
    struct await a = {.from_s = real_s()};
    struct questions_opts opts = {.names = read_args(&a, argc, argv)};
    struct err err;

    if (opts.names == NULL) {
        fputs("usage: await [-f SECONDS] [-w PID] [-m MORE_S] ADDRESS@PORT NAME [IPV4]\n", stderr);
        return 2;
    }
    err_init(&err);
    struct questions *questions = questions_new(&opts, &err);
    const bool ok = questions != NULL && run(&a, questions);
    questions_free(questions);
    err_fini(&err);
    return ok ? 0 : 1;
}
