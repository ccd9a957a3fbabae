/* RFC 3597 §5: "\# LENGTH HEX…", for types nobody knows and for known ones alike.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "dns/types.h"
#include "load/rdata.h"

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

static bool read_length(const struct rdata_text *text, uint16_t *out, struct rdata_error *e)
{
    struct wr w = wr_init((uint8_t[2]){0}, 2);
    const struct rdata_text number = {.tokens = text->tokens + 1, .n = text->n > 1};

    if (!rdata_parse_format("w", &number, &w, e)) {
        e->token = 1;
        return false;
    }
    *out = get_u16(w.start);
    return true;
}

/* Digits may be spread over several words, even an octet's two. */
static bool read_hex(const struct rdata_text *text, struct wr *out, struct rdata_error *e)
{
    int high = -1;

    for (size_t i = 2; i < text->n; i++) {
        const struct zonelex_token *t = &text->tokens[i];
        for (uint32_t k = 0; k < t->len; k++) {
            const int digit = hex_digit(t->at[k]);
            if (digit < 0 || t->quoted)
                return rdata_fail(e, i, "generic rdata is hexadecimal digits (RFC 3597 §5)");
            if (high >= 0)
                wr_u8(out, (uint8_t)(high << 4 | digit));
            high = high < 0 ? digit : -1;
        }
    }
    if (high >= 0)
        return rdata_fail(e, text->n - 1, "odd number of hexadecimal digits");
    return true;
}

bool rdata_parse_generic(uint16_t type, const struct rdata_text *text, struct wr *out,
                         struct rdata_error *e)
{
    const uint8_t *start = out->at;
    char name[TYPE_TEXT];
    uint16_t len;

    if (!read_length(text, &len, e) || !read_hex(text, out, e))
        return false;
    const size_t got = (size_t)(out->at - start);
    if (got != len || out->full)
        return rdata_fail(e, 1, "%u octets are announced, %s%zu are written (RFC 3597 §5)", len,
                          out->full ? "more than " : "", got);
    if (!rdata_is_valid(type, start, len))
        return rdata_fail(e, 0, "these octets are no rdata of type %s", type_print(type, name));
    return true;
}
