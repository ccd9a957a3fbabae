/* Types as rows of fields.  SPDX-License-Identifier: BSD-2-Clause */
#include "load/rdata.h"

#include <assert.h>
#include <stdarg.h>
#include <string.h>

#include "dns/types.h"
#include "load/rdata_kind.h"

static const struct rdata_kind *const kinds[128] = {
    ['4'] = &rdata_ip4,        ['6'] = &rdata_ip6,          ['b'] = &rdata_u8,
    ['w'] = &rdata_u16,        ['l'] = &rdata_u32,          ['q'] = &rdata_u64,
    ['t'] = &rdata_seconds,    ['n'] = &rdata_name,         ['N'] = &rdata_names_rest,
    ['s'] = &rdata_string,     ['o'] = &rdata_string_maybe, ['S'] = &rdata_strings,
    ['r'] = &rdata_octets,     ['g'] = &rdata_tag,          ['x'] = &rdata_hex,
    ['k'] = &rdata_base64,     ['K'] = &rdata_base64_maybe, ['D'] = &rdata_base64_or_dash,
    ['z'] = &rdata_salt,       ['h'] = &rdata_hash,         ['e'] = &rdata_eui48,
    ['E'] = &rdata_eui64,      ['i'] = &rdata_locator,      ['0'] = &rdata_nsap,
    ['+'] = &rdata_atma,       ['T'] = &rdata_type_covered, ['m'] = &rdata_bitmap,
    ['M'] = &rdata_bitmap_old, ['d'] = &rdata_time,         ['a'] = &rdata_algorithm,
    ['f'] = &rdata_digest,     ['c'] = &rdata_cert,         ['p'] = &rdata_protocol,
    ['j'] = &rdata_scheme,     ['u'] = &rdata_usage,        ['U'] = &rdata_selector,
    ['V'] = &rdata_matching,   ['P'] = &rdata_apl,          ['L'] = &rdata_loc,
    ['v'] = &rdata_svcparams,  ['W'] = &rdata_wks,          ['y'] = &rdata_gateway,
    ['R'] = &rdata_relay,      ['Y'] = &rdata_relay_type,   ['H'] = &rdata_hip,
    ['A'] = &rdata_a6,
};

