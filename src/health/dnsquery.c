/* SPDX-License-Identifier: BSD-2-Clause */
#include "health/dnsquery.h"

#include <ldns/ldns.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "dns/types.h"

/* What fits through every path without fragments (DNS flag day 2020). */
#define UDP_SIZE 1232

static void *must(void *p)
{
    if (p == NULL)
        abort();
    return p;
}

/* A record of that type at the root, canonical; NULL: the text is none. */
static ldns_rr *parse_data(uint16_t type, const char *text, const char **why)
{
    char type_text[TYPE_TEXT];
    char *line = xasprintf(". 0 IN %s %s", type_print(type, type_text), text);
    ldns_rr *rr = NULL;
    const ldns_status status = ldns_rr_new_frm_str(&rr, line, 0, NULL, NULL);

    free(line);
    if (status != LDNS_STATUS_OK) {
        *why = ldns_get_errorstr_by_id(status);
        return NULL;
    }
    ldns_rr2canonical(rr);
    return rr;
}

bool dnsquery_data_ok(uint16_t type, const char *text, const char **why)
{
    ldns_rr *rr = parse_data(type, text, why);

    ldns_rr_free(rr);
    return rr != NULL;
}

size_t dnsquery_make(const struct probe_spec *spec, uint16_t id, uint8_t out[DNSQUERY_MAX])
{
    ldns_rdf *name = must(ldns_dname_new_frm_str(spec->query));
    ldns_pkt *query = must(ldns_pkt_query_new(name, (ldns_rr_type)spec->query_type,
                                              LDNS_RR_CLASS_IN, spec->recurse ? LDNS_RD : 0));
    uint8_t *wire = NULL;
    size_t len = 0;

    ldns_pkt_set_id(query, id);
    ldns_pkt_set_edns_udp_size(query, UDP_SIZE);
    if (ldns_pkt2wire(&wire, query, &len) != LDNS_STATUS_OK || len > DNSQUERY_MAX)
        abort(); /* a name of 255 octets and OPT are far less */
    memcpy(out, wire, len);
    free(wire);
    ldns_pkt_free(query);
    return len;
}

/* Whoever guesses a port does not guess these as well (RFC 5452 §3). */
static bool is_reply_to(const struct probe_spec *spec, uint16_t id, const ldns_pkt *p)
{
    const ldns_rr_list *questions = ldns_pkt_question(p);

    if (!ldns_pkt_qr(p) || ldns_pkt_id(p) != id)
        return false;
    if (ldns_rr_list_rr_count(questions) != 1) /* who could not read it may leave it out */
        return ldns_pkt_get_rcode(p) != LDNS_RCODE_NOERROR;
    const ldns_rr *question = ldns_rr_list_rr(questions, 0);
    ldns_rdf *name = must(ldns_dname_new_frm_str(spec->query));
    const bool same = ldns_dname_compare(ldns_rr_owner(question), name) == 0 &&
                      (uint16_t)ldns_rr_get_type(question) == spec->query_type;
    ldns_rdf_deep_free(name);
    return same;
}

static bool is_expected(const struct probe_spec *spec, unsigned rcode)
{
    for (size_t i = 0; i < spec->n_expect; i++)
        if (rcode >= spec->expect[i].first && rcode <= spec->expect[i].last)
            return true;
    return false;
}

/* "REFUSED, expected NOERROR or NXDOMAIN" */
static void say_rcode(const struct probe_spec *spec, unsigned rcode, char out[DNSQUERY_TEXT])
{
    int n = snprintf(out, DNSQUERY_TEXT, "%s, expected ", rcode_name(rcode));

    for (size_t i = 0; i < spec->n_expect && n < DNSQUERY_TEXT; i++)
        n += snprintf(out + n, DNSQUERY_TEXT - (size_t)n, "%s%s",
                      i == 0                    ? ""
                      : i + 1 == spec->n_expect ? " or "
                                                : ", ",
                      rcode_name(spec->expect[i].first));
}

static bool same_data(const ldns_rr *a, const ldns_rr *b)
{
    if (ldns_rr_get_type(a) != ldns_rr_get_type(b) || ldns_rr_rd_count(a) != ldns_rr_rd_count(b))
        return false;
    for (size_t i = 0; i < ldns_rr_rd_count(a); i++)
        if (ldns_rdf_compare(ldns_rr_rdf(a, i), ldns_rr_rdf(b, i)) != 0)
            return false;
    return true;
}

/* The answers are canonical. */
static bool holds(const ldns_rr_list *answers, uint16_t type, const char *text)
{
    const char *why;
    ldns_rr *want = must(parse_data(type, text, &why));
    bool found = false;

    for (size_t i = 0; !found && i < ldns_rr_list_rr_count(answers); i++)
        found = same_data(ldns_rr_list_rr(answers, i), want);
    ldns_rr_free(want);
    return found;
}

static enum dnsquery_verdict judge_answers(const struct probe_spec *spec, ldns_rr_list *answers,
                                           const char *rcode, char out[DNSQUERY_TEXT])
{
    const size_t n = ldns_rr_list_rr_count(answers);

    for (size_t i = 0; i < n; i++)
        ldns_rr2canonical(ldns_rr_list_rr(answers, i));
    for (size_t i = 0; i < spec->n_answers; i++)
        if (!holds(answers, spec->query_type, spec->answers[i])) {
            snprintf(out, DNSQUERY_TEXT, "%s, but no \"%.100s\" among %zu record%s", rcode,
                     spec->answers[i], n, n == 1 ? "" : "s");
            return DNSQUERY_BAD;
        }
    snprintf(out, DNSQUERY_TEXT, "%s, %zu record%s", rcode, n, n == 1 ? "" : "s");
    return DNSQUERY_GOOD;
}

enum dnsquery_verdict dnsquery_judge(const struct probe_spec *spec, uint16_t id,
                                     const uint8_t *reply, size_t len, char out[DNSQUERY_TEXT])
{
    ldns_pkt *p = NULL;
    enum dnsquery_verdict v = DNSQUERY_FOREIGN;

    if (ldns_wire2pkt(&p, reply, len) != LDNS_STATUS_OK)
        return DNSQUERY_FOREIGN;
    const unsigned rcode = (unsigned)ldns_pkt_get_rcode(p);
    if (!is_reply_to(spec, id, p)) {
        v = DNSQUERY_FOREIGN;
    } else if (ldns_pkt_tc(p)) {
        v = DNSQUERY_TRUNCATED;
    } else if (!is_expected(spec, rcode)) {
        say_rcode(spec, rcode, out);
        v = DNSQUERY_BAD;
    } else {
        v = judge_answers(spec, ldns_pkt_answer(p), rcode_name(rcode), out);
    }
    ldns_pkt_free(p);
    return v;
}
