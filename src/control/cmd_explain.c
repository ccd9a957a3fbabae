/*
 * `proximactl explain NAME [TYPE] --client ADDR[/LEN]`.  The databases are read on the thread pool,
 * the rest is told on the loop.  One reads at a time: many would keep the pool's threads from drains,
 * which are written there.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "control/cmd.h"
#include "control/explain.h"

struct job {
    struct list link; /* of commands.explains, until its turn comes */
    struct explain e;
    struct rpc_call *call;
    uv_work_t work;
    char **paths; /* of the databases, ours: a reload may free the generation's meanwhile */
    size_t n_paths;
};

static void job_free(struct job *j)
{
    for (size_t i = 0; i < j->n_paths; i++)
        free(j->paths[i]);
    free(j->paths);
    geodb_close(j->e.db);
    json_decref(j->e.steps);
    err_fini(&j->e.warnings);
    free(j);
}

/* Thread pool.  A database that cannot be read now is no reason not to tell the rest. */
static void read_databases(uv_work_t *work)
{
    struct job *j = container_of(work, struct job, work);
    struct err err = {0};

    j->e.db = geodb_open((const char *const *)j->paths, j->n_paths, &err);
    for (size_t i = 0; j->e.db == NULL && i < err.n; i++)
        err_warn(&j->e.warnings, "%s; workers answer from what was loaded before",
                 err.items[i].text);
    err_fini(&err);
}

static json_t *client_object(const struct explain *e)
{
    char text[PREFIX_TEXT];
    json_t *o = json_pack("{s:s}", "subnet", prefix_print(&e->client, text));
    struct place p;

    if (e->db == NULL)
        return o;
    geodb_find(e->db, &e->client.addr, &p);
    if (p.country[0] != '\0')
        json_object_set_new(o, "country", json_string(p.country));
    if (p.continent[0] != '\0')
        json_object_set_new(o, "continent", json_string(p.continent));
    if (p.subdivision[0] != '\0')
        json_object_set_new(o, "subdivision", json_string(p.subdivision));
    if (p.asn != 0)
        json_object_set_new(o, "asn", json_integer(p.asn));
    if (p.has_at)
        json_object_set_new(o, "at",
                            json_pack("{s:f, s:f, s:s}", "latitude", p.lat, "longitude", p.lon,
                                      "from", p.at_is_country ? "country" : "database"));
    return o;
}

static void tell(struct job *j)
{
    struct explain *e = &j->e;
    char type[TYPE_TEXT];
    json_t *result = json_pack("{s:o, s:s, s:o}", "name", cmd_name(e->name), "type",
                               type_print(e->type, type), "client", client_object(e));
    const char *rcode = explain_chain(e);
    json_object_set_new(result, "rcode", json_string(rcode));
    json_object_set(result, "steps", e->steps);
    json_object_set_new(result, "warnings", rpc_texts(&e->warnings, ERR_WARNING));
    rpc_reply(j->call, result);
}

/* ---- one at a time ---- */

static void read_next(struct commands *cmds);

static void on_read(uv_work_t *work, int status)
{
    struct job *j = container_of(work, struct job, work);
    struct commands *cmds = cmd_commands(j->call);

    cmds->is_explaining = false;
    read_next(cmds); /* first: the last call that ends may free cmds */
    if (j->e.control->stopping)
        rpc_refuse_text(j->call, CMD_STOPPING);
    else
        tell(j);
    job_free(j);
}

static void set_paths(struct job *j)
{
    const struct geodb *geo = j->e.control->now->files->geo;

    j->n_paths = geodb_count(geo);
    j->paths = xcalloc(j->n_paths + 1, sizeof(*j->paths));
    for (size_t i = 0; i < j->n_paths; i++)
        j->paths[i] = xstrdup(geodb_info(geo, i).path);
}

static void read_next(struct commands *cmds)
{
    if (cmds->is_explaining || list_is_empty(&cmds->explains))
        return;

    struct job *j = container_of(cmds->explains.next, struct job, link);
    list_remove(&j->link);
    j->call->on_gone = NULL;
    cmds->is_explaining = true;
    set_paths(j);
    uv_queue_work(cmds->control->loop, &j->work, read_databases, on_read);
}

/* One that has not begun. */
static void give_up(struct job *j, const char *why)
{
    list_remove(&j->link);
    rpc_refuse_text(j->call, "%s", why);
    job_free(j);
}

static void on_gone(struct rpc_call *call)
{
    give_up(call->data, "the client is gone");
}

void cmd_explain_stop(struct commands *cmds)
{
    while (!list_is_empty(&cmds->explains))
        give_up(container_of(list_take(&cmds->explains), struct job, link), CMD_STOPPING);
}

/* ---- the request ---- */

static bool read_client(struct rpc_call *call, const char *text, struct prefix *out)
{
    if (prefix_parse(text, out))
        return true;
    rpc_refuse_text(call,
                    "client \"%s\" is no address and no subnet; 192.0.2.0/24 is one (bits beyond "
                    "the length are zero)",
                    text);
    return false;
}

static bool read_type(struct rpc_call *call, const char *text, uint16_t *out)
{
    if (text == NULL) {
        *out = TYPE_A;
        return true;
    }
    if (!type_parse(text, out)) {
        rpc_refuse_text(call, "no type \"%s\"; TYPE123 names any by its number", text);
        return false;
    }
    if (type_is_meta(*out) && *out != TYPE_ANY) {
        rpc_refuse_text(call, "no name has records of type %s", text);
        return false;
    }
    return true;
}

void cmd_explain(struct rpc_call *call)
{
    struct commands *cmds = cmd_commands(call);
    struct job *j = xcalloc(1, sizeof(*j));

    if (!cmd_read_name(call, rpc_string(call, "name"), j->e.name) ||
        !read_type(call, rpc_string(call, "type"), &j->e.type) ||
        !read_client(call, rpc_string(call, "client"), &j->e.client)) {
        free(j);
        return;
    }
    j->call = call;
    j->e.control = cmds->control;
    j->e.steps = json_array();
    call->data = j;
    call->on_gone = on_gone;
    list_append(&cmds->explains, &j->link);
    read_next(cmds);
}
