/*
 * An entry that is a record: [owner] [TTL] [class] type rdata, TTL and class in either order
 * (RFC 1035 §5.1).  SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"
#include "base/xalloc.h"
#include "load/zoneread.h"
#include "load/zonettl.h"

bool zonerecord_ttl(struct zonereader *r, const struct zonelex_token *t, const char *text,
                    size_t len, uint32_t *out)
{
    uint32_t ttl_s;
    const char *why;

    if (!zonettl_parse(text, len, &ttl_s, &why)) {
        zoneread_error(r, t, "TTL \"%.*s\" %s", (int)(len < 100 ? len : 100), text, why);
        return false;
    }
    if (ttl_s > TTL_MAX) {
        zoneread_error(r, t, "TTL %u is above 2^31-1 (RFC 2181 §8)", ttl_s);
        return false;
    }
    *out = ttl_s;
    return true;
}

/* A new owner; one that is wrong makes the records that inherit it unusable, but they are read. */
static bool read_owner(struct zonereader *r, const struct zonelex_token *t)
{
    uint8_t name[NAME_MAX_LEN];
    const char *why = "it must not be quoted";

    r->owner_given = true;
    r->owner_usable = !t->quoted && name_parse(t->at, t->len, r->origin, name, &why);
    if (!r->owner_usable) {
        zoneread_error(r, t, "owner \"%.*s\" is no domain name: %s", ZONEREAD_SHOW(t), why);
        return false;
    }
    const size_t len = name_len(name);
    name_lower(name);
    memcpy(r->owner, name, len);
    r->owner_len = (uint8_t)len;
    r->owner_key = zoneplaces_key(name);
    r->owner_usable = name_within(name, r->opts->apex);
    if (!r->owner_usable)
        zoneread_warning(r, t,
                         "%.*s is outside the zone and is left out; is a last dot missing or "
                         "too many?",
                         ZONEREAD_SHOW(t));
    return true;
}

static bool inherit_owner(struct zonereader *r)
{
    if (!r->owner_given)
        zoneread_warning(r, NULL, "no owner before this record: the zone's name is taken");
    r->owner_given = true;
    return true;
}

/* False: no class.  A class that is not IN has been told. */
static bool is_class(struct zonereader *r, const struct zonelex_token *t, bool *wrong)
{
    static const char *const others[] = {"ch", "hs", "cs", "chaos", "hesiod"};
    static const char first[] = {'i', 'c', 'h'};

    if (t->quoted || t->len == 0 || memchr(first, t->at[0] | 32, sizeof(first)) == NULL)
        return false; /* as most words here: types */
    if (zonelex_is(t, "in") || zonelex_is(t, "class1"))
        return true;
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        *wrong |= zonelex_is(t, others[i]);
    *wrong |= !t->quoted && t->len > 5 && strncasecmp(t->at, "CLASS", 5) == 0;
    if (*wrong)
        zoneread_error(r, t, "class %.*s: only IN is served", ZONEREAD_SHOW(t));
    return *wrong;
}

static bool starts_with_digit(const struct zonelex_token *t)
{
    return !t->quoted && t->len > 0 && t->at[0] >= '0' && t->at[0] <= '9';
}

static bool read_head(struct zonereader *r, const struct zonelex *e, size_t i, struct zonehead *h)
{
    bool has_class = false, wrong = false;

    for (; i < e->n && !wrong; i++) {
        const struct zonelex_token *t = &e->tokens[i];
        if (h->ttl == NULL && starts_with_digit(t)) {
            h->ttl = t;
        } else if (!has_class && is_class(r, t, &wrong)) {
            has_class = true;
        } else {
            h->type = t;
            h->rdata = t + 1;
            h->n_rdata = e->n - i - 1;
            return true;
        }
    }
    if (!wrong)
        zoneread_error(r, NULL, "the record type is missing%s",
                       e->blank_first ? ""
                                      : "; a line that starts with a blank inherits the owner");
    return false;
}

/* The mnemonic that may have been meant, or NULL. */
static const char *nearest_type(const char *word)
{
    const char *words[128] = {"DYNA", "DYNC"};
    size_t n = 2;

    for (const char *name; n < sizeof(words) / sizeof(words[0]); n++) {
        name = type_name_at(n - 2);
        if (name == NULL)
            break;
        words[n] = name;
    }
    return nearest(word, words, n);
}

