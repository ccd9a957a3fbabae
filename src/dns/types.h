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
    TYPE_WKS = 11, /* RFC 1035 §3.4.2 */
    TYPE_PTR = 12, /* RFC 1035 §3.3.12 */
    TYPE_HINFO = 13,
    TYPE_MINFO = 14,
    TYPE_MX = 15, /* RFC 1035 §3.3.9 */
    TYPE_TXT = 16,
    TYPE_RP = 17, /* RFC 1183 */
    TYPE_AFSDB = 18,
    TYPE_X25 = 19,
    TYPE_ISDN = 20,
    TYPE_RT = 21,
    TYPE_NSAP = 22, /* RFC 1706 */
    TYPE_NSAP_PTR = 23,
    TYPE_SIG = 24,  /* RFC 2535 */
    TYPE_KEY = 25,  /* RFC 2535 */
    TYPE_PX = 26,   /* RFC 2163 */
    TYPE_GPOS = 27, /* RFC 1712 */
    TYPE_AAAA = 28, /* RFC 3596 */
    TYPE_LOC = 29,  /* RFC 1876 */
    TYPE_NXT = 30,  /* RFC 2535 */
    TYPE_EID = 31,
    TYPE_NIMLOC = 32,
    TYPE_SRV = 33, /* RFC 2782 */
    TYPE_ATMA = 34,
    TYPE_NAPTR = 35,    /* RFC 3403 */
    TYPE_KX = 36,       /* RFC 2230 */
    TYPE_CERT = 37,     /* RFC 4398 */
    TYPE_A6 = 38,       /* RFC 2874 */
    TYPE_DNAME = 39,    /* RFC 6672 */
    TYPE_OPT = 41,      /* RFC 6891 */
    TYPE_APL = 42,      /* RFC 3123 */
    TYPE_DS = 43,       /* RFC 4034 */
    TYPE_SSHFP = 44,    /* RFC 4255 */
    TYPE_IPSECKEY = 45, /* RFC 4025 */
    TYPE_RRSIG = 46,
    TYPE_NSEC = 47,
    TYPE_DNSKEY = 48,
    TYPE_DHCID = 49, /* RFC 4701 */
    TYPE_NSEC3 = 50, /* RFC 5155 */
    TYPE_NSEC3PARAM = 51,
    TYPE_TLSA = 52,   /* RFC 6698 */
    TYPE_SMIMEA = 53, /* RFC 8162 */
    TYPE_HIP = 55,    /* RFC 8005 */
    TYPE_NINFO = 56,
    TYPE_RKEY = 57,
    TYPE_TALINK = 58,
    TYPE_CDS = 59, /* RFC 7344 */
    TYPE_CDNSKEY = 60,
    TYPE_OPENPGPKEY = 61, /* RFC 7929 */
    TYPE_CSYNC = 62,      /* RFC 7477 */
    TYPE_ZONEMD = 63,     /* RFC 8976 */
    TYPE_SVCB = 64,       /* RFC 9460 */
    TYPE_HTTPS = 65,
    TYPE_DSYNC = 66, /* RFC 9859 */
    TYPE_HHIT = 67,  /* RFC 9886 */
    TYPE_BRID = 68,
    TYPE_SPF = 99,  /* RFC 7208 */
    TYPE_NID = 104, /* RFC 6742 */
    TYPE_L32 = 105,
    TYPE_L64 = 106,
    TYPE_LP = 107,
    TYPE_EUI48 = 108, /* RFC 7043 */
    TYPE_EUI64 = 109,
    TYPE_TKEY = 249, /* RFC 2930 */
    TYPE_TSIG = 250, /* RFC 8945 */
    TYPE_IXFR = 251, /* RFC 1995 */
    TYPE_AXFR = 252, /* RFC 5936 */
    TYPE_MAILB = 253,
    TYPE_MAILA = 254,
    TYPE_ANY = 255, /* RFC 8482 */
    TYPE_URI = 256, /* RFC 7553 */
    TYPE_CAA = 257, /* RFC 8659 */
    TYPE_AVC = 258,
    TYPE_DOA = 259,
    TYPE_AMTRELAY = 260, /* RFC 8777 */
    TYPE_RESINFO = 261,  /* RFC 9606 */
    TYPE_WALLET = 262,
    TYPE_CLA = 263,
    TYPE_IPN = 264,
    TYPE_TA = 32768,
    TYPE_DLV = 32769, /* RFC 4431 */
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

/* Are records of the type the same in every message: no name in them to compress, none that addresses
 * go along with? */
static inline bool type_is_plain(uint16_t type)
{
    const uint64_t named = 1u << TYPE_NS | 1u << TYPE_MD | 1u << TYPE_MF | 1u << TYPE_CNAME |
                           1u << TYPE_SOA | 1u << TYPE_MB | 1u << TYPE_MG | 1u << TYPE_MR |
                           1u << TYPE_PTR | 1u << TYPE_MINFO | 1u << TYPE_MX |
                           (uint64_t)1 << TYPE_SRV;

    return type < 64 ? !(named >> type & 1) : !type_is_svcb(type);
}

/* Questions for a zone, not for records (RFC 5936, RFC 1995). */
static inline bool type_is_transfer(uint16_t type)
{
    return type == TYPE_AXFR || type == TYPE_IXFR;
}

/* The mnemonic, or TYPE123 (RFC 3597 §5); for people.  Returns out. */
#define TYPE_TEXT 16
char *type_print(uint16_t type, char out[TYPE_TEXT]);
/* A mnemonic or TYPE123, any case; also ANY. */
bool type_parse(const char *text, uint16_t *out);
/* The mnemonics of types that are data, one by one; NULL behind the last. */
const char *type_name_at(size_t index);
const char *rcode_name(unsigned rcode); /* "NOERROR" …; "RCODE?" for one we never send */
