/*
 * The combine probe: several probes of an endpoint, all at once, of which so many must find it healthy.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/xalloc.h"
#include "health/kinds.h"
#include "health/run.h"

#define TEXT_MAX 512

struct combine;

struct part {
    struct combine *whole;
    struct run run;
    enum probe_outcome outcome;
    char *text; /* or NULL */
};

struct combine {
    struct probe *probe;
    struct probe_dest dest; /* what its name resolved to, once for all; the name borrowed */
    size_t n_gone;
    struct part parts[]; /* one for each of the spec's */
};

/* --- What came of it. --- */

static size_t count(const struct combine *c, enum probe_outcome outcome)
{
    size_t n = 0;

    for (size_t i = 0; i < c->probe->spec->n_parts; i++)
        n += c->parts[i].outcome == outcome;
    return n;
}

/* What gives no result leaves it open which way the rest would have been tipped. */
static enum probe_outcome judge(const struct combine *c)
{
    const struct probe_spec *spec = c->probe->spec;
    const size_t good = count(c, PROBE_GOOD), bad = count(c, PROBE_BAD);

    if (good >= spec->need)
        return PROBE_GOOD;
    if (bad > spec->n_parts - spec->need)
        return PROBE_BAD;
    if (count(c, PROBE_UNKNOWN) > 0)
        return PROBE_UNKNOWN;
    return count(c, PROBE_OURS) > 0 ? PROBE_OURS : PROBE_SILENT;
}

/* "1 of 2 is good, 2 needed; web: status 503, expected 200": the parts that are not good. */
static void say(const struct combine *c, char out[TEXT_MAX])
{
    const struct probe_spec *spec = c->probe->spec;
    const size_t good = count(c, PROBE_GOOD);
    size_t n = (size_t)snprintf(out, TEXT_MAX, "%zu of %zu %s good, %u needed", good, spec->n_parts,
                                good == 1 ? "is" : "are", spec->need);

    for (size_t i = 0; i < spec->n_parts && n < TEXT_MAX; i++) {
        const struct part *p = &c->parts[i];
        if (p->outcome != PROBE_GOOD)
            n += (size_t)snprintf(out + n, TEXT_MAX - n, "; %s: %.160s", spec->parts[i].name,
                                  p->text != NULL ? p->text : "no result");
    }
}

static void end(struct combine *c)
{
    struct probe *p = c->probe;
    const enum probe_outcome outcome = judge(c);
    char text[TEXT_MAX];

    say(c, text);
    for (size_t i = 0; i < p->spec->n_parts; i++)
        free(c->parts[i].text);
    free(c);
    p->done(p, outcome, text);
}

/* --- The parts. --- */

static void on_part_done(struct run *r, enum probe_outcome outcome, const char *text)
{
    struct part *p = r->data;

    p->outcome = outcome;
    p->text = text != NULL ? xstrdup(text) : NULL;
}

static void on_part_gone(struct run *r)
{
    struct combine *c = ((struct part *)r->data)->whole;

    if (++c->n_gone == c->probe->spec->n_parts)
        end(c);
}

static void combine_start(struct probe *p)
{
    const struct probe_spec *spec = p->spec;
    struct combine *c = xcalloc(1, sizeof(*c) + spec->n_parts * sizeof(c->parts[0]));

    c->probe = p;
    c->dest = (struct probe_dest){.addr = p->addr, .host = p->dest->host};
    p->own = c;
    p->doing = "waiting for its parts";
    for (size_t i = 0; i < spec->n_parts; i++) {
        struct part *part = &c->parts[i];
        const enum probe_kind kind = spec->parts[i].kind;
        part->whole = c;
        part->run = (struct run){.ops = kinds_ops(kind),
                                 .probe = {.loop = p->loop,
                                           .kinds = p->kinds,
                                           .presence = p->presence,
                                           .shared = kinds_shared(p->kinds, kind),
                                           .spec = &spec->parts[i],
                                           .dest = &c->dest},
                                 .done = on_part_done,
                                 .gone = on_part_gone,
                                 .data = part};
        run_start(&part->run);
    }
}

static void combine_cancel(struct probe *p)
{
    struct combine *c = p->own;

    for (size_t i = 0; i < p->spec->n_parts; i++)
        run_cancel(&c->parts[i].run);
}

const struct probe_ops probe_combine = {.start = combine_start, .cancel = combine_cancel};
