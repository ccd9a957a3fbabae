/* SPDX-License-Identifier: BSD-2-Clause */
#include "ctl/show.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/xalloc.h"
#include "ctl/table.h"

/* ---- members ---- */

const char *show_text(const json_t *o, const char *key)
{
    const char *text = json_string_value(json_object_get(o, key));

    return text != NULL ? text : "";
}

json_int_t show_integer(const json_t *o, const char *key)
{
    return json_integer_value(json_object_get(o, key));
}

bool show_bool(const json_t *o, const char *key)
{
    return json_is_true(json_object_get(o, key));
}

double show_real(const json_t *o, const char *key)
{
    return json_number_value(json_object_get(o, key));
}

const char *show_user(const json_t *o)
{
    static char text[32];
    const uid_t uid = (uid_t)show_integer(o, "uid");
    const struct passwd *pw = getpwuid(uid);

    if (pw != NULL)
        return pw->pw_name;
    snprintf(text, sizeof(text), "uid %u", (unsigned)uid);
    return text;
}

char *show_list(const json_t *texts)
{
    char *list;
    size_t len, i;
    FILE *f = open_memstream(&list, &len);
    json_t *text;

    if (f == NULL)
        abort();
    json_array_foreach(texts, i, text)
        fprintf(f, "%s%s", i > 0 ? ", " : "", json_string_value(text));
    fclose(f);
    return list;
}

/* ---- commands ---- */

static void show_drain(const json_t *r, FILE *to)
{
    const char *pool = show_text(r, "pool");
    const json_t *drain = json_object_get(r, "drain");
    const bool drained = show_bool(r, "drained");

    fprintf(to, "%s is %s%s%s%s", show_text(r, "region"), show_bool(r, "changed") ? "" : "already ",
            drained ? "drained" : "not drained",
            *pool != '\0' ? " in pool "
            : drained     ? " everywhere"
                          : "",
            pool);
    if (!show_bool(r, "changed") && drain != NULL)
        fprintf(to, ", since %s by %s%s%s", show_text(drain, "since"), show_user(drain),
                *show_text(drain, "why") != '\0' ? ": " : "", show_text(drain, "why"));
    fprintf(to, "; every worker answers by it (%.1f ms)\n", show_real(r, "took_ms"));
}

static void show_release(const json_t *r, FILE *to)
{
    const json_int_t endpoints = show_integer(r, "endpoints"), pools = show_integer(r, "pools");

    if (endpoints + pools == 0)
        fprintf(to, "%s: nothing was held; its penalties are forgotten", show_text(r, "region"));
    else
        fprintf(to, "%s is released in %lld pool%s, and %lld endpoint%s of it",
                show_text(r, "region"), (long long)pools, pools == 1 ? "" : "s",
                (long long)endpoints, endpoints == 1 ? "" : "s");
    fprintf(to, "; every worker answers by it (%.1f ms)\n", show_real(r, "took_ms"));
}

static void show_reload(const json_t *r, FILE *to)
{
    const json_int_t zones = show_integer(r, "zones"), read = show_integer(r, "read");

    fprintf(to, "reloaded: %lld zone%s", (long long)zones, zones == 1 ? "" : "s");
    if (read < zones)
        fprintf(to, ", %lld read", (long long)read);
    fprintf(to, ", generation %lld, every worker answers by it (%.1f ms)\n",
            (long long)show_integer(r, "generation"), show_real(r, "took_ms"));
}

static void show_probe(const json_t *r, FILE *to, bool colour)
{
    static const char *const head[] = {"ENDPOINT", "PROBE", "RESULT", "TOOK", "VERDICT", "WHAT"};
    struct table t;
    json_t *x;
    size_t i;

    table_init(&t, 6, head);
    json_array_foreach(json_object_get(r, "results"), i, x) {
        char took[DUR_TEXT];
        const bool ok = show_bool(x, "ok");
        const char *const cells[] = {
            show_text(x, "endpoint"), show_text(x, "probe"),
            ok ? "ok" : "failed",     dur_print(show_integer(x, "last_ms"), took),
            show_text(x, "verdict"),  show_text(x, ok ? "last_said" : "last_error")};
        table_row(&t, ok ? TINT_GOOD : TINT_BAD, cells);
    }
    table_print(&t, to, colour);
    table_fini(&t);
}

static void show_wait(const json_t *r, FILE *to)
{
    char took[DUR_TEXT];

    fprintf(to, "%s/%s is %s (after %s)\n", show_text(r, "pool"), show_text(r, "region"),
            show_text(r, "state"), dur_print((dur_ms_t)show_real(r, "took_ms"), took));
}

static void show_stats(const json_t *r, FILE *to, bool colour)
{
    static const char *const head[] = {"COUNTER", "VALUE", ""};
    const json_t *help = json_object_get(r, "help");
    const char *name;
    json_t *value;
    struct table t;

    table_init(&t, 3, head);
    json_object_foreach(json_object_get(r, "counters"), name, value) {
        char number[24];
        snprintf(number, sizeof(number), "%lld", (long long)json_integer_value(value));
        const char *const cells[] = {name, number, show_text(help, name)};
        table_row(&t, TINT_NONE, cells);
    }
    table_print(&t, to, colour);
    table_fini(&t);
}

void show_result(const char *command, const json_t *result, FILE *to, bool colour)
{
    if (strcmp(command, "status") == 0)
        show_status(result, to, colour);
    else if (strcmp(command, "explain") == 0)
        show_explain(result, to, colour);
    else if (strcmp(command, "drain") == 0 || strcmp(command, "undrain") == 0)
        show_drain(result, to);
    else if (strcmp(command, "release") == 0)
        show_release(result, to);
    else if (strcmp(command, "reload") == 0)
        show_reload(result, to);
    else if (strcmp(command, "report") == 0)
        fprintf(to, "reported for %lld endpoint%s\n", (long long)show_integer(result, "endpoints"),
                show_integer(result, "endpoints") == 1 ? "" : "s");
    else if (strcmp(command, "probe") == 0)
        show_probe(result, to, colour);
    else if (strcmp(command, "wait") == 0)
        show_wait(result, to);
    else if (strcmp(command, "stats") == 0)
        show_stats(result, to, colour);
    else if (strcmp(command, "stop") == 0)
        fputs("proximad stops\n", to);
}
