/* SPDX-License-Identifier: BSD-2-Clause */
#include "dns/types.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* IANA "Resource Record (RR) TYPEs"; what is not here prints as TYPE123 (RFC 3597 §5). */
static const struct {
    uint16_t type;
    const char *name;
} names[] = {
    // clang-format off
    {1, "A"},            {2, "NS"},           {3, "MD"},           {4, "MF"},           {5, "CNAME"},
    {6, "SOA"},          {7, "MB"},           {8, "MG"},           {9, "MR"},           {10, "NULL"},
    {11, "WKS"},         {12, "PTR"},         {13, "HINFO"},       {14, "MINFO"},       {15, "MX"},
    {16, "TXT"},         {17, "RP"},          {18, "AFSDB"},       {19, "X25"},         {20, "ISDN"},
    {21, "RT"},          {22, "NSAP"},        {23, "NSAP-PTR"},    {24, "SIG"},         {25, "KEY"},
    {26, "PX"},          {27, "GPOS"},        {28, "AAAA"},        {29, "LOC"},         {30, "NXT"},
    {31, "EID"},         {32, "NIMLOC"},      {33, "SRV"},         {34, "ATMA"},        {35, "NAPTR"},
    {36, "KX"},          {37, "CERT"},        {38, "A6"},          {39, "DNAME"},       {40, "SINK"},
    {41, "OPT"},         {42, "APL"},         {43, "DS"},          {44, "SSHFP"},       {45, "IPSECKEY"},
    {46, "RRSIG"},       {47, "NSEC"},        {48, "DNSKEY"},      {49, "DHCID"},       {50, "NSEC3"},
    {51, "NSEC3PARAM"},  {52, "TLSA"},        {53, "SMIMEA"},      {55, "HIP"},         {56, "NINFO"},
    {57, "RKEY"},        {58, "TALINK"},      {59, "CDS"},         {60, "CDNSKEY"},     {61, "OPENPGPKEY"},
    {62, "CSYNC"},       {63, "ZONEMD"},      {64, "SVCB"},        {65, "HTTPS"},       {66, "DSYNC"},
    {67, "HHIT"},        {68, "BRID"},        {99, "SPF"},         {100, "UINFO"},      {101, "UID"},
    {102, "GID"},        {103, "UNSPEC"},     {104, "NID"},        {105, "L32"},        {106, "L64"},
    {107, "LP"},         {108, "EUI48"},      {109, "EUI64"},      {128, "NXNAME"},     {249, "TKEY"},
    {250, "TSIG"},       {251, "IXFR"},       {252, "AXFR"},       {253, "MAILB"},      {254, "MAILA"},
    {255, "ANY"},        {256, "URI"},        {257, "CAA"},        {258, "AVC"},        {259, "DOA"},
    {260, "AMTRELAY"},   {261, "RESINFO"},    {262, "WALLET"},     {263, "CLA"},        {264, "IPN"},
    {32768, "TA"},       {32769, "DLV"},
    // clang-format on
};

#define N_NAMES (sizeof(names) / sizeof(names[0]))

struct rdata_names rdata_names(uint16_t type)
{
    switch (type) {
    case TYPE_NS:
    case TYPE_MD:
    case TYPE_MF:
    case TYPE_CNAME:
    case TYPE_MB:
    case TYPE_MG:
    case TYPE_MR:
    case TYPE_PTR: return (struct rdata_names){.n = 1};
    case TYPE_SOA:
    case TYPE_MINFO: return (struct rdata_names){.n = 2};
    case TYPE_MX: return (struct rdata_names){.n = 1, .skip = {2}};
    }
    return (struct rdata_names){0};
}

size_t rdata_host(uint16_t type)
{
    switch (type) {
    case TYPE_NS: return 0;
    case TYPE_MX: return 2;
    case TYPE_SRV: return 6;
    }
    return RDATA_NO_HOST;
}

char *type_print(uint16_t type, char out[TYPE_TEXT])
{
    for (size_t i = 0; i < N_NAMES; i++)
        if (names[i].type == type)
            return strcpy(out, names[i].name);
    snprintf(out, TYPE_TEXT, "TYPE%u", type);
    return out;
}

static bool parse_generic(const char *text, uint16_t *out)
{
    char *end;

    if (strncasecmp(text, "TYPE", 4) != 0 || text[4] < '0' || text[4] > '9')
        return false;
    const unsigned long v = strtoul(text + 4, &end, 10);
    if (*end != '\0' || v > 65535)
        return false;
    *out = (uint16_t)v;
    return true;
}

bool type_parse(const char *text, uint16_t *out)
{
    for (size_t i = 0; i < N_NAMES; i++) {
        if (strcasecmp(names[i].name, text) == 0) {
            *out = names[i].type;
            return true;
        }
    }
    return parse_generic(text, out);
}

const char *type_name_at(size_t index)
{
    size_t n = 0;

    for (size_t i = 0; i < N_NAMES; i++)
        if (!type_is_meta(names[i].type) && n++ == index)
            return names[i].name;
    return NULL;
}

const char *rcode_name(unsigned rcode)
{
    switch ((enum rcode)rcode) {
    case RCODE_NOERROR: return "NOERROR";
    case RCODE_FORMERR: return "FORMERR";
    case RCODE_SERVFAIL: return "SERVFAIL";
    case RCODE_NXDOMAIN: return "NXDOMAIN";
    case RCODE_NOTIMP: return "NOTIMP";
    case RCODE_REFUSED: return "REFUSED";
    case RCODE_YXDOMAIN: return "YXDOMAIN";
    case RCODE_NOTAUTH: return "NOTAUTH";
    case RCODE_BADVERS: return "BADVERS";
    case RCODE_BADCOOKIE: return "BADCOOKIE";
    }
    return "RCODE?";
}
