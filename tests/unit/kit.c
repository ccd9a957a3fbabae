/* SPDX-License-Identifier: BSD-2-Clause */
#include "kit.h"

#include <assert.h>
#include <ctype.h>
#include <ldns/ldns.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cursor.h"
#include "base/xalloc.h"
#include "dns/name.h"
#include "dns/types.h"

/* ---- queries ---- */

static unsigned hex_digit(char c)
{
    assert(isxdigit((unsigned char)c));
    return c <= '9' ? (unsigned)(c - '0') : (unsigned)(tolower(c) - 'a' + 10);
}

static void put_hex(struct wr *w, const char *hex)
{
    for (; *hex != '\0'; hex++) {
        if (isspace((unsigned char)*hex))
            continue;
        wr_u8(w, (uint8_t)(hex_digit(hex[0]) << 4 | hex_digit(hex[1])));
        hex++;
    }
}

struct packet kit_hex(const char *hex)
{
    struct packet p = {0};
    struct wr w = wr_init(p.data, sizeof(p.data));

    put_hex(&w, hex);
    assert(!w.full);
    p.len = wr_len(&w);
    return p;
}

static void put_ecs(struct wr *w, const char *text)
{
    char addr[IPADDR_TEXT];
    const char *slash = strchr(text, '/');
    struct ipaddr a;

    assert(slash != NULL && (size_t)(slash - text) < sizeof(addr));
    snprintf(addr, sizeof(addr), "%.*s", (int)(slash - text), text);
    if (!ipaddr_parse(addr, &a))
        abort();
    const unsigned bits = (unsigned)atoi(slash + 1), octets = (bits + 7) / 8;
    assert(octets <= sizeof(a.bytes));
    wr_u16(w, OPTION_ECS);
    wr_u16(w, (uint16_t)(4 + octets));
    wr_u16(w, a.family);
    wr_u8(w, (uint8_t)bits);
    wr_u8(w, 0);
    wr_bytes(w, a.bytes, octets);
}

static void put_option(struct wr *w, const char *text)
{
    const char *colon = strchr(text, ':');

    assert(colon != NULL);
    wr_u16(w, (uint16_t)atoi(text));
    wr_u16(w, (uint16_t)(strlen(colon + 1) / 2));
    put_hex(w, colon + 1);
}

static void put_cookie(struct wr *w, const char *hex)
{
    wr_u16(w, OPTION_COOKIE);
    wr_u16(w, (uint16_t)(strlen(hex) / 2));
    put_hex(w, hex);
}

static bool has_opt(const struct kit_query *query)
{
    return query->edns || query->dnssec_ok || query->nsid || query->keepalive ||
           query->udp_size != 0 || query->edns_flags != 0 || query->version != 0 ||
           query->cookie != NULL || query->ecs != NULL || query->option != NULL;
}

static void put_opt(struct wr *w, const struct kit_query *query)
{
    wr_u8(w, 0);
    wr_u16(w, TYPE_OPT);
    wr_u16(w, query->udp_size != 0 ? query->udp_size : 1232);
    wr_u8(w, 0);
    wr_u8(w, query->version);
    wr_u16(w, (uint16_t)((query->dnssec_ok ? 0x8000 : 0) | query->edns_flags));
    uint8_t *len = wr_room(w, 2);
    if (query->nsid)
        wr_u32(w, (uint32_t)OPTION_NSID << 16);
    if (query->keepalive)
        wr_u32(w, (uint32_t)OPTION_KEEPALIVE << 16);
    if (query->cookie != NULL)
        put_cookie(w, query->cookie);
    if (query->ecs != NULL)
        put_ecs(w, query->ecs);
    if (query->option != NULL)
        put_option(w, query->option);
    put_u16(len, (uint16_t)(w->at - len - 2));
}

struct packet kit_query(const struct kit_query *query)
{
    struct packet p = {0};
    struct wr w = wr_init(p.data, sizeof(p.data));
    uint8_t name[NAME_MAX_LEN];
    uint16_t type;
    const char *why;

