/*
 * Dense numbers for distinct keys of one size: the first new key is 0, the next 1, … .  For
 * builders that meet the same thing many times and want to work on it once.
 *
 * Keys are compared as bytes: padding must be zero.  One thread at a time.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct intern {
    size_t key_size;
    uint8_t *keys; /* n keys, by number */
    uint32_t n;
    uint32_t *slots; /* open addressing, number + 1; 0: free */
    uint32_t mask;   /* slots - 1; at most half of them are used */
};

void intern_init(struct intern *t, size_t key_size);
void intern_fini(struct intern *t);

/* The number of a key, a new one if it was not there yet: then it is t->n - 1 and *fresh is true. */
uint32_t intern_id(struct intern *t, const void *key, bool *fresh);

/* The key of a number below t->n.  Borrowed until the next intern_id. */
const void *intern_key(const struct intern *t, uint32_t id);
