/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/rpc.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/nearest.h"
#include "base/xalloc.h"

#define METHODS_MAX 64 /* of a table, for the search of the nearest name */

static uint64_t now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

double rpc_took_ms(const struct rpc_call *call)
{
    return (double)(now_ns() - call->started_ns) / 1e6;
}

void rpc_peer_init(struct rpc_peer *peer, uid_t uid, pid_t pid)
{
    peer->uid = uid;
    peer->pid = pid;
    list_init(&peer->calls);
    peer->n_calls = 0;
}

static void call_attach(struct rpc_call *call, struct rpc_peer *peer)
{
    call->peer = peer;
    list_append(&peer->calls, &call->link);
    peer->n_calls++;
}

static void call_detach(struct rpc_call *call)
{
    assert(call->peer != NULL);
    list_remove(&call->link);
    call->peer->n_calls--;
    call->peer = NULL;
}

void rpc_peer_gone(struct rpc_peer *peer)
{
    while (!list_is_empty(&peer->calls)) {
        struct rpc_call *call = container_of(peer->calls.next, struct rpc_call, link);

        call_detach(call);
        if (call->on_gone != NULL)
            call->on_gone(call);
    }
}

/* ---- replies ---- */

#define JSON_FORM (JSON_COMPACT | JSON_REAL_PRECISION(9))

char *rpc_print(json_t *value)
{
    char *text = json_dumps(value, JSON_FORM | JSON_ENCODE_ANY);

    json_decref(value);
    if (text == NULL) /* all our strings are checked to be UTF-8, so it is memory */
        abort();
    return text;
}

void rpc_write(FILE *stream, json_t *value)
{
    char *text = rpc_print(value);

    fputs(text, stream);
    free(text);
}

/* A message as its line, *len octets; takes message. */
static char *line_of(json_t *message, size_t *len)
{
    char *text = rpc_print(message);

    *len = strlen(text);
    text[(*len)++] = '\n'; /* over the NUL: the length travels along */
    return text;
}

json_t *rpc_text(const char *text)
{
    json_t *s = json_string(text);

    if (s != NULL)
        return s;
    char *copy = xstrdup(text);
    for (char *c = copy; *c != '\0'; c++)
        if ((unsigned char)*c > 0x7e)
            *c = '?';
    s = json_string(copy);
    free(copy);
    return s;
}

static json_t *error_object(enum rpc_code code, const char *message)
{
    return json_pack("{s:i, s:o}", "code", (int)code, "message", rpc_text(message));
}

/* Takes id and error. */
static json_t *error_message(json_t *id, json_t *error)
{
    return json_pack("{s:s, s:o, s:o}", "jsonrpc", "2.0", "id", id, "error", error);
}

static void send_error(struct rpc_peer *peer, json_t *id, json_t *error)
{
    size_t len;
    char *line = line_of(error_message(id, error), &len);

    peer->send(peer, line, len);
}

void rpc_send_error(struct rpc_peer *peer, enum rpc_code code, const char *message)
{
    send_error(peer, json_null(), error_object(code, message));
}

/* Free the call. */
static void call_free(struct rpc_call *call)
{
    struct rpc_table *table = call->table;

    free(call->text);
    json_decref(call->params);
    json_decref(call->id);
    free(call);
    if (--table->n_calls == 0 && table->on_idle != NULL)
        table->on_idle(table->context);
}

void rpc_settled(struct rpc_call *call)
{
    struct rpc_peer *peer = call->peer;

    if (peer != NULL)
        call_detach(call); /* a peer that goes while it is sent to must not find it */
    if (peer != NULL && call->id != NULL) {
        char *line = call->text;
        call->text = NULL;
        peer->send(peer, line, call->len);
    } else if (peer != NULL && peer->ended != NULL) {
        peer->ended(peer);
    }
    if (call->then != NULL)
        call->then(call->table->context);
    call_free(call);
}

/* What is the same for every end, its reply being in call->text. */
static void call_end(struct rpc_call *call, const struct err *err)
{
    call->on_gone = NULL; /* the method is through with it */
    if (call->method->changes && call->table->on_change != NULL)
        call->table->on_change(call, err);
    else
        rpc_settled(call);
}

void rpc_reply(struct rpc_call *call, json_t *result)
{
    const struct err none = {0};

    assert(result != NULL);
    call->text =
        line_of(json_pack("{s:s, s:O?, s:o}", "jsonrpc", "2.0", "id", call->id, "result", result),
                &call->len);
    call_end(call, &none);
}

/* Not open_memstream, which copies and clears all of it each time that it grows: 100 ms for a status
 * of 68 MB.  realloc moves large pieces by their page tables. */
