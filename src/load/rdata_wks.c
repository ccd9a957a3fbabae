/*
 * WKS, "well known services" (RFC 1035 §3.4.2; RFC 1123 §2.2 advises against it): an address, a
 * protocol, and a bitmap of ports.  SPDX-License-Identifier: BSD-2-Clause
 */
#include <arpa/inet.h>
#include <netdb.h>
#include <stdlib.h>

#include "load/rdata.h"

#define PORTS_LEN (65536 / 8)

static int shown(const struct zonelex_token *t)
{
    return t->len < 60 ? (int)t->len : 60;
}

static bool is_number(const struct zonelex_token *t)
{
    return !t->quoted && t->len > 0 && t->at[0] >= '0' && t->at[0] <= '9';
}

/* A word of text as a single field of the short path. */
static bool read_field(const char *format, const struct rdata_text *text, size_t i, struct wr *out,
                       struct rdata_error *e)
{
    const struct rdata_text one = {text->tokens + i, i < text->n, text->origin};
    const bool ok = rdata_parse_format(format, &one, out, e);

    if (!ok)
        e->token = i;
    return ok;
}

/* The two that RFC 1035 names, known without /etc/protocols; else a number. */
static bool read_protocol(const struct rdata_text *text, struct wr *out, struct rdata_error *e)
{
    const struct zonelex_token *t = &text->tokens[1];

    if (text->n > 1 && zonelex_is(t, "tcp"))
        wr_u8(out, IPPROTO_TCP);
    else if (text->n > 1 && zonelex_is(t, "udp"))
        wr_u8(out, IPPROTO_UDP);
    else
        return read_field("b", text, 1, out, e);
    return true;
}

static bool read_service(const struct zonelex_token *t, const char *protocol, uint16_t *port)
{
    char name[64], buffer[1024];
    struct servent entry, *found = NULL;

    if (t->quoted || t->len >= sizeof(name))
        return false;
    memcpy(name, t->at, t->len);
    name[t->len] = '\0';
    if (getservbyname_r(name, protocol, &entry, buffer, sizeof(buffer), &found) != 0 ||
        found == NULL)
        return false;
    *port = ntohs((uint16_t)found->s_port);
    return true;
}

static bool read_port(const struct rdata_text *text, size_t i, uint16_t *port,
                      struct rdata_error *e)
{
    const struct zonelex_token *t = &text->tokens[i];
    uint8_t octets[2];
    struct wr w = wr_init(octets, sizeof(octets));

    if (is_number(t)) {
        if (!read_field("w", text, i, &w, e))
            return false;
        *port = get_u16(octets);
        return true;
    }
    if (read_service(t, zonelex_is(&text->tokens[1], "udp") ? "udp" : "tcp", port))
        return true;
    return rdata_fail(e, i, "\"%.*s\" is no service in /etc/services: write the port's number",
                      shown(t), t->at);
}

bool rdata_parse_wks(const struct rdata_text *text, struct wr *out, struct rdata_error *e)
{
    uint8_t ports[PORTS_LEN] = {0};
    size_t len = 0;

    if (!read_field("4", text, 0, out, e) || !read_protocol(text, out, e))
        return false;
    for (size_t i = 2; i < text->n; i++) {
        uint16_t port = 0;
        if (!read_port(text, i, &port, e))
            return false;
        ports[port / 8] |= (uint8_t)(0x80 >> port % 8);
        if (len <= port / 8)
            len = port / 8 + 1u;
    }
    wr_bytes(out, ports, len);
    return true;
}
