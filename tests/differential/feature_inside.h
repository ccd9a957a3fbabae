/*
 * The words of feature.h, and what their functions share.  A word is a row here and a function in the
 * file of what it speaks of.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "feature.h"

#define FEATURES(X)                         \
    X("world", world)                       \
    X("kind", kind)                         \
    X("transport", transport)               \
    X("qname", qname)                       \
    X("qtype", qtype)                       \
    X("meta", meta)                         \
    X("qclass", qclass)                     \
    X("opcode", opcode)                     \
    X("rd", rd)                             \
    X("cd", cd)                             \
    X("ad", ad)                             \
    X("tc", tc)                             \
    X("aa", aa)                             \
    X("edns", edns)                         \
    X("z", z)                               \
    X("rcode", rcode)                       \
    X("do", do)                             \
    X("size", size)                         \
    X("option", option)                     \
    X("damage", damage)                     \
    X("where", where)                       \
    X("zone", zone)                         \
    X("above", above)                       \
    X("ours.rcode", ours_rcode)             \
    X("theirs.rcode", theirs_rcode)         \
    X("ours.tc", ours_tc)                   \
    X("theirs.tc", theirs_tc)               \
    X("ours.aa", ours_aa)                   \
    X("theirs.aa", theirs_aa)               \
    X("ours.records", ours_records)         \
    X("theirs.records", theirs_records)     \
    X("ours.answer", ours_answer)           \
    X("theirs.answer", theirs_answer)       \
    X("ours.authority", ours_authority)     \
    X("theirs.authority", theirs_authority) \
    X("ours.ede", ours_ede)                 \
    X("theirs.ede", theirs_ede)             \
    X("ours.aliases", ours_aliases)         \
    X("theirs.aliases", theirs_aliases)     \
    X("ours.end", ours_end)                 \
    X("theirs.end", theirs_end)             \
    X("ours.end.zone", ours_end_zone)       \
    X("theirs.end.zone", theirs_end_zone)   \
    X("star", star)                         \
    X("wildcard", wildcard)                 \
    X("mixed", mixed)                       \
    X("crosses", crosses)                   \
    X("loops", loops)                       \
    X("owner", owner)                       \
    X("made", made)                         \
    X("owner.zone", owner_zone)             \
    X("glue", glue)                         \
    X("lacks.glue", lacks_glue)             \
    X("fits", fits)                         \
    X("for", added_for)

/* The function of a word: writes its value, or nothing where it has none. */
#define GET(name)                                                                \
    void feature_get_##name(const struct difference *d, const struct item *item, \
                            char out[FEATURE_TEXT])

#define DECLARE(word, name) GET(name);
FEATURES(DECLARE)
#undef DECLARE

void feature_number(char out[FEATURE_TEXT], unsigned n);
void feature_text(char out[FEATURE_TEXT], const char *s);
/* One value more, behind a comma. */
void feature_word(char out[FEATURE_TEXT], const char *s);
void feature_type(char out[FEATURE_TEXT], uint16_t type);

/* Where the aliases of a reply lead: the target of the last, or the name that was asked. */
const uint8_t *feature_chain_end(const struct difference *d, const struct reply *r);
/* Is a name in the zone of the name that was asked?  same, other or none. */
void feature_same_zone(char out[FEATURE_TEXT], const struct difference *d, const uint8_t *name);
