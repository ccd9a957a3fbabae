/*
 * `proximactl explain NAME [TYPE] --client ADDR[/LEN]`.  The databases are read on the thread pool,
 * the rest is told on the loop.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "control/cmd.h"
#include "control/explain.h"

struct job {
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

static void tell(uv_work_t *work, int status)
{
    struct job *j = container_of(work, struct job, work);
    struct explain *e = &j->e;
    char type[TYPE_TEXT];

    if (e->control->stopping) {
        rpc_refuse_text(j->call, CMD_STOPPING);
        job_free(j);
        return;
    }

    json_t *result = json_pack("{s:o, s:s, s:o}", "name", cmd_name(e->name), "type",
                               type_print(e->type, type), "client", client_object(e));
    const char *rcode = explain_chain(e);
    json_object_set_new(result, "rcode", json_string(rcode));
    json_object_set(result, "steps", e->steps);
    json_object_set_new(result, "warnings", rpc_texts(&e->warnings, ERR_WARNING));
    rpc_reply(j->call, result);
    job_free(j);
}

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
    if (type_parse(text, out))
        return true;
    rpc_refuse_text(call, "no type \"%s\"; TYPE123 names any by its number", text);
    return false;
}

void cmd_explain(struct rpc_call *call)
{
    const struct control *c = cmd_control(call);
    struct job *j = xcalloc(1, sizeof(*j));

    if (!cmd_read_name(call, rpc_string(call, "name"), j->e.name) ||
        !read_type(call, rpc_string(call, "type"), &j->e.type) ||
        !read_client(call, rpc_string(call, "client"), &j->e.client)) {
        free(j);
        return;
    }
    j->call = call;
    j->e.control = c;
    j->e.steps = json_array();
    j->n_paths = geodb_count(c->now->files->geo);
    j->paths = xcalloc(j->n_paths + 1, sizeof(*j->paths));
    for (size_t i = 0; i < j->n_paths; i++)
        j->paths[i] = xstrdup(geodb_info(c->now->files->geo, i).path);
    uv_queue_work(c->loop, &j->work, read_databases, tell);
}
