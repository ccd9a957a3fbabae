/*
 * Randomness of the model: a counter through the finaliser of splitmix64, its state one number of the
 * caller's.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdint.h>

#include "base/hash.h"

/* In [0, 1). */
static inline double dice(uint64_t *state)
{
    *state += UINT64_C(0x9e3779b97f4a7c15);
    return (double)(hash_mix(*state) >> 11) * 0x1p-53;
}
