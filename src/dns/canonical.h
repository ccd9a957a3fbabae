/*
 * When two rdata are the same record: names in the rdata of older types differ in case and are the
 * same all the same (RFC 4343 §3; the types are those of RFC 4034 §6.2 as RFC 6840 §5.1 corrects it).
 *
 * Pure functions, any thread, no allocation.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

bool canonical_equal(uint16_t type, const uint8_t *a, uint16_t a_len, const uint8_t *b,
                     uint16_t b_len);
/* Equal for what canonical_equal calls equal. */
uint32_t canonical_hash(uint16_t type, const uint8_t *rdata, uint16_t rdlen);
