/*
 * What a worker answers from, made without a daemon: zones from text, a configuration from text,
 * steering by the real compiler.  Nothing is probed, so every endpoint counts as up; regions go
 * away by draining them.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>

#include "base/clock.h"
#include "data/snapshot.h"
#include "kit.h"

struct kitsnap;

/*
 * yaml: as proxima.yaml, relative to the top of the source; its `zones` may be missing and is not
 * looked at.  NULL: no steering, identity "ns1.test".  A mistake in it, or in what is added, ends the
 * program with the message.
 */
struct kitsnap *kitsnap_new(const char *yaml);
void kitsnap_free(struct kitsnap *k);

void kitsnap_add_zone(struct kitsnap *k, const char *apex, const char *text);
void kitsnap_add_file(struct kitsnap *k, const char *apex, const char *path);
void kitsnap_add_broken(struct kitsnap *k, const char *apex); /* a zone that never was good */

/* Drain these regions everywhere from now on; "" or a list such as "a, b". */
void kitsnap_drain(struct kitsnap *k, const char *regions);

/*
 * The snapshot of all this; made anew after something was added or drained.  Each has a generation
 * of its own.  Borrowed: it lives as long as k.
 */
struct snapshot *kitsnap_get(struct kitsnap *k);
size_t kitsnap_zones(const struct kitsnap *k);
const struct zone *kitsnap_zone(const struct kitsnap *k, size_t i); /* NULL: a broken one */

struct ratelimit;

/* The time of RFC 9018's first example (appendix A.1), 2019-06-05T10:53:05Z. */
#define KIT_NOW_MS ((real_ms_t)1559731985 * 1000)

/* How a query comes in. */
struct kit_from {
    const char *client; /* NULL: 192.0.2.1 */
    bool tcp;
    dur_ms_t after_ms;       /* KIT_NOW_MS */
    struct ratelimit *limit; /* NULL: none, whatever the configuration says */
    size_t cap;              /* 0: ANSWER_UDP_ROOM or, for TCP, DNS_TCP_MAX */
};

/* Answer a packet; out: DNS_TCP_MAX octets.  Returns the length, 0: no reply. */
size_t kitsnap_answer(const struct snapshot *s, const struct packet *query,
                      const struct kit_from *from, uint8_t *out);
/* The same, as kit_text.  "(no reply)\n" where there is none.  Returns owned text, NULL as kit_text. */
char *kitsnap_ask(const struct snapshot *s, const struct packet *query,
                  const struct kit_from *from);
