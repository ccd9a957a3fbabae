/* SPDX-License-Identifier: BSD-2-Clause */
#include "steersite.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* ---- files ---- */

static FILE *open_text(char **text, size_t *len)
{
    FILE *f = open_memstream(text, len);

    if (f == NULL)
        abort();
    return f;
}

/* One network of 10.0.0.0/8 for each ranking, whose three first regions are its own. */
static void put_rules(FILE *f, const struct steersite *s)
{
    for (unsigned i = 0; i < s->rankings; i++) {
        const unsigned a = i % s->regions, b = (a + 1 + i / s->regions) % s->regions;
        const unsigned c = (b + 1 + i / s->regions / s->regions) % s->regions;
        fprintf(f, "      - {network: 10.%u.%u.0/24, prefer: [r%u", i >> 8, i & 255, a);
        if (b != a)
            fprintf(f, ", r%u", b);
        if (c != a && c != b)
            fprintf(f, ", r%u", c);
        fprintf(f, "]}\n");
    }
}

char *steersite_config(const struct steersite *s)
{
    char *text;
    size_t len;
    FILE *f = open_text(&text, &len);

    fprintf(f, "regions:\n");
    for (unsigned i = 0; i < s->regions; i++)
        fprintf(f, "  r%u: {at: [%d, %d]}\n", i, (int)(i * 37 % 120) - 60,
                (int)(i * 71 % 340) - 170);
    fprintf(f, "maps:\n  world:\n    unknown: [r0]\n    rules:\n");
    put_rules(f, s);
    fprintf(
        f,
        "probes:\n"
        "  door: {type: http, path: /, port: %u, interval: 100ms, timeout: 90ms, rise: 1, fall: 1,\n"
        "         damping: {half_life: 1s, suppress: 100000}}\n" /* who flaps is not to be held */
        "policies:\n"
        "  default: {map: world, probe: door, ttl: {max: 300s, min: 10s},\n"
        "            damping: {half_life: 1s, suppress: 100000}}\n",
        s->port);
    fclose(f);
    return text;
}

char *steersite_zone(const struct steersite *s)
{
    char *text;
    size_t len;
    FILE *f = open_text(&text, &len);

    fputs("$TTL 60\n@ SOA ns hostmaster 1 2 3 4 5\n@ NS ns\nns A 192.0.2.53\n", f);
    for (unsigned i = 0; i < s->pools; i++) {
        fprintf(f, "n%u 300/10 DYNA p%u\n", i, i);
        for (unsigned r = 0; r < s->regions; r++) {
            if (i < SITE_OWN && r == 0)
                fprintf(f, "r0.p%u A 127.1.0.%u\n", i, i);
            else
                fprintf(f, "r%u.p%u A 127.3.%u.1\n", r, i, r);
        }
    }
    fclose(f);
    return text;
}

/* ---- the origin ---- */

/* By the last three octets, folded: x is 1 or 3, y a region's number, z small. */
#define ENDPOINTS (4u << 16)
static _Atomic(uint8_t) modes[ENDPOINTS];
static _Atomic(uint64_t) failed_ns[ENDPOINTS];
static uint8_t turns[ENDPOINTS];

static uint32_t endpoint_of(uint32_t addr)
{
    return addr & (ENDPOINTS - 1);
}

static uint64_t now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static bool is_failing(uint32_t endpoint)
{
    switch ((enum site_mode)modes[endpoint]) {
    case SITE_OK: return false;
    case SITE_FAIL: return true;
    case SITE_FLAP: return turns[endpoint]++ & 1;
    }
    abort();
}

static void serve(int fd)
{
    static const char good[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    static const char bad[] = "HTTP/1.1 503 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    struct sockaddr_in local = {0};
    socklen_t len = sizeof(local);
    char request[2048];

    if (getsockname(fd, (struct sockaddr *)&local, &len) == 0 &&
        recv(fd, request, sizeof(request), 0) > 0) {
        const uint32_t endpoint = endpoint_of(ntohl(local.sin_addr.s_addr));
        const bool fail = is_failing(endpoint);
        if (fail && failed_ns[endpoint] == 0)
            failed_ns[endpoint] = now_ns();
        send(fd, fail ? bad : good, fail ? sizeof(bad) - 1 : sizeof(good) - 1, MSG_NOSIGNAL);
    }
    close(fd);
}

static void *accept_all(void *listener)
{
    for (int fd; (fd = accept(*(int *)listener, NULL, NULL)) >= 0;)
        serve(fd);
    abort();
}

uint16_t site_origin_start(void)
{
    static int listener;
    struct sockaddr_in at = {.sin_family = AF_INET};
    socklen_t len = sizeof(at);
    pthread_t thread;

    listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(listener, (struct sockaddr *)&at, sizeof(at)) != 0 || listen(listener, 1024) != 0 ||
        getsockname(listener, (struct sockaddr *)&at, &len) != 0 ||
        pthread_create(&thread, NULL, accept_all, &listener) != 0)
        abort();
    return ntohs(at.sin_port);
}

void site_origin_set(uint8_t x, uint8_t y, uint8_t z, enum site_mode mode)
{
    const uint32_t endpoint = endpoint_of((uint32_t)x << 16 | (uint32_t)y << 8 | z);

    failed_ns[endpoint] = 0;
    modes[endpoint] = (uint8_t)mode;
}

uint64_t site_origin_failed_ns(uint8_t x, uint8_t y, uint8_t z)
{
    return failed_ns[endpoint_of((uint32_t)x << 16 | (uint32_t)y << 8 | z)];
}
