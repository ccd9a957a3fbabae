/*
 * Snapshots change while workers answer: the one test that is for ThreadSanitizer.  Each snapshot's
 * identity is its generation, so that a client sees from which one it was answered.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <pthread.h>

#include "base/xalloc.h"
#include "dns/types.h"
#include "netkit.h"

#define GENERATIONS 500

static struct snapshot *make_snapshot(const struct snapshot *parts, uint64_t generation)
{
    struct answer_opts opts = {.udp_size = 1232};

    opts.identity.len = (uint8_t)snprintf(opts.identity.text, sizeof(opts.identity.text), "%u",
                                          (unsigned)generation);
    parts->steering->refs++;
    return snapshot_new(zonedb_ref(parts->zones), parts->steering, &opts, generation);
}

struct client {
    const struct netkit *s;
    int type;
    _Atomic bool *stop;
    sem_t answered; /* posted for every reply */
};

/* The generation that answered, from `id.server. 0 CH TXT "7"`. */
static unsigned ask_generation(int fd, int type)
{
    const struct packet p = q("id.server", "TXT", .class = CLASS_CH);
    uint8_t out[65535], frame[2 + PACKET_MAX];
    size_t len;

    if (type == SOCK_STREAM) {
        netkit_send(fd, frame, (size_t)(netkit_frame(frame, &p) - frame));
        len = netkit_recv_frame(fd, out);
    } else {
        netkit_send(fd, p.data, p.len);
        len = netkit_recv(fd, out, sizeof(out));
    }
    char *text = kit_text(out, len);
    const char *quote = strchr(text, '"');
    assert_non_null(quote);
    const unsigned generation = (unsigned)atoi(quote + 1);
    free(text);
    return generation;
}

/* A client, bound to one worker by its port, never sees time run backwards. */
static void *run_client(void *arg)
{
    struct client *c = arg;
    const int fd = netkit_connect(c->s, c->type, NULL);
    unsigned last = 0;

    while (!atomic_load(c->stop)) {
        const unsigned generation = ask_generation(fd, c->type);
        if (generation < last || generation > GENERATIONS)
            abort();
        last = generation;
        sem_post(&c->answered);
    }
    close(fd);
    return NULL;
}

static void offer(struct netkit *s, struct snapshot *next)
{
    for (unsigned i = 0; i < s->n; i++)
        worker_offer(s->workers[i], next);
}

/* When all workers answer by the next one, the one before is nobody's. */
static void free_old(struct snapshot *old)
{
    assert_true(snapshot_free_if_last(old));
}

static void test_swapping(void **state)
{
    struct kitsnap *k = kitsnap_new(NULL);
    kitsnap_add_file(k, "example.com.", "tests/answer/plain.zone");
    const struct snapshot *parts = kitsnap_get(k);
    struct snapshot *now = make_snapshot(parts, 1);
    struct netkit s;
    _Atomic bool stop = false;
    struct client clients[] = {{.s = &s, .type = SOCK_DGRAM, .stop = &stop},
                               {.s = &s, .type = SOCK_DGRAM, .stop = &stop},
                               {.s = &s, .type = SOCK_STREAM, .stop = &stop}};
    pthread_t threads[3];

    netkit_open(&s, &(struct netkit_opts){.workers = 2, .first = now});
    for (int i = 0; i < 3; i++) {
        sem_init(&clients[i].answered, 0, 0);
        assert_int_equal(pthread_create(&threads[i], NULL, run_client, &clients[i]), 0);
    }
    for (uint64_t generation = 2; generation <= GENERATIONS; generation++) {
        struct snapshot *next = make_snapshot(parts, generation);
        offer(&s, next);
        netkit_wait(&s, generation);
        free_old(now);
        now = next;
        sem_wait(&clients[generation % 3].answered); /* none is left behind */
    }
    atomic_store(&stop, true);
    for (int i = 0; i < 3; i++) {
        pthread_join(threads[i], NULL);
        sem_destroy(&clients[i].answered);
    }
    const int fd = netkit_connect(&s, SOCK_DGRAM, NULL);
    assert_int_equal(ask_generation(fd, SOCK_DGRAM), GENERATIONS);
    close(fd);
    netkit_close(&s);
    free_old(now);
    kitsnap_free(k);
}

/* Offered faster than they are taken: one that no worker looked at is replaced unseen, and freed. */
static void test_offers_in_a_row(void **state)
{
    struct kitsnap *k = kitsnap_new(NULL);
    kitsnap_add_file(k, "example.com.", "tests/answer/plain.zone");
    struct snapshot *all[101];
    struct netkit s;

    all[0] = make_snapshot(kitsnap_get(k), 1);
    netkit_open(&s, &(struct netkit_opts){.workers = 2, .first = all[0]});
    for (uint64_t i = 1; i <= 100; i++) {
        all[i] = make_snapshot(kitsnap_get(k), i + 1);
        offer(&s, all[i]);
    }
    netkit_wait(&s, 101);
    for (int i = 0; i < 100; i++)
        free_old(all[i]);
    assert_false(snapshot_free_if_last(all[100]));
    netkit_close(&s);
    free_old(all[100]);
    kitsnap_free(k);
}

/* A worker may be stopped with an offer that it has not looked at. */
static void test_stop_with_an_offer(void **state)
{
    struct kitsnap *k = kitsnap_new(NULL);
    kitsnap_add_file(k, "example.com.", "tests/answer/plain.zone");

    for (int i = 0; i < 50; i++) {
        struct snapshot *first = make_snapshot(kitsnap_get(k), 1);
        struct snapshot *next = make_snapshot(kitsnap_get(k), 2);
        struct netkit s;
        netkit_open(&s, &(struct netkit_opts){.workers = 2, .first = first});
        offer(&s, next);
        netkit_close(&s);
        free_old(first);
        free_old(next);
    }
    kitsnap_free(k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_swapping),
        cmocka_unit_test(test_offers_in_a_row),
        cmocka_unit_test(test_stop_with_an_offer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
