/*
 * The hash of NSEC3 (RFC 5155 §5) and the owner names made of it.
 *
 * Pure functions, any thread, no allocation.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NSEC3_HASH_LEN  20 /* SHA-1, the only algorithm there is (RFC 5155 §11) */
#define NSEC3_LABEL_LEN 32 /* the same in base32hex, without padding (RFC 5155 §3) */

/*
 * More iterations than this are not worked out, neither at load nor for a query: at 150 a hash takes
 * some 10 µs.  It is where validators stopped too, which take such a zone for insecure whatever is
 * proven (RFC 9276 §3.2; BIND and Unbound: 150, by now even less).
 */
#define NSEC3_ITERATIONS_MAX 150

struct nsec3_params {
    uint16_t iterations;
    uint8_t salt_len;
    const uint8_t *salt; /* borrowed from the rdata */
};

/*
 * Read what NSEC3 and NSEC3PARAM begin with (RFC 5155 §3.2, §4.2).  False: too short, or another
 * algorithm than SHA-1.
 */
bool nsec3_params_read(const uint8_t *rdata, size_t len, uint8_t *flags, struct nsec3_params *out);
bool nsec3_params_equal(const struct nsec3_params *a, const struct nsec3_params *b);

/* name: lower-case. */
void nsec3_hash(const struct nsec3_params *p, const uint8_t *name, uint8_t out[NSEC3_HASH_LEN]);

/* The hash in a label of any case; false: it holds none. */
bool nsec3_label_read(const uint8_t *label, uint8_t out[NSEC3_HASH_LEN]);
