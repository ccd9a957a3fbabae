/*
 * load: asks a server as fast as it answers, or at a steady rate, and tells what came back; SIGINT and
 * SIGTERM end it early.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "load.h"

static const char usage[] =
    "usage: load [OPTION...] ADDRESS@PORT\n"
    "  -n NAME|FILE    what to ask: a name, or a file (its path has a '/') of lines NAME [TYPE]\n"
    "                  from which names are drawn at random                    (example.com)\n"
    "  -N N            a '#' in a name stands for a number below N at random\n"
    "  -q TYPE         where no line says another                              (A)\n"
    "  -x PERCENT      of the queries, for names that do not exist             (0)\n"
    "  -e PREFIX|FILE  send random client subnets out of it, or of those in a file\n"
    "  -E              no EDNS\n"
    "  -t              over TCP\n"
    "  -c N            source ports, over TCP connections                      (1)\n"
    "  -o N            closed loop: N queries under way, over TCP on each connection (256, TCP: 1)\n"
    "  -r N            open loop: N queries a second; UDP only\n"
    "  -S              open loop: never sleep\n"
    "  -G              UDP: queries of equal length go out as one datagram that the kernel cuts\n"
    "  -a              say \"began\" when the first reply has come\n"
    "  -d SECONDS      how long                                                (1, unless -k)\n"
    "  -k N            how many queries\n"
    "  -T SECONDS      a query without a reply for so long is lost             (1)\n"
    "  -s SEED         of what is random                                       (1)\n"
    "  -w PID          the server: its CPU time, and over TCP its memory\n"
    "  -j              JSON\n";

static volatile sig_atomic_t stop;

static void on_signal(int signal)
{
    (void)signal;
    stop = 1;
}

struct args {
    struct load_opts load;
    struct questions_opts questions;
    bool json;
};

static bool take_option(struct args *a, int option, const char *text)
{
    switch (option) {
    case 'n': a->questions.names = text; break;
    case 'q': a->questions.type = text; break;
    case 'x': a->questions.nxdomain_per100 = (unsigned)strtoul(text, NULL, 10); break;
    case 'e': a->questions.subnets = text; break;
    case 'N': a->questions.numbers = (unsigned)strtoul(text, NULL, 10); break;
    case 'E': a->questions.no_edns = true; break;
    case 's': a->questions.seed = strtoull(text, NULL, 10); break;
    case 't': a->load.tcp = true; break;
    case 'c': a->load.sockets = (unsigned)strtoul(text, NULL, 10); break;
    case 'o': a->load.outstanding = (unsigned)strtoul(text, NULL, 10); break;
    case 'r': a->load.per_s = (unsigned)strtoul(text, NULL, 10); break;
    case 'S': a->load.spin = true; break;
    case 'G': a->load.segments = true; break;
    case 'a': a->load.announce = true; break;
    case 'd': a->load.duration_ns = (uint64_t)(strtod(text, NULL) * 1e9); break;
    case 'k': a->load.count = strtoull(text, NULL, 10); break;
    case 'T': a->load.patience_ns = (uint64_t)(strtod(text, NULL) * 1e9); break;
    case 'w': a->load.watch = (pid_t)strtol(text, NULL, 10); break;
    case 'j': a->json = true; break;
    default: return false;
    }
    return true;
}

static bool read_args(struct args *a, int argc, char **argv)
{
    int option;

    while ((option = getopt(argc, argv, "n:N:q:x:e:Es:tc:o:r:SGad:k:T:w:j")) != -1)
        if (!take_option(a, option, optarg))
            return false;
    if (optind + 1 != argc || !sockaddr_parse(argv[optind], 53, &a->load.server))
        return false;
    if (a->load.outstanding == 0)
        a->load.outstanding = a->load.tcp ? 1 : 256;
    if (a->load.duration_ns == 0 && a->load.count == 0)
        a->load.duration_ns = 1000000000;
    return a->load.sockets > 0 && a->load.outstanding <= 65536 &&
           !(a->load.tcp && a->load.per_s > 0);
}

int main(int argc, char **argv)
{
    struct args a = {.load = {.sockets = 1, .patience_ns = 1000000000, .stop = &stop},
                     .questions = {.names = "example.com", .seed = 1}};
    struct load_result result;
    struct questions *questions;
    struct err err;

    if (!read_args(&a, argc, argv)) {
        fputs(usage, stderr);
        return 2;
    }
    signal(SIGINT, on_signal);
    signal(SIGTERM, on_signal);
    err_init(&err);
    questions = questions_new(&a.questions, &err);
    const bool ok = questions != NULL && load_run(&a.load, questions, &result, &err);
    if (ok)
        (a.json ? load_print_json : load_print)(&a.load, &result);
    char *text = err_text(&err);
    fputs(text, stderr);
    free(text);
    err_fini(&err);
    questions_free(questions);
    return ok ? 0 : 1;
}
