/* SPDX-License-Identifier: BSD-2-Clause */
#include "data/node.h"

#include <string.h>

#include "dns/types.h"

const struct rrset *node_any(const struct node *n)
{
    const struct rrset *set = node_sets(n);

    while (set != NULL && (set->type == TYPE_RRSIG || set->type == TYPE_NSEC))
        set = rrset_next(set);
    return set != NULL ? set : node_sets(n);
}

/* An RRSIG's rdata begins with the type that it covers (RFC 4034 §3.1). */
struct sigs node_sigs(const struct node *n, uint16_t covered)
{
    const struct rrset *set = n->flags & NODE_SIGS ? node_rrset(n, TYPE_RRSIG) : NULL;
    struct sigs sigs = {0};

    if (set == NULL)
        return sigs;
    for (const uint8_t *rr = set->wire; rr < set->wire + set->len; rr = rr_next(rr)) {
        if (rr_rdlen(rr) < 2 || get_u16(rr_rdata(rr)) != covered)
            continue;
        if (sigs.count++ == 0)
            sigs.wire = rr;
        sigs.len += RR_FIXED_LEN + rr_rdlen(rr);
    }
    return sigs;
}

static size_t align_up(size_t n, size_t align)
{
    return (n + align - 1) & ~(align - 1);
}

/* Offsets from the start of the node. */
static size_t dyn_offset(size_t name_len)
{
    return align_up(NODE_HEAD + name_len, sizeof(uint32_t));
}

static size_t sets_offset(size_t name_len, bool steered)
{
    return steered ? dyn_offset(name_len) + sizeof(uint32_t)
                   : align_up(NODE_HEAD + name_len, _Alignof(struct rrset));
}

uint32_t node_dyn_index(const struct node *n)
{
    uint32_t index;

    memcpy(&index, (const uint8_t *)n + dyn_offset(n->name_len), sizeof(index));
    return index;
}

size_t node_size_for(size_t name_len, bool steered, size_t sets_size)
{
    return align_up(sets_offset(name_len, steered) + sets_size, NODE_ALIGN);
}

size_t node_size(const struct node *n)
{
    size_t sets_size = 0;

    for (const struct rrset *set = node_sets(n); set != NULL; set = rrset_next(set))
        sets_size += rrset_size(set->len);
    return node_size_for(n->name_len, (n->flags & NODE_STEERED) != 0, sets_size);
}

uint8_t *node_init(struct node *n, const struct node_start *start)
{
    const bool steered = (start->flags & NODE_STEERED) != 0;
    const size_t sets_at = sets_offset(start->name_len, steered);

    n->name_len = start->name_len;
    n->sets_at = start->has_sets ? (uint8_t)(sets_at / 2) : 0;
    n->flags = start->flags;
    memcpy(n->name, start->name, start->name_len);
    if (steered)
        memcpy((uint8_t *)n + dyn_offset(start->name_len), &start->dyn_index,
               sizeof(start->dyn_index));
    return (uint8_t *)n + sets_at;
}

static bool same_sets(const struct rrset *a, const struct rrset *b)
{
    for (; a != NULL && b != NULL; a = rrset_next(a), b = rrset_next(b))
        if (a->type != b->type || a->count != b->count || a->len != b->len ||
            memcmp(a->wire, b->wire, a->len) != 0)
            return false;
    return a == b;
}

bool node_same(const struct node *a, const struct node *b)
{
    return ((a->flags ^ b->flags) & NODE_OWN_FLAGS) == 0 && same_sets(node_sets(a), node_sets(b)) &&
           (!(a->flags & NODE_STEERED) || node_dyn_index(a) == node_dyn_index(b));
}