    if (!name_parse(query->name, strlen(query->name), name_root, name, &why) ||
        !type_parse(query->type, &type))
        abort();
    wr_u16(&w, query->id != 0 ? query->id : 0x1234);
    wr_u16(&w, (uint16_t)(query->flags | query->opcode << 11));
    wr_u16(&w, 1);
    wr_u32(&w, 0);
    wr_u16(&w, has_opt(query));
    wr_bytes(&w, name, name_len(name));
    wr_u16(&w, type);
    wr_u16(&w, query->class != 0 ? query->class : CLASS_IN);
    if (has_opt(query))
        put_opt(&w, query);
    assert(!w.full);
    p.len = wr_len(&w);
    return p;
}

/* ---- what stands in a header ---- */

uint16_t kit_rcode(const uint8_t *reply)
{
    return get_u16(reply + 2) & 15;
}

bool kit_has_flag(const uint8_t *reply, uint16_t flag)
{
    return (get_u16(reply + 2) & flag) != 0;
}

unsigned kit_count(const uint8_t *reply, unsigned section)
{
    return get_u16(reply + 4 + 2 * section);
}

size_t kit_question_len(const uint8_t *message, size_t len)
{
    struct rd r = rd_init(message, len);
    uint8_t label;

    rd_bytes(&r, DNS_HEADER_LEN);
    if (r.short_read || kit_count(message, 0) == 0)
        return 0;
    while ((label = rd_u8(&r)) != 0)
        rd_bytes(&r, label);
    rd_u32(&r);
    return r.short_read ? 0 : (size_t)(r.at - message - DNS_HEADER_LEN);
}

/* ---- replies as text ---- */

static void print_header(FILE *f, const ldns_pkt *pkt)
{
    const unsigned rcode =
        (unsigned)ldns_pkt_edns_extended_rcode(pkt) << 4 | ldns_pkt_get_rcode(pkt);
    ldns_lookup_table *opcode = ldns_lookup_by_id(ldns_opcodes, ldns_pkt_get_opcode(pkt));

    fputs(rcode_name(rcode), f);
    if (ldns_pkt_get_opcode(pkt) != LDNS_PACKET_QUERY)
        fprintf(f, " %s", opcode != NULL ? opcode->name : "OPCODE?");
    fputs(ldns_pkt_qr(pkt) ? " qr" : "", f);
    fputs(ldns_pkt_aa(pkt) ? " aa" : "", f);
    fputs(ldns_pkt_tc(pkt) ? " tc" : "", f);
    fputs(ldns_pkt_rd(pkt) ? " rd" : "", f);
    fputs(ldns_pkt_ra(pkt) ? " ra" : "", f);
    fputs(ldns_pkt_ad(pkt) ? " ad" : "", f);
    fputs(ldns_pkt_cd(pkt) ? " cd" : "", f);
    fputc('\n', f);
    if (ldns_pkt_qdcount(pkt) == 0)
        fputs("question: none\n", f);
}

static void print_ecs(FILE *f, const uint8_t *data, size_t len)
{
    struct ipaddr a = {.family = data[1]};
    char text[IPADDR_TEXT];

    memcpy(a.bytes, data + 4, len - 4);
    if (a.family == FAMILY_IP4 || a.family == FAMILY_IP6)
        ipaddr_print(&a, text);
    else
        snprintf(text, sizeof(text), "family %u", get_u16(data));
    fprintf(f, ", ecs %s/%u/%u", text, data[2], data[3]);
}

static void print_error(FILE *f, const uint8_t *data, size_t len)
{
    fprintf(f, ", error %u", get_u16(data));
    if (len > 2)
        fprintf(f, " \"%.*s\"", (int)len - 2, (const char *)data + 2);
}

static void print_hex(FILE *f, const uint8_t *data, size_t len)
{
    for (size_t i = 0; i < len; i++)
        fprintf(f, "%02x", data[i]);
}

