/*
 * Pieces of a large text, read on all processors at once.  What an entry takes from those before it is
 * known where a piece begins (zonetext.h), or decided when its stream is taken into the zone
 * (zonebuild.c): so it is as if one reader had read all.  SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>
#include <string.h>

#include "base/parallel.h"
#include "base/pipeline.h"
#include "base/xalloc.h"
#include "load/zoneread.h"

struct slot {
    struct zonepiece piece;
    struct zonereader reader;
};

struct pieces {
    struct zonereader *r; /* which goes on behind the pieces */
    const struct zonesource *source;
    struct zonetext *text;
    const struct zonepiece *first; /* NULL: it is in a slot */
    struct slot *slots;            /* PIPELINE_SLOTS */
};

/* Where the last entry before a piece left off, as far as it matters. */
static void copy_state(struct zonereader *to, const struct zonereader *from)
{
    memcpy(to->origin, from->origin, sizeof(to->origin));
    memcpy(to->owner, from->owner, sizeof(to->owner));
    to->owner_len = from->owner_len;
    to->owner_key = from->owner_key;
    to->owner_given = from->owner_given;
    to->owner_usable = from->owner_usable;
}

static bool take(void *arg, unsigned i)
{
    struct pieces *p = arg;
    struct slot *slot = &p->slots[i];

    slot->reader.opts = p->r->opts;
    if (p->first != NULL) {
        slot->piece = *p->first;
        p->first = NULL;
        copy_state(&slot->reader, p->r);
        return true;
    }
    if (zonetext_take(p->text, false, &slot->piece) != ZONETEXT_PIECE_TAKEN)
        return false;
    memcpy(slot->reader.origin, slot->piece.origin, sizeof(slot->reader.origin));
    return true;
}

static void work(void *arg, unsigned i)
{
    const struct pieces *p = arg;
    struct slot *slot = &p->slots[i];
    struct zonesource s = {
        .path = p->source->path, .file = p->source->file, .depth = p->source->depth};

    zonestream_clear(&slot->reader.stream);
    zoneread_text(&slot->reader, &s, slot->piece.text, slot->piece.len, slot->piece.line);
}

static bool hand_on(void *arg, unsigned i)
{
    const struct pieces *p = arg;

    copy_state(p->r, &p->slots[i].reader);
    zonetext_drop(p->text, &p->slots[i].piece);
    return zonebuild_take(p->r->build, &p->slots[i].reader.stream);
}

bool zonepieces_read(struct zonereader *r, const struct zonesource *s, struct zonetext *text,
                     const struct zonepiece *first)
{
    static const struct pipeline_ops ops = {take, work, hand_on};
    struct pieces p = {.r = r,
                       .source = s,
                       .text = text,
                       .first = first,
                       .slots = xcalloc(PIPELINE_SLOTS, sizeof(struct slot))};

    pipeline_run(parallel_threads(), &ops, &p);
    for (unsigned i = 0; i < PIPELINE_SLOTS; i++)
        zonestream_fini(&p.slots[i].reader.stream);
    free(p.slots);
    return !zonereport_is_full(&r->build->report);
}
