/* SPDX-License-Identifier: BSD-2-Clause */
#include "data/negative.h"

#include <string.h>

#include "base/octets.h"
#include "base/xalloc.h"
#include "dns/resp.h"

/* More than the longest question and SOA take. */
#define ROOM 1024

/* The response to a question for the apex with the SOA in its authority section, in out.  Returns where
 * that begins; 0: it does not fit. */
static size_t render(struct resp *resp, uint8_t out[ROOM], const uint8_t *apex,
                     const struct rrset *soa)
{
    const size_t apex_len = name_len(apex);
    uint8_t question[NAME_MAX_LEN + 4];
    const struct query q = {.question = question, .question_len = (uint16_t)(apex_len + 4)};
    const struct edns_reply opt = {.udp_size = 0};

    memcpy(question, apex, apex_len);
    put_u16(question + apex_len, TYPE_SOA);
    put_u16(question + apex_len + 2, CLASS_IN);
    resp_init(resp, &q, out, ROOM, &opt);
    const size_t start = wr_len(&resp->w);
    const bool fits = resp_add(resp, SECTION_AUTHORITY,
                               &(struct resp_records){.owner = apex,
                                                      .wire = soa->wire,
                                                      .len = soa->len,
                                                      .ttl_s = RESP_TTL_AS_IS,
                                                      .type = TYPE_SOA,
                                                      .count = 1});
    return fits ? start : 0;
}

/* Over a name in wire, noting the pointer at its end.  Returns where it ends. */
static size_t note_name(struct negative *n, size_t at)
{
    for (; n->wire[at] != 0; at += 1u + n->wire[at]) {
        if (n->wire[at] < 0xc0)
            continue;
        n->pointers[n->n_pointers++] = (uint16_t)at;
        return at + 2;
    }
    return at + 1;
}

/* If a name of the SOA is below the apex. */
static void note_near(struct negative *n, const uint8_t *apex, const uint8_t *name)
{
    unsigned labels = name_labels(name);

    if (labels <= n->apex_labels || !name_within(name, apex))
        return;
    for (; labels > n->apex_labels + 1u; labels--)
        name = name_parent(name);
    n->near_start[n->n_near][0] = name[0];
    n->near_start[n->n_near][1] = name_lower_octet(name[1]);
    n->near[n->n_near++] = name;
}

/* Where a name in rdata ends; beyond the rdata: it does not. */
static size_t skip_name(const uint8_t *rdata, size_t at, size_t len)
{
    for (; at < len; at += 1u + rdata[at])
        if (rdata[at] == 0)
            return at + 1;
    return len + 1;
}

/* Two names and five numbers (RFC 1035 §3.3.13)?  The loader has seen to it; but a zone may be made of
 * anything, and no name is to be read beyond its record. */
static bool is_soa(const struct rrset *soa)
{
    const uint8_t *rdata = rr_rdata(soa->wire);
    const size_t len = rr_rdlen(soa->wire);

    return soa->count == 1 && skip_name(rdata, skip_name(rdata, 0, len), len) + 20 == len;
}

struct negative *negative_new(const uint8_t *apex, const struct rrset *soa)
{
    uint8_t out[ROOM];
    struct resp resp;
    const size_t start = is_soa(soa) ? render(&resp, out, apex, soa) : 0;

    if (start == 0)
        return NULL;
    const size_t len = wr_len(&resp.w) - start;
    struct negative *n = xmalloc(sizeof(*n) + len);
    *n = (struct negative){.ttl_s = rrset_ttl(soa),
                           .len = (uint16_t)len,
                           .apex_len = (uint8_t)name_len(apex),
                           .apex_labels = (uint8_t)name_labels(apex),
                           .n_labels = (uint8_t)resp.names.n};
    memcpy(n->wire, out + start, len);
    const size_t owner_end = note_name(n, 0);
    n->ttl_at = (uint8_t)(owner_end + 4);
    note_name(n, note_name(n, owner_end + RR_FIXED_LEN - RR_OWNER_LEN));
    const uint8_t *mname = rr_rdata(soa->wire);
    note_near(n, apex, mname);
    note_near(n, apex, mname + name_len(mname));
    return n;
}

/* Are two labels of the same length, the second one in lower case, the same behind the first octet? */
static bool same_rest(const uint8_t *label, const uint8_t *lower)
{
    for (unsigned i = 2; i <= *lower; i++)
        if (name_lower_octet(label[i]) != lower[i])
            return false;
    return true;
}

bool negative_suits(const struct negative *n, const struct name_key *name)
{
    const unsigned below = (unsigned)name->labels - n->apex_labels;

    if (below == 0)
        return true;
    if (n->n_labels + below > COMPRESS_MAX)
        return false;
    const uint8_t *label = name->wire + name->at[below - 1];
    for (unsigned i = 0; i < n->n_near; i++)
        if (octets_pair(n->near_start[i]) == octets_pair(label) && same_rest(n->near[i], label))
            return false;
    return true;
}

uint8_t *negative_write(const struct negative *n, const struct name_key *name, uint32_t most_s,
                        uint8_t *to)
{
    const unsigned shift = (unsigned)name->len - n->apex_len;

    octets_copy(to, n->wire, n->len);
    if (most_s < n->ttl_s)
        put_u32(to + n->ttl_at, most_s);
    for (unsigned i = 0; i < n->n_pointers; i++) {
        uint8_t *at = to + n->pointers[i];
        put_u16(at, (uint16_t)(get_u16(at) + shift));
    }
    return to + n->len;
}
