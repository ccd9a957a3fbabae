/* SPDX-License-Identifier: BSD-2-Clause */
#include "dns/name_read.h"

#include <assert.h>
#include <string.h>

const uint8_t name_root[1] = {0};

size_t name_len(const uint8_t *name)
{
    size_t len = 0;

    while (name[len] != 0)
        len += 1u + name[len];
    return len + 1;
}

unsigned name_labels(const uint8_t *name)
{
    unsigned n = 0;

    for (; *name != 0; name += 1 + *name)
        n++;
    return n;
}

const uint8_t *name_parent(const uint8_t *name)
{
    assert(*name != 0);
    return name + 1 + *name;
}

bool name_is_wildcard(const uint8_t *name)
{
    return name[0] == 1 && name[1] == '*';
}

void name_lower(uint8_t *name)
{
    const size_t len = name_len(name);

    name_lower_into(name, name, len, len);
}

static bool equal_octets(const uint8_t *a, const uint8_t *b, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (name_lower_octet(a[i]) != name_lower_octet(b[i]))
            return false;
    return true;
}

bool name_equal(const uint8_t *a, const uint8_t *b)
{
    const size_t len = name_len(a);

    if (len != name_len(b))
        return false;
    return memcmp(a, b, len) == 0 || equal_octets(a, b, len);
}

bool name_within(const uint8_t *name, const uint8_t *ancestor)
{
    const unsigned up = name_labels(ancestor);

    for (unsigned n = name_labels(name); n > up; n--)
        name = name_parent(name);
    return name_equal(name, ancestor);
}

static int compare_labels(const uint8_t *a, const uint8_t *b)
{
    const uint8_t shorter = *a < *b ? *a : *b;

    for (uint8_t i = 1; i <= shorter; i++) {
        if (a[i] == b[i])
            continue; /* most are: names in tables are in lower case */
        const int d = name_lower_octet(a[i]) - name_lower_octet(b[i]);
        if (d != 0)
            return d;
    }
    return *a - *b;
}

/* Where each label starts, from the left; returns how many. */
static unsigned label_offsets(const uint8_t *name, uint8_t at[NAME_MAX_LABELS + 1])
{
    unsigned n = 0, offset = 0;

    for (; name[offset] != 0; offset += 1u + name[offset])
        at[n++] = (uint8_t)offset;
    at[n] = (uint8_t)offset;
    return n;
}

