/* SPDX-License-Identifier: BSD-2-Clause */
#include "resolvers.h"

#include <assert.h>
#include <ldns/ldns.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../unit/rng.h"
#include "base/err.h"
#include "base/xalloc.h"
#include "questions.h"

#define SECOND_MS 1000
#define WATCH_MS  100    /* between two questions of who watches */
#define WATCHER   0xffff /* the ID of his; a resolver's is its place in its home */
#define REPLY_MAX 1232

/* Each resolver's users go in a millisecond of their own of each second. */
struct resolver {
    mono_ms_t asked_at, expires; /* its answer */
    uint16_t phase_ms;
    uint8_t regions;   /* where the answer sends them, a bit each */
    bool has_answered; /* ever */
    bool is_waiting;
};

struct home {
    int fd;
    uint16_t next; /* the first resolver whose turn has not come in this second */
    uint8_t watched;
    bool is_watched;
    struct resolver resolver[PER_HOME]; /* by phase */
};

struct resolvers {
    const struct world *world;
    struct questions *questions;
    struct rng rng;
    bool has_begun;
    struct resolvers_seen seen;
    struct home home[HOMES];
};

/* ---- there and away ---- */

static int home_socket(unsigned home, const struct endpoint_addr *server)
{
    const struct ipaddr own = {.family = FAMILY_IP4, .bytes = {127, 54, (uint8_t)(home + 1), 1}};
    struct sockaddr_storage from, to;
    const socklen_t from_len = ipaddr_to_sockaddr(&own, 0, &from);
    const socklen_t to_len = ipaddr_to_sockaddr(&server->addr, server->port, &to);
    const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (fd < 0 || bind(fd, (const struct sockaddr *)&from, from_len) != 0 ||
        connect(fd, (const struct sockaddr *)&to, to_len) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

static bool open_home(struct resolvers *r, unsigned home, const struct endpoint_addr *server)
{
    struct home *h = &r->home[home];

    for (unsigned i = 0; i < PER_HOME; i++)
        h->resolver[i].phase_ms = (uint16_t)(i * SECOND_MS / PER_HOME);
    h->fd = home_socket(home, server);
    return h->fd >= 0;
}

struct resolvers *resolvers_new(const struct world *world, const struct endpoint_addr *server,
                                const char *name, uint64_t seed)
{
    struct resolvers *r = xcalloc(1, sizeof(*r));
    struct err err;
    bool ok;

    r->world = world;
    rng_init(&r->rng, seed);
    err_init(&err);
    r->questions = questions_new(&(struct questions_opts){.names = name, .seed = seed}, &err);
    err_fini(&err);
    ok = r->questions != NULL;
    for (unsigned h = 0; h < HOMES; h++)
        ok = open_home(r, h, server) && ok;
    if (ok)
        return r;
    resolvers_free(r);
    return NULL;
}

void resolvers_free(struct resolvers *r)
{
    for (unsigned h = 0; h < HOMES; h++)
        if (r->home[h].fd >= 0)
            close(r->home[h].fd);
    questions_free(r->questions);
    free(r);
}

/* ---- what users see ---- */

static void judge(struct resolvers *r, unsigned home, uint8_t regions)
{
    const unsigned dead = r->world->dead, at_home = 1u << home;

    if ((regions & ~dead) == 0)
        r->seen.failed++;
    else if ((regions & at_home) == 0 && (dead & at_home) == 0)
        r->seen.away++;
}

/* ---- answers ---- */

static uint8_t region_of(const struct world *w, const ldns_rr *rr)
{
    const uint8_t *octets = ldns_rdf_data(ldns_rr_rdf(rr, 0));

    for (unsigned r = 0; r < HOMES; r++)
        for (unsigned i = 0; i < BACKENDS_PER_REGION; i++)
            if (memcmp(w->backend[r][i].bytes, octets, 4) == 0)
                return (uint8_t)(1u << r);
    return 0;
}

/* The regions of all addresses in an answer, and how long it may be kept; no regions: no answer. */
static uint8_t read_answer(const struct world *w, const ldns_pkt *reply, uint32_t *ttl_s)
{
    const ldns_rr_list *answer = ldns_pkt_answer(reply);
    uint8_t regions = 0;

    *ttl_s = 0;
    for (size_t i = 0; i < ldns_rr_list_rr_count(answer); i++) {
        const ldns_rr *rr = ldns_rr_list_rr(answer, i);
        if (ldns_rr_get_type(rr) != LDNS_RR_TYPE_A)
            continue;
        regions |= region_of(w, rr);
        *ttl_s = ldns_rr_ttl(rr);
    }
    return regions;
}

static void watch_answer(struct resolvers *r, struct home *h, uint8_t regions)
{
    r->seen.changes += r->has_begun && h->is_watched && regions != h->watched;
    h->watched = regions;
    h->is_watched = true;
}

/* The first answer is one that it has had for a while. */
static void take_answer(struct resolvers *r, unsigned home, struct resolver *x, uint8_t regions,
                        uint32_t ttl_s)
{
    const uint32_t left_s = x->has_answered || ttl_s == 0 ? ttl_s : 1 + rng_below(&r->rng, ttl_s);

    r->seen.moves += x->has_answered && regions != x->regions;
    x->expires = x->asked_at + (dur_ms_t)left_s * SECOND_MS;
    x->regions = regions;
    x->has_answered = true;
    x->is_waiting = false;
    judge(r, home, regions);
}

static void receive(struct resolvers *r, unsigned home)
{
    struct home *h = &r->home[home];
    uint8_t octets[REPLY_MAX];
    ldns_pkt *reply;
    uint32_t ttl_s;

    for (ssize_t n; (n = recv(h->fd, octets, sizeof(octets), 0)) > 0;) {
        if (ldns_wire2pkt(&reply, octets, (size_t)n) != LDNS_STATUS_OK)
            continue;
        const uint16_t id = ldns_pkt_id(reply);
        const uint8_t regions = read_answer(r->world, reply, &ttl_s);
        ldns_pkt_free(reply);
        if (id == WATCHER)
            watch_answer(r, h, regions);
        else if (id < PER_HOME && h->resolver[id].is_waiting)
            take_answer(r, home, &h->resolver[id], regions, ttl_s);
    }
}

/* ---- questions ---- */

static void ask(struct resolvers *r, const struct home *h, uint16_t id)
{
    uint8_t query[QUESTION_MAX];
    const size_t len = questions_next(r->questions, id, query, sizeof(query));

    send(h->fd, query, len, MSG_NOSIGNAL);
}

/* A user goes where the answer says, if there is one yet. */
static void go(struct resolvers *r, unsigned home, uint16_t id, mono_ms_t now)
{
    struct home *h = &r->home[home];
    struct resolver *x = &h->resolver[id];

    if (now < x->expires) {
        judge(r, home, x->regions);
        return;
    }
    r->seen.failed += x->is_waiting;  /* in vain for a second */
    r->seen.asked += x->has_answered; /* the first was asked long ago */
    x->is_waiting = true;
    x->asked_at = now;
    ask(r, h, id);
}

void resolvers_begin(struct resolvers *r)
{
    r->has_begun = true;
}

void resolvers_step(struct resolvers *r, mono_ms_t now)
{
    const uint16_t at_ms = (uint16_t)(now % SECOND_MS);

    for (unsigned h = 0; h < HOMES; h++) {
        struct home *home = &r->home[h];
        receive(r, h);
        if (at_ms % WATCH_MS == 0)
            ask(r, home, WATCHER);
        if (at_ms == 0)
            home->next = 0;
        for (; home->next < PER_HOME && home->resolver[home->next].phase_ms <= at_ms; home->next++)
            if (r->has_begun)
                go(r, h, home->next, now);
    }
}

struct resolvers_seen resolvers_seen(const struct resolvers *r)
{
    return r->seen;
}
