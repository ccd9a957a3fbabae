/* RFC 3597 §5: "\# LENGTH HEX…", for types nobody knows and for known ones alike.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "dns/types.h"
#include "load/rdata_kind.h"

/* Digits may be spread over several words, even an octet's two. */
static bool read_octets(struct rdata_reader *r)
{
    return r->i == r->text->n || rdata_hex.read(r);
}

bool rdata_parse_generic(uint16_t type, const struct rdata_text *text, struct wr *out,
                         struct rdata_error *e)
{
    struct rdata_reader r = {.text = text, .i = 1, .start = out->at, .out = out, .e = e};
    const uint8_t *start = out->at;
    char name[TYPE_TEXT];
    uint64_t len;

    if (text->n < 2)
        return rdata_fail(e, 1, "a number is missing");
    if (!rdata_read_number(&r, RDATA_MAX_LEN, &len) || !read_octets(&r))
        return false;
    const size_t got = (size_t)(out->at - start);
    if (got != len || out->full)
        return rdata_fail(e, 1, "%u octets are announced, %s%zu are written (RFC 3597 §5)",
                          (unsigned)len, out->full ? "more than " : "", got);
    if (!rdata_is_valid(type, start, (uint16_t)len))
        return rdata_fail(e, 0, "these octets are no rdata of type %s", type_print(type, name));
    return true;
}
