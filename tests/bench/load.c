/* SPDX-License-Identifier: BSD-2-Clause */
#include "load.h"

#include <stdio.h>

#include "load_inside.h"
#include "process.h"

void load_begin(const struct load_opts *opts, struct load_result *r)
{
    r->cpu_ns = opts->watch > 0 ? process_cpu_ns(opts->watch) : 0;
}

void load_end(const struct load_opts *opts, struct load_result *r)
{
    r->cpu_ns = opts->watch > 0 ? process_cpu_ns(opts->watch) - r->cpu_ns : 0;
}

void load_announce(void)
{
    puts("began");
    fflush(stdout);
}

bool load_run(const struct load_opts *opts, struct questions *questions, struct load_result *out,
              struct err *err)
{
    *out = (struct load_result){0};
    return (opts->tcp ? load_tcp : load_udp)(opts, questions, out, err);
}

/* ---- what came of it ---- */

static double us(uint64_t ns)
{
    return (double)ns / 1000;
}

static double per(double a, uint64_t b)
{
    return b > 0 ? a / (double)b : 0;
}

static double per_s(const struct load_result *r, uint64_t n)
{
    return per(1e9 * (double)n, r->elapsed_ns);
}

static uint64_t lost(const struct load_result *r)
{
    return r->sent - r->received - r->unread;
}

static const struct {
    const char *name;
    double share;
} quantiles[] = {{"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"p99.9", 0.999}, {"max", 1}};

#define N_QUANTILES (sizeof(quantiles) / sizeof(quantiles[0]))

static void print_mode(const struct load_opts *opts)
{
    printf("%s, %u %s, ", opts->tcp ? "TCP" : "UDP", opts->sockets,
           opts->tcp ? "connections" : "sockets");
    if (opts->per_s > 0)
        printf("open loop, %u queries/s\n", opts->per_s);
    else
        printf("closed loop, %u under way%s\n", opts->outstanding, opts->tcp ? " on each" : "");
}

void load_print(const struct load_opts *opts, const struct load_result *r)
{
    print_mode(opts);
    printf("sent %llu, received %llu, lost %llu (%.4f %%), unread %llu, stray %llu, truncated %llu",
           (unsigned long long)r->sent, (unsigned long long)r->received,
           (unsigned long long)lost(r), 100 * per((double)lost(r), r->sent),
           (unsigned long long)r->unread, (unsigned long long)r->stray,
           (unsigned long long)r->truncated);
    if (opts->tcp)
        printf(", closed by the server %llu", (unsigned long long)r->closed);
    printf("\n%.0f queries/s, %.0f replies/s in %.3f s, %.0f octets each\n", per_s(r, r->sent),
           per_s(r, r->in_time), (double)r->elapsed_ns / 1e9, per((double)r->octets, r->received));
    printf("latency in us:");
    for (size_t i = 0; i < N_QUANTILES; i++)
        printf(" %s %.1f", quantiles[i].name,
               us(histogram_quantile(&r->latency, quantiles[i].share)));
    printf("\nrcodes:");
    for (unsigned i = 0; i < 16; i++)
        if (r->rcode[i] > 0)
            printf(" %s %llu", rcode_name(i), (unsigned long long)r->rcode[i]);
    putchar('\n');
    if (opts->watch > 0)
        printf("server: %.0f ns of CPU a reply\n", per((double)r->cpu_ns, r->received));
    if (opts->watch > 0 && opts->tcp)
        printf("server: %lld KiB of memory for the connections\n", (long long)r->conns_kib);
}

void load_print_json(const struct load_opts *opts, const struct load_result *r)
{
    printf("{\"transport\": \"%s\", \"sockets\": %u, \"outstanding\": %u, \"rate\": %u, ",
           opts->tcp ? "tcp" : "udp", opts->sockets, opts->outstanding, opts->per_s);
    printf("\"sent\": %llu, \"received\": %llu, \"lost\": %llu, \"stray\": %llu, "
           "\"truncated\": %llu, \"closed\": %llu, ",
           (unsigned long long)r->sent, (unsigned long long)r->received,
           (unsigned long long)lost(r), (unsigned long long)r->stray,
           (unsigned long long)r->truncated, (unsigned long long)r->closed);
    printf("\"seconds\": %.6f, \"queries_per_s\": %.1f, \"replies_per_s\": %.1f, \"octets\": %llu, "
           "\"latency_us\": {",
           (double)r->elapsed_ns / 1e9, per_s(r, r->sent), per_s(r, r->in_time),
           (unsigned long long)r->octets);
    for (size_t i = 0; i < N_QUANTILES; i++)
        printf("%s\"%s\": %.1f", i > 0 ? ", " : "", quantiles[i].name,
               us(histogram_quantile(&r->latency, quantiles[i].share)));
    printf("}, \"rcodes\": {");
    const char *comma = "";
    for (unsigned i = 0; i < 16; i++)
        if (r->rcode[i] > 0) {
            printf("%s\"%s\": %llu", comma, rcode_name(i), (unsigned long long)r->rcode[i]);
            comma = ", ";
        }
    printf("}, \"cpu_ns\": %.1f, \"connections_kib\": %lld}\n", per((double)r->cpu_ns, r->received),
           (long long)r->conns_kib);
}
