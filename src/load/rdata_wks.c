/*
 * WKS, "well known services" (RFC 1035 §3.4.2; RFC 1123 §2.2 advises against it): behind the
 * address a protocol and a bitmap of ports.  SPDX-License-Identifier: BSD-2-Clause
 */
#include <arpa/inet.h>
#include <netdb.h>

#include "load/rdata_kind.h"

#define PORTS_LEN (65536 / 8)

/* The two that RFC 1035 names, known without /etc/protocols; else a number. */
static bool read_protocol(struct rdata_reader *r)
{
    const bool tcp = zonelex_is(rdata_word(r), "tcp"), udp = zonelex_is(rdata_word(r), "udp");

    if (!tcp && !udp)
        return rdata_u8.read(r);
    wr_u8(r->out, tcp ? IPPROTO_TCP : IPPROTO_UDP);
    r->i++;
    return true;
}

static bool find_service(const struct zonelex_token *t, const char *protocol, uint16_t *port)
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

static bool read_port(struct rdata_reader *r, const char *protocol, uint16_t *port)
{
    const struct zonelex_token *t = rdata_word(r);
    uint64_t number;

    if (!t->quoted && t->len > 0 && t->at[0] >= '0' && t->at[0] <= '9') {
        if (!rdata_read_number(r, UINT16_MAX, &number))
            return false;
        *port = (uint16_t)number;
        return true;
    }
    if (!find_service(t, protocol, port))
        return rdata_refuse(r, "is no service in /etc/services: write the port's number");
    r->i++;
    return true;
}

static bool read_wks(struct rdata_reader *r)
{
    const bool udp = zonelex_is(rdata_word(r), "udp");
    uint8_t ports[PORTS_LEN] = {0};
    size_t len = 0;
    uint16_t port = 0;

    if (!read_protocol(r))
        return false;
    while (r->i < r->text->n) {
        if (!read_port(r, udp ? "udp" : "tcp", &port))
            return false;
        ports[port / 8] |= (uint8_t)(0x80 >> port % 8);
        if (len <= port / 8)
            len = port / 8 + 1u;
    }
    wr_bytes(r->out, ports, len);
    return true;
}

static bool show_wks(struct rdata_view *v)
{
    const uint8_t protocol = rd_u8(&v->rd);
    const size_t len = rd_left(&v->rd);
    const uint8_t *ports = rd_bytes(&v->rd, len);

    if (ports == NULL || len > PORTS_LEN || (v->for_text && len > 0 && ports[len - 1] == 0))
        return false;
    if (v->to != NULL)
        fprintf(v->to, "%u", protocol);
    for (size_t i = 0; v->to != NULL && i < 8 * len; i++)
        if (ports[i / 8] & 0x80 >> i % 8)
            fprintf(v->to, " %zu", i);
    return true;
}

const struct rdata_kind rdata_wks = {"a protocol", read_wks, show_wks, RDATA_NEEDED};
