/* Numbers that have names (IANA's registries).  Numbers are printed.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <strings.h>

#include "base/nearest.h"
#include "base/xalloc.h"
#include "load/rdata_kind.h"

struct word {
    const char *name; /* the last one of a list has none */
    uint16_t value;
};

#define WORDS_MAX 32

static bool complain(struct rdata_reader *r, const struct word *words, const char *what)
{
    const struct zonelex_token *t = rdata_word(r);
    char *word = xstrndup(t->at, t->len < 60 ? t->len : 60);
    const char *names[WORDS_MAX];
    size_t n = 0;

    for (; words[n].name != NULL; n++)
        names[n] = words[n].name;
    const char *near = nearest(word, names, n);
    if (near != NULL)
        rdata_fail(r->e, r->i, "\"%s\" is no %s; did you mean %s?", word, what, near);
    else
        rdata_fail(r->e, r->i, "\"%s\" is no %s, by name or number", word, what);
    free(word);
    return false;
}

/* A number or one of the words. */
static bool read_word(struct rdata_reader *r, const struct word *words, const char *what,
                      uint16_t max, uint16_t *out)
{
    const struct zonelex_token *t = rdata_word(r);
    uint64_t number;

    if (t->quoted || (t->len > 0 && t->at[0] >= '0' && t->at[0] <= '9')) {
        if (!rdata_read_number(r, max, &number))
            return false;
        *out = (uint16_t)number;
        return true;
    }
    for (const struct word *w = words; w->name != NULL; w++) {
        if (strlen(w->name) == t->len && strncasecmp(w->name, t->at, t->len) == 0) {
            *out = w->value;
            r->i++;
            return true;
        }
    }
    return complain(r, words, what);
}

static bool read_octet(struct rdata_reader *r, const struct word *words, const char *what)
{
    uint16_t value;

    if (!read_word(r, words, what, UINT8_MAX, &value))
        return false;
    wr_u8(r->out, (uint8_t)value);
    return true;
}

static bool show_octet(struct rdata_view *v)
{
    const uint8_t value = rd_u8(&v->rd);

    if (v->to != NULL)
        fprintf(v->to, "%u", value);
    return true;
}

/* RFC 4034 appendix A.1 and its successors; the names that BIND also takes behind them. */
static bool read_algorithm(struct rdata_reader *r)
{
    static const struct word words[] = {
        {"RSAMD5", 1},
        {"DH", 2},
        {"DSA", 3},
        {"RSASHA1", 5},
        {"DSA-NSEC3-SHA1", 6},
        {"NSEC3DSA", 6},
        {"RSASHA1-NSEC3-SHA1", 7},
        {"NSEC3RSASHA1", 7},
        {"RSASHA256", 8},
        {"RSASHA512", 10},
        {"ECC-GOST", 12},
        {"ECCGOST", 12},
        {"ECDSAP256SHA256", 13},
        {"ECDSAP384SHA384", 14},
        {"ED25519", 15},
        {"ED448", 16},
        {"INDIRECT", 252},
        {"PRIVATEDNS", 253},
        {"PRIVATEOID", 254},
        {NULL, 0},
    };
    return read_octet(r, words, "algorithm");
}

/* As BIND writes them. */
static bool read_digest(struct rdata_reader *r)
{
    static const struct word words[] = {
        {"SHA-1", 1}, {"SHA1", 1},    {"SHA-256", 2}, {"SHA256", 2},
        {"GOST", 3},  {"SHA-384", 4}, {"SHA384", 4},  {NULL, 0},
    };
    return read_octet(r, words, "digest type");
}

/* RFC 2535 §3.1.3. */
static bool read_protocol(struct rdata_reader *r)
{
    static const struct word words[] = {
        {"NONE", 0}, {"TLS", 1}, {"EMAIL", 2}, {"DNSSEC", 3}, {"IPSEC", 4}, {"ALL", 255}, {NULL, 0},
    };
    return read_octet(r, words, "protocol");
}

/* RFC 9859 §2. */
static bool read_scheme(struct rdata_reader *r)
{
    static const struct word words[] = {{"NOTIFY", 1}, {NULL, 0}};
    return read_octet(r, words, "scheme");
}

/* RFC 7218 §2. */
static bool read_usage(struct rdata_reader *r)
{
    static const struct word words[] = {
        {"PKIX-TA", 0}, {"PKIX-EE", 1},    {"DANE-TA", 2},
        {"DANE-EE", 3}, {"PrivCert", 255}, {NULL, 0},
    };
    return read_octet(r, words, "certificate usage");
}

static bool read_selector(struct rdata_reader *r)
{
    static const struct word words[] = {{"Cert", 0}, {"SPKI", 1}, {"PrivSel", 255}, {NULL, 0}};
    return read_octet(r, words, "selector");
}

static bool read_matching(struct rdata_reader *r)
{
    static const struct word words[] = {
        {"Full", 0}, {"SHA2-256", 1}, {"SHA2-512", 2}, {"PrivMatch", 255}, {NULL, 0}};
    return read_octet(r, words, "matching type");
}

/* RFC 4398 §2.1. */
static bool read_cert(struct rdata_reader *r)
{
    static const struct word words[] = {
        {"PKIX", 1},   {"SPKI", 2},    {"PGP", 3},   {"IPKIX", 4}, {"ISPKI", 5}, {"IPGP", 6},
        {"ACPKIX", 7}, {"IACPKIX", 8}, {"URI", 253}, {"OID", 254}, {NULL, 0},
    };
    uint16_t value;

    if (!read_word(r, words, "certificate type", UINT16_MAX, &value))
        return false;
    wr_u16(r->out, value);
    return true;
}

static bool show_cert(struct rdata_view *v)
{
    const uint16_t value = rd_u16(&v->rd);

    if (v->to != NULL)
        fprintf(v->to, "%u", value);
    return true;
}

const struct rdata_kind rdata_algorithm = {"an algorithm", read_algorithm, show_octet,
                                           RDATA_NEEDED};
const struct rdata_kind rdata_digest = {"a digest type", read_digest, show_octet, RDATA_NEEDED};
const struct rdata_kind rdata_protocol = {"a protocol", read_protocol, show_octet, RDATA_NEEDED};
const struct rdata_kind rdata_scheme = {"a scheme", read_scheme, show_octet, RDATA_NEEDED};
const struct rdata_kind rdata_usage = {"a certificate usage", read_usage, show_octet, RDATA_NEEDED};
const struct rdata_kind rdata_selector = {"a selector", read_selector, show_octet, RDATA_NEEDED};
const struct rdata_kind rdata_matching = {"a matching type", read_matching, show_octet,
                                          RDATA_NEEDED};
const struct rdata_kind rdata_cert = {"a certificate type", read_cert, show_cert, RDATA_NEEDED};
