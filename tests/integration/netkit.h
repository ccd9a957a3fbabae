/*
 * Workers with sockets and a client to ask them, without a control side.  Everything waits for what
 * it waits for, at most WAIT_S seconds, and ends the test if that does not come.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <semaphore.h>

#include "../unit/kitsnap.h"
#include "net/listen.h"
#include "net/worker.h"

#define WAIT_S         20
#define NETKIT_WORKERS 2

struct netkit {
    struct kitsnap *kit;
    struct listeners *listeners;
    struct worker *workers[NETKIT_WORKERS];
    unsigned n;
    int udp;       /* with copy_udp: a copy of the first worker's socket; the caller's */
    sem_t swapped; /* posted for every snapshot that a worker took */
    void (*swap)(struct netkit *s);
};

struct netkit_opts {
    const char *listen;              /* NULL: 127.0.0.1 */
    unsigned workers;                /* 0: one */
    uint32_t tcp_clients;            /* 0: 100 */
    dur_ms_t tcp_idle_ms;            /* 0: as good as never */
    dur_ms_t tcp_lifetime_ms;        /* 0: no end */
    const struct prefix *proxy_from; /* not NULL: with PROXY headers, believed from there */
    bool copy_udp;
    void (*swap)(
        struct netkit *s);  /* NULL, or called by a worker's thread for each snapshot taken */
    struct snapshot *first; /* NULL: tests/answer/big.zone as example.com. */
};

void netkit_open(struct netkit *s, const struct netkit_opts *opts);
void netkit_close(struct netkit *s);
uint64_t netkit_stat(const struct netkit *s, enum stats_id which); /* of all workers */

/* Wait until every worker answers by this generation. */
void netkit_wait(struct netkit *s, uint64_t generation);

/* A socket to the server, connected; to: another address than the one listened on, or NULL. */
int netkit_connect(const struct netkit *s, int type, const char *to);
/* The same from an address of our choice. */
int netkit_connect_from(const struct netkit *s, int type, const char *from);

void netkit_send(int fd, const void *data, size_t len); /* all of it */

/* UDP: a datagram into out; TCP: a message.  Its length; 0: TCP ended. */
size_t netkit_recv(int fd, uint8_t *out, size_t cap);
size_t netkit_recv_frame(int fd, uint8_t out[65535]);

/* Append a query with the length before it (RFC 1035 §4.2.2) to at; returns the end. */
uint8_t *netkit_frame(uint8_t *at, const struct packet *p);

/* Ask and get the answer: one query, one reply with its ID. */
void netkit_ask_tcp(int fd, const struct packet *p);
void netkit_ask_udp(int fd, const struct packet *p);
