/* SPDX-License-Identifier: BSD-2-Clause */
#include "report.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "dns/types.h"

/* Differences that look alike: one is shown. */
struct group {
    char *what;
    size_t n;
};

struct report {
    struct explained *explained;
    uint64_t seed;
    size_t dumps;               /* groups shown whole; the rest as a line each */
    size_t queries[N_KINDS][2]; /* over UDP, TCP */
    size_t equal[N_SERVERS], explained_n[N_SERVERS], unexplained[N_SERVERS];
    struct group *group;
    size_t n_groups;
};

struct report *report_new(struct explained *e, uint64_t seed, size_t dumps)
{
    struct report *r = xcalloc(1, sizeof(*r));

    r->explained = e;
    r->seed = seed;
    r->dumps = dumps;
    return r;
}

void report_free(struct report *r)
{
    for (size_t i = 0; i < r->n_groups; i++)
        free(r->group[i].what);
    free(r->group);
    free(r);
}

void report_query(struct report *r, const struct query *q)
{
    r->queries[q->kind][q->tcp]++;
}

/* ---- what nothing explains ---- */

static void print_hex(const uint8_t *octets, size_t len)
{
    for (size_t i = 0; i < len; i++)
        printf("%02x", octets[i]);
    putchar('\n');
}

static void print_indented(const char *who, const char *text)
{
    printf("  %s:\n", who);
    for (const char *line = text; *line != '\0';) {
        const int len = (int)strcspn(line, "\n");
        if (len > 0)
            printf("    %.*s\n", len, line);
        line += len + (line[len] != '\0');
    }
}

/* What can be said of the query with kdig; a damaged one cannot. */
static void print_kdig(const struct query *q)
{
    char name[NAME_TEXT], type[TYPE_TEXT];

    printf("  kdig -p PORT @127.0.0.1 '%s' -t %s", name_print(q->name, name),
           type_print(q->type, type));
    if (q->class != CLASS_IN)
        printf(" -c CLASS%u", q->class);
    printf("%s%s%s%s", q->tcp ? " +tcp" : " +ignore", q->flags & FLAG_RD ? "" : " +nordflag",
           q->flags & FLAG_CD ? " +cdflag" : "", q->flags & FLAG_AD ? " +adflag" : "");
    if (q->edns.present)
        printf(" +edns=%u +bufsize=%u%s", q->edns.version, q->edns.size,
               q->edns.flags & 0x8000 ? " +dnssec" : "");
    for (unsigned i = 0; i < q->edns.n_options; i++) {
        printf(" +ednsopt=%u:", q->edns.option[i].code);
        for (unsigned k = 0; k < q->edns.option[i].len; k++)
            printf("%02x", q->edns.option[i].data[k]);
    }
    printf("%s%s\n", q->damage != NULL ? "  and damaged: " : "",
           q->damage != NULL ? q->damage : "");
}

static void dump(const struct report *r, const struct difference *d, const struct items *items,
                 const struct explained_line *const *line, const struct datagram wire[2])
{
    const struct query *q = d->query;
    char *ours = reply_text(&wire[0]), *theirs = reply_text(&wire[1]);

    printf("\nUNEXPLAINED: %s, %s, query %" PRIu64 " of world %s: differential -s %" PRIu64
           " -w %s -q %" PRIu64 "\n",
           server_name(d->peer), query_kind_name(q->kind), q->number, d->world->name, r->seed,
           d->world->name, q->number);
    for (size_t i = 0; i < items->n; i++) {
        if (line[i] != NULL) {
            printf("  %s (explained, line %u)\n", items->item[i].text, line[i]->line);
        } else {
            printf("  %s", items->item[i].text);
            feature_print(d, &items->item[i]);
        }
    }
    printf("  when");
    feature_print(d, NULL);
    print_kdig(q);
    printf("  query: ");
    print_hex(q->wire, q->len);
    print_indented("ours", ours);
    print_indented(server_name(d->peer), theirs);
    free(ours);
    free(theirs);
}