static ssize_t append_text(void *cookie, const char *text, size_t len)
{
    struct rpc_call *call = cookie;

    while (call->cap - call->len < len) {
        call->cap = call->cap > 0 ? 2 * call->cap : 4096;
        call->text = xrealloc(call->text, call->cap);
    }
    memcpy(call->text + call->len, text, len);
    call->len += len;
    return (ssize_t)len;
}

FILE *rpc_reply_begin(struct rpc_call *call)
{
    assert(call->stream == NULL);
    call->stream = fopencookie(call, "w", (cookie_io_functions_t){.write = append_text});
    if (call->stream == NULL)
        abort();
    fputs("{\"jsonrpc\":\"2.0\",\"id\":", call->stream);
    rpc_write(call->stream, call->id != NULL ? json_incref(call->id) : json_null());
    fputs(",\"result\":", call->stream);
    return call->stream;
}

void rpc_reply_end(struct rpc_call *call)
{
    const struct err none = {0};

    fputs("}\n", call->stream);
    if (fclose(call->stream) != 0)
        abort();
    call->stream = NULL;
    call_end(call, &none);
}

static const char *first_error(const struct err *err)
{
    for (size_t i = 0; i < err->n; i++)
        if (err->items[i].level == ERR_ERROR)
            return err->items[i].text;
    abort(); /* refused without a reason */
}

json_t *rpc_texts(const struct err *err, enum err_level level)
{
    json_t *texts = json_array();

    for (size_t i = 0; i < err->n; i++)
        if (err->items[i].level == level)
            json_array_append_new(texts, rpc_text(err->items[i].text));
    return texts;
}

/* What was written of a result is thrown away. */
static void drop_stream(struct rpc_call *call)
{
    if (call->stream != NULL)
        fclose(call->stream);
    call->stream = NULL;
    free(call->text);
    call->text = NULL;
}

void rpc_refuse(struct rpc_call *call, const struct err *err)
{
    json_t *id = call->id != NULL ? json_incref(call->id) : json_null();
    json_t *error = json_pack("{s:i, s:o, s:{s:o, s:o}}", "code", (int)RPC_REFUSED, "message",
                              rpc_text(first_error(err)), "data", "errors",
                              rpc_texts(err, ERR_ERROR), "warnings", rpc_texts(err, ERR_WARNING));

    drop_stream(call);
    call->text = line_of(error_message(id, error), &call->len);
    call_end(call, err);
}

void rpc_refuse_text(struct rpc_call *call, const char *fmt, ...)
{
    struct err err = {0};
    char *text;
    va_list ap;

    va_start(ap, fmt);
    if (vasprintf(&text, fmt, ap) < 0)
        abort();
    va_end(ap);
    err_add(&err, "%s", text);
    rpc_refuse(call, &err);
    err_fini(&err);
    free(text);
}

/* ---- requests ---- */

static const struct rpc_method *find_method(const struct rpc_table *table, const char *name)
{
    for (size_t i = 0; i < table->n; i++)
        if (strcmp(table->methods[i].name, name) == 0)
            return &table->methods[i];
    return NULL;
}

static char *no_such_method(const struct rpc_table *table, const char *name)
{
    const char *names[METHODS_MAX];

    assert(table->n <= METHODS_MAX);
    for (size_t i = 0; i < table->n; i++)
        names[i] = table->methods[i].name;

    const char *near = nearest(name, names, table->n);
    if (near == NULL)
        return xasprintf("no method \"%s\"", name);
    return xasprintf("no method \"%s\"; \"%s\"?", name, near);
}

static const struct rpc_param *find_param(const struct rpc_method *m, const char *name)
{
    for (const struct rpc_param *p = m->params; p->name != NULL; p++)
        if (strcmp(p->name, name) == 0)
            return p;
    return NULL;
}

static char *no_such_param(const struct rpc_method *m, const char *name)
{
    const char *names[RPC_PARAMS_MAX];
    size_t n = 0;

    for (; m->params[n].name != NULL; n++)
        names[n] = m->params[n].name;

    const char *near = nearest(name, names, n);
    if (near != NULL)
        return xasprintf("%s has no parameter \"%s\"; \"%s\"?", m->name, name, near);
    return xasprintf("%s has no parameter \"%s\"", m->name, name);
}

static bool has_type(const json_t *value, enum rpc_type type)
{
    switch (type) {
    case RPC_STRING: return json_is_string(value);
    case RPC_INTEGER: return json_is_integer(value);
    case RPC_BOOLEAN: return json_is_boolean(value);
    }
    abort();
}

static const char *type_name(enum rpc_type type)
{
    switch (type) {
    case RPC_STRING: return "a string";
    case RPC_INTEGER: return "an integer";
    case RPC_BOOLEAN: return "true or false";
    }
    abort();
}

