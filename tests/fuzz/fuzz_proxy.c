/*
 * A PROXY header from any octets: as they come in, the outcome is "short" until it is what it stays; a
 * header's octets alone give the same; datagrams have version 2 and nothing else.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "net/proxy.h"

/* Prefixes that are tried one by one; what is longer is TLVs. */
#define STEPS 300

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* In a block of its own, so that ASan sees an octet too many. */
static enum proxy_outcome read_prefix(const uint8_t *data, size_t len, struct proxy_header *h)
{
    uint8_t *copy = malloc(len > 0 ? len : 1);

    memcpy(copy, data, len);
    *h = (struct proxy_header){.len = 0};
    const enum proxy_outcome outcome = proxy_read_stream(copy, len, h);
    struct proxy_header datagram;
    const bool is_v2 = len > 0 && copy[0] == '\r';
    assert(proxy_read_datagram(copy, len, &datagram) == (is_v2 && outcome == PROXY_READ));
    free(copy);
    return outcome;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct proxy_header last, h;
    const enum proxy_outcome end = read_prefix(data, size, &last);

    assert((end == PROXY_READ) == (last.len > 0) && last.len <= size);
    for (size_t len = 0; len < size && len < STEPS; len++) {
        const enum proxy_outcome now = read_prefix(data, len, &h);
        assert(now == PROXY_SHORT || now == end);
        if (now == PROXY_SHORT)
            assert(end != PROXY_READ || len < last.len);
        else if (now == PROXY_READ)
            assert(h.len == last.len && len >= h.len && ipaddr_equal(&h.client, &last.client));
    }
    return 0;
}