/* By type, a letter of the table above for each field; NULL: only RFC 3597's form. */
static const char *const formats[] = {
    [TYPE_A] = "4",
    [TYPE_NS] = "n",
    [TYPE_MD] = "n",
    [TYPE_MF] = "n",
    [TYPE_CNAME] = "n",
    [TYPE_SOA] = "nnltttt",
    [TYPE_MB] = "n",
    [TYPE_MG] = "n",
    [TYPE_MR] = "n",
    [TYPE_WKS] = "4W",
    [TYPE_PTR] = "n",
    [TYPE_HINFO] = "ss",
    [TYPE_MINFO] = "nn",
    [TYPE_MX] = "wn",
    [TYPE_TXT] = "S",
    [TYPE_RP] = "nn",      /* RFC 1183 */
    [TYPE_AFSDB] = "wn",   /* RFC 1183 */
    [TYPE_X25] = "s",      /* RFC 1183 */
    [TYPE_ISDN] = "so",    /* RFC 1183 */
    [TYPE_RT] = "wn",      /* RFC 1183 */
    [TYPE_NSAP] = "0",     /* RFC 1706 */
    [TYPE_NSAP_PTR] = "n", /* RFC 1706 */
    [TYPE_SIG] = "Tabtddwnk",
    [TYPE_KEY] = "wpak", /* RFC 2535 */
    [TYPE_PX] = "wnn",   /* RFC 2163 */
    [TYPE_GPOS] = "sss", /* RFC 1712 */
    [TYPE_AAAA] = "6",
    [TYPE_LOC] = "L",  /* RFC 1876 */
    [TYPE_NXT] = "nM", /* RFC 2535 */
    [TYPE_EID] = "x",  /* draft-ietf-nimrod-dns */
    [TYPE_NIMLOC] = "x",
    [TYPE_SRV] = "wwwn",
    [TYPE_ATMA] = "+", /* ATM Forum af-dans-0152 */
    [TYPE_NAPTR] = "wwsssn",
    [TYPE_KX] = "wn",     /* RFC 2230 */
    [TYPE_CERT] = "cwak", /* RFC 4398 */
    [TYPE_A6] = "A",      /* RFC 2874 */
    [TYPE_DNAME] = "n",
    [TYPE_APL] = "P", /* RFC 3123 */
    [TYPE_DS] = "wafx",
    [TYPE_SSHFP] = "bbx",      /* RFC 4255 */
    [TYPE_IPSECKEY] = "bbbyK", /* RFC 4025 */
    [TYPE_RRSIG] = "Tabtddwnk",
    [TYPE_NSEC] = "nm",
    [TYPE_DNSKEY] = "wpak",
    [TYPE_DHCID] = "k", /* RFC 4701 */
    [TYPE_NSEC3] = "bbwzhm",
    [TYPE_NSEC3PARAM] = "bbwz",
    [TYPE_TLSA] = "uUVx",   /* RFC 6698 */
    [TYPE_SMIMEA] = "uUVx", /* RFC 8162 */
    [TYPE_HIP] = "HN",      /* RFC 8005 */
    [TYPE_NINFO] = "S",
    [TYPE_RKEY] = "wpak",
    [TYPE_TALINK] = "nn",
    [TYPE_CDS] = "wafx", /* RFC 7344 */
    [TYPE_CDNSKEY] = "wpak",
    [TYPE_OPENPGPKEY] = "k", /* RFC 7929 */
    [TYPE_CSYNC] = "lwm",    /* RFC 7477 */
    [TYPE_ZONEMD] = "lbbx",  /* RFC 8976 */
    [TYPE_SVCB] = "wnv",
    [TYPE_HTTPS] = "wnv",
    [TYPE_DSYNC] = "Tjwn", /* RFC 9859 */
    [TYPE_HHIT] = "k",     /* RFC 9886 */
    [TYPE_BRID] = "k",
    [TYPE_SPF] = "S",  /* RFC 7208 */
    [TYPE_NID] = "wi", /* RFC 6742 */
    [TYPE_L32] = "w4",
    [TYPE_L64] = "wi",
    [TYPE_LP] = "wn",
    [TYPE_EUI48] = "e", /* RFC 7043 */
    [TYPE_EUI64] = "E",
    [TYPE_URI] = "wwr", /* RFC 7553 */
    [TYPE_CAA] = "bgr", /* RFC 8659 */
    [TYPE_AVC] = "S",
    [TYPE_DOA] = "llbsD",    /* draft-durand-doa-over-dns */
    [TYPE_AMTRELAY] = "bYR", /* RFC 8777 */
    [TYPE_RESINFO] = "S",    /* RFC 9606 */
    [TYPE_WALLET] = "S",
    [TYPE_CLA] = "S",
    [TYPE_IPN] = "q",
};

static const char *format_of(uint16_t type)
{
    if (type < sizeof(formats) / sizeof(formats[0]))
        return formats[type];
    return type == TYPE_TA || type == TYPE_DLV ? formats[TYPE_DS] : NULL;
}

static const struct rdata_kind *kind_of(char letter)
{
    return kinds[(unsigned char)letter];
}

/* What stands in zone files again and again is found without a search through all mnemonics. */
static bool frequent_type(const struct zonelex_token *t, uint16_t *out)
{
    static const struct {
        char word[8]; /* letters with the bit that makes them small; NULs behind */
        uint16_t type;
    } frequent[] = {{"a", TYPE_A},         {"aaaa", TYPE_AAAA},   {"ns", TYPE_NS},
                    {"cname", TYPE_CNAME}, {"ptr", TYPE_PTR},     {"mx", TYPE_MX},
                    {"txt", TYPE_TXT},     {"rrsig", TYPE_RRSIG}, {"nsec", TYPE_NSEC},
                    {"nsec3", TYPE_NSEC3}, {"ds", TYPE_DS},       {"srv", TYPE_SRV}};
    char word[8] = "";

    if (t->quoted || t->len >= sizeof(word))
        return false;
    for (uint32_t i = 0; i < t->len; i++)
        word[i] = (char)(t->at[i] | 32); /* digits have it; controls are no part of a word */
    for (size_t i = 0; i < sizeof(frequent) / sizeof(frequent[0]); i++) {
        if (memcmp(word, frequent[i].word, sizeof(word)) == 0) {
            *out = frequent[i].type;
            return true;
        }
    }
    return false;
}

