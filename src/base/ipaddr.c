/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/ipaddr.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int system_family(uint8_t family)
{
    return family == FAMILY_IP4 ? AF_INET : AF_INET6;
}

bool ipaddr_parse(const char *text, struct ipaddr *out)
{
    struct ipaddr a = {.family = strchr(text, ':') != NULL ? FAMILY_IP6 : FAMILY_IP4};

    if (inet_pton(system_family(a.family), text, a.bytes) != 1)
        return false;
    *out = a;
    return true;
}

/* Digits only, no sign, no blank: strtoul alone would take "+1" and " 1". */
static bool parse_number(const char *text, unsigned max, unsigned *out)
{
    unsigned v = 0;

    if (*text == '\0' || strlen(text) > 5)
        return false;
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9')
            return false;
        v = v * 10 + (unsigned)(*text - '0');
    }
    if (v > max)
        return false;
    *out = v;
    return true;
}

bool prefix_parse(const char *text, struct prefix *out)
{
    char addr[IPADDR_TEXT];
    const char *slash = strchr(text, '/');
    const size_t len = slash != NULL ? (size_t)(slash - text) : strlen(text);
    struct prefix p;
    unsigned bits;

    if (len >= sizeof(addr))
        return false;
    memcpy(addr, text, len);
    addr[len] = '\0';
    if (!ipaddr_parse(addr, &p.addr))
        return false;
    bits = ipaddr_bits(&p.addr);
    if (slash != NULL && !parse_number(slash + 1, bits, &bits))
        return false;
    p.bits = (uint8_t)bits;
    const struct ipaddr masked = ipaddr_mask(&p.addr, p.bits);
    if (!ipaddr_equal(&masked, &p.addr))
        return false;
    *out = p;
    return true;
}

/* Where the port's separator stands, or NULL: '@' anywhere, ':' behind ']' or as the only one. */
static const char *port_separator(const char *text)
{
    const char *at = strchr(text, '@');
    const char *bracket = strchr(text, ']');
    const char *colon = strchr(text, ':');

    if (at != NULL)
        return at;
    if (text[0] == '[')
        return bracket != NULL && bracket[1] == ':' ? bracket + 1 : NULL;
    return colon != NULL && strchr(colon + 1, ':') == NULL ? colon : NULL;
}

bool sockaddr_parse(const char *text, uint16_t default_port, struct endpoint_addr *out)
{
    char addr[IPADDR_TEXT + 2];
    const char *sep = port_separator(text);
    size_t len = sep != NULL ? (size_t)(sep - text) : strlen(text);
    unsigned port = default_port;
    struct endpoint_addr a;

    if (sep != NULL && !parse_number(sep + 1, 65535, &port))
        return false;
    if (len >= 2 && text[0] == '[' && text[len - 1] == ']') {
        text++;
        len -= 2;
    }
    if (len >= sizeof(addr))
        return false;
    memcpy(addr, text, len);
    addr[len] = '\0';
    if (!ipaddr_parse(addr, &a.addr))
        return false;
    a.port = (uint16_t)port;
    *out = a;
    return true;
}

char *ipaddr_print(const struct ipaddr *a, char out[IPADDR_TEXT])
{
    if (a->family == FAMILY_NONE)
        return strcpy(out, "-");
    if (inet_ntop(system_family(a->family), a->bytes, out, IPADDR_TEXT) == NULL)
        abort();
    return out;
}

char *prefix_print(const struct prefix *p, char out[PREFIX_TEXT])
{
    char addr[IPADDR_TEXT];

    snprintf(out, PREFIX_TEXT, "%s/%u", ipaddr_print(&p->addr, addr), p->bits);
    return out;
}

char *sockaddr_print(const struct endpoint_addr *a, char out[SOCKADDR_TEXT])
{
    char addr[IPADDR_TEXT];

    snprintf(out, SOCKADDR_TEXT, "%s@%u", ipaddr_print(&a->addr, addr), a->port);
    return out;
}

bool ipaddr_equal(const struct ipaddr *a, const struct ipaddr *b)
{
    return a->family == b->family && memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

uint8_t ipaddr_bits(const struct ipaddr *a)
{
    switch (a->family) {
    case FAMILY_IP4: return 32;
    case FAMILY_IP6: return 128;
    }
    return 0;
}

struct ipaddr ipaddr_mask(const struct ipaddr *a, uint8_t bits)
{
    struct ipaddr m = {.family = a->family};
    const size_t whole = bits / 8;

    memcpy(m.bytes, a->bytes, whole);
    if (bits % 8 != 0)
        m.bytes[whole] = (uint8_t)(a->bytes[whole] & (0xff00 >> (bits % 8)));
    return m;
}

bool prefix_contains(const struct prefix *p, const struct ipaddr *a)
{
    const struct ipaddr m = ipaddr_mask(a, p->bits);

    return ipaddr_equal(&m, &p->addr);
}

socklen_t ipaddr_to_sockaddr(const struct ipaddr *a, uint16_t port, struct sockaddr_storage *out)
{
    memset(out, 0, sizeof(*out));
    if (a->family == FAMILY_IP4) {
        struct sockaddr_in *in4 = (struct sockaddr_in *)out;
        in4->sin_family = AF_INET;
        in4->sin_port = htons(port);
        memcpy(&in4->sin_addr, a->bytes, 4);
        return sizeof(*in4);
    }
    struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)out;
    in6->sin6_family = AF_INET6;
    in6->sin6_port = htons(port);
    memcpy(&in6->sin6_addr, a->bytes, 16);
    return sizeof(*in6);
}
