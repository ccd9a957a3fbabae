/* SPDX-License-Identifier: BSD-2-Clause */
#include "questions.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/rng.h"
#include "base/cursor.h"
#include "base/ipaddr.h"
#include "base/xalloc.h"
#include "dns/name.h"
#include "dns/types.h"

/* What a subnet keeps of an address, as resolvers send it (RFC 7871 §11.1). */
#define IP4_SOURCE_BITS 24
#define IP6_SOURCE_BITS 56
#define UDP_SIZE        1232
#define RANDOM_LABEL    10 /* octets: 36^10 of them, so none is in a zone */

struct questions {
    struct rng rng;
    unsigned nxdomain_per100;
    unsigned numbers;
    bool edns;
    uint8_t *text; /* names in wire format, each with its type behind it */
    size_t text_len;
    size_t *at; /* where each begins */
    size_t n;
    struct prefix *subnets;
    size_t n_subnets;
};

/* ---- reading ---- */

typedef bool take_line(struct questions *q, const char *line, const char *type);

static bool take_name(struct questions *q, const char *line, const char *default_type)
{
    char name[NAME_TEXT], type_text[TYPE_TEXT] = "";
    uint8_t wire[NAME_MAX_LEN];
    uint16_t type;
    const char *why;

    if (sscanf(line, "%1023s %15s", name, type_text) < 1 ||
        !type_parse(type_text[0] != '\0' ? type_text : default_type, &type) ||
        !name_parse(name, strlen(name), name_root, wire, &why))
        return false;
    const size_t len = name_len(wire);
    q->at = xgrow(q->at, q->n, sizeof(*q->at));
    q->at[q->n++] = q->text_len;
    q->text = xrealloc(q->text, q->text_len + len + 2);
    memcpy(q->text + q->text_len, wire, len);
    put_u16(q->text + q->text_len + len, type);
    q->text_len += len + 2;
    return true;
}

static bool take_subnet(struct questions *q, const char *line, const char *type)
{
    struct prefix p;

    (void)type;
    if (!prefix_parse(line, &p))
        return false;
    q->subnets = xgrow(q->subnets, q->n_subnets, sizeof(*q->subnets));
    q->subnets[q->n_subnets++] = p;
    return true;
}

static bool read_file(struct questions *q, const char *path, const char *type, take_line *take,
                      struct err *err)
{
    FILE *f = fopen(path, "r");
    struct err_pos pos = {.file = path};
    char line[NAME_TEXT + TYPE_TEXT];
    bool ok = f != NULL;

    if (f == NULL)
        err_add(err, "%s: %s", path, strerror(errno));
    while (ok && fgets(line, sizeof(line), f) != NULL) {
        pos.line++;
        line[strcspn(line, "\n")] = '\0';
        ok = take(q, line, type);
        if (!ok)
            err_at(err, pos, "not understood: %s", line);
    }
    if (f != NULL)
        fclose(f);
    return ok;
}

/* A prefix, or else the path of a file. */
static bool read_subnets(struct questions *q, const char *text, struct err *err)
{
    return text == NULL || take_subnet(q, text, NULL) || read_file(q, text, NULL, take_subnet, err);
}

static bool read_names(struct questions *q, const struct questions_opts *opts, struct err *err)
{
    const char *type = opts->type != NULL ? opts->type : "A";

    if (strchr(opts->names, '/') != NULL)
        return read_file(q, opts->names, type, take_name, err);
    if (!take_name(q, opts->names, type)) {
        err_add(err, "%s %s: no name and type", opts->names, type);
        return false;
    }
    return true;
}

struct questions *questions_new(const struct questions_opts *opts, struct err *err)
{
    struct questions *q = xcalloc(1, sizeof(*q));

    rng_init(&q->rng, opts->seed);
    q->nxdomain_per100 = opts->nxdomain_per100;
    q->numbers = opts->numbers;
    q->edns = !opts->no_edns;
    if (read_names(q, opts, err) && read_subnets(q, opts->subnets, err)) {
        if (q->n > 0)
            return q;
        err_add(err, "%s: no names", opts->names);
    }
    questions_free(q);
    return NULL;
}

void questions_free(struct questions *q)
{
    if (q == NULL)
        return;
    free(q->text);
    free(q->at);
    free(q->subnets);
    free(q);
}

