/* `advise` as people read it, and as programs do.  SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "base/clock.h"
#include "base/xalloc.h"
#include "ctl/advise.h"
#include "ctl/show.h"
#include "ctl/table.h"

#define DAY_MS 86400000.0

/* Below this, an outage more or less turns the advice. */
#define FEW_OUTAGES 5

/* ---- figures ---- */

static double per_day(const struct figures *f, double n)
{
    return f->seen_ms > 0 ? n * DAY_MS / f->seen_ms : 0;
}

static double per_hour(const struct figures *f, double n)
{
    return per_day(f, n) / 24;
}

static const char *print_ms(double ms, char out[DUR_TEXT])
{
    return dur_print(ms < 1000 ? (dur_ms_t)ms : (dur_ms_t)((ms + 500) / 1000) * 1000, out);
}

static char *detect_text(const struct figures *f)
{
    char mean[DUR_TEXT], worst[DUR_TEXT];

    if (f->detected <= 0)
        return xstrdup("-");
    print_ms(f->detect_ms / f->detected, mean);
    return xasprintf("%s (%s)", mean, print_ms((double)f->detect_worst_ms, worst));
}

static char *failed_text(const struct figures *f)
{
    char mean[DUR_TEXT], worst[DUR_TEXT];

    print_ms(f->outages > 0 ? f->failed_ms / f->outages : 0, mean);
    return xasprintf("%s (%s)", mean, print_ms((double)f->failed_worst_ms, worst));
}

static char *fall_text(const struct verdict_rule *r)
{
    return r->fall_of > 0 ? xasprintf("%u of %u", r->fall, r->fall_of) : xasprintf("%u", r->fall);
}

static char *probe_text(const struct settings *s)
{
    char every[DUR_TEXT], wait[DUR_TEXT], *fall = fall_text(&s->rule);
    char *text = xasprintf("%s, timeout %s, fall %s", dur_print(s->interval_ms, every),
                           dur_print(s->timeout_ms, wait), fall);

    free(fall);
    return text;
}

static char *ttl_text(const struct ttl_rule *t)
{
    return xasprintf("%u-%us, growth %u", (unsigned)t->min_s, (unsigned)t->max_s,
                     (unsigned)t->growth);
}

/* ---- the table ---- */

static void add_row(struct table *t, const char *name, const struct advice *a, size_t i)
{
    const struct candidate *c = &a->candidates[i];
    const struct figures *f = &c->figures;
    const double queries = a->candidates[0].figures.queries;
    char *cells[] = {
        xstrdup(name),
        probe_text(&c->settings),
        ttl_text(&c->settings.ttl),
        xasprintf("%.0f of %.0f", f->noticed, f->outages),
        detect_text(f),
        failed_text(f),
        xasprintf("%.2f", per_day(f, f->falls)),
        xasprintf("%.2f", per_day(f, f->changes)),
        xasprintf("%.1f/h, %.2f", per_hour(f, f->queries), queries > 0 ? f->queries / queries : 1),
    };

    table_row(t, i == 0 ? TINT_NONE : TINT_GOOD, (const char *const *)cells);
    for (size_t k = 0; k < sizeof(cells) / sizeof(cells[0]); k++)
        free(cells[k]);
}

/* Two goals that are met by the same settings are one row. */
static bool is_named_before(const struct advice *a, enum advice_goal goal)
{
    for (enum advice_goal g = 0; g < goal; g++)
        if (a->picks[g] == a->picks[goal])
            return true;
    return a->picks[goal] == 0;
}

static char *goals_of(const struct advice *a, size_t pick)
{
    char *text = NULL;

    for (enum advice_goal g = 0; g < ADVICE_GOALS; g++) {
        if (a->picks[g] != pick)
            continue;
        char *longer = text != NULL ? xasprintf("%s, %s", text, advice_goal_name(g))
                                    : xstrdup(advice_goal_name(g));
        free(text);
        text = longer;
    }
    return text;
}

static void show_table(const struct advice *a, FILE *to, bool colour)
{
    static const char *const head[] = {"SETTINGS",  "PROBE",       "TTL",
                                       "NOTICED",   "AFTER",       "CLIENT FAILS",
                                       "FALLS/DAY", "CHANGES/DAY", "QUERIES"};
    struct table t;

    table_init(&t, sizeof(head) / sizeof(head[0]), head);
    add_row(&t, "now", a, 0);
    for (enum advice_goal g = 0; g < ADVICE_GOALS; g++) {
        if (is_named_before(a, g))
            continue;
        char *name = goals_of(a, a->picks[g]);
        add_row(&t, name, a, a->picks[g]);
        free(name);
    }
    table_print(&t, to, colour);
    table_fini(&t);
    fputs(
        "In an outage: how long until it is noticed, how long a client is sent there, and the worst of "
        "it.\n"
        "Queries of a busy resolver, and of these how many times as many as now.\n",
        to);
}

/* ---- what it rests on ---- */

static size_t count_blips(const struct advice_subject *s)
{
    size_t n = 0;

    for (size_t i = 0; i < s->n; i++)
        n += s->histories[i].blips;
    return n;
}

static const char *plural(json_int_t n)
{
    return n == 1 ? "" : "s";
}

