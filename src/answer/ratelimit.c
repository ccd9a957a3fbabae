/* SPDX-License-Identifier: BSD-2-Clause */
#include "answer/ratelimit.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/xalloc.h"

/*
 * 32,768 blocks, 768 KiB that are not touched before the first query is limited.  A flood from more
 * forged blocks than that pushes out those that have used least, which have least to forget.
 */
#define SETS ((size_t)1 << 13)
#define WAYS 4

#define TOKEN 1000 /* an answer, in what one millisecond adds at a rate of one a second */

struct bucket {
    uint64_t block; /* family and prefix; 0: not used */
    uint32_t at_ms; /* when it was last filled, modulo 2^32 */
    uint32_t answers, shorts;
};

struct ratelimit {
    uint64_t seed;
    struct bucket set[SETS][WAYS];
};

struct ratelimit *ratelimit_new(uint64_t seed)
{
    struct ratelimit *r = xcalloc(1, sizeof(*r));

    r->seed = seed;
    return r;
}

void ratelimit_free(struct ratelimit *r)
{
    free(r);
}

/* At most 56 bits of the address, and the family above them. */
static uint64_t block_of(const struct ipaddr *a)
{
    const unsigned octets = (a->family == FAMILY_IP4 ? RATELIMIT_BITS_IP4 : RATELIMIT_BITS_IP6) / 8;
    uint64_t block = a->family;

    for (unsigned i = 0; i < octets; i++)
        block = block << 8 | a->bytes[i];
    return block;
}

static uint32_t filled(uint32_t tokens, uint32_t elapsed_ms, uint32_t rate)
{
    const uint64_t full = (uint64_t)rate * TOKEN, sum = tokens + (uint64_t)elapsed_ms * rate;

    return (uint32_t)(sum < full ? sum : full);
}

static uint32_t elapsed_ms(const struct bucket *b, uint32_t now_ms)
{
    const uint32_t elapsed = now_ms - b->at_ms;

    return elapsed <= INT32_MAX ? elapsed : 0;
}

/* The bucket of a block; one that is new takes the place of the fullest, and is full. */
static struct bucket *get_bucket(struct bucket set[WAYS], uint64_t block, uint32_t rate,
                                 uint32_t now_ms)
{
    struct bucket *fullest = &set[0];
    uint32_t most = 0;

    for (unsigned i = 0; i < WAYS; i++) {
        struct bucket *b = &set[i];
        if (b->block == block)
            return b;
        const uint32_t answers =
            b->block == 0 ? UINT32_MAX : filled(b->answers, elapsed_ms(b, now_ms), rate);
        if (answers > most) {
            most = answers;
            fullest = b;
        }
    }
    *fullest = (struct bucket){.block = block,
                               .at_ms = now_ms,
                               .answers = rate * TOKEN,
                               .shorts = rate * RATELIMIT_SHORT_FACTOR * TOKEN};
    return fullest;
}

static bool take(uint32_t *tokens)
{
    if (*tokens < TOKEN)
        return false;
    *tokens -= TOKEN;
    return true;
}

enum ratelimit_verdict ratelimit_take(struct ratelimit *r, const struct ipaddr *client,
                                      uint32_t rate, real_ms_t now_ms)
{
    const uint64_t block = block_of(client);
    const uint32_t now = (uint32_t)now_ms;
    struct bucket *b = get_bucket(r->set[hash_mix(block ^ r->seed) % SETS], block, rate, now);
    const uint32_t elapsed = elapsed_ms(b, now);

    b->answers = filled(b->answers, elapsed, rate);
    b->shorts = filled(b->shorts, elapsed, rate * RATELIMIT_SHORT_FACTOR);
    b->at_ms = now;
    if (take(&b->answers))
        return RATELIMIT_ANSWER;
    return take(&b->shorts) ? RATELIMIT_SHORT : RATELIMIT_SILENT;
}
