/*
 * SvcParams of SVCB and HTTPS: KEY[=VALUE]…, written in any order, stored in ascending order of
 * keys, each once (RFC 9460 §2.1, §2.2).  SPDX-License-Identifier: BSD-2-Clause
 */
#include <arpa/inet.h>
#include <stdlib.h>

#include "dns/name.h"
#include "load/rdata_kind.h"
#include "load/rdata_svcvalue.h"

#define KEY_MANDATORY 0
#define PARAM_HEAD    4 /* octets of key and length */

static const struct svckey {
    const char *name;
    const struct svcvalue *value;
} keys[] = {
    {"mandatory", &svcvalue_keys},
    {"alpn", &svcvalue_list},
    {"no-default-alpn", &svcvalue_none},
    {"port", &svcvalue_number},
    {"ipv4hint", &svcvalue_ip4s},
    {"ech", &svcvalue_base64},
    {"ipv6hint", &svcvalue_ip6s},
    {"dohpath", &svcvalue_text},                 /* RFC 9461 §5 */
    {"ohttp", &svcvalue_none},                   /* RFC 9540 §4 */
    {"tls-supported-groups", &svcvalue_numbers}, /* draft-ietf-tls-key-share-prediction */
    {"docpath", &svcvalue_list_maybe},           /* RFC 9953 */
    {"pvd", &svcvalue_none},                     /* draft-ietf-intarea-proxy-config */
};

#define N_KEYS (sizeof(keys) / sizeof(keys[0]))

static const struct svcvalue *value_of(uint16_t key)
{
    return key < N_KEYS ? keys[key].value : &svcvalue_octets;
}

bool svckey_parse(const char *at, size_t len, uint16_t *out)
{
    unsigned v = 0;

    for (size_t i = 0; i < N_KEYS; i++) { /* lower-case only (RFC 9460 §2.1) */
        if (strlen(keys[i].name) == len && memcmp(keys[i].name, at, len) == 0) {
            *out = (uint16_t)i;
            return true;
        }
    }
    if (len < 4 || len > 8 || memcmp(at, "key", 3) != 0 || (at[3] == '0' && len > 4))
        return false;
    for (size_t i = 3; i < len; i++) {
        if (at[i] < '0' || at[i] > '9')
            return false;
        v = 10 * v + (unsigned)(at[i] - '0');
    }
    *out = (uint16_t)v;
    return v <= UINT16_MAX;
}

void svckey_print(uint16_t key, FILE *to)
{
    if (key < N_KEYS)
        fputs_unlocked(keys[key].name, to);
    else
        fprintf(to, "key%u", key);
}

/* ---- text to octets ---- */

/* A word's parts. */
struct param {
    uint16_t key;
    bool generic; /* written as key123: the value is octets */
    bool has_value;
    struct zonelex_token value; /* without the quotes around it */
};

static bool part_word(const struct rdata_reader *r, struct param *p)
{
    const struct zonelex_token *t = rdata_word(r);
    const char *equals = memchr(t->at, '=', t->len);
    const size_t key_len = equals != NULL ? (size_t)(equals - t->at) : t->len;

    if (t->quoted || !svckey_parse(t->at, key_len, &p->key))
        return rdata_refuse(r, "begins with no key of a service (RFC 9460 §14.3.2)");
    p->generic = key_len > 3 && strncmp(t->at, "key", 3) == 0;
    p->has_value = equals != NULL;
    if (equals == NULL)
        return true;
    p->value = (struct zonelex_token){.at = equals + 1, .len = t->len - (uint32_t)key_len - 1};
    if (p->value.len == 0 || p->value.at[0] != '"')
        return true;
    if (p->value.len < 2 || p->value.at[p->value.len - 1] != '"')
        return rdata_refuse(r, "goes on behind its closing quote");
    p->value.at++;
    p->value.len -= 2;
    return true;
}

/* Key, length and value at the end of the output. */
static bool append(struct rdata_reader *r, const struct param *p)
{
    uint8_t octets[RDATA_MAX_LEN];
    const char *why = NULL;
    const struct svcvalue *value = p->generic ? &svcvalue_octets : value_of(p->key);
    const size_t n = p->has_value ? zonelex_decode(&p->value, octets, sizeof(octets), &why) : 0;

    if (n == SIZE_MAX)
        return rdata_refuse(r, why != NULL ? why : "has more octets than rdata can hold");
    wr_u16(r->out, p->key);
    uint8_t *len = wr_room(r->out, 2);
    const uint8_t *first = r->out->at;
    if (value->needed && n == 0)
        return rdata_refuse(r, "needs a value");
    why = value->read(octets, n, r->out);
    if (why != NULL)
        return rdata_refuse(r, why);
    if (len != NULL)
        put_u16(len, (uint16_t)(r->out->at - first));
    return true;
}

