/* SPDX-License-Identifier: BSD-2-Clause */
#include "steerkit.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "data/geobuild.h"
#include "dns/types.h"

static uint32_t add_ranking(struct geobuild *b, regionset_t allowed, const char *order)
{
    const size_t n = strlen(order);
    struct ranking *r = xcalloc(1, sizeof(*r) + n);

    r->allowed = allowed;
    r->n = (uint8_t)n;
    for (size_t i = 0; i < n; i++)
        r->region[i] = (uint8_t)(order[i] - '0');
    const uint32_t id = geobuild_ranking(b, r);
    free(r);
    return id;
}

/* 192.0.2.0/24 has a ranking of its own. */
struct geomap *steerkit_map(void)
{
    static const struct prefix all4 = {.addr.family = FAMILY_IP4},
                               all6 = {.addr.family = FAMILY_IP6};
    struct geobuild *b = geobuild_new(3);
    const uint32_t elsewhere = add_ranking(b, 7, "012"), net = add_ranking(b, 3, "10");

    geobuild_part(b, &all4);
    geobuild_run(b, 0, elsewhere);
    geobuild_run(b, (geokey_t)0xc0000200 << 96, net);
    geobuild_run(b, (geokey_t)0xc0000300 << 96, elsewhere);
    geobuild_part(b, &all6);
    geobuild_run(b, 0, elsewhere);
    return geobuild_seal(&b, 1);
}

static uint16_t rdata_len(enum dyn_kind kind, uint16_t type)
{
    return kind == DYN_ALIAS ? 3 : type == TYPE_A ? 4 : 16;
}

static const struct rrset *make_set(enum dyn_kind kind, uint16_t type, char letter, uint8_t *at)
{
    uint8_t rdata[16] = {0};
    const uint16_t len = rdata_len(kind, type);
    struct rrset *set = (struct rrset *)(void *)at;

    rdata[len - 1] = (uint8_t)letter;
    if (kind == DYN_ALIAS)
        memcpy(rdata, (const uint8_t[]){1, (uint8_t)letter, 0}, 3);
    *set = (struct rrset){.type = type, .count = 1, .len = RR_FIXED_LEN + len};
    rr_render(set->wire, type, 60, rdata, len);
    return set;
}

static void fill_type(struct steer_type *out, enum dyn_kind kind, const struct steerkit_type *t)
{
    const size_t n = strlen(t->records);
    const size_t size = steer_set_size(RR_FIXED_LEN + rdata_len(kind, t->type));
    uint8_t *at;

    out->choice = xcalloc(1, sizeof(*out->choice) + STEERKIT_RANKINGS);
    out->choice->refs = 1;
    out->choice->n = STEERKIT_RANKINGS;
    memcpy(out->choice->choice, t->choice, STEERKIT_RANKINGS);
    out->answers = steer_answers_new(t->type, 3, n * size, &at);
    out->spread = 7;
    for (size_t i = 0; i < n; i++)
        if (t->records[i] != '-')
            out->answers->set[i] = make_set(kind, t->type, t->records[i], at + i * size);
}

struct steered *steerkit_steered(enum dyn_kind kind, struct geomap *map,
                                 const struct steerkit_type *types, uint8_t n)
{
    struct steered *s = xcalloc(1, sizeof(*s) + n * sizeof(s->types[0]));

    s->kind = kind;
    s->negative_ttl_s = 10;
    s->map = map;
    s->n_types = n;
    for (uint8_t i = 0; i < n; i++)
        fill_type(&s->types[i], kind, &types[i]);
    return s;
}
