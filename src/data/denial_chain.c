/*
 * A denial's chain as checks see it.  SPDX-License-Identifier: BSD-2-Clause
 */
#include <string.h>

#include "base/cursor.h"
#include "data/denial_inside.h"

const struct nsec3_params *denial_params(const struct denial *d)
{
    return &d->params;
}

size_t denial_count(const struct denial *d)
{
    return d->nsec != NULL ? d->n_nsec : d->n_slots;
}

const struct node *denial_owner(const struct denial *d, size_t i)
{
    return d->nsec != NULL ? d->nsec[i] : d->slots[i].owner;
}

/* RFC 4034 §4.1: an NSEC begins with the next owner's name. */
static bool nsec_links(const struct rrset *set, const struct node *next)
{
    return name_equal(rr_rdata(set->wire), next->name);
}

/* RFC 5155 §3.2: behind the parameters the length of the next owner's hash, and the hash. */
static bool nsec3_links(const struct denial *d, const struct rrset *set,
                        const uint8_t next[NSEC3_HASH_LEN])
{
    for (const uint8_t *rr = set->wire; rr < set->wire + set->len; rr = rr_next(rr)) {
        struct nsec3_params p;
        uint8_t flags;
        if (!nsec3_params_read(rr_rdata(rr), rr_rdlen(rr), &flags, &p) ||
            !nsec3_params_equal(&p, &d->params))
            continue;
        struct rd r = rd_init(p.salt + p.salt_len, (size_t)(rr_next(rr) - (p.salt + p.salt_len)));
        const uint8_t *hash = rd_bytes(&r, rd_u8(&r));
        if (hash != NULL && r.at - hash == NSEC3_HASH_LEN &&
            memcmp(hash, next, NSEC3_HASH_LEN) == 0)
            return true;
    }
    return false;
}

bool denial_links(const struct denial *d, size_t i)
{
    const size_t next = i + 1 < denial_count(d) ? i + 1 : 0;

    if (d->nsec != NULL)
        return nsec_links(node_rrset(d->nsec[i], TYPE_NSEC), d->nsec[next]);
    return nsec3_links(d, node_rrset(denial_owner(d, i), TYPE_NSEC3), d->slots[next].hash);
}

bool denial_has(const struct denial *d, const struct node *owner)
{
    uint8_t hash[NSEC3_HASH_LEN];

    if (d->nsec != NULL || !nsec3_label_read(owner->name, hash))
        return false;
    return memcmp(d->slots[denial_slot(d, hash)].hash, hash, NSEC3_HASH_LEN) == 0;
}
