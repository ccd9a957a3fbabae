/*
 * All types that are not on the short path, by ldns.  What ldns 1.8 gets wrong never reaches it:
 *
 *   - it gets one line "owner TTL IN TYPE rdata" without a newline, comment or parenthesis (a
 *     newline makes HINFO, CAA and URI fail, an unterminated quote is accepted);
 *   - strings are decoded and written again with every octet that its tokenizer treats specially
 *     as \DDD; names are completed by us, because it does so for some fields only;
 *   - integers are range-checked: it cuts 65536 down to 0; types in bitmaps must be known: it
 *     reads an unknown one as type 0; WKS is not its at all: it asks getservbyname, which is not
 *     for threads, and takes an unknown service for port 0.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <errno.h>
#include <ldns/ldns.h>
#include <stdlib.h>
#include <strings.h>

#include "dns/name.h"
#include "dns/types.h"
#include "load/rdata.h"

bool rdata_type_ldns(const char *mnemonic, uint16_t *out)
{
    const ldns_rr_type type = ldns_get_rr_type_by_name(mnemonic);
    const ldns_rr_descriptor *d = type != 0 ? ldns_rr_descript((uint16_t)type) : NULL;

    if (d == NULL || d->_name == NULL || strcasecmp(d->_name, mnemonic) != 0)
        return false;
    *out = (uint16_t)type;
    return true;
}

/* SINK (draft-eastlake-kitchen-sink) is one octet to ldns 1.8 and cannot be read with its data. */
#define TYPE_SINK 40

/* What ldns knows of a type's fields, or NULL. */
static const ldns_rr_descriptor *descriptor(uint16_t type)
{
    const ldns_rr_descriptor *d = ldns_rr_descript(type);
    const bool known = d != NULL && d->_name != NULL && d->_type == (ldns_rr_type)type;

    return known && type != TYPE_SINK ? d : NULL;
}

static bool is_text_known(const ldns_rr_descriptor *d)
{
    for (size_t i = 0; i < ldns_rr_descriptor_minimum(d); i++)
        if (ldns_rr_descriptor_field_type(d, i) == LDNS_RDF_TYPE_UNKNOWN)
            return false;
    return true;
}

/* Types of several words that are one field of ldns, which then checks little. */
static ldns_rdf_type first_field(const ldns_rr_descriptor *d)
{
    return ldns_rr_descriptor_field_type(d, 0);
}

static size_t words_needed(const ldns_rr_descriptor *d)
{
    switch ((int)first_field(d)) {
    case LDNS_RDF_TYPE_HIP: return 3;
    case LDNS_RDF_TYPE_IPSECKEY: return 5;
    }
    return ldns_rr_descriptor_minimum(d);
}

/* HIP (RFC 8005 §6): algorithm, HIT, key, then names. */
static ldns_rdf_type hip_word(size_t word)
{
    static const ldns_rdf_type types[] = {LDNS_RDF_TYPE_INT8, LDNS_RDF_TYPE_HEX, LDNS_RDF_TYPE_B64};

    return word < 3 ? types[word] : LDNS_RDF_TYPE_DNAME;
}

/* IPSECKEY (RFC 4025 §3): precedence, gateway type, algorithm, gateway, key; the type 3 is a name. */
static ldns_rdf_type ipseckey_word(const struct rdata_text *text, size_t word)
{
    if (word < 3)
        return LDNS_RDF_TYPE_INT8;
    if (word == 3)
        return zonelex_is(&text->tokens[1], "3") ? LDNS_RDF_TYPE_DNAME : LDNS_RDF_TYPE_NONE;
    return LDNS_RDF_TYPE_B64;
}

/* What a word is.  The last field of some types takes all words that are left. */
static ldns_rdf_type word_type(const ldns_rr_descriptor *d, const struct rdata_text *text,
                               size_t word)
{
    const size_t max = ldns_rr_descriptor_maximum(d);

    switch ((int)first_field(d)) {
    case LDNS_RDF_TYPE_HIP: return hip_word(word);
    case LDNS_RDF_TYPE_IPSECKEY: return ipseckey_word(text, word);
    }
    return ldns_rr_descriptor_field_type(d, max > 0 && word >= max ? max - 1 : word);
}