bool rdata_type(const struct zonelex_token *t, uint16_t *out)
{
    char name[TYPE_TEXT];

    if (frequent_type(t, out))
        return true;
    if (t->quoted || t->len >= sizeof(name))
        return false;
    memcpy(name, t->at, t->len);
    name[t->len] = '\0';
    return type_parse(name, out);
}

bool rdata_fail(struct rdata_error *e, size_t token, const char *fmt, ...)
{
    va_list ap;

    e->token = token;
    va_start(ap, fmt);
    vsnprintf(e->what, sizeof(e->what), fmt, ap);
    va_end(ap);
    return false;
}

bool rdata_refuse(const struct rdata_reader *r, const char *is_what)
{
    const struct zonelex_token *t = rdata_word(r);

    return rdata_fail(r->e, r->i, "\"%.*s\" %s", RDATA_SHOW(t), is_what);
}

static bool parse_fields(const char *format, struct rdata_reader *r)
{
    for (; *format != '\0'; format++) {
        const struct rdata_kind *kind = kind_of(*format);
        if (r->i == r->text->n && kind->need != RDATA_OPTIONAL)
            return rdata_fail(r->e, r->i, "%s is missing", kind->what);
        if (!kind->read(r))
            return false;
    }
    if (r->i < r->text->n)
        return rdata_refuse(r, "is more than the type has");
    if (r->out->full)
        return rdata_fail(r->e, 0, "rdata longer than 65535 octets (RFC 1035 §3.2.1)");
    return true;
}

/* "\#" is the sign of the generic form (RFC 3597 §5); quoted it is a string, and, as in BIND and NSD,
 * where strings are wanted and no length follows. */
static bool is_generic(const struct rdata_text *text, const char *format)
{
    const struct zonelex_token *t = text->tokens;

    if (text->n == 0 || t[0].quoted || t[0].len != 2 || memcmp(t[0].at, "\\#", 2) != 0)
        return false;
    const bool has_length =
        text->n > 1 && !t[1].quoted && t[1].len > 0 && t[1].at[0] >= '0' && t[1].at[0] <= '9';
    return has_length || format == NULL || *format != 'S';
}

bool rdata_parse(uint16_t type, const struct rdata_text *text, struct wr *out,
                 struct rdata_error *e)
{
    const char *format = format_of(type);
    char name[TYPE_TEXT];

    e->token = 0;
    e->what[0] = '\0';
    if (is_generic(text, format))
        return rdata_parse_generic(type, text, out, e);
    if (format == NULL)
        return rdata_fail(e, 0, "type %s has no text form here: write \\# LENGTH HEX (RFC 3597 §5)",
                          type_print(type, name));
    struct rdata_reader r = {.text = text, .start = out->at, .out = out, .e = e};
    return parse_fields(format, &r);
}

/* False: not well-formed; or, if v->for_text, without a text form. */
static bool walk(const char *format, struct rdata_view *v)
{
    for (const char *letter = format; *letter != '\0'; letter++) {
        const struct rdata_kind *kind = kind_of(*letter);
        if (rd_left(&v->rd) == 0 && kind->need == RDATA_OPTIONAL)
            continue;
        if (rd_left(&v->rd) == 0 && kind->need == RDATA_NO_OCTETS)
            return !v->for_text;
        if (v->to != NULL && letter != format)
            putc_unlocked(' ', v->to);
        if (!kind->show(v) || v->rd.short_read)
            return false;
    }
    return rd_left(&v->rd) == 0;
}

bool rdata_is_valid(uint16_t type, const uint8_t *rdata, uint16_t rdlen)
{
    const char *format = format_of(type);
    struct rdata_view v = {.start = rdata, .rd = rd_init(rdata, rdlen)};

    return format == NULL || walk(format, &v);
}

void rdata_print(uint16_t type, const uint8_t *rdata, uint16_t rdlen, FILE *to)
{
    const char *format = format_of(type);
    struct rdata_view v = {.start = rdata, .rd = rd_init(rdata, rdlen), .for_text = true};

    if (format == NULL || !walk(format, &v)) {
        fprintf(to, rdlen > 0 ? "\\# %u " : "\\# %u", rdlen);
        rdata_put_hex(rdata, rdlen, to);
        return;
    }
    v.rd = rd_init(rdata, rdlen);
    v.to = to;
    walk(format, &v);
}
