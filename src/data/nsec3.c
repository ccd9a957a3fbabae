/* SPDX-License-Identifier: BSD-2-Clause */
#include "data/nsec3.h"

#include <string.h>

#include <nettle/sha1.h>

#include "base/cursor.h"
#include "dns/name.h"

#define ALGORITHM_SHA1 1 /* RFC 5155 §11 */

_Static_assert(NSEC3_HASH_LEN == SHA1_DIGEST_SIZE, "the hash is SHA-1");

bool nsec3_params_read(const uint8_t *rdata, size_t len, uint8_t *flags, struct nsec3_params *out)
{
    struct rd r = rd_init(rdata, len);
    const uint8_t algorithm = rd_u8(&r), flags_read = rd_u8(&r);
    struct nsec3_params p = {.iterations = rd_u16(&r), .salt_len = rd_u8(&r)};

    p.salt = rd_bytes(&r, p.salt_len);
    if (r.short_read || algorithm != ALGORITHM_SHA1)
        return false;
    *flags = flags_read;
    *out = p;
    return true;
}

bool nsec3_params_equal(const struct nsec3_params *a, const struct nsec3_params *b)
{
    return a->iterations == b->iterations && a->salt_len == b->salt_len &&
           memcmp(a->salt, b->salt, a->salt_len) == 0;
}

/* IH(salt, x, 0) = H(x || salt), IH(salt, x, k) = H(IH(salt, x, k-1) || salt)  (RFC 5155 §5) */
void nsec3_hash(const struct nsec3_params *p, const uint8_t *name, uint8_t out[NSEC3_HASH_LEN])
{
    struct sha1_ctx ctx;

    sha1_init(&ctx);
    sha1_update(&ctx, name_len(name), name);
    sha1_update(&ctx, p->salt_len, p->salt);
    sha1_digest(&ctx, NSEC3_HASH_LEN, out); /* and begins anew */
    for (unsigned i = 0; i < p->iterations; i++) {
        sha1_update(&ctx, NSEC3_HASH_LEN, out);
        sha1_update(&ctx, p->salt_len, p->salt);
        sha1_digest(&ctx, NSEC3_HASH_LEN, out);
    }
}

/* RFC 4648 §7: 0 to 9, then A to V.  32: none of them. */
static unsigned base32hex_digit(uint8_t c)
{
    c = name_lower_octet(c);
    if (c >= '0' && c <= '9')
        return c - (unsigned)'0';
    return c >= 'a' && c <= 'v' ? c - (unsigned)'a' + 10 : 32;
}

bool nsec3_label_read(const uint8_t *label, uint8_t out[NSEC3_HASH_LEN])
{
    uint8_t hash[NSEC3_HASH_LEN];
    size_t len = 0;
    unsigned bits = 0, n_bits = 0;

    if (*label != NSEC3_LABEL_LEN)
        return false;
    for (unsigned i = 1; i <= NSEC3_LABEL_LEN; i++) {
        const unsigned digit = base32hex_digit(label[i]);
        if (digit == 32)
            return false;
        bits = (bits << 5 | digit) & 0xfff;
        n_bits += 5;
        if (n_bits >= 8) {
            n_bits -= 8;
            hash[len++] = (uint8_t)(bits >> n_bits);
        }
    }
    memcpy(out, hash, sizeof(hash));
    return true;
}
