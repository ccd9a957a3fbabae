/*
 * Wire format back to text, for the last good generation: types of the short path as people write
 * them, all others in RFC 3597's generic form, which needs to know nothing of a type.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <arpa/inet.h>
#include <stdlib.h>

#include "dns/name.h"
#include "load/rdata.h"

static void print_string(FILE *to, const uint8_t *octets, size_t len)
{
    putc_unlocked('"', to);
    for (size_t i = 0; i < len; i++) {
        const uint8_t c = octets[i];
        if (c == '"' || c == '\\')
            putc_unlocked('\\', to);
        if (c >= ' ' && c < 127)
            putc_unlocked(c, to);
        else
            fprintf(to, "\\%03u", c);
    }
    putc_unlocked('"', to);
}

static void print_name(FILE *to, const uint8_t *name)
{
    char text[NAME_TEXT];

    fputs_unlocked(name_print(name, text), to);
}

static void print_address(FILE *to, int family, const uint8_t *addr)
{
    char text[INET6_ADDRSTRLEN];

    fputs_unlocked(inet_ntop(family, addr, text, sizeof(text)), to);
}

/* Rdata was checked when it was read, so that no read here can be short. */
static void print_counted(FILE *to, struct rd *r)
{
    const uint8_t len = rd_u8(r);

    print_string(to, rd_bytes(r, len), len);
}

static void print_tag(FILE *to, struct rd *r)
{
    const uint8_t len = rd_u8(r);

    fwrite_unlocked(rd_bytes(r, len), 1, len, to);
}

static void print_field(char letter, struct rd *r, FILE *to)
{
    switch (letter) {
    case '4': print_address(to, AF_INET, rd_bytes(r, 4)); return;
    case '6': print_address(to, AF_INET6, rd_bytes(r, 16)); return;
    case 'n': print_name(to, rd_bytes(r, name_len(r->at))); return;
    case 'b': fprintf(to, "%u", rd_u8(r)); return;
    case 'w': fprintf(to, "%u", rd_u16(r)); return;
    case 'l':
    case 't': fprintf(to, "%u", rd_u32(r)); return;
    case 's':
    case 'S': print_counted(to, r); return;
    case 'g': print_tag(to, r); return;
    case 'r':
        print_string(to, r->at, rd_left(r));
        r->at = r->end;
        return;
    }
    abort();
}

static void print_generic(const uint8_t *rdata, uint16_t rdlen, FILE *to)
{
    static const char hex[] = "0123456789abcdef";

    fprintf(to, "\\# %u ", rdlen);
    for (uint16_t i = 0; i < rdlen; i++) {
        putc_unlocked(hex[rdata[i] >> 4], to);
        putc_unlocked(hex[rdata[i] & 15], to);
    }
}

void rdata_print(uint16_t type, const uint8_t *rdata, uint16_t rdlen, FILE *to)
{
    const char *format = rdata_format(type);
    struct rd r = rd_init(rdata, rdlen);

    if (format == NULL) {
        print_generic(rdata, rdlen, to);
        return;
    }
    for (const char *letter = format; *letter != '\0';) {
        if (letter != format || r.at != rdata)
            putc_unlocked(' ', to);
        print_field(*letter, &r, to);
        letter += *letter != 'S' || rd_left(&r) == 0;
    }
}