static char *describe(const struct difference *d, const struct items *items,
                      const struct explained_line *const *line)
{
    char *out = xasprintf("%s %s %s", server_name(d->peer), query_kind_name(d->query->kind),
                          d->query->damage != NULL ? d->query->damage : "");

    for (size_t i = 0; i < items->n; i++) {
        if (line[i] != NULL)
            continue;
        char *longer = xasprintf("%s %s", out, items->item[i].text);
        free(out);
        out = longer;
    }
    return out;
}

/* True: the first of its group. */
static bool add_to_group(struct report *r, char *what_taken)
{
    for (size_t i = 0; i < r->n_groups; i++) {
        if (strcmp(r->group[i].what, what_taken) == 0) {
            r->group[i].n++;
            free(what_taken);
            return false;
        }
    }
    r->group = xgrow(r->group, r->n_groups, sizeof(*r->group));
    r->group[r->n_groups++] = (struct group){.what = what_taken, .n = 1};
    return true;
}

void report_compared(struct report *r, const struct difference *d, const struct items *items,
                     const struct datagram wire[2])
{
    struct explained_line **line = xcalloc(items->n + 1, sizeof(*line));
    bool all = true;

    for (size_t i = 0; i < items->n; i++) {
        line[i] = explained_find(r->explained, d, &items->item[i]);
        if (line[i] != NULL)
            line[i]->n[d->peer]++;
        all = all && line[i] != NULL;
    }
    if (items->n == 0) {
        r->equal[d->peer]++;
    } else if (all) {
        r->explained_n[d->peer]++;
    } else {
        const struct explained_line *const *l = (const struct explained_line *const *)line;
        r->unexplained[d->peer]++;
        if (add_to_group(r, describe(d, items, l)) && r->n_groups <= r->dumps)
            dump(r, d, items, l, wire);
    }
    free(line);
}

/* ---- the end ---- */

static void print_queries(const struct report *r)
{
    static const char *const what[] = {
#define WHAT(name, text) text,
        QUERY_KINDS(WHAT)
#undef WHAT
    };
    size_t udp = 0, tcp = 0;

    printf("\n%-52s %9s %9s\n", "queries", "UDP", "TCP");
    for (unsigned k = 0; k < N_KINDS; k++) {
        printf("  %-50s %9zu %9zu\n", what[k], r->queries[k][0], r->queries[k][1]);
        udp += r->queries[k][0];
        tcp += r->queries[k][1];
    }
    printf("  %-50s %9zu %9zu\n", "all", udp, tcp);
}

static void print_agreement(const struct report *r)
{
    printf("\n%-22s %9s %10s %12s\n", "replies", "the same", "explained", "unexplained");
    for (unsigned p = SERVER_NSD; p < N_SERVERS; p++)
        printf("  as %-17s %9zu %10zu %12zu\n", server_name(p), r->equal[p], r->explained_n[p],
               r->unexplained[p]);
}

static void print_lines(const struct report *r)
{
    printf("\nexplained by line     %9s %9s %9s\n", server_name(SERVER_NSD),
           server_name(SERVER_KNOT), server_name(SERVER_BIND));
    for (size_t i = 0; i < explained_count(r->explained); i++) {
        const struct explained_line *l = explained_at(r->explained, i);
        printf("  %-19u %9zu %9zu %9zu  %s\n", l->line, l->n[SERVER_NSD], l->n[SERVER_KNOT],
               l->n[SERVER_BIND], l->why);
    }
}

static size_t print_stale(const struct report *r)
{
    size_t n = 0;

    for (size_t i = 0; i < explained_count(r->explained); i++) {
        const char *peer = explained_stale(r->explained, i);
        if (peer == NULL)
            continue;
        printf("line %u of the list explained nothing of %s\n", explained_at(r->explained, i)->line,
               peer);
        n++;
    }
    return n;
}

static void print_groups(const struct report *r)
{
    for (size_t i = 0; i < r->n_groups; i++)
        printf("%s%6zu x %s\n", i == 0 ? "\nunexplained\n" : "", r->group[i].n, r->group[i].what);
}

bool report_end(const struct report *r, bool stale)
{
    print_queries(r);
    print_agreement(r);
    print_lines(r);
    print_groups(r);
    const size_t n_stale = print_stale(r);
    return r->n_groups == 0 && (!stale || n_stale == 0);
}
