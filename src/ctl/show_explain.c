/*
 * `proximactl explain`, told as a person would.  SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>
#include <string.h>

#include "ctl/show.h"
#include "ctl/table.h"

static void show_client(const json_t *result, FILE *to)
{
    const json_t *client = json_object_get(result, "client");
    const json_t *at = json_object_get(client, "at");
    const char *country = show_text(client, "country"), *continent = show_text(client, "continent");

    fprintf(to, "%s %s for %s", show_text(result, "name"), show_text(result, "type"),
            show_text(client, "subnet"));
    if (*country != '\0' || *continent != '\0')
        fprintf(to, ", in %s%s%s", country, *country != '\0' ? ", " : "", continent);
    if (*show_text(client, "subdivision") != '\0')
        fprintf(to, ", %s", show_text(client, "subdivision"));
    if (json_object_get(client, "asn") != NULL)
        fprintf(to, ", AS%lld", (long long)show_integer(client, "asn"));
    if (at != NULL)
        fprintf(to, ", at %.2f %.2f (%s)", show_real(at, "latitude"), show_real(at, "longitude"),
                strcmp(show_text(at, "from"), "country") == 0 ? "its country's position"
                                                              : "by the database");
    fputc('\n', to);
}

static void show_order(const json_t *step, FILE *to)
{
    const json_t *order = json_object_get(step, "ordered_by");
    const char *rule = show_text(order, "rule"), *at = show_text(order, "at");
    json_t *fence;
    size_t i;

    if (order != NULL && *at != '\0')
        fprintf(to, "  ordered by  rule %s (%s), then by distance\n", rule, at);
    else if (order != NULL)
        fprintf(to, "  ordered by  %s\n",
                strcmp(rule, "unknown") == 0 ? "`unknown` of the map: nobody knows where it is"
                                             : rule);
    json_array_foreach(json_object_get(step, "fences"), i, fence) {
        char *only = show_list(json_object_get(fence, "only"));
        fprintf(to, "  fence       rule %s (%s): only %s\n", show_text(fence, "rule"),
                show_text(fence, "at"), only);
        free(only);
    }
}

static void show_turn(const json_t *step, FILE *to)
{
    const json_t *turn = json_object_get(step, "turn");

    if (turn != NULL)
        fprintf(to, "  turn        slot %lld of %lld, as all of %s\n",
                (long long)show_integer(turn, "slot"), (long long)show_integer(turn, "of"),
                show_text(turn, "block"));
}

static void show_regions(const json_t *step, FILE *to, bool colour)
{
    static const char *const head[] = {"", "REGION", "KM", "STATE", ""};
    struct table t;
    json_t *r;
    size_t i;

    table_init(&t, 5, head);
    json_array_foreach(json_object_get(step, "regions"), i, r) {
        char km[24] = "";
        if (json_object_get(r, "distance_km") != NULL)
            snprintf(km, sizeof(km), "%lld", (long long)show_integer(r, "distance_km"));
        const bool chosen = show_bool(r, "chosen");
        const char *const cells[] = {chosen ? "  ->" : "", show_text(r, "region"), km,
                                     show_text(r, "state"), show_text(r, "why")};
        table_row(&t, chosen ? TINT_GOOD : TINT_NONE, cells);
    }
    table_print(&t, to, colour);
    table_fini(&t);
}

static void show_records(const json_t *step, FILE *to)
{
    json_t *record;
    size_t i;

    json_array_foreach(json_object_get(step, "records"), i, record)
        fprintf(to, "  %s  %s\n", i == 0 ? "answer    " : "          ", json_string_value(record));
    if (json_object_get(step, "ttl") != NULL)
        fprintf(to, "  TTL         %lld s%s%s\n", (long long)show_integer(step, "ttl"),
                *show_text(step, "ttl_why") != '\0' ? ": " : "", show_text(step, "ttl_why"));
    if (json_object_get(step, "scope") != NULL)
        fprintf(to, "  scope       /%lld\n", (long long)show_integer(step, "scope"));
}

static void show_steered(const json_t *step, FILE *to, bool colour)
{
    const json_t *record = json_object_get(step, "record");

    fprintf(to, "\n%s  %s at %s: pool %s, policy %s, map %s\n", show_text(step, "name"),
            show_text(record, "kind"), show_text(record, "at"), show_text(step, "pool"),
            show_text(step, "policy"), show_text(step, "map"));
    show_order(step, to);
    show_turn(step, to);
    show_regions(step, to, colour);
    fprintf(to, "  chosen      %s: %s\n", show_text(step, "choice"), show_text(step, "why"));
    show_records(step, to);
}

static void show_step(const json_t *step, FILE *to, bool colour)
{
    if (strcmp(show_text(step, "what"), "steered") == 0) {
        show_steered(step, to, colour);
        return;
    }
    fprintf(to, "\n%s  %s\n", show_text(step, "name"), show_text(step, "why"));
    show_records(step, to);
}

void show_explain(const json_t *result, FILE *to, bool colour)
{
    json_t *step;
    size_t i;

    show_client(result, to);
    json_array_foreach(json_object_get(result, "steps"), i, step)
        show_step(step, to, colour);
    if (strcmp(show_text(result, "rcode"), "NOERROR") != 0)
        fprintf(to, "\n%s\n", show_text(result, "rcode"));
}