static void print_option(FILE *f, uint16_t code, const uint8_t *data, size_t len)
{
    if (code == OPTION_ECS && len >= 4 && len <= 20) {
        print_ecs(f, data, len);
    } else if (code == OPTION_NSID) {
        fprintf(f, ", nsid %.*s", (int)len, (const char *)data);
    } else if (code == OPTION_KEEPALIVE && len == 2) {
        fprintf(f, ", keepalive %u", get_u16(data));
    } else if (code == OPTION_ERROR && len >= 2) {
        print_error(f, data, len);
    } else if (code == OPTION_COOKIE) {
        fputs(", cookie ", f);
        print_hex(f, data, len);
    } else {
        fprintf(f, ", option %u:", code);
        print_hex(f, data, len);
    }
}

/* ldns takes it out of the additional section. */
static void print_tsig(FILE *f, const ldns_pkt *pkt)
{
    const ldns_rr *tsig = ldns_pkt_tsig(pkt);

    if (tsig == NULL)
        return;
    char *key = ldns_rdf2str(ldns_rr_owner(tsig));
    fprintf(f, "tsig: %s %u\n", key, ldns_rdf2native_int16(ldns_rr_rdf(tsig, 5)));
    free(key);
}

static void print_edns(FILE *f, const ldns_pkt *pkt)
{
    const ldns_rdf *options = ldns_pkt_edns_data(pkt);

    if (!ldns_pkt_edns(pkt))
        return;
    fprintf(f, "edns: udp %u", ldns_pkt_edns_udp_size(pkt));
    if (ldns_pkt_edns_version(pkt) != 0)
        fprintf(f, ", version %u", ldns_pkt_edns_version(pkt));
    fputs(ldns_pkt_edns_do(pkt) ? ", do" : "", f);
    struct rd r = rd_init(options != NULL ? ldns_rdf_data(options) : (const uint8_t *)"",
                          options != NULL ? ldns_rdf_size(options) : 0);
    while (rd_left(&r) > 0) {
        const uint16_t code = rd_u16(&r), len = rd_u16(&r);
        const uint8_t *data = rd_bytes(&r, len);
        assert(data != NULL);
        print_option(f, code, data, len);
    }
    fputc('\n', f);
}

/* Of keys and signatures what does not change when a zone is signed anew: the first fields. */
static void cut_secrets(char *text, ldns_rr_type type)
{
    const unsigned fields = type == LDNS_RR_TYPE_RRSIG ? 8 : type == LDNS_RR_TYPE_DNSKEY ? 7 : 0;
    char *end = text;

    for (unsigned i = 0; i < fields && end != NULL; i++)
        end = strchr(end + 1, ' ');
    if (fields > 0 && end != NULL)
        strcpy(end, " ...");
}

/* ldns puts tabs between the fields and a newline behind. */
static void print_records(FILE *f, const char *section, const ldns_rr_list *list)
{
    if (ldns_rr_list_rr_count(list) > 0)
        fprintf(f, "%s:\n", section);
    for (size_t i = 0; i < ldns_rr_list_rr_count(list); i++) {
        char *text = ldns_rr2str(ldns_rr_list_rr(list, i));
        text[strcspn(text, "\n")] = '\0';
        for (char *c = text; *c != '\0'; c++)
            if (*c == '\t')
                *c = ' ';
        cut_secrets(text, ldns_rr_get_type(ldns_rr_list_rr(list, i)));
        const size_t len = strlen(text);
        fprintf(f, "  %.*s\n", (int)(len > 0 && text[len - 1] == ' ' ? len - 1 : len), text);
        free(text);
    }
}

char *kit_text(const uint8_t *reply, size_t len)
{
    ldns_pkt *pkt;
    char *text;
    size_t text_len;

    if (ldns_wire2pkt(&pkt, reply, len) != LDNS_STATUS_OK)
        return NULL;
    FILE *f = open_memstream(&text, &text_len);
    print_header(f, pkt);
    print_edns(f, pkt);
    print_records(f, "answer", ldns_pkt_answer(pkt));
    print_records(f, "authority", ldns_pkt_authority(pkt));
    print_records(f, "additional", ldns_pkt_additional(pkt));
    print_tsig(f, pkt);
    fclose(f);
    ldns_pkt_free(pkt);
    return text;
}

