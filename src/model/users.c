/* SPDX-License-Identifier: BSD-2-Clause */
#include "model/users.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "model/agenda.h"

#define BUCKET_MS 10000

static const double left_shares[] = {0.50, 0.95, 0.99};

/* ---- what they meet ---- */

/* The share of requests to a region that fail: of a cold one, what is over its capacity. */
static double fails(const struct users *u, size_t region)
{
    const struct trace_piece *is = users_piece(u, region);
    const double served = is->capacity * u->n_home[region], load = u->n_at[region];

    if (is->capacity > 0 && load > served && 1 - served / load > is->user_fails)
        return 1 - served / load;
    return is->user_fails;
}

static bool is_well(const struct users *u, size_t region)
{
    const struct trace_piece *is = users_piece(u, region);

    return is->user_fails <= 0 && is->capacity <= 0;
}

static void settle(struct users *u, mono_ms_t now)
{
    const double passed_s = (double)(now - u->settled) / 1000;

    u->failure_user_s += u->failing * passed_s;
    u->away_user_s += u->away * passed_s;
    u->settled = now;
}

static void look(struct users *u)
{
    u->failing = u->away = 0;
    for (size_t r = 0; r < u->trace->n_regions; r++) {
        u->failing += fails(u, r) * u->n_at[r];
        if (is_well(u, r))
            u->away += u->n_home[r] - u->at[r][r];
    }
}

/* ---- events ---- */

void users_init(struct users *u, const struct trace *trace, const struct resolver *resolvers,
                size_t n)
{
    *u = (struct users){.trace = trace, .n_buckets = (size_t)(trace->length_ms / BUCKET_MS) + 1};
    u->queries = xcalloc(u->n_buckets, sizeof(*u->queries));
    for (size_t i = 0; i < n; i++) {
        u->at[resolvers[i].home][resolvers[i].region]++;
        u->n_home[resolvers[i].home]++;
        u->n_at[resolvers[i].region]++;
    }
    u->leaving = u->at[0][0];
    look(u);
}

void users_fini(struct users *u)
{
    free(u->queries);
}

mono_ms_t users_next_piece(struct users *u, size_t region, mono_ms_t now)
{
    const struct trace_region *r = &u->trace->regions[region];
    size_t *i = &u->piece[region];

    settle(u, now);
    while (*i + 1 < r->n && r->pieces[*i + 1].from_ms <= now)
        ++*i;
    look(u);
    return *i + 1 < r->n ? r->pieces[*i + 1].from_ms : AGENDA_NEVER;
}

static void note_left(struct users *u, mono_ms_t now)
{
    if (now < u->trace->hit_ms)
        return;
    for (size_t i = 0; i < 3; i++)
        if (u->left[i] == 0 && u->at[0][0] <= (1 - left_shares[i]) * u->leaving)
            u->left[i] = now;
}

void users_move(struct users *u, size_t home, size_t from, size_t to, mono_ms_t now)
{
    if (from == to)
        return;
    settle(u, now);
    u->at[home][from]--;
    u->n_at[from]--;
    u->at[home][to]++;
    u->n_at[to]++;
    look(u);
    note_left(u, now);
}

void users_count_query(struct users *u, mono_ms_t now)
{
    u->queries[now / BUCKET_MS]++;
}

/* ---- the end ---- */

static double left_s(const struct users *u, size_t i)
{
    return u->left[i] > 0 ? (double)(u->left[i] - u->trace->hit_ms) / 1000 : -1;
}

/* Over the buckets that ended by then. */
static double queries_per_s(const struct users *u, mono_ms_t until)
{
    const size_t n = (size_t)(until / BUCKET_MS);
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += u->queries[i];
    return n > 0 ? sum * 1000 / (double)(n * BUCKET_MS) : 0;
}

static double peak_per_s(const struct users *u)
{
    uint32_t most = 0;

    for (size_t i = 0; i < u->n_buckets; i++)
        most = u->queries[i] > most ? u->queries[i] : most;
    return most * 1000.0 / BUCKET_MS;
}

void users_end(struct users *u, struct model_result *out)
{
    settle(u, u->trace->length_ms);
    out->left_50_s = left_s(u, 0);
    out->left_95_s = left_s(u, 1);
    out->left_99_s = left_s(u, 2);
    out->failure_user_s = u->failure_user_s;
    out->away_user_s = u->away_user_s;
    out->queries_per_s = queries_per_s(u, u->trace->length_ms);
    out->calm_per_s = queries_per_s(u, u->trace->hit_ms);
    out->peak_per_s = peak_per_s(u);
}
