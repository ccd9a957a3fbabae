/* SPDX-License-Identifier: BSD-2-Clause */
#include "signkit.h"

#include <ldns/ldns.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INCEPTION  1767225600u /* 2026-01-01 */
#define EXPIRATION 2145830400u /* SIGNKIT_UNTIL */

static void must(ldns_status s, const char *what)
{
    if (s == LDNS_STATUS_OK)
        return;
    fprintf(stderr, "%s: %s\n", what, ldns_get_errorstr_by_id(s));
    abort();
}

static ldns_key *make_key(ldns_rdf *apex)
{
    ldns_key *key = ldns_key_new_frm_algorithm(LDNS_SIGN_ECDSAP256SHA256, 256);

    if (key == NULL)
        abort();
    ldns_key_set_pubkey_owner(key, ldns_rdf_clone(apex));
    ldns_key_set_flags(key, LDNS_KEY_ZONE_KEY | LDNS_KEY_SEP_KEY);
    ldns_key_set_inception(key, INCEPTION);
    ldns_key_set_expiration(key, EXPIRATION);
    return key;
}

static ldns_dnssec_zone *read_zone(const char *apex_text, ldns_rdf *apex, const char *text)
{
    ldns_dnssec_zone *zone;
    int line = 0;
    FILE *f = fmemopen((void *)text, strlen(text), "r");

    if (f == NULL)
        abort();
    must(ldns_dnssec_zone_new_frm_fp_l(&zone, f, apex, 3600, LDNS_RR_CLASS_IN, &line), apex_text);
    fclose(f);
    return zone;
}

static void sign_zone(ldns_dnssec_zone *zone, ldns_key_list *keys, ldns_rr_list *made,
                      const struct signkit_opts *o)
{
    const size_t salt_len = o->salt != NULL ? strlen(o->salt) : 0;

    if (!o->nsec3) {
        must(ldns_dnssec_zone_sign(zone, made, keys, ldns_dnssec_default_replace_signatures, NULL),
             "sign");
        return;
    }
    must(ldns_dnssec_zone_sign_nsec3_flg(zone, made, keys, ldns_dnssec_default_replace_signatures,
                                         NULL, LDNS_SHA1, o->opt_out, o->iterations,
                                         (uint8_t)salt_len, (uint8_t *)o->salt, 0),
         "sign with NSEC3");
}

static char *zone_text(const ldns_dnssec_zone *zone)
{
    char *text;
    size_t len;
    FILE *f = open_memstream(&text, &len);

    if (f == NULL)
        abort();
    ldns_dnssec_zone_print(f, zone);
    fclose(f);
    return text;
}

char *signkit_sign(const char *apex_text, const char *text, const struct signkit_opts *opts,
                   char **anchor)
{
    ldns_rdf *apex = ldns_dname_new_frm_str(apex_text);
    ldns_dnssec_zone *zone = read_zone(apex_text, apex, text);
    ldns_key_list *keys = ldns_key_list_new();
    ldns_rr_list *made = ldns_rr_list_new();
    ldns_key *key = make_key(apex);
    ldns_rr *dnskey = ldns_key2rr(key);

    ldns_key_set_keytag(key, ldns_calc_keytag(dnskey));
    ldns_key_list_push_key(keys, key);
    must(ldns_dnssec_zone_add_rr(zone, dnskey), "add the key");
    sign_zone(zone, keys, made, opts);
    *anchor = ldns_rr2str(dnskey);
    char *out = zone_text(zone);
    ldns_rr_list_free(made);
    ldns_key_list_free(keys);
    ldns_dnssec_zone_deep_free(zone);
    ldns_rdf_deep_free(apex);
    return out;
}