static size_t param_len(const uint8_t *param)
{
    return PARAM_HEAD + (size_t)get_u16(param + 2);
}

/* Move the last parameter to where its key belongs among those before.  False: the key is there. */
static bool sort_in(uint8_t *first, uint8_t *last)
{
    uint8_t copy[PARAM_HEAD + RDATA_MAX_LEN];
    const size_t len = param_len(last);
    uint8_t *at = first;

    while (at < last && get_u16(at) < get_u16(last))
        at += param_len(at);
    if (at == last)
        return true;
    if (get_u16(at) == get_u16(last))
        return false;
    memcpy(copy, last, len);
    memmove(at + len, at, (size_t)(last - at));
    memcpy(at, copy, len);
    return true;
}

static bool has_key(struct rd params, uint16_t key)
{
    while (rd_left(&params) > 0 && !params.short_read) {
        if (rd_u16(&params) == key)
            return true;
        rd_bytes(&params, rd_u16(&params));
    }
    return false;
}

/* mandatory names keys that stand beside it, not itself, ascending (RFC 9460 §8). */
static const char *check_mandatory(struct rd params)
{
    struct rd all = params;

    if (rd_left(&params) < PARAM_HEAD || rd_u16(&params) != KEY_MANDATORY)
        return NULL;
    const uint16_t len = rd_u16(&params);
    const uint8_t *octets = rd_bytes(&params, len);
    struct rd named = rd_init(octets, octets != NULL ? len : 0);
    for (int last = -1; rd_left(&named) > 0 && !named.short_read;) {
        const uint16_t key = rd_u16(&named);
        if (key == KEY_MANDATORY)
            return "names itself as mandatory (RFC 9460 §8)";
        if (key <= last)
            return "names a mandatory key twice (RFC 9460 §8)";
        if (!has_key(all, key))
            return "names a mandatory key that is not there (RFC 9460 §8)";
        last = key;
    }
    return NULL;
}

static bool show_params(struct rdata_view *v);

static bool read_params(struct rdata_reader *r)
{
    uint8_t *first = r->out->at;
    size_t mandatory_at = r->i;

    for (; r->i < r->text->n; r->i++) {
        uint8_t *last = r->out->at;
        struct param p = {0};
        if (!part_word(r, &p) || !append(r, &p))
            return false;
        if (r->out->full)
            break;
        if (p.key == KEY_MANDATORY)
            mandatory_at = r->i;
        if (!sort_in(first, last))
            return rdata_refuse(r, "has a key that was there before (RFC 9460 §2.2)");
    }
    if (r->out->full || r->out->at == first)
        return true;
    const struct rd params = rd_init(first, (size_t)(r->out->at - first));
    const char *why = check_mandatory(params);
    if (why == NULL && !show_params(&(struct rdata_view){.rd = params}))
        why = "is among parameters whose octets make no sense (RFC 9460 §14.3.2)";
    if (why == NULL)
        return true;
    const size_t all = r->i;
    r->i = mandatory_at;
    rdata_refuse(r, why);
    r->i = all;
    return false;
}

/* ---- octets to text ---- */

static bool show_param(struct rdata_view *v, int *last)
{
    const uint16_t key = rd_u16(&v->rd), len = rd_u16(&v->rd);
    const uint8_t *octets = rd_bytes(&v->rd, len);
    const struct svcvalue *value = value_of(key);

    if (octets == NULL || key <= *last || (v->for_text && value->needed && len == 0))
        return false;
    *last = key;
    if (v->to != NULL) {
        svckey_print(key, v->to);
        if (len > 0)
            putc_unlocked('=', v->to);
    }
    return value->show(octets, len, v->to);
}

static bool show_params(struct rdata_view *v)
{
    if (check_mandatory(v->rd) != NULL)
        return false;
    for (int last = -1; rd_left(&v->rd) > 0;) {
        if (!show_param(v, &last))
            return false;
        if (v->to != NULL && rd_left(&v->rd) > 0)
            putc_unlocked(' ', v->to);
    }
    return true;
}

const struct rdata_kind rdata_svcparams = {"a parameter", read_params, show_params, RDATA_OPTIONAL};