int name_compare(const uint8_t *a, const uint8_t *b)
{
    uint8_t at_a[NAME_MAX_LABELS + 1], at_b[NAME_MAX_LABELS + 1];
    unsigned n = label_offsets(a, at_a), m = label_offsets(b, at_b);

    while (n > 0 && m > 0) {
        const int d = compare_labels(a + at_a[--n], b + at_b[--m]);
        if (d != 0)
            return d;
    }
    return (int)n - (int)m;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

size_t name_parse_escape(const char *text, size_t len, uint8_t *out, const char **why)
{
    if (len == 0) {
        *why = "nothing behind \"\\\"";
        return 0;
    }
    if (!is_digit(text[0])) {
        *out = (uint8_t)text[0];
        return 1;
    }
    if (len < 3 || !is_digit(text[1]) || !is_digit(text[2])) {
        *why = "\"\\\" and a digit need three digits, as in \\046 (RFC 1035 §5.1)";
        return 0;
    }
    const int v = (text[0] - '0') * 100 + (text[1] - '0') * 10 + (text[2] - '0');
    if (v > 255) {
        *why = "\\DDD above 255 (RFC 1035 §5.1)";
        return 0;
    }
    *out = (uint8_t)v;
    return 3;
}

/* A name that grows label by label. */
struct composer {
    uint8_t *out;
    size_t len;   /* octets so far, the open label's length octet included */
    size_t label; /* offset of the open label's length octet */
};

static bool put_octet(struct composer *c, uint8_t octet, const char **why)
{
    if (c->len - c->label > LABEL_MAX_LEN) {
        *why = "label longer than 63 octets (RFC 1035 §2.3.4)";
        return false;
    }
    if (c->len >= NAME_MAX_LEN - 1) {
        *why = "name longer than 255 octets (RFC 1035 §2.3.4)";
        return false;
    }
    c->out[c->len++] = octet;
    return true;
}

static bool end_label(struct composer *c, const char **why)
{
    const size_t octets = c->len - c->label - 1;

    if (octets == 0) {
        *why = "empty label";
        return false;
    }
    if (c->len >= NAME_MAX_LEN) {
        *why = "name longer than 255 octets (RFC 1035 §2.3.4)";
        return false;
    }
    c->out[c->label] = (uint8_t)octets;
    c->label = c->len++;
    return true;
}

static bool append_origin(struct composer *c, const uint8_t *origin, const char **why)
{
    if (origin == NULL) {
        *why = "not an absolute name: end it with a dot";
        return false;
    }
    const size_t len = name_len(origin);
    if (c->label + len > NAME_MAX_LEN) {
        *why = "name longer than 255 octets with its origin (RFC 1035 §2.3.4)";
        return false;
    }
    memcpy(c->out + c->label, origin, len);
    return true;
}

static bool parse_labels(const char *text, size_t len, const uint8_t *origin,
                         uint8_t out[NAME_MAX_LEN], const char **why)
{
    struct composer c = {.out = out, .len = 1};

    for (size_t i = 0; i < len;) {
        uint8_t octet = (uint8_t)text[i++];
        if (octet == '.') {
            if (!end_label(&c, why))
                return false;
            continue;
        }
        if (octet == '\\') {
            const size_t took = name_parse_escape(text + i, len - i, &octet, why);
            if (took == 0)
                return false;
            i += took;
        }
        if (!put_octet(&c, octet, why))
            return false;
    }
    if (c.len == c.label + 1) { /* the last dot closed a label: absolute */
        out[c.label] = 0;
        return true;
    }
    return end_label(&c, why) && append_origin(&c, origin, why);
}

/*
 * The same where there is nothing to see: labels of ordinary length without escapes, and room for the
 * origin.  Returns the length in octets; 0: to be read by parse_labels.
 */
static size_t parse_plain(const char *text, size_t len, const uint8_t *origin,
                          uint8_t out[NAME_MAX_LEN])
{
    size_t label = 0; /* of the open one's length octet */

    if (len == 0 || len > NAME_MAX_LEN - 2)
        return 0;
    for (size_t i = 0; i < len; i++) {
        const size_t octets = i - label;
        out[i + 1] = (uint8_t)text[i];
        if (text[i] == '\\')
            return 0;
        if (text[i] != '.')
            continue;
        if (octets == 0 || octets > LABEL_MAX_LEN)
            return 0;
        out[label] = (uint8_t)octets;
        label = i + 1;
    }
    if (label == len) { /* the last dot closed a label: absolute */
        out[label] = 0;
        return len + 1;
    }
    const size_t octets = len - label, origin_len = origin != NULL ? name_len(origin) : 0;
    if (octets > LABEL_MAX_LEN || origin_len == 0 || len + 1 + origin_len > NAME_MAX_LEN)
        return 0;
    out[label] = (uint8_t)octets;
    memcpy(out + len + 1, origin, origin_len);
    return len + 1 + origin_len;
}

bool name_parse(const char *text, size_t len, const uint8_t *origin, uint8_t out[NAME_MAX_LEN],
                const char **why)
{
    uint8_t name[NAME_MAX_LEN];
    struct composer c = {.out = name, .len = 1};
    const size_t plain = parse_plain(text, len, origin, name);

    if (plain > 0 && !(len == 1 && (text[0] == '.' || text[0] == '@'))) {
        memcpy(out, name, plain);
        return true;
    }
    if (len == 0) {
        *why = "empty name";
        return false;
    }
    if (len == 1 && text[0] == '.') {
        name[0] = 0;
    } else if (len == 1 && text[0] == '@') {
        if (!append_origin(&c, origin, why))
            return false;
    } else if (!parse_labels(text, len, origin, name, why)) {
        return false;
    }
    memcpy(out, name, name_len(name));
    return true;
}

static char *print_octet(char *at, uint8_t c)
{
    if (strchr(".\\\"();@$", c) != NULL && c != 0) {
        *at++ = '\\';
        *at++ = (char)c;
    } else if (c > 0x20 && c < 0x7f) {
        *at++ = (char)c;
    } else {
        *at++ = '\\';
        *at++ = (char)('0' + c / 100);
        *at++ = (char)('0' + c / 10 % 10);
        *at++ = (char)('0' + c % 10);
    }
    return at;
}

char *name_print(const uint8_t *name, char out[NAME_TEXT])
{
    char *at = out;

    if (*name == 0)
        *at++ = '.';
    while (*name != 0) {
        const uint8_t len = *name++;
        for (uint8_t i = 0; i < len; i++)
            at = print_octet(at, *name++);
        *at++ = '.';
    }
    *at = '\0';
    return out;
}

void name_key_init(struct name_key *key, const uint8_t *name)
{
    const size_t len = name_key_read(key, name, name_len(name));

    assert(len > 0);
    (void)len;
}
