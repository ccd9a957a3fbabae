/* The DNS side of daemon.h.  SPDX-License-Identifier: BSD-2-Clause */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/ipaddr.h"
#include "daemon_inside.h"
#include "dns/types.h"

/* A reply on loopback takes microseconds; under a sanitizer on a busy machine, some ms. */
#define PATIENCE_S 20
#define UDP_SIZE   1232

/* ---- the query ---- */

static void add_subnet(const struct daemon *d, ldns_pkt *query, const char *text)
{
    struct prefix p;
    uint8_t option[4 + 16] = {0};

    if (!prefix_parse(text, &p))
        daemon_fail(d, "%s is no subnet", text);

    const size_t octets = (p.bits + 7u) / 8;
    option[1] = p.addr.family; /* RFC 7871 §6 */
    option[2] = p.bits;
    memcpy(option + 4, p.addr.bytes, octets);

    ldns_edns_option_list *options = ldns_edns_option_list_new();
    ldns_edns_option_list_push(
        options, ldns_edns_new_from_data(LDNS_EDNS_CLIENT_SUBNET, 4 + octets, option));
    ldns_pkt_set_edns_option_list(query, options);
}

static ldns_pkt *make_query(const struct daemon *d, const struct daemon_query *q)
{
    ldns_pkt *query;
    const ldns_rr_type type = ldns_get_rr_type_by_name(q->type);

    if (ldns_pkt_query_new_frm_str(&query, q->name, type, LDNS_RR_CLASS_IN, 0) != LDNS_STATUS_OK)
        daemon_fail(d, "%s %s is no question", q->name, q->type);
    ldns_pkt_set_id(query, 4711);
    ldns_pkt_set_edns_udp_size(query, UDP_SIZE);
    if (q->subnet != NULL)
        add_subnet(d, query, q->subnet);
    return query;
}

/* ---- there and back ---- */

static int connect_to(const struct daemon *d, int type)
{
    const struct sockaddr_in to = {.sin_family = AF_INET,
                                   .sin_port = htons(d->port),
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const struct timeval patience = {.tv_sec = PATIENCE_S};
    const int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);

    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    if (connect(fd, (const struct sockaddr *)&to, sizeof(to)) != 0)
        daemon_fail(d, "port %u: %s", d->port, strerror(errno));
    return fd;
}

static ssize_t exchange_udp(const struct daemon *d, const uint8_t *query, size_t len,
                            uint8_t *reply, size_t cap)
{
    const int fd = connect_to(d, SOCK_DGRAM);
    const ssize_t n = send(fd, query, len, 0) < 0 ? -1 : recv(fd, reply, cap, 0);

    close(fd);
    return n;
}

static ssize_t exchange_tcp(const struct daemon *d, const uint8_t *query, size_t len,
                            uint8_t *reply, size_t cap)
{
    const int fd = connect_to(d, SOCK_STREAM);
    uint8_t size[2] = {(uint8_t)(len >> 8), (uint8_t)len};
    ssize_t n = -1;

    if (send(fd, size, 2, MSG_MORE) == 2 && send(fd, query, len, 0) == (ssize_t)len &&
        recv(fd, size, 2, MSG_WAITALL) == 2 && (size_t)(size[0] << 8 | size[1]) <= cap)
        n = recv(fd, reply, (size_t)(size[0] << 8 | size[1]), MSG_WAITALL);
    close(fd);
    return n;
}

ldns_pkt *daemon_ask_packet(struct daemon *d, const struct daemon_query *q)
{
    static uint8_t reply[65535];
    ldns_pkt *query = make_query(d, q), *packet;
    uint8_t *wire;
    size_t len;

    ldns_pkt2wire(&wire, query, &len);
    const ssize_t n = q->tcp ? exchange_tcp(d, wire, len, reply, sizeof(reply))
                             : exchange_udp(d, wire, len, reply, sizeof(reply));
    free(wire);
    ldns_pkt_free(query);
    if (n < 0)
        daemon_fail(d, "%s %s: no reply: %s", q->name, q->type, strerror(errno));
    if (ldns_wire2pkt(&packet, reply, (size_t)n) != LDNS_STATUS_OK || ldns_pkt_id(packet) != 4711)
        daemon_fail(d, "%s %s: ldns does not take the reply", q->name, q->type);
    return packet;
}

/* ---- what came ---- */

static int scope_of(const ldns_pkt *packet)
{
    const ldns_edns_option_list *options = ldns_pkt_edns_get_option_list((ldns_pkt *)packet);
    int scope = -1;

    for (size_t i = 0; options != NULL && i < ldns_edns_option_list_get_count(options); i++) {
        const ldns_edns_option *o = ldns_edns_option_list_get_option(options, i);
        if (ldns_edns_get_code(o) == LDNS_EDNS_CLIENT_SUBNET && ldns_edns_get_size(o) >= 4)
            scope = ldns_edns_get_data(o)[3];
    }
    return scope;
}

static const char *rcode_of(const ldns_pkt *packet)
{
    return rcode_name(ldns_pkt_get_rcode(packet));
}

/* "A 192.0.2.1" without the blank that ldns leaves at the end. */
static void append_record(const ldns_rr *rr, char *out, size_t size)
{
    const size_t at = strlen(out);
    char *type = ldns_rr_type2str(ldns_rr_get_type(rr));

    snprintf(out + at, size - at, "%s%s", at > 0 ? ", " : "", type);
    for (size_t i = 0; i < ldns_rr_rd_count(rr); i++) {
        char *text = ldns_rdf2str(ldns_rr_rdf(rr, i));
        const size_t end = strlen(out);
        snprintf(out + end, size - end, " %s", text);
        free(text);
    }
    free(type);
}

struct daemon_reply daemon_ask(struct daemon *d, const struct daemon_query *q)
{
    ldns_pkt *packet = daemon_ask_packet(d, q);
    const ldns_rr_list *answer = ldns_pkt_answer(packet);
    struct daemon_reply r = {.rcode = rcode_of(packet), .scope = scope_of(packet)};

    for (size_t i = 0; i < ldns_rr_list_rr_count(answer); i++) {
        const ldns_rr *rr = ldns_rr_list_rr(answer, i);
        if (i == 0)
            r.ttl_s = ldns_rr_ttl(rr);
        append_record(rr, r.records, sizeof(r.records));
    }
    ldns_pkt_free(packet);
    return r;
}
