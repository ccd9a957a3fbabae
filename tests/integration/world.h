/*
 * The world of a test of the prober: a loop, a prober, an origin on 127.0.0.1 that is healthy, and a
 * probe to ask it by.  Nothing sleeps: everything waits for events of the loop, and what takes ten
 * seconds has failed.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "health/health.h"
#include "origin.h"

/* INTERVAL_MS where the schedule is to ask, else the test does.  TIMEOUT_MS for what is to time out;
 * what is to succeed has all the time of a busy machine. */
enum { INTERVAL_MS = 30, TIMEOUT_MS = 60, PATIENCE_MS = 10000 };
#define NEVER_MS (INT64_C(365) * 86400 * 1000)

/* What runs the programs of exec probes; NULL, unless a test set it before its first world. */
extern struct exechelper *world_exec;

struct world {
    uv_loop_t loop;
    uv_timer_t patience;
    struct health *health;         /* NULL once closed */
    struct origin *origin, *other; /* other: NULL, or one that a test opened besides */
    struct probe_spec spec;
    unsigned changes;
    bool is_closed, out_of_patience;
};

/* Around each test.  That the loop has nothing left to do in the end is the proof that nothing was
 * forgotten. */
int world_set_up(void **state);
int world_tear_down(void **state);
#define WORLD_TEST(f) cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down)

/* For health_close; then another prober can be opened. */
void world_health_closed(void *arg); /* the world */
void world_open_health(struct world *w, unsigned max_in_flight);

struct endpoint_addr loopback(void); /* 127.0.0.1, any port */
struct probe_dest dest_of(const char *addr);
struct target *target(struct world *w); /* the origin under the world's probe, as it is now */
struct target_status status(const struct target *t);

/* Run the loop until cond(arg); what: for the message if that does not come. */
void wait_until(struct world *w, bool (*cond)(void *arg), void *arg, const char *what);
void wait_for(struct world *w, const struct target *t, enum verdict_state verdict);
void wait_probes(struct world *w, const struct target *t, uint64_t more);
bool is_true(void *arg); /* a condition: *arg, a bool */

/* For target_probe_now: what came. */
struct answer {
    bool is_done;
    struct target *target;
};

void on_answer(void *arg, struct target *t);
/* Ask now, until so many results more have counted. */
void ask(struct world *w, struct target *t, unsigned results);