/* ---- asking ---- */

static void put_random_label(struct questions *q, struct wr *w)
{
    static const char digits[] = "abcdefghijklmnopqrstuvwxyz0123456789";
    uint64_t bits = rng_next(&q->rng);

    wr_u8(w, RANDOM_LABEL);
    for (int i = 0; i < RANDOM_LABEL; i++, bits /= 36)
        wr_u8(w, (uint8_t)digits[bits % 36]);
}

/* A label with what its '#' stands for. */
static void put_numbered_label(struct questions *q, struct wr *w, const uint8_t *label)
{
    const uint8_t *text = label + 1, *hash = memchr(text, '#', label[0]);
    const size_t before = (size_t)(hash - text), after = label[0] - before - 1;
    char digits[11];
    const int n = snprintf(digits, sizeof(digits), "%u", rng_below(&q->rng, q->numbers));

    wr_u8(w, (uint8_t)(before + (size_t)n + after));
    wr_bytes(w, text, before);
    wr_bytes(w, digits, (size_t)n);
    wr_bytes(w, hash + 1, after);
}

/* Name, type and class. */
static void put_question(struct questions *q, struct wr *w)
{
    const uint8_t *name = q->text + q->at[q->n > 1 ? rng_below(&q->rng, (uint32_t)q->n) : 0];
    const size_t len = name_len(name);

    if (q->nxdomain_per100 > 0 && rng_below(&q->rng, 100) < q->nxdomain_per100) {
        put_random_label(q, w);
        name += name[0] + (name[0] > 0); /* the root has no label to replace */
        wr_bytes(w, name, name_len(name) + 2);
    } else if (q->numbers > 0 && memchr(name + 1, '#', name[0]) != NULL) {
        put_numbered_label(q, w, name);
        wr_bytes(w, name + 1 + name[0], len - name[0] + 1);
    } else {
        wr_bytes(w, name, len + 2);
    }
    wr_u16(w, CLASS_IN);
}

/* A subnet of a prefix of the list, any with the same chance. */
static struct ipaddr draw_subnet(struct questions *q, uint8_t *bits)
{
    const struct prefix *p = &q->subnets[rng_below(&q->rng, (uint32_t)q->n_subnets)];
    const uint8_t usual = p->addr.family == FAMILY_IP4 ? IP4_SOURCE_BITS : IP6_SOURCE_BITS;
    const uint64_t random = rng_next(&q->rng);
    struct ipaddr a = p->addr;

    *bits = p->bits > usual ? p->bits : usual;
    for (unsigned i = p->bits; i < *bits; i++)
        a.bytes[i / 8] |= (uint8_t)((random >> (i - p->bits) & 1) << (7 - i % 8));
    return a;
}

/* RFC 6891 §6.1.2, RFC 7871 §6 */
static void put_opt(struct questions *q, struct wr *w)
{
    wr_u8(w, 0);
    wr_u16(w, TYPE_OPT);
    wr_u16(w, UDP_SIZE);
    wr_u32(w, 0);
    if (q->n_subnets == 0) {
        wr_u16(w, 0);
        return;
    }
    uint8_t bits;
    const struct ipaddr subnet = draw_subnet(q, &bits);
    const uint16_t len = (uint16_t)((bits + 7) / 8);
    wr_u16(w, (uint16_t)(8 + len));
    wr_u16(w, OPTION_ECS);
    wr_u16(w, (uint16_t)(4 + len));
    wr_u16(w, subnet.family);
    wr_u8(w, bits);
    wr_u8(w, 0);
    wr_bytes(w, subnet.bytes, len);
}

size_t questions_next(struct questions *q, uint16_t id, uint8_t *out, size_t cap)
{
    struct wr w = wr_init(out, cap);

    wr_u16(&w, id);
    wr_u16(&w, 0); /* flags: a query to an authority asks for no recursion */
    wr_u16(&w, 1);
    wr_u32(&w, 0);
    wr_u16(&w, q->edns || q->n_subnets > 0);
    put_question(q, &w);
    if (q->edns || q->n_subnets > 0)
        put_opt(q, &w);
    assert(!w.full);
    return wr_len(&w);
}