struct field {
    const ldns_rr_descriptor *d;
    const struct rdata_text *text;
    size_t i;
    struct wr *line;
    struct rdata_error *e;
};

static const struct zonelex_token *token(const struct field *f)
{
    return &f->text->tokens[f->i];
}

static int shown(const struct zonelex_token *t)
{
    return t->len < 300 ? (int)t->len : 300;
}

static bool put_name(const struct field *f)
{
    const struct zonelex_token *t = token(f);
    uint8_t name[NAME_MAX_LEN];
    char text[NAME_TEXT];
    const char *why;

    if (!name_parse(t->at, t->len, f->text->origin, name, &why))
        return rdata_fail(f->e, f->i, "\"%.*s\" is no domain name: %s", shown(t), t->at, why);
    name_print(name, text);
    wr_bytes(f->line, text, strlen(text));
    return true;
}

static bool is_safe(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.' || c == ':' || c == '/' || c == '@' || c == '=' || c == '+';
}

static bool put_string(const struct field *f)
{
    uint8_t octets[RDATA_MAX_LEN];
    const struct zonelex_token *t = token(f);
    const char *why = "longer than 65535 octets";
    const size_t n = t->len <= sizeof(octets) ? zonelex_decode(t, octets, &why) : SIZE_MAX;

    if (n == SIZE_MAX)
        return rdata_fail(f->e, f->i, "\"%.*s\": %s", shown(t), t->at, why);
    wr_u8(f->line, '"');
    for (size_t k = 0; k < n; k++) {
        char escape[5];
        if (is_safe(octets[k]))
            wr_u8(f->line, octets[k]);
        else
            wr_bytes(f->line, escape,
                     (size_t)snprintf(escape, sizeof(escape), "\\%03u", octets[k]));
    }
    wr_u8(f->line, '"');
    return true;
}

/* The largest value of an integer field; 0: it is no integer. */
static uint64_t integer_max(ldns_rdf_type type)
{
    switch ((int)type) {
    case LDNS_RDF_TYPE_INT8:
    case LDNS_RDF_TYPE_ALG:
    case LDNS_RDF_TYPE_CERTIFICATE_USAGE:
    case LDNS_RDF_TYPE_SELECTOR:
    case LDNS_RDF_TYPE_MATCHING_TYPE: return UINT8_MAX;
    case LDNS_RDF_TYPE_INT16:
    case LDNS_RDF_TYPE_CERT_ALG: return UINT16_MAX;
    case LDNS_RDF_TYPE_INT32: return UINT32_MAX;
    }
    return 0;
}

/* Fields that may be a mnemonic instead of a number. */
static bool has_mnemonics(ldns_rdf_type type)
{
    return type != LDNS_RDF_TYPE_INT8 && type != LDNS_RDF_TYPE_INT16 && type != LDNS_RDF_TYPE_INT32;
}

static bool check_integer(const struct field *f, ldns_rdf_type type)
{
    const uint64_t max = integer_max(type);
    const struct zonelex_token *t = token(f);
    uint64_t v = 0;

    for (uint32_t i = 0; max > 0 && i < t->len; i++) {
        if (t->at[i] < '0' || t->at[i] > '9') {
            if (has_mnemonics(type))
                return true;
            return rdata_fail(f->e, f->i, "\"%.*s\" is no number", shown(t), t->at);
        }
        v = 10 * v + (uint64_t)(t->at[i] - '0');
        if (v > max)
            return rdata_fail(f->e, f->i, "%.*s is above %llu", shown(t), t->at,
                              (unsigned long long)max);
    }
    return true;
}

static bool check_type(const struct field *f, ldns_rdf_type type)
{
    const struct zonelex_token *t = token(f);
    uint16_t number;

    if ((type != LDNS_RDF_TYPE_NSEC && type != LDNS_RDF_TYPE_TYPE) || rdata_type(t, &number))
        return true;
    return rdata_fail(f->e, f->i, "\"%.*s\" is no record type", shown(t), t->at);
}