static void complain_type(struct zonereader *r, const struct zonelex_token *t)
{
    char *word = xstrndup(t->at, t->len < 60 ? t->len : 60);
    const char *near = nearest_type(word);

    if (near != NULL)
        zoneread_error(r, t, "unknown record type \"%s\"; did you mean %s?", word, near);
    else
        zoneread_error(r, t, "unknown record type \"%s\"; a type without a name is written TYPE123",
                       word);
    free(word);
}

static bool read_type(struct zonereader *r, const struct zonelex_token *t, uint16_t *out)
{
    if (!rdata_type(t, out)) {
        complain_type(r, t);
        return false;
    }
    if (*out == 0 || type_is_meta(*out)) {
        zoneread_error(r, t, "type %.*s is for messages, never data of a zone (RFC 6895 §3.1)",
                       ZONEREAD_SHOW(t));
        return false;
    }
    return true;
}

/* ZONEITEM_NO_TTL where none is written: which one then is for the zone to say. */
static bool read_ttl(struct zonereader *r, const struct zonehead *h, uint32_t *out)
{
    if (h->ttl == NULL) {
        *out = ZONEITEM_NO_TTL;
        return true;
    }
    if (memchr(h->ttl->at, '/', h->ttl->len) != NULL) {
        zoneread_error(r, h->ttl, "TTL \"%.*s\": MAX/MIN is for DYNA and DYNC only",
                       ZONEREAD_SHOW(h->ttl));
        return false;
    }
    return zonerecord_ttl(r, h->ttl, h->ttl->at, h->ttl->len, out);
}

static void add(struct zonereader *r, uint16_t type, uint32_t ttl_s, uint16_t rdlen)
{
    const uint8_t owner_len = r->owner_usable ? r->owner_len : 0;
    struct zoneitem *item = zonestream_add(&r->stream, ZONEITEM_RR, (size_t)owner_len + rdlen);

    item->at = zoneread_place(r, NULL);
    item->type = type;
    item->ttl_s = ttl_s;
    item->rdlen = rdlen;
    item->owner_len = owner_len;
    item->owner_key = r->owner_key;
    memcpy(item->octets, r->owner, owner_len);
    memcpy(item->octets + owner_len, r->rdata, rdlen);
}

static bool read_rdata(struct zonereader *r, uint16_t type, const struct zonehead *h,
                       uint16_t *rdlen)
{
    const struct rdata_text text = {h->rdata, h->n_rdata, r->origin};
    struct wr out = wr_init(r->rdata, sizeof(r->rdata));
    struct rdata_error e;

    const bool ok = rdata_parse(type, &text, &out, &e);
    const struct zonelex_token *at = e.token < h->n_rdata ? &h->rdata[e.token] : h->type;
    if (!ok)
        zoneread_error(r, at, "%.*s: %s", ZONEREAD_SHOW(h->type), e.what);
    else if (e.what[0] != '\0')
        zoneread_warning(r, at, "%.*s: %s", ZONEREAD_SHOW(h->type), e.what);
    *rdlen = (uint16_t)wr_len(&out);
    return ok;
}

/* False: it cannot be read. */
static bool read_record(struct zonereader *r, const struct zonehead *h)
{
    uint16_t type, rdlen;
    uint32_t ttl_s;

    if (!read_type(r, h->type, &type))
        return false;
    if (type == TYPE_SOA && r->owner_usable && name_equal(r->owner, r->opts->apex))
        zonestream_add(&r->stream, ZONEITEM_SOA_SEEN, 0);
    if (!read_rdata(r, type, h, &rdlen) || !read_ttl(r, h, &ttl_s))
        return false;
    add(r, type, ttl_s, rdlen);
    return true;
}

void zonerecord_read(struct zonereader *r, const struct zonelex *entry)
{
    struct zonehead h = {0};
    const bool owned = entry->blank_first ? inherit_owner(r) : read_owner(r, &entry->tokens[0]);
    bool ok = read_head(r, entry, entry->blank_first ? 0 : 1, &h);

    if (ok && owned)
        ok = zonedyn_is(h.type) ? zonedyn_read(r, &h) : read_record(r, &h);
    if (ok || !r->owner_usable)
        return;
    struct zoneitem *item = zonestream_add(&r->stream, ZONEITEM_UNREAD, 0);
    item->at = zoneread_place(r, NULL);
    item->owner_key = r->owner_key;
}
