/*
 * A site for bench_steer: many pools of many regions, each of which stands behind one address per
 * region, and a map of many rankings.
 *
 *   nI.steer.example      DYNA pI            names; the first SITE_OWN of them under policy "own"
 *   rJ.pI.steer.example   A 10.J.x.x         one record for each region, of its own to each pool
 *   rJ.pI.steer.example   A 127.3.J.1        and for each but the first SITE_OWN: the region's door
 *   r0.pI.steer.example   A 127.1.0.I        the first SITE_OWN: an endpoint of their own
 *
 * Everything at 127.0.0.0/8 is one origin in this process, whose endpoints can be told to fail.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define SITE_OWN 100 /* pools with an endpoint of their own; a few percent at most of all */

struct steersite {
    unsigned pools, regions, rankings;
    uint16_t port; /* of the origin */
};

char *steersite_config(const struct steersite *s); /* owned */
char *steersite_zone(const struct steersite *s);   /* owned */

/* ---- the origin ---- */

enum site_mode { SITE_OK, SITE_FAIL, SITE_FLAP };

/* Listen on all of 127.0.0.0/8, on a thread that ends with the process.  Returns the port. */
uint16_t site_origin_start(void);
/* What the endpoint 127.x.y.z answers from now on, by its last three octets. */
void site_origin_set(uint8_t x, uint8_t y, uint8_t z, enum site_mode mode);
/* When it first failed since it was told to, on the monotonic clock; 0: not yet. */
uint64_t site_origin_failed_ns(uint8_t x, uint8_t y, uint8_t z);
