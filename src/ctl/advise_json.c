/* What `advise` suggests, as proxima.yaml and as JSON has it.  SPDX-License-Identifier: BSD-2-Clause */
#include <stdbool.h>
#include <stdlib.h>

#include "base/xalloc.h"
#include "ctl/advise.h"

#define GROWTH_DEFAULT 8

/* ---- the lines to paste ---- */

struct members {
    FILE *to;
    size_t n;
};

static void put_key(struct members *m, const char *key)
{
    fprintf(m->to, "%s%s: ", m->n++ > 0 ? ", " : "", key);
}

/* "5s", "1500ms": one unit, as the configuration reads it. */
static void put_duration(struct members *m, const char *key, dur_ms_t ms)
{
    const bool is_whole = ms % 1000 == 0;

    put_key(m, key);
    fprintf(m->to, "%lld%s", (long long)(is_whole ? ms / 1000 : ms), is_whole ? "s" : "ms");
}

static bool same_rule(const struct verdict_rule *a, const struct verdict_rule *b)
{
    return a->rise == b->rise && a->fall == b->fall && a->fall_of == b->fall_of;
}

static void put_probe(FILE *f, const char *name, const struct settings *now,
                      const struct settings *to)
{
    const bool other_rule = !same_rule(&to->rule, &now->rule);
    struct members m = {.to = f};

    if (to->interval_ms == now->interval_ms && to->timeout_ms == now->timeout_ms && !other_rule)
        return;
    fprintf(f, "    in probes.%s:  ", name);
    if (to->interval_ms != now->interval_ms)
        put_duration(&m, "interval", to->interval_ms);
    if (to->timeout_ms != now->timeout_ms)
        put_duration(&m, "timeout", to->timeout_ms);
    if (other_rule) {
        put_key(&m, "fall");
        fprintf(f, "%u", to->rule.fall);
    }
    if (other_rule && to->rule.fall_of > 0)
        fprintf(f, " of %u", to->rule.fall_of);
    fputc('\n', f);
}

/* The whole of it: what is not in it would be the default. */
static void put_ttl(FILE *f, const char *name, const struct ttl_rule *now,
                    const struct ttl_rule *to)
{
    if (to->max_s == now->max_s && to->min_s == now->min_s && to->growth == now->growth)
        return;
    fprintf(f, "    in policies.%s:  ttl: {max: %us, min: %us", name, (unsigned)to->max_s,
            (unsigned)to->min_s);
    if (to->growth != GROWTH_DEFAULT)
        fprintf(f, ", growth: %u", (unsigned)to->growth);
    fputs("}\n", f);
}

char *advice_yaml(const struct advice_subject *s, const struct settings *to)
{
    char *text;
    size_t len;
    FILE *f = open_memstream(&text, &len);

    if (f == NULL)
        abort();
    put_probe(f, s->probe, &s->now, to);
    put_ttl(f, s->policy, &s->now.ttl, &to->ttl);
    fclose(f);
    return text;
}

/* ---- JSON ---- */

static json_t *settings_json(const struct settings *s)
{
    return json_pack("{s:I, s:I, s:i, s:i, s:i, s:I, s:I, s:I}", "interval_ms",
                     (json_int_t)s->interval_ms, "timeout_ms", (json_int_t)s->timeout_ms, "rise",
                     (int)s->rule.rise, "fall", (int)s->rule.fall, "fall_of", (int)s->rule.fall_of,
                     "ttl_max", (json_int_t)s->ttl.max_s, "ttl_min", (json_int_t)s->ttl.min_s,
                     "growth", (json_int_t)s->ttl.growth);
}

static json_t *figures_json(const struct figures *f)
{
    const double days = f->seen_ms / 86400000.0;
    const double per_day = days > 0 ? 1 / days : 0;

    return json_pack(
        "{s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f}", "days", days, "outages", f->outages,
        "noticed", f->noticed, "detect_s", f->detected > 0 ? f->detect_ms / f->detected / 1000 : 0,
        "detect_worst_s", (double)f->detect_worst_ms / 1000, "user_seconds", f->failed_ms / 1000,
        "failed_worst_s", (double)f->failed_worst_ms / 1000, "falls_a_day", f->falls * per_day,
        "changes_a_day", f->changes * per_day, "queries_an_hour", f->queries * per_day / 24);
}

static json_t *candidate_json(const struct candidate *c)
{
    return json_pack("{s:o, s:o}", "settings", settings_json(&c->settings), "figures",
                     figures_json(&c->figures));
}

static json_t *suggestion_json(const struct advice_subject *s, const struct advice *a,
                               enum advice_goal goal)
{
    const struct candidate *c = &a->candidates[a->picks[goal]];
    json_t *o = candidate_json(c);
    char *yaml = advice_yaml(s, &c->settings);

    json_object_set_new(o, "goal", json_string(advice_goal_name(goal)));
    json_object_set_new(o, "yaml", json_string(yaml));
    free(yaml);
    return o;
}

json_t *advice_json(const struct advice_subject *s, const struct advice *a)
{
    json_t *o = json_deep_copy(s->result), *suggestions = json_array();

    for (enum advice_goal g = 0; g < ADVICE_GOALS; g++)
        if (a->picks[g] != 0)
            json_array_append_new(suggestions, suggestion_json(s, a, g));
    json_object_set_new(o, "played", json_string(a->is_of_crash ? "crash" : "histories"));
    json_object_set_new(o, "now", candidate_json(&a->candidates[0]));
    json_object_set_new(o, "suggestions", suggestions);
    json_object_set_new(o, "crash", figures_json(&a->candidates[0].crash));
    return o;
}
