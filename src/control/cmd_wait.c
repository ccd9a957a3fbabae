/*
 * `proximactl wait POOL/REGION=STATE`: replies when the region is in that state, in every policy
 * that steers by the pool; at once if it is.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "control/cmd.h"
#include "control/names.h"

#define TIMEOUT_DEFAULT_MS 30000

struct wait {
    struct list link; /* of commands.waits */
    uv_timer_t timer;
    struct rpc_call *call;
    char *region; /* by name, as the pool: a reload may renumber both */
    uint8_t *pool;
    enum region_state want;
};

static void on_timer_closed(uv_handle_t *handle)
{
    struct wait *w = handle->data;

    free(w->region);
    free(w->pool);
    free(w);
}

/* Before the reply: from then on the call is gone. */
static struct rpc_call *wait_end(struct wait *w)
{
    list_remove(&w->link);
    uv_close((uv_handle_t *)&w->timer, on_timer_closed);
    return w->call;
}

/*
 * The state that is farthest from what is wanted: with several policies over one pool the wait is
 * over when all agree.  False: the pool or the region is gone.
 */
static bool state_now(const struct wait *w, enum region_state *out)
{
    const struct control *c = cmd_control(w->call);
    const int region = config_region(c->now->config, w->region);
    bool found = false;

    for (size_t i = 0; region >= 0 && i < plan_pools(c->now->plan); i++) {
        const struct plan_pool *pool = plan_pool(c->now->plan, i);
        if (!name_equal(pool->name, w->pool))
            continue;
        const enum region_state state = plan_region_state(c->now->plan, pool, (unsigned)region);
        if (!found || state != w->want)
            *out = state;
        found = true;
    }
    return found;
}

static void reply(struct wait *w, enum region_state state)
{
    char pool[NAME_TEXT];
    json_t *result = json_pack("{s:s, s:s, s:s}", "pool", name_print(w->pool, pool), "region",
                               w->region, "state", region_state_name(state));
    struct rpc_call *call = wait_end(w);

    json_object_set_new(result, "took_ms", json_real(rpc_took_ms(call)));
    rpc_reply(call, result);
}

/* True if the wait is over. */
static bool look(struct wait *w)
{
    enum region_state state;
    char pool[NAME_TEXT];

    if (!state_now(w, &state)) {
        rpc_refuse_text(wait_end(w), "%s/%s is no more: a reload took it away",
                        name_print(w->pool, pool), w->region);
        return true;
    }
    if (state != w->want || !publisher_is_live(cmd_control(w->call)->publisher))
        return false; /* there will be another look when every worker answers by it */
    reply(w, state);
    return true;
}

static struct wait *move_first(struct list *from, struct list *to)
{
    struct list *first = from->next;

    list_remove(first);
    list_append(to, first);
    return container_of(first, struct wait, link);
}

/* A reply may turn out to be one too many for its client, whose other waits then end, too. */
void cmd_wait_look(struct commands *cmds)
{
    struct list unseen;

    list_init(&unseen);
    while (!list_is_empty(&cmds->waits))
        move_first(&cmds->waits, &unseen);
    while (!list_is_empty(&unseen))
        look(move_first(&unseen, &cmds->waits));
}

void cmd_wait_stop(struct commands *cmds)
{
    while (!list_is_empty(&cmds->waits))
        rpc_refuse_text(wait_end(container_of(cmds->waits.next, struct wait, link)), CMD_STOPPING);
}

static void on_timeout(uv_timer_t *timer)
{
    struct wait *w = timer->data;
    enum region_state state;
    char pool[NAME_TEXT];

    if (look(w))
        return;
    state_now(w, &state);
    rpc_refuse_text(wait_end(w), "%s/%s is still %s, not %s", name_print(w->pool, pool), w->region,
                    region_state_name(state), region_state_name(w->want));
}

static void on_gone(struct rpc_call *call)
{
    rpc_refuse_text(wait_end(call->data), "the client is gone");
}

/* ---- the request ---- */

static bool read_state(struct rpc_call *call, const char *text, enum region_state *out)
{
    static const enum region_state all[] = {REGION_UP,      REGION_UNKNOWN, REGION_RAMPING,
                                            REGION_HELD,    REGION_UNREADY, REGION_DOWN,
                                            REGION_DRAINED, REGION_ABSENT};
    const char *names[sizeof(all) / sizeof(all[0])];

    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        names[i] = region_state_name(all[i]);
        if (strcmp(text, names[i]) == 0) {
            *out = all[i];
            return true;
        }
    }
    const struct names known = NAMES(names, sizeof(all) / sizeof(all[0]));
    char *hint = names_hint(&known, text);
    rpc_refuse_text(call, "no state \"%s\"%s", text, hint);
    free(hint);
    return false;
}

/* "web.example.com/eu-west=down" into its three parts, in place.  A pool's name may hold "/"
 * (RFC 2317), a region's cannot. */
static bool split(char *what, char **region, char **state)
{
    char *equals = strrchr(what, '=');

    if (equals == NULL)
        return false;
    *equals = '\0';
    char *slash = strrchr(what, '/');
    if (slash == NULL || slash == what)
        return false;
    *slash = '\0';
    *region = slash + 1;
    *state = equals + 1;
    return true;
}

static void wait_start(struct rpc_call *call, const uint8_t *pool, const char *region,
                       enum region_state want)
{
    struct commands *cmds = cmd_commands(call);
    struct wait *w = xcalloc(1, sizeof(*w));

    w->call = call;
    w->pool = xmemdup(pool, name_len(pool));
    w->region = xstrdup(region);
    w->want = want;
    list_append(&cmds->waits, &w->link);
    uv_timer_init(cmds->control->loop, &w->timer);
    w->timer.data = w;
    call->data = w;
    call->on_gone = on_gone;
    if (!look(w))
        uv_timer_start(&w->timer, on_timeout,
                       (uint64_t)rpc_integer(call, "timeout_ms", TIMEOUT_DEFAULT_MS), 0);
}

void cmd_wait(struct rpc_call *call)
{
    char *what = xstrdup(rpc_string(call, "what")), *region, *state;
    uint8_t pool[NAME_MAX_LEN];
    enum region_state want;
    unsigned number;

    if (rpc_integer(call, "timeout_ms", 0) < 0)
        rpc_refuse_text(call, "timeout_ms is below 0");
    else if (!split(what, &region, &state))
        rpc_refuse_text(call, "\"%s\" is not of the form POOL/REGION=STATE",
                        rpc_string(call, "what"));
    else if (cmd_read_pool(call, what, pool) && cmd_read_region(call, region, &number) &&
             read_state(call, state, &want))
        wait_start(call, pool, cmd_control(call)->now->config->regions[number].name, want);
    free(what);
}
