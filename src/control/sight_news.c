/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/sight_news.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/xalloc.h"
#include "control/cmd.h"

static char *why_blind(const struct health_sight *s)
{
    const char *references = s->references > 0 ? ", and every reference" : "";
    char stood[DUR_TEXT];

    if (s->stood_ms > 0)
        return xasprintf("the server stood still for %s, so it knows nothing of late",
                         dur_print(s->stood_ms, stood));
    return xasprintf(
        "%u of %u endpoints in %u regions fail at once%s, as if our own network were gone", s->dark,
        s->targets, s->dark_regions, references);
}

char *sight_problem(const struct control *c)
{
    const struct health_sight s = health_sight(c->health);
    char age[DUR_TEXT];

    if (!s.is_blind)
        return NULL;
    char *what = why_blind(&s);
    char *text = xasprintf("blind for %s: %s; verdicts are frozen, and answers are what they were",
                           dur_print(mono_ms() - s.since, age), what);
    free(what);
    return text;
}

static const char *why_seeing(const struct health_sight *s)
{
    return s->targets + s->references > 0 ? "for a whole round it did not look so"
                                          : "nobody is asked any more";
}

void sight_news(struct control *c)
{
    const struct health_sight s = health_sight(c->health);
    char *what = why_blind(&s);

    if (s.is_blind)
        log_error("blind: %s; verdicts are frozen", what);
    else
        log_warning("not blind any more: results count again");
    if (c->journal != NULL && !c->stopping)
        journal_add(c->journal,
                    json_pack("{s:s, s:s}", "event", s.is_blind ? "blind" : "not blind", "why",
                              s.is_blind ? what : why_seeing(&s)),
                    NULL, NULL);
    free(what);
    remember_soon(c->remember);
}

json_t *sight_object(const struct control *c)
{
    const struct health_sight s = health_sight(c->health);

    return json_pack("{s:b, s:o, s:i, s:i, s:i, s:i, s:I, s:I, s:I}", "blind", s.is_blind, "since",
                     s.since != 0 ? cmd_since(s.since) : json_null(), "endpoints", (int)s.targets,
                     "failing", (int)s.dark, "failing_regions", (int)s.dark_regions, "references",
                     (int)s.references, "times", (json_int_t)s.times, "lags", (json_int_t)s.lags,
                     "stood_ms", (json_int_t)s.stood_ms);
}
