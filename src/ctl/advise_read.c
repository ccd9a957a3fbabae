/* What `advise` works on, from the server's JSON.  SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "base/xalloc.h"
#include "ctl/advise.h"
#include "ctl/show.h"

/* Hundreds of settings are played against each: so many are a second, and more say no more. */
#define OUTAGES_MAX 1000

static struct damping_rule read_damping(const json_t *o)
{
    return (struct damping_rule){.suppress = (uint32_t)show_integer(o, "suppress"),
                                 .reuse = (uint32_t)show_integer(o, "reuse"),
                                 .half_life_ms = show_integer(o, "half_life_ms"),
                                 .max_hold_ms = show_integer(o, "max_hold_ms")};
}

static struct settings read_settings(const json_t *probe, const json_t *policy)
{
    const uint8_t fall = (uint8_t)show_integer(probe, "fall");
    const uint8_t fall_of = (uint8_t)show_integer(probe, "fall_of");

    return (struct settings){
        .interval_ms = show_integer(probe, "interval_ms"),
        .timeout_ms = show_integer(probe, "timeout_ms"),
        .rule = {.rise = (uint8_t)show_integer(probe, "rise"),
                 .fall = fall,
                 .fall_of = fall_of > fall ? fall_of : 0},
        .damping = read_damping(json_object_get(probe, "damping")),
        .ttl = {.min_s = (uint32_t)show_integer(policy, "ttl_min"),
                .max_s = (uint32_t)show_integer(policy, "ttl_max"),
                .growth = (uint32_t)show_integer(policy, "growth")},
    };
}

/* What arithmetic with them relies on. */
static bool make_sense(const struct settings *s)
{
    return s->interval_ms > 0 && s->timeout_ms > 0 && s->rule.rise > 0 && s->rule.fall > 0 &&
           s->rule.rise <= 64 && s->rule.fall <= 64 && s->rule.fall_of <= 64 &&
           s->damping.half_life_ms > 0 && s->damping.reuse > 0 && s->ttl.min_s <= s->ttl.max_s &&
           s->ttl.growth > 0;
}

static bool read_history(const json_t *o, struct outages *out)
{
    struct track track;

    if (!track_parse(show_text(o, "runs"), 0, &track))
        return false;
    outages_of_track(&track, out);
    track_fini(&track);
    return true;
}

/* The server sends those with the most outages first. */
static bool read_histories(struct advice_subject *s)
{
    const json_t *list = json_object_get(s->result, "histories");

    s->histories = xcalloc(json_array_size(list) + 1, sizeof(*s->histories));
    for (size_t i = 0, outages = 0; i < json_array_size(list) && outages < OUTAGES_MAX; i++) {
        struct outages *h = &s->histories[s->n++];
        if (!read_history(json_array_get(list, i), h))
            return false;
        outages += h->n;
        if ((double)h->length_ms > s->recorded_ms)
            s->recorded_ms = (double)h->length_ms;
    }
    return true;
}

struct advice_subject *advice_subject_new(const json_t *result, struct err *err)
{
    struct advice_subject *s = xcalloc(1, sizeof(*s));
    const json_t *policy = json_object_get(result, "policy");
    const json_t *probe = json_object_get(result, "probe");

    s->result = result;
    s->policy = show_text(policy, "name");
    s->probe = show_text(probe, "name");
    s->is_told = show_bool(probe, "told");
    s->now = read_settings(probe, policy);
    if (make_sense(&s->now) && read_histories(s))
        return s;
    err_add(err, "what the server tells of policy \"%s\" makes no sense; are both of one version?",
            s->policy);
    advice_subject_free(s);
    return NULL;
}

void advice_subject_free(struct advice_subject *s)
{
    if (s == NULL)
        return;
    for (size_t i = 0; i < s->n; i++)
        outages_fini(&s->histories[i]);
    free(s->histories);
    free(s);
}