/* [!]FAMILY:ADDRESS/LENGTH (RFC 3123 §5): ldns cuts a length of 256 down to 0. */
static bool check_apl(const struct field *f, ldns_rdf_type type)
{
    const struct zonelex_token *t = token(f);
    const char *slash = memchr(t->at, '/', t->len), *end = t->at + t->len;
    unsigned bits = 0;

    if (type != LDNS_RDF_TYPE_APL)
        return true;
    const unsigned max = memchr(t->at, '.', t->len) != NULL ? 32 : 128;
    bool ok = slash != NULL && slash + 1 < end && end - slash <= 4;
    for (const char *p = slash + 1; ok && p < end; p++) {
        ok = *p >= '0' && *p <= '9';
        bits = 10 * bits + (unsigned)(*p - '0');
    }
    if (ok && bits <= max)
        return true;
    return rdata_fail(f->e, f->i, "\"%.*s\" is no FAMILY:ADDRESS/LENGTH (RFC 3123 §5)", shown(t),
                      t->at);
}

/* ldns hands octets to isdigit() and the like, which takes no negative char. */
static bool is_ascii(const struct zonelex_token *t)
{
    for (uint32_t i = 0; i < t->len; i++)
        if ((uint8_t)t->at[i] > 126)
            return false;
    return true;
}

/* Words without blanks, quotes, escapes and controls; SvcParams may hold quotes and escapes. */
static bool put_word(const struct field *f, ldns_rdf_type type)
{
    const struct zonelex_token *t = token(f);
    const bool escaped = memchr(t->at, '\\', t->len) != NULL;

    if (t->quoted || (escaped && type != LDNS_RDF_TYPE_SVCPARAMS))
        return rdata_fail(f->e, f->i, "\"%.*s\" must not be quoted or escaped: it is no string",
                          shown(t), t->at);
    if (!is_ascii(t))
        return rdata_fail(f->e, f->i, "\"%.*s\" has octets that are not ASCII", shown(t), t->at);
    if (!check_integer(f, type) || !check_type(f, type) || !check_apl(f, type))
        return false;
    wr_bytes(f->line, t->at, t->len);
    return true;
}

/* ldns takes only one word for the key of an IPSECKEY; base64 may be written in several. */
static bool continues_word(const struct field *f)
{
    return first_field(f->d) == LDNS_RDF_TYPE_IPSECKEY && f->i > 4;
}

static bool put_field(const struct field *f)
{
    const ldns_rdf_type type = word_type(f->d, f->text, f->i);

    if (!continues_word(f))
        wr_u8(f->line, ' ');
    switch ((int)type) {
    case LDNS_RDF_TYPE_STR:
    case LDNS_RDF_TYPE_LONG_STR: return put_string(f);
    case LDNS_RDF_TYPE_DNAME:
        if (!token(f)->quoted)
            return put_name(f);
        break;
    }
    return put_word(f, type);
}

/* "owner TTL IN TYPE rdata", terminated. */
static bool clean_line(const ldns_rr_descriptor *d, const struct rdata_text *text, struct wr *line,
                       struct rdata_error *e)
{
    wr_bytes(line, ". 0 IN ", 7);
    wr_bytes(line, d->_name, strlen(d->_name));
    for (size_t i = 0; i < text->n; i++)
        if (!put_field(&(struct field){d, text, i, line, e}))
            return false;
    wr_u8(line, '\0');
    if (line->full)
        return rdata_fail(e, 0,
                          "rdata too long for its text to be read; use the form \\# LENGTH HEX");
    return true;
}

static bool put_wire(const ldns_rr *rr, struct wr *out)
{
    for (size_t i = 0; i < ldns_rr_rd_count(rr); i++) {
        const ldns_rdf *rdf = ldns_rr_rdf(rr, i);
        wr_bytes(out, ldns_rdf_data(rdf), ldns_rdf_size(rdf));
    }
    return !out->full;
}