/* NULL if the parameters are the method's, else why not: owned text. */
static char *check_params(const struct rpc_method *m, json_t *params)
{
    const char *name;
    json_t *value;

    if (!json_is_object(params))
        return xasprintf("%s takes its parameters by name, as an object", m->name);
    json_object_foreach(params, name, value) {
        const struct rpc_param *p = find_param(m, name);
        if (p == NULL)
            return no_such_param(m, name);
        if (!has_type(value, p->type))
            return xasprintf("%s: \"%s\" is to be %s: %s", m->name, name, type_name(p->type),
                             p->help);
    }
    for (const struct rpc_param *p = m->params; p->name != NULL; p++)
        if (p->required && json_object_get(params, p->name) == NULL)
            return xasprintf("%s needs \"%s\": %s", m->name, p->name, p->help);
    return NULL;
}

/* What is wrong with the object itself (§4); NULL: nothing. */
static const char *check_request(const json_t *request)
{
    const json_t *id = json_object_get(request, "id");
    const json_t *version = json_object_get(request, "jsonrpc");

    if (json_is_array(request))
        return "batches are not taken: send one object a line";
    if (!json_is_object(request))
        return "a request is an object";
    if (!json_is_string(version) || strcmp(json_string_value(version), "2.0") != 0)
        return "a request says \"jsonrpc\": \"2.0\"";
    if (id != NULL && !json_is_string(id) && !json_is_number(id) && !json_is_null(id))
        return "\"id\" is a string, a number or null";
    if (!json_is_string(json_object_get(request, "method")))
        return "\"method\" is a string";
    return NULL;
}

/* Reply to a request that became no call, unless it was a notification; takes text. */
static void reject(struct rpc_peer *peer, const json_t *request, enum rpc_code code, char *text)
{
    json_t *id = json_object_get(request, "id");

    if (id != NULL)
        send_error(peer, json_incref(id), error_object(code, text));
    free(text);
}

static void call_method(struct rpc_table *table, struct rpc_peer *peer, const struct rpc_method *m,
                        json_t *request, json_t *params)
{
    struct rpc_call *call = xcalloc(1, sizeof(*call));

    call->table = table;
    table->n_calls++;
    call->method = m;
    call->params = json_incref(params);
    call->id = json_incref(json_object_get(request, "id"));
    call->uid = peer->uid;
    call->pid = peer->pid;
    call->started_ns = now_ns();
    call_attach(call, peer);
    m->call(call);
}

/* Call a method whose parameters are right, unless there is a reason not to. */
static void call_if_allowed(struct rpc_table *table, struct rpc_peer *peer,
                            const struct rpc_method *m, json_t *request, json_t *params)
{
    const bool is_notification = json_object_get(request, "id") == NULL;

    if (peer->n_calls >= RPC_CALLS_MAX)
        reject(peer, request, RPC_REFUSED,
               xasprintf("%d calls are under way: wait for some of their replies", RPC_CALLS_MAX));
    else if (m->changes || !is_notification)
        call_method(table, peer, m, request, params);
}

static void take_request(struct rpc_table *table, struct rpc_peer *peer, json_t *request)
{
    const char *name = json_string_value(json_object_get(request, "method"));
    const struct rpc_method *m = find_method(table, name);

    if (m == NULL) {
        reject(peer, request, RPC_NO_SUCH_METHOD, no_such_method(table, name));
        return;
    }

    json_t *params = json_incref(json_object_get(request, "params"));
    if (params == NULL)
        params = json_object();
    char *problem = check_params(m, params);
    if (problem != NULL)
        reject(peer, request, RPC_BAD_PARAMS, problem);
    else
        call_if_allowed(table, peer, m, request, params);
    json_decref(params);
}

void rpc_line(struct rpc_table *table, struct rpc_peer *peer, const char *line, size_t len)
{
    json_error_t why;
    json_t *request = json_loadb(line, len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &why);

    if (request == NULL) {
        char *text = xasprintf("no JSON, column %d: %s", why.column, why.text);
        rpc_send_error(peer, RPC_PARSE_ERROR, text);
        free(text);
        return;
    }

    const char *problem = check_request(request);
    if (problem != NULL)
        rpc_send_error(peer, RPC_INVALID_REQUEST, problem);
    else
        take_request(table, peer, request);
    json_decref(request);
}

const char *rpc_string(const struct rpc_call *call, const char *name)
{
    return json_string_value(json_object_get(call->params, name));
}

int64_t rpc_integer(const struct rpc_call *call, const char *name, int64_t unless_given)
{
    const json_t *value = json_object_get(call->params, name);

    return value != NULL ? json_integer_value(value) : unless_given;
}

bool rpc_true(const struct rpc_call *call, const char *name)
{
    return json_is_true(json_object_get(call->params, name));
}