char *kit_section(const char *text, const char *section)
{
    char head[32];

    snprintf(head, sizeof(head), "\n%s:\n", section);
    const char *at = strstr(text, head);
    if (at == NULL)
        return xstrdup("");
    at += strlen(head);
    const char *end = at;
    while (*end == ' ')
        end += strcspn(end, "\n") + 1;
    return xstrndup(at, (size_t)(end - at));
}

/* ---- what must be true of every reply ---- */

static void skip_name(struct rd *r)
{
    uint8_t len;

    while ((len = rd_u8(r)) != 0) {
        if (len >= 0xc0) {
            rd_u8(r);
            return;
        }
        if (rd_bytes(r, len) == NULL)
            return;
    }
}

static bool is_whole(const uint8_t *reply, size_t len)
{
    struct rd r = rd_init(reply, len);

    rd_bytes(&r, DNS_HEADER_LEN + kit_question_len(reply, len));
    for (unsigned n = kit_count(reply, 1) + kit_count(reply, 2) + kit_count(reply, 3); n > 0; n--) {
        skip_name(&r);
        rd_bytes(&r, 8);
        rd_bytes(&r, rd_u16(&r));
    }
    return !r.short_read && rd_left(&r) == 0;
}

static bool has_twins(const ldns_rr_list *list)
{
    for (size_t i = 0; i < ldns_rr_list_rr_count(list); i++)
        for (size_t j = 0; j < i; j++)
            if (ldns_rr_compare(ldns_rr_list_rr(list, i), ldns_rr_list_rr(list, j)) == 0)
                return true;
    return false;
}

static const char *wrong_records(const uint8_t *reply, size_t len)
{
    ldns_pkt *pkt;

    if (ldns_wire2pkt(&pkt, reply, len) != LDNS_STATUS_OK)
        return "ldns does not take it";
    const bool twins = has_twins(ldns_pkt_answer(pkt)) || has_twins(ldns_pkt_authority(pkt)) ||
                       has_twins(ldns_pkt_additional(pkt));
    ldns_pkt_free(pkt);
    return twins ? "a record stands twice in a section" : NULL;
}

const char *kit_wrong(const struct packet *query, const uint8_t *reply, size_t len)
{
    const uint16_t copied = 0x7800 | FLAG_RD;
    const size_t question = kit_question_len(reply, len);

    if (len < DNS_HEADER_LEN)
        return "shorter than a header";
    if (get_u16(reply) != get_u16(query->data))
        return "another ID";
    if (!kit_has_flag(reply, FLAG_QR))
        return "not a response";
    if ((get_u16(reply + 2) & copied) != (get_u16(query->data + 2) & copied))
        return "opcode, RD or CD are not the query's";
    if (kit_has_flag(reply, FLAG_RA | FLAG_AD | 0x40))
        return "RA, AD or Z is set";
    if (kit_count(reply, 0) > 1 || (question == 0) != (kit_count(reply, 0) == 0))
        return "no whole question";
    if (question > query->len - DNS_HEADER_LEN ||
        memcmp(query->data + DNS_HEADER_LEN, reply + DNS_HEADER_LEN, question) != 0)
        return "another question";
    if (!is_whole(reply, len))
        return "records are not whole, or something follows the last";
    return wrong_records(reply, len);
}

/* ---- files ---- */

char *kit_path(const char *path)
{
    const char *top = getenv("SRCDIR");

    return xasprintf("%s/%s", top != NULL ? top : ".", path);
}

char *kit_read_file(const char *path, size_t *len)
{
    FILE *f = fopen(path, "rb");
    struct stat st;

    if (f == NULL || fstat(fileno(f), &st) != 0) {
        perror(path);
        abort();
    }
    char *text = xmalloc((size_t)st.st_size + 1);
    *len = fread(text, 1, (size_t)st.st_size, f);
    text[*len] = '\0';
    fclose(f);
    return text;
}