static bool parse_line(const char *line, uint16_t type, struct wr *out, struct rdata_error *e)
{
    const uint8_t *start = out->at;
    char name[TYPE_TEXT];
    ldns_rr *rr = NULL;
    errno = 0; /* for HIP ldns takes an error from before for its own */
    const ldns_status status = ldns_rr_new_frm_str(&rr, line, 0, NULL, NULL);
    bool ok = false;

    type_print(type, name);
    if (status != LDNS_STATUS_OK)
        rdata_fail(e, 0, "no rdata of type %s: %s", name, ldns_get_errorstr_by_id(status));
    else if (!put_wire(rr, out))
        rdata_fail(e, 0, "rdata longer than 65535 octets (RFC 1035 §3.2.1)");
    else if (!rdata_is_valid(type, start, (uint16_t)(out->at - start)))
        rdata_fail(e, 0, "no rdata of type %s", name);
    else
        ok = true;
    ldns_rr_free(rr);
    return ok;
}

bool rdata_parse_ldns(uint16_t type, const struct rdata_text *text, struct wr *out,
                      struct rdata_error *e)
{
    const ldns_rr_descriptor *d = descriptor(type);
    uint8_t line[LDNS_MAX_PACKETLEN]; /* what ldns takes as rdata */
    struct wr w = wr_init(line, sizeof(line));
    char name[TYPE_TEXT];

    if (d == NULL || !is_text_known(d))
        return rdata_fail(e, 0, "type %s has no text form here: write \\# LENGTH HEX (RFC 3597 §5)",
                          type_print(type, name));
    if (text->n < words_needed(d))
        return rdata_fail(e, text->n, "rdata of type %s needs at least %zu fields",
                          type_print(type, name), words_needed(d));
    return clean_line(d, text, &w, e) && parse_line((const char *)line, type, out, e);
}

/* ldns reads too few octets as fewer fields.  A string that takes the rest may be empty (CAA). */
static bool has_all_fields(const ldns_rr_descriptor *d, const ldns_rr *rr)
{
    const size_t min = ldns_rr_descriptor_minimum(d);
    const bool may_lack_last =
        min > 1 && ldns_rr_descriptor_field_type(d, min - 1) == LDNS_RDF_TYPE_LONG_STR;

    return ldns_rr_rd_count(rr) + may_lack_last >= min;
}

/* SvcParams (RFC 9460 §2.2): each key once, in ascending order.  ldns sorts, but lets a key stand twice. */
static bool are_svcparams(const uint8_t *rdata, uint16_t rdlen)
{
    const size_t name_at = 2;
    struct rd r = rd_init(rdata, rdlen);
    int last = -1;

    rd_bytes(&r, name_at);
    rd_bytes(&r, name_len(rdata + name_at));
    while (!r.short_read && rd_left(&r) > 0) {
        const int key = rd_u16(&r);
        rd_bytes(&r, rd_u16(&r));
        if (key <= last)
            return false;
        last = key;
    }
    return !r.short_read;
}

/*
 * Read the octets field by field and write them again: what comes back must be what went in.  That
 * also refuses compressed names, whose pointers ldns would follow.
 */
bool rdata_is_valid(uint16_t type, const uint8_t *rdata, uint16_t rdlen)
{
    uint8_t in[2 + RDATA_MAX_LEN], again[RDATA_MAX_LEN];
    struct wr w = wr_init(in, sizeof(in)), out = wr_init(again, sizeof(again));
    const ldns_rr_descriptor *d = descriptor(type);
    size_t pos = 0;

    if (d == NULL || !is_text_known(d))
        return true;
    ldns_rr *rr = ldns_rr_new();
    if (rr == NULL)
        abort();
    ldns_rr_set_type(rr, (ldns_rr_type)type);
    wr_u16(&w, rdlen);
    wr_bytes(&w, rdata, rdlen);
    const bool ok = ldns_wire2rdf(rr, in, wr_len(&w), &pos) == LDNS_STATUS_OK &&
                    has_all_fields(d, rr) && put_wire(rr, &out) && wr_len(&out) == rdlen &&
                    memcmp(again, rdata, rdlen) == 0;
    ldns_rr_free(rr);
    if (type == TYPE_SVCB || type == TYPE_HTTPS)
        return ok && are_svcparams(rdata, rdlen);
    return ok;
}
