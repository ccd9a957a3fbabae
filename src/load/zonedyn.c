/*
 * Steered names: NAME [MAX[/MIN]] [CLASS] DYNA|DYNC POOL [POLICY] (proxima.zone(5)).  Whether the
 * pool has regions and the policy exists is the steering compiler's to say.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "load/zoneread.h"

#define POLICY_MAX 63 /* octets; as the configuration limits its names */

bool zonedyn_is(const struct zonelex_token *type)
{
    return zonelex_is(type, "dyna") || zonelex_is(type, "dync");
}

/* gdnsd: "geoip!web", "multifo!web/eu"; its resource is what a pool is here. */
static bool is_gdnsd(struct zonereader *r, const struct zonehead *h)
{
    const struct zonelex_token *t = &h->rdata[0];
    const char *mark = memchr(t->at, '!', t->len);

    if (mark == NULL || t->quoted)
        return false;
    const int type_len = (int)h->type->len, len = (int)(t->at + t->len - mark - 1);
    const char *slash = memchr(mark, '/', (size_t)len + 1);
    zoneread_error(
        r, t,
        "\"%.*s\" is gdnsd's spelling: write \"%.*s %.*s\", a pool with a child label for "
        "each region, and name a policy behind it for how it is steered",
        ZONEREAD_SHOW(t), type_len, h->type->at, slash != NULL ? (int)(slash - mark - 1) : len,
        mark + 1);
    return true;
}

static bool read_pool(struct zonereader *r, const struct zonehead *h, uint8_t out[NAME_MAX_LEN])
{
    const struct zonelex_token *t = &h->rdata[0];
    const char *why = "it must not be quoted";

    if (h->n_rdata == 0) {
        zoneread_error(r, h->type, "%.*s needs a pool: NAME [MAX[/MIN]] %.*s POOL [POLICY]",
                       ZONEREAD_SHOW(h->type), ZONEREAD_SHOW(h->type));
        return false;
    }
    if (is_gdnsd(r, h))
        return false;
    if (t->quoted || !name_parse(t->at, t->len, r->origin, out, &why)) {
        zoneread_error(r, t, "pool \"%.*s\" is no domain name: %s", ZONEREAD_SHOW(t), why);
        return false;
    }
    if (name_is_wildcard(out)) {
        zoneread_error(r, t,
                       "pool \"%.*s\" is a wildcard: a pool is a name with a child label for "
                       "each region",
                       ZONEREAD_SHOW(t));
        return false;
    }
    return true;
}

static bool is_policy_octet(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

/* The policy's name, "default" without one.  Returns owned; NULL: an error has been added. */
static char *read_policy(struct zonereader *r, const struct zonehead *h)
{
    const struct zonelex_token *t = &h->rdata[1];

    if (h->n_rdata < 2)
        return xstrdup("default");
    if (h->n_rdata > 2) {
        zoneread_error(r, &h->rdata[2], "\"%.*s\" is one word too many: %.*s POOL [POLICY]",
                       ZONEREAD_SHOW(&h->rdata[2]), ZONEREAD_SHOW(h->type));
        return NULL;
    }
    bool ok = !t->quoted && t->len <= POLICY_MAX;
    for (uint32_t i = 0; ok && i < t->len; i++)
        ok = is_policy_octet(name_lower_octet((uint8_t)t->at[i]));
    if (ok)
        return xstrndup(t->at, t->len);
    zoneread_error(r, t, "policy \"%.*s\": names are of letters, digits, \"-\" and \"_\"",
                   ZONEREAD_SHOW(t));
    return NULL;
}

/* "300", "300/10", "5m/10s". */
static bool read_bounds(struct zonereader *r, const struct zonelex_token *t, struct dyn *d)
{
    if (t == NULL)
        return true;
    const char *slash = memchr(t->at, '/', t->len), *end = t->at + t->len;
    if (!zonerecord_ttl(r, t, t->at, (size_t)((slash != NULL ? slash : end) - t->at), &d->max_s))
        return false;
    if (slash == NULL)
        return true;
    if (!zonerecord_ttl(r, t, slash + 1, (size_t)(end - slash - 1), &d->min_s))
        return false;
    if (d->min_s <= d->max_s)
        return true;
    zoneread_error(r, t, "TTL \"%.*s\": MIN is above MAX; it is MAX/MIN", ZONEREAD_SHOW(t));
    return false;
}

static void add(struct zonereader *r, const struct zonehead *h, const struct dyn *d)
{
    const size_t pool_len = name_len(d->pool), policy_size = strlen(d->policy) + 1;
    struct zoneitem *item =
        zonestream_add(&r->stream, ZONEITEM_DYN, r->owner_len + pool_len + policy_size);
    uint8_t *pool = item->octets + r->owner_len;

    item->at = zoneread_place(r, h->type);
    item->line = zoneread_place(r, NULL).line;
    item->dyn_kind = (uint8_t)d->kind;
    item->ttl_s = d->max_s;
    item->min_s = d->min_s;
    item->owner_len = r->owner_len;
    item->owner_key = r->owner_key;
    memcpy(item->octets, r->owner, r->owner_len);
    memcpy(pool, d->pool, pool_len);
    memcpy(pool + pool_len, d->policy, policy_size);
}

bool zonedyn_read(struct zonereader *r, const struct zonehead *h)
{
    uint8_t pool[NAME_MAX_LEN];
    struct dyn d = {.kind = zonelex_is(h->type, "dyna") ? DYN_ADDRESSES : DYN_ALIAS,
                    .max_s = DYN_TTL_UNSET,
                    .min_s = DYN_TTL_UNSET,
                    .pool = pool};

    if (!read_bounds(r, h->ttl, &d) || !read_pool(r, h, pool))
        return false;
    char *policy = read_policy(r, h);
    d.policy = policy;
    const bool ok = policy != NULL;
    if (ok && r->owner_usable)
        add(r, h, &d);
    free(policy);
    return ok;
}
