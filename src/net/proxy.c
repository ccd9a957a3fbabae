/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/proxy.h"

#include <stdlib.h>
#include <string.h>

#include "base/cursor.h"

/* "PROXY UNKNOWN" with two IPv6 addresses, the longest that §2.1 knows, its CRLF included. */
#define V1_MAX 107

#define V1_START     "PROXY "
#define V1_START_LEN (sizeof(V1_START) - 1)

/*  §2.2:   sig[12]   ver_cmd   fam   len[2]   len octets: addresses, ports, TLVs  */
static const uint8_t v2_start[] = {'\r', '\n', '\r', '\n', 0, '\r', '\n', 'Q', 'U', 'I', 'T', '\n'};
#define V2_FIXED_LEN (sizeof(v2_start) + 4)

enum { V2_LOCAL = 0x20, V2_PROXY = 0x21 };
enum { V2_UNSPEC, V2_INET, V2_INET6, V2_UNIX, V2_FAMILIES };
enum { V2_TRANSPORTS = 3 }; /* unspecified, stream, datagram */

/* ---- version 1 ---- */

/* The next of the fields that single spaces separate; NULL: there is none. */
static char *next_field(char **line)
{
    char *field = *line;
    char *space = field != NULL ? strchr(field, ' ') : NULL;

    if (space != NULL)
        *space++ = '\0';
    *line = space;
    return field;
}

static bool is_address(const char *text, uint8_t family, struct ipaddr *out)
{
    struct ipaddr a;

    if (text == NULL || !ipaddr_parse(text, &a) || a.family != family)
        return false;
    *out = a;
    return true;
}

/* Decimal, without heading zeroes. */
static bool is_port(const char *text)
{
    const size_t digits = text != NULL ? strspn(text, "0123456789") : 0;

    return digits > 0 && digits <= 5 && text[digits] == '\0' && (text[0] != '0' || digits == 1) &&
           atoi(text) <= 65535;
}

/* "UNKNOWN" alone, or a space and whatever else. */
static bool is_unknown(const char *line, size_t len)
{
    static const char unknown[] = "UNKNOWN ";
    const size_t word_len = sizeof(unknown) - 2;

    return strncmp(line, unknown, len > word_len ? word_len + 1 : len) == 0 && len >= word_len;
}

/* "TCP4 192.0.2.1 198.51.100.53 56324 53" */
static bool read_v1_fields(char *line, struct ipaddr *client)
{
    const char *what = next_field(&line);
    const bool is_ip6 = strcmp(what, "TCP6") == 0;
    const uint8_t family = is_ip6 ? FAMILY_IP6 : FAMILY_IP4;
    struct ipaddr source, target;

    if (!is_ip6 && strcmp(what, "TCP4") != 0)
        return false;
    if (!is_address(next_field(&line), family, &source) ||
        !is_address(next_field(&line), family, &target) || !is_port(next_field(&line)) ||
        !is_port(next_field(&line)) || line != NULL)
        return false;
    *client = source;
    return true;
}

static enum proxy_outcome read_v1(const uint8_t *data, size_t len, struct proxy_header *out)
{
    const size_t seen = len < V1_MAX ? len : V1_MAX;
    const uint8_t *end = memmem(data, seen, "\r\n", 2);
    char line[V1_MAX + 1] = "";
    struct ipaddr client = {.family = FAMILY_NONE};

    if (end == NULL)
        return seen == V1_MAX ? PROXY_WRONG : PROXY_SHORT;
    const size_t line_len = (size_t)(end - data) - V1_START_LEN;
    memcpy(line, data + V1_START_LEN, line_len);
    if (!is_unknown(line, line_len) && (strlen(line) != line_len || !read_v1_fields(line, &client)))
        return PROXY_WRONG;
    *out = (struct proxy_header){.len = V1_START_LEN + line_len + 2, .client = client};
    return PROXY_READ;
}

/* ---- version 2 ---- */

/* Type, two octets of length, value, again and again, to the end of the header. */
static bool are_tlvs(struct rd *r)
{
    while (rd_left(r) > 0 && !r->short_read) {
        rd_u8(r);
        rd_bytes(r, rd_u16(r));
    }
    return !r->short_read;
}

/* The block of addresses; FAMILY_NONE where it names nobody that we could. */
static bool read_v2_addresses(struct rd *r, uint8_t fam, struct ipaddr *client)
{
    static const struct {
        uint8_t family, addr_len;
        uint8_t block_len; /* two addresses, two ports */
    } layouts[V2_FAMILIES] = {
        [V2_INET] = {FAMILY_IP4, 4, 12},
        [V2_INET6] = {FAMILY_IP6, 16, 36},
        [V2_UNIX] = {FAMILY_NONE, 0, 216},
    };
    const uint8_t family = fam >> 4, transport = fam & 0x0f;
    struct ipaddr a = {.family = FAMILY_NONE};

    if (family >= V2_FAMILIES || transport >= V2_TRANSPORTS)
        return false;
    if (family != V2_UNSPEC) { /* else nobody says where the addresses end */
        const uint8_t *block = rd_bytes(r, layouts[family].block_len);
        if (block == NULL || !are_tlvs(r))
            return false;
        if (transport != V2_UNSPEC) {
            a.family = layouts[family].family;
            memcpy(a.bytes, block, layouts[family].addr_len);
        }
    }
    *client = a;
    return true;
}

static enum proxy_outcome read_v2(const uint8_t *data, size_t len, struct proxy_header *out)
{
    struct rd r = rd_init(data, len);

    rd_bytes(&r, sizeof(v2_start));
    const uint8_t version_command = rd_u8(&r), fam = rd_u8(&r);
    const uint16_t rest_len = rd_u16(&r);
    if (r.short_read)
        return PROXY_SHORT;
    if (version_command != V2_LOCAL && version_command != V2_PROXY)
        return PROXY_WRONG;
    const uint8_t *rest = rd_bytes(&r, rest_len);
    if (rest == NULL)
        return PROXY_SHORT;
    struct rd block = rd_init(rest, rest_len);
    struct ipaddr client = {.family = FAMILY_NONE};
    if (version_command == V2_PROXY && !read_v2_addresses(&block, fam, &client))
        return PROXY_WRONG;
    *out = (struct proxy_header){.len = V2_FIXED_LEN + rest_len, .client = client};
    return PROXY_READ;
}

/* ---- either ---- */

/* Do the octets begin like this, as far as they go? */
static bool begins(const uint8_t *data, size_t len, const void *start, size_t start_len)
{
    return memcmp(data, start, len < start_len ? len : start_len) == 0;
}

enum proxy_outcome proxy_read_stream(const uint8_t *data, size_t len, struct proxy_header *out)
{
    if (len == 0)
        return PROXY_SHORT;
    if (begins(data, len, v2_start, sizeof(v2_start)))
        return read_v2(data, len, out);
    if (!begins(data, len, V1_START, V1_START_LEN))
        return PROXY_WRONG;
    return len < V1_START_LEN ? PROXY_SHORT : read_v1(data, len, out);
}

bool proxy_read_datagram(const uint8_t *data, size_t len, struct proxy_header *out)
{
    return len >= V2_FIXED_LEN && begins(data, len, v2_start, sizeof(v2_start)) &&
           read_v2(data, len, out) == PROXY_READ;
}
