/* Values of SvcParams, a kind each (RFC 9460 §14.3.2).  SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdio.h>

#include "base/cursor.h"

struct svcvalue {
    bool needed; /* it must not be empty */
    /* From text whose escapes are resolved to octets.  Returns NULL, or what the word is: "is no …". */
    const char *(*read)(const uint8_t *text, size_t len, struct wr *out);
    /* False: the octets are no such value.  to: NULL prints nothing. */
    bool (*show)(const uint8_t *octets, size_t len, FILE *to);
};

extern const struct svcvalue svcvalue_none, svcvalue_octets, svcvalue_text;
extern const struct svcvalue svcvalue_list, svcvalue_list_maybe; /* strings */
extern const struct svcvalue svcvalue_keys, svcvalue_number, svcvalue_numbers;
extern const struct svcvalue svcvalue_ip4s, svcvalue_ip6s, svcvalue_base64;

/* A key by name or as key123. */
bool svckey_parse(const char *at, size_t len, uint16_t *out);
void svckey_print(uint16_t key, FILE *to);
