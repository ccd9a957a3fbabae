/* SPDX-License-Identifier: BSD-2-Clause */
#include "answer/cookie.h"

#include <string.h>

#include "base/cursor.h"

/*
 *      client cookie, 8    version, 1    reserved, 3    timestamp, 4    hash, 8
 *                                                             RFC 9018 §4
 */
enum { AT_VERSION = 8, AT_TIMESTAMP = 12, AT_HASH = 16 };

#define VERSION 1

/* A cookie is good for so long (RFC 9018 §4.3) … */
#define PAST_S   3600
#define FUTURE_S 300
/* … and replaced when it is this old, so that who asks all the time always has a good one. */
#define FRESH_S 1800

/* The shortest and longest option with a server cookie (RFC 7873 §4). */
#define LEN_MIN 16
#define LEN_MAX 40

/* Hash of all that stands before it, and the client's address (RFC 9018 §4.4). */
static uint64_t hash(const uint8_t *cookie, const struct ipaddr *client,
                     const uint8_t secret[SIPHASH_KEY_LEN])
{
    uint8_t input[AT_HASH + sizeof(client->bytes)];
    const size_t addr_len = ipaddr_bits(client) / 8;

    memcpy(input, cookie, AT_HASH);
    memcpy(input + AT_HASH, client->bytes, sizeof(client->bytes));
    return siphash24(input, AT_HASH + addr_len, secret);
}

static void put_hash(uint8_t *out, uint64_t h)
{
    for (unsigned i = 0; i < 8; i++)
        out[i] = (uint8_t)(h >> 8 * i);
}

/* Which secret made it; n: none of them. */
static unsigned signer(const struct cookie_secrets *s, const uint8_t *cookie,
                       const struct ipaddr *client)
{
    uint8_t want[8];
    unsigned i;

    for (i = 0; i < s->n; i++) {
        put_hash(want, hash(cookie, client, s->key[i]));
        if (memcmp(want, cookie + AT_HASH, sizeof(want)) == 0)
            break;
    }
    return i;
}

static void make(const struct cookie_secrets *s, const struct ipaddr *client, uint32_t now_s,
                 const uint8_t *client_cookie, uint8_t out[COOKIE_LEN])
{
    memcpy(out, client_cookie, COOKIE_CLIENT_LEN);
    put_u32(out + AT_VERSION, (uint32_t)VERSION << 24);
    put_u32(out + AT_TIMESTAMP, now_s);
    put_hash(out + AT_HASH, hash(out, client, s->key[0]));
}

/* Valid, and then whether it may go back as it is: young, and by the secret of today, without
 * reserved bits that somebody else has set. */
static bool verify(const struct cookie_secrets *s, const struct edns *e,
                   const struct ipaddr *client, uint32_t now_s, bool *fresh)
{
    const uint8_t *cookie = e->cookie;

    if (e->cookie_len != COOKIE_LEN || cookie[AT_VERSION] != VERSION)
        return false;
    const int32_t age_s = (int32_t)(now_s - get_u32(cookie + AT_TIMESTAMP)); /* RFC 1982 */
    if (age_s > PAST_S || age_s < -FUTURE_S)
        return false;
    const unsigned by = signer(s, cookie, client);
    *fresh = by == 0 && age_s <= FRESH_S && get_u32(cookie + AT_VERSION) == (uint32_t)VERSION << 24;
    return by < s->n;
}

enum cookie_status cookie_check(const struct cookie_secrets *secrets, const struct edns *e,
                                const struct ipaddr *client, uint32_t now_s,
                                uint8_t out[COOKIE_LEN])
{
    bool fresh = false;

    if (e->cookie == NULL || secrets->n == 0)
        return COOKIE_NONE;
    if (e->cookie_len != COOKIE_CLIENT_LEN && (e->cookie_len < LEN_MIN || e->cookie_len > LEN_MAX))
        return COOKIE_MALFORMED;
    const bool valid = verify(secrets, e, client, now_s, &fresh);
    if (fresh)
        memcpy(out, e->cookie, COOKIE_LEN);
    else
        make(secrets, client, now_s, e->cookie, out);
    if (e->cookie_len == COOKIE_CLIENT_LEN)
        return COOKIE_CLIENT;
    return valid ? COOKIE_VALID : COOKIE_INVALID;
}
