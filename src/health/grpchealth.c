/* SPDX-License-Identifier: BSD-2-Clause */
#include "health/grpchealth.h"

#include <assert.h>
#include <string.h>

#include "base/octets.h"

enum { FRAME_HEAD = 5 };

/* A field's key: its number, and how its value is written. */
enum wire_type { WIRE_VARINT = 0, WIRE_64_BIT = 1, WIRE_OCTETS = 2, WIRE_32_BIT = 5 };

#define KEY(field, type) ((field) << 3 | (type))

size_t grpchealth_write(const char *service, uint8_t out[GRPCHEALTH_REQUEST_MAX])
{
    const size_t len = strlen(service);
    const size_t message_len = len > 0 ? 2 + len : 0; /* what is empty is left out */

    assert(len <= GRPCHEALTH_SERVICE_MAX);
    memset(out, 0, FRAME_HEAD);
    out[4] = (uint8_t)message_len;
    if (len > 0) {
        out[FRAME_HEAD] = KEY(1, WIRE_OCTETS);
        out[FRAME_HEAD + 1] = (uint8_t)len;
        octets_copy(out + FRAME_HEAD + 2, (const uint8_t *)service, len);
    }
    return FRAME_HEAD + message_len;
}

/* Seven bits an octet, the lowest first; the highest bit says that more follow. */
static bool read_varint(const uint8_t **at, const uint8_t *end, uint64_t *out)
{
    uint64_t v = 0;

    for (unsigned shift = 0; *at < end && shift < 64; shift += 7) {
        const uint8_t octet = *(*at)++;
        v |= (uint64_t)(octet & 0x7f) << shift;
        if (octet < 0x80) {
            *out = v;
            return true;
        }
    }
    return false;
}

static bool skip(const uint8_t **at, const uint8_t *end, uint64_t len)
{
    if (len > (uint64_t)(end - *at))
        return false;
    *at += len;
    return true;
}

/* A field of a later version of the protocol. */
static bool skip_value(const uint8_t **at, const uint8_t *end, uint64_t type)
{
    uint64_t v;

    switch (type) {
    case WIRE_VARINT: return read_varint(at, end, &v);
    case WIRE_64_BIT: return skip(at, end, 8);
    case WIRE_OCTETS: return read_varint(at, end, &v) && skip(at, end, v);
    case WIRE_32_BIT: return skip(at, end, 4);
    default: return false;
    }
}

static bool read_message(const uint8_t *at, const uint8_t *end, uint64_t *status)
{
    uint64_t v = GRPCHEALTH_UNKNOWN, key; /* a number that is zero is left out */

    while (at < end) {
        if (!read_varint(&at, end, &key))
            return false;
        const bool ok =
            key == KEY(1, WIRE_VARINT) ? read_varint(&at, end, &v) : skip_value(&at, end, key & 7);
        if (!ok)
            return false;
    }
    *status = v;
    return true;
}

bool grpchealth_read(const uint8_t *frame, size_t len, uint64_t *status)
{
    if (len < FRAME_HEAD || frame[0] != 0)
        return false;
    const size_t message_len =
        (size_t)frame[1] << 24 | (size_t)frame[2] << 16 | (size_t)frame[3] << 8 | (size_t)frame[4];
    if (message_len != len - FRAME_HEAD)
        return false;
    return read_message(frame + FRAME_HEAD, frame + len, status);
}

const char *grpchealth_name(uint64_t status)
{
    static const char *const names[] = {"UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"};

    return status < sizeof(names) / sizeof(names[0]) ? names[status] : "another status";
}
