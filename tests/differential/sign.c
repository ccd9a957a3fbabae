/* SPDX-License-Identifier: BSD-2-Clause */
#include "sign.h"

#include <ldns/ldns.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "die.h"
#include "dns/name.h"

/* As `ldns-keygen -a ED25519` writes it; it signs nothing but tests. */
static char key_text[] = "Private-key-format: v1.2\n"
                         "Algorithm: 15 (ED25519)\n"
                         "PrivateKey: l/+wiWF+LOkb4dP914PYLBFBJyaO7Mle7za3klFI6bo=\n";

#define INCEPTION        1577836800 /* 2020-01-01; no server looks at it but to read it */
#define EXPIRATION       2145916800 /* 2038-01-01 */
#define NSEC3_SHA1       1
#define NSEC3_ITERATIONS 1

static ldns_zone *read_zone(const char *path)
{
    FILE *f = fopen(path, "r");
    ldns_zone *zone;
    int line = 0;

    if (f == NULL || ldns_zone_new_frm_fp_l(&zone, f, NULL, 0, LDNS_RR_CLASS_IN, &line) != 0)
        die("%s:%d: ldns does not read it", path, line);
    fclose(f);
    return zone;
}

static ldns_key_list *key_for(const ldns_rdf *apex)
{
    FILE *f = fmemopen(key_text, strlen(key_text), "r");
    ldns_key *key;

    if (f == NULL || ldns_key_new_frm_fp(&key, f) != LDNS_STATUS_OK)
        die("ldns does not read the key");
    fclose(f);
    ldns_key_set_pubkey_owner(key, ldns_rdf_clone(apex));
    ldns_key_set_flags(key, LDNS_KEY_ZONE_KEY | LDNS_KEY_SEP_KEY);
    ldns_key_set_inception(key, INCEPTION);
    ldns_key_set_expiration(key, EXPIRATION);

    ldns_rr *rr = ldns_key2rr(key);
    ldns_key_set_keytag(key, ldns_calc_keytag(rr));
    ldns_rr_free(rr);
    ldns_key_list *list = ldns_key_list_new();
    ldns_key_list_push_key(list, key);
    return list;
}

static ldns_dnssec_zone *with_key(ldns_zone *zone, const ldns_key_list *keys)
{
    ldns_dnssec_zone *out = ldns_dnssec_zone_new();
    ldns_rr *key = ldns_key2rr(ldns_key_list_key(keys, 0));

    ldns_rr_set_ttl(key, ldns_rr_ttl(ldns_zone_soa(zone)));
    ldns_zone_push_rr(zone, key);
    ldns_dnssec_zone_add_rr(out, ldns_zone_soa(zone));
    for (size_t i = 0; i < ldns_zone_rr_count(zone); i++)
        ldns_dnssec_zone_add_rr(out, ldns_rr_list_rr(ldns_zone_rrs(zone), i));
    return out;
}

static ldns_status sign(ldns_dnssec_zone *zone, ldns_rr_list *added, ldns_key_list *keys,
                        enum signing how)
{
    uint8_t salt[] = {0xaa, 0xbb, 0xcc, 0xdd};

    if (how == SIGNING_NSEC)
        return ldns_dnssec_zone_sign_flg(zone, added, keys, ldns_dnssec_default_replace_signatures,
                                         NULL, 0);
    return ldns_dnssec_zone_sign_nsec3_flg(zone, added, keys,
                                           ldns_dnssec_default_replace_signatures, NULL, NSEC3_SHA1,
                                           how == SIGNING_OPT_OUT ? LDNS_NSEC3_VARS_OPTOUT_MASK : 0,
                                           NSEC3_ITERATIONS, sizeof(salt), salt, 0);
}

/* Octets in hex (RFC 3597 §5), for ldns does not escape all that a name may hold. */
static void print_record(FILE *f, ldns_rr *rr)
{
    ldns_buffer *rdata = ldns_buffer_new(LDNS_MIN_BUFLEN);
    char owner[NAME_TEXT];

    for (size_t i = 0; i < ldns_rr_rd_count(rr); i++)
        ldns_rdf2buffer_wire(rdata, ldns_rr_rdf(rr, i));
    fprintf(f, "%s %u IN TYPE%u \\# %zu ", name_print(ldns_rdf_data(ldns_rr_owner(rr)), owner),
            ldns_rr_ttl(rr), ldns_rr_get_type(rr), ldns_buffer_position(rdata));
    for (size_t i = 0; i < ldns_buffer_position(rdata); i++)
        fprintf(f, "%02x", *ldns_buffer_at(rdata, i));
    fputc('\n', f);
    ldns_buffer_free(rdata);
}

static void print_records(FILE *f, const ldns_rr_list *list)
{
    for (size_t i = 0; i < ldns_rr_list_rr_count(list); i++)
        print_record(f, ldns_rr_list_rr(list, i));
}

/* NSD 4.6 crashes over a name in an NSEC3 zone that is so long that none fits below it. */
static bool is_full(const ldns_zone *zone)
{
    bool full = false;

    for (size_t i = 0; i < ldns_zone_rr_count(zone); i++)
        full = full || ldns_rdf_size(ldns_rr_owner(ldns_rr_list_rr(ldns_zone_rrs(zone), i))) + 2 >
                           NAME_MAX_LEN;
    return full;
}

void sign_zone(const char *from, const char *to, enum signing how)
{
    ldns_zone *zone = read_zone(from);
    ldns_key_list *keys = key_for(ldns_rr_owner(ldns_zone_soa(zone)));
    ldns_dnssec_zone *out = with_key(zone, keys);
    ldns_rr_list *added = ldns_rr_list_new();
    FILE *f = fopen(to, "w");

    if (f == NULL || sign(out, added, keys, is_full(zone) ? SIGNING_NSEC : how) != LDNS_STATUS_OK)
        die("%s: ldns does not sign it", from);
    print_record(f, ldns_zone_soa(zone));
    print_records(f, ldns_zone_rrs(zone));
    print_records(f, added);
    fclose(f);
    ldns_dnssec_zone_deep_free(out);
    ldns_rr_list_free(added);
    ldns_zone_free(zone);
    ldns_key_list_free(keys);
}