static void show_falls(const struct advice_subject *s, const json_t *all, FILE *to)
{
    const json_int_t falls = show_integer(all, "falls"), fallen = show_integer(all, "fallen");
    const size_t blips = count_blips(s);

    if (falls == 0) {
        fputs("nothing has failed in that time: it says nothing of thresholds\n", to);
        return;
    }
    fprintf(to, "%lld outage%s of %lld endpoint%s", (long long)falls, plural(falls),
            (long long)fallen, plural(fallen));
    if (blips > 0 && show_integer(all, "count") <= (json_int_t)s->n)
        fprintf(to, ", %zu of them a single probe that failed", blips);
    fprintf(to, "; %.3g %% of all probes failed\n",
            100 * show_real(all, "failures") / show_real(all, "results"));
}

static void show_history(const struct advice_subject *s, FILE *to)
{
    const json_t *all = json_object_get(s->result, "endpoints");
    const json_int_t count = show_integer(all, "count");
    char recorded[DUR_TEXT], each[DUR_TEXT];

    fprintf(to, "policy %s, probe %s every %s: %lld endpoint%s, %s recorded\n", s->policy, s->probe,
            dur_print(s->now.interval_ms, each), (long long)count, plural(count),
            dur_print((dur_ms_t)s->recorded_ms, recorded));
    show_falls(s, all, to);
    if (count > (json_int_t)s->n)
        fprintf(to, "%zu histories count here, those with the most outages; %lld are left out\n",
                s->n, (long long)count - (long long)s->n);
}

static void show_crash(const struct advice *a, FILE *to)
{
    char mean[DUR_TEXT], worst[DUR_TEXT], fails[DUR_TEXT], longest[DUR_TEXT];
    const struct figures *f = &a->candidates[0].crash;

    fputs("\nA crash of one minute, with the settings of now: ", to);
    if (f->detected > 0)
        fprintf(to, "noticed after %s, at most %s; ", print_ms(f->detect_ms / f->detected, mean),
                print_ms((double)f->detect_worst_ms, worst));
    else
        fputs("not noticed; ", to);
    fprintf(to, "a client fails for %s, at most %s.\n", print_ms(f->failed_ms, fails),
            print_ms((double)f->failed_worst_ms, longest));
}

/* Names whose zone file says what their TTL is. */
static void show_own_ttls(const struct advice_subject *s, FILE *to)
{
    const json_t *group;
    json_int_t own = 0;
    size_t i;

    json_array_foreach(json_object_get(s->result, "ttls"), i, group)
        if (show_integer(group, "max") != s->now.ttl.max_s ||
            show_integer(group, "min") != s->now.ttl.min_s)
            own += show_integer(group, "names");
    if (own > 0)
        fprintf(to,
                "%lld name%s a TTL of %s own in the zone file, which a policy's does not change.\n",
                (long long)own, own == 1 ? " has" : "s have", own == 1 ? "its" : "their");
}

static void show_doubts(const struct advice_subject *s, const struct advice *a, FILE *to)
{
    char each[DUR_TEXT], recorded[DUR_TEXT];
    const double outages = a->candidates[0].figures.outages;

    if (!a->is_of_crash)
        fprintf(to, "\nWhat two probes %s apart did not see is not in the history.\n",
                dur_print(s->now.interval_ms, each));
    if (!a->is_of_crash && (s->recorded_ms < DAY_MS || outages < FEW_OUTAGES))
        fprintf(to, "%.0f outage%s in %s: so short a history is little more than an anecdote.\n",
                outages, plural((json_int_t)outages),
                dur_print((dur_ms_t)s->recorded_ms, recorded));
    show_own_ttls(s, to);
}

/* ---- suggestions ---- */

static void show_change(const char *what, double is, double was, FILE *to)
{
    const double percent = was > 0 ? 100 * (is - was) / was : 0;

    if (percent > -0.5 && percent < 0.5)
        fprintf(to, "%s the same", what);
    else
        fprintf(to, "%s %.0f %% %s", what, percent < 0 ? -percent : percent,
                percent < 0 ? "less" : "more");
}

static void show_suggestion(const struct advice_subject *s, const struct advice *a, size_t pick,
                            FILE *to)
{
    const struct figures *f = &a->candidates[pick].figures, *now = &a->candidates[0].figures;
    char *name = goals_of(a, pick), *yaml = advice_yaml(s, &a->candidates[pick].settings);

    fprintf(to, "\n%s: ", name);
    show_change("clients fail", f->failed_ms, now->failed_ms, to);
    show_change(", queries", f->queries, now->queries, to);
    show_change(", changes of the answer", f->changes, now->changes, to);
    fprintf(to, "\n%s", yaml);
    free(name);
    free(yaml);
}

void advice_show(const struct advice_subject *s, const struct advice *a, FILE *to, bool colour)
{
    bool is_any = false;

    show_history(s, to);
    fputc('\n', to);
    if (!a->is_of_crash)
        show_table(a, to, colour);
    for (enum advice_goal g = 0; g < ADVICE_GOALS; g++) {
        if (is_named_before(a, g))
            continue;
        show_suggestion(s, a, a->picks[g], to);
        is_any = true;
    }
    if (!is_any && !a->is_of_crash)
        fputs("\nNothing that was tried is better by a tenth: leave it as it is.\n", to);
    show_doubts(s, a, to);
    show_crash(a, to);
}
