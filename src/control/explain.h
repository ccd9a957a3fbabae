/*
 * `proximactl explain`: one query for one client, step by step, told from the very tables that
 * workers answer from.  Shared by cmd_explain.c (the request), explain_chain.c (from name to name)
 * and explain_steer.c (a steered name).
 *
 * Control thread.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "control/control.h"
#include "control/rpc.h"
#include "load/geodb.h"

struct explain {
    const struct control *control;
    struct geodb *db; /* as on disk now; NULL: it cannot be read, then what is known of the
                              client is left out */
    struct prefix client;
    uint8_t name[NAME_MAX_LEN]; /* of the step; goes along a chain */
    uint16_t type;
    json_t *steps; /* what has been told so far */
    struct err warnings;
};

/* A query's outcome as the name of an rcode; adds a step for each name on the way. */
const char *explain_chain(struct explain *e);

/* A steered name and the type of it that answers. */
struct explain_steered {
    const struct zone_entry *entry;
    const struct dyn *dyn;
    const struct steer_type *type; /* of its steered */
};
/*
 * What it does, added to the step.  False: the query fails (SERVFAIL).
 *
 *   alias   out: the CNAME to follow, borrowed; untouched where there is none
 */
bool explain_steer(struct explain *e, const struct explain_steered *s, json_t *step,
                   const struct rrset **alias);

/* Does a client get records of the type? */
bool explain_gives(const struct steered *s, const struct steer_type *type,
                   const struct ipaddr *client);

/* Records as texts, appended to an array. */
void explain_records(const struct rrset *set, json_t *texts);
