/*
 * Numbers of the protocol with their sources: types that the server treats in a way of its own,
 * classes, opcodes, rcodes, option codes (IANA "Domain Name System Parameters").
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum rr_type {
    TYPE_A = 1,  /* RFC 1035 §3.4.1 */
    TYPE_NS = 2, /* RFC 1035 §3.3.11 */
    TYPE_MD = 3, /* obsolete, RFC 973 */
    TYPE_MF = 4,
    TYPE_CNAME = 5, /* RFC 1035 §3.3.1 */
    TYPE_SOA = 6,   /* RFC 1035 §3.3.13 */
    TYPE_MB = 7,
    TYPE_MG = 8,
    TYPE_MR = 9,
    TYPE_PTR = 12, /* RFC 1035 §3.3.12 */
    TYPE_HINFO = 13,
    TYPE_MINFO = 14,
    TYPE_MX = 15, /* RFC 1035 §3.3.9 */
    TYPE_TXT = 16,
    TYPE_AAAA = 28,  /* RFC 3596 */
    TYPE_SRV = 33,   /* RFC 2782 */
    TYPE_NAPTR = 35, /* RFC 3403 */
    TYPE_DNAME = 39, /* RFC 6672 */
    TYPE_OPT = 41,   /* RFC 6891 */
    TYPE_DS = 43,    /* RFC 4034 */
    TYPE_RRSIG = 46,
    TYPE_NSEC = 47,
    TYPE_DNSKEY = 48,
    TYPE_NSEC3 = 50, /* RFC 5155 */
    TYPE_NSEC3PARAM = 51,
    TYPE_SVCB = 64, /* RFC 9460 */
    TYPE_HTTPS = 65,
    TYPE_TKEY = 249, /* RFC 2930 */
    TYPE_TSIG = 250, /* RFC 8945 */
    TYPE_IXFR = 251, /* RFC 1995 */
    TYPE_AXFR = 252, /* RFC 5936 */
    TYPE_MAILB = 253,
    TYPE_MAILA = 254,
    TYPE_ANY = 255, /* RFC 8482 */
};

enum rr_class { CLASS_IN = 1, CLASS_CH = 3, CLASS_HS = 4, CLASS_NONE = 254, CLASS_ANY = 255 };

enum opcode {
    OPCODE_QUERY = 0,
    OPCODE_IQUERY = 1,
    OPCODE_STATUS = 2,
    OPCODE_NOTIFY = 4,
    OPCODE_UPDATE = 5
};

enum rcode {
    RCODE_NOERROR = 0,
    RCODE_FORMERR = 1,
    RCODE_SERVFAIL = 2,
    RCODE_NXDOMAIN = 3,
    RCODE_NOTIMP = 4,
    RCODE_REFUSED = 5,
    RCODE_YXDOMAIN = 6,   /* RFC 2136 §2.2, RFC 6672 §2.2 */
    RCODE_NOTAUTH = 9,    /* RFC 8945 §5.2: beside a TSIG that says why */
    RCODE_BADVERS = 16,   /* RFC 6891 §9: extended, its upper eight bits travel in OPT */
    RCODE_BADCOOKIE = 23, /* RFC 7873 §8 */
};

enum edns_option {
    OPTION_NSID = 3,       /* RFC 5001 */
    OPTION_ECS = 8,        /* RFC 7871 */
    OPTION_COOKIE = 10,    /* RFC 7873 */
    OPTION_KEEPALIVE = 11, /* RFC 7828 */
    OPTION_ERROR = 15,     /* RFC 8914 */
};

/* Extended errors (RFC 8914 §4), those that we send. */
enum ede {
    EDE_OTHER = 0,
    EDE_NOT_READY = 14,
    EDE_NOT_AUTHORITATIVE = 20,
    EDE_NOT_SUPPORTED = 21,
};

/* The second and third octet pairs of a message's header (RFC 1035 §4.1.1, RFC 4035 §3). */
enum header_flag {
    FLAG_QR = 0x8000,
    FLAG_AA = 0x0400,
    FLAG_TC = 0x0200,
    FLAG_RD = 0x0100,
    FLAG_RA = 0x0080,
    FLAG_AD = 0x0020,
    FLAG_CD = 0x0010,
};

#define DNS_HEADER_LEN 12
#define DNS_UDP_PLAIN  512         /* without EDNS (RFC 1035 §4.2.1) */
#define DNS_TCP_MAX    65535       /* RFC 1035 §4.2.2 */
#define TTL_MAX        0x7fffffffu /* RFC 2181 §8 */

/* Meta and question types (RFC 6895 §3.1): never data of a zone. */
static inline bool type_is_meta(uint16_t type)
{
    return type == TYPE_OPT || (type >= 128 && type <= 255);
}

/*
 * Where rdata of a type that RFC 1035 defines may hold compressed names (RFC 3597 §4 allows no
 * others): names[i] octets of fixed rdata, then a name, for i < n.
 */
struct rdata_names {
    uint8_t n;
    uint8_t skip[2];
};
struct rdata_names rdata_names(uint16_t type); /* n = 0: nothing to compress */

/* Where in rdata the name of a host stands whose addresses go along with the record (RFC 1034 §4.3.2
 * step 6, RFC 2782). */
#define RDATA_NO_HOST SIZE_MAX
size_t rdata_host(uint16_t type);

/* SVCB and what shares its form: priority, TargetName, parameters (RFC 9460 §2.2, §9).  Unlike a
 * host's, a TargetName may be an alias. */
static inline bool type_is_svcb(uint16_t type)
{
    return type == TYPE_SVCB || type == TYPE_HTTPS;
}
#define SVCB_TARGET 2 /* where the TargetName stands */

/* The mnemonic, or TYPE123 (RFC 3597 §5); for people.  Returns out. */
#define TYPE_TEXT 16
char *type_print(uint16_t type, char out[TYPE_TEXT]);
/* A mnemonic or TYPE123, any case; also ANY. */
bool type_parse(const char *text, uint16_t *out);
const char *rcode_name(unsigned rcode); /* "NOERROR" …; "RCODE?" for one we never send */
