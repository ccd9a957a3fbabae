/* SPDX-License-Identifier: BSD-2-Clause */
#include "mmdb.h"

#include <string.h>

/* Control octets: type in the upper three bits, size below; type 0 has its own octet, less 7. */
enum { STRING = 2 << 5, DOUBLE = 3 << 5, UINT16 = 5 << 5, UINT32 = 6 << 5, MAP = 7 << 5 };
enum { EXTENDED = 0, EXT_UINT64 = 9 - 7, EXT_ARRAY = 11 - 7 };

void mmdb_put_string(struct wr *w, const char *text)
{
    wr_u8(w, (uint8_t)(STRING | strlen(text)));
    wr_bytes(w, text, strlen(text));
}

void mmdb_put_double(struct wr *w, double value)
{
    uint64_t bits;

    memcpy(&bits, &value, sizeof(bits));
    wr_u8(w, DOUBLE | 8);
    wr_u32(w, (uint32_t)(bits >> 32));
    wr_u32(w, (uint32_t)bits);
}

void mmdb_put_map(struct wr *w, unsigned n)
{
    wr_u8(w, (uint8_t)(MAP | n));
}

void mmdb_put_key_map(struct wr *w, const char *key, unsigned n)
{
    mmdb_put_string(w, key);
    mmdb_put_map(w, n);
}

void mmdb_put_key_string(struct wr *w, const char *key, const char *text)
{
    mmdb_put_string(w, key);
    mmdb_put_string(w, text);
}

void mmdb_put_key_double(struct wr *w, const char *key, double value)
{
    mmdb_put_string(w, key);
    mmdb_put_double(w, value);
}

static void put_key_number(struct wr *w, const char *key, uint8_t type, uint32_t value)
{
    mmdb_put_string(w, key);
    wr_u8(w, type | (type == UINT32 ? 4 : 2));
    if (type == UINT32)
        wr_u32(w, value);
    else
        wr_u16(w, (uint16_t)value);
}

void mmdb_write_separator(FILE *out)
{
    static const uint8_t zero[MMDB_SEPARATOR];

    fwrite(zero, sizeof(zero), 1, out);
}

void mmdb_write_about(FILE *out, const struct mmdb_about *about)
{
    static const char marker[] = "\xab\xcd\xefMaxMind.com";
    uint8_t text[MMDB_RECORD];
    struct wr w = wr_init(text, sizeof(text));

    wr_bytes(&w, marker, sizeof(marker) - 1);
    mmdb_put_map(&w, 9);
    put_key_number(&w, "node_count", UINT32, about->nodes);
    put_key_number(&w, "record_size", UINT16, 32);
    put_key_number(&w, "ip_version", UINT16, about->ip_version);
    mmdb_put_key_string(&w, "database_type", about->type);
    mmdb_put_string(&w, "languages"), wr_u8(&w, EXTENDED), wr_u8(&w, EXT_ARRAY);
    put_key_number(&w, "binary_format_major_version", UINT16, 2);
    put_key_number(&w, "binary_format_minor_version", UINT16, 0);
    mmdb_put_string(&w, "build_epoch"), wr_u8(&w, EXTENDED + 4), wr_u8(&w, EXT_UINT64);
    wr_u32(&w, about->build_epoch);
    mmdb_put_key_map(&w, "description", 0);
    fwrite(text, 1, wr_len(&w), out);
}
