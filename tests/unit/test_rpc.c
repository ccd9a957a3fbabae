/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/rpc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/xalloc.h"

/* ---- a peer that remembers what it was sent, a table of tiny methods ---- */

static char sent[4096];
static struct rpc_call *held; /* by `later` */
static unsigned n_changes, n_gone;
static bool changed_well, settles_later;
static struct rpc_call *unsettled;

static void peer_send(struct rpc_peer *peer, char *line, size_t len)
{
    const size_t at = strlen(sent);

    assert_true(at + len < sizeof(sent));
    memcpy(sent + at, line, len);
    sent[at + len] = '\0';
    free(line);
}

static void echo(struct rpc_call *call)
{
    rpc_reply(call, json_incref(call->params));
}

static void refuse(struct rpc_call *call)
{
    struct err err = {0};

    err_warn(&err, "a warning");
    err_add(&err, "one %s", rpc_string(call, "text"));
    err_add(&err, "two");
    rpc_refuse(call, &err);
    err_fini(&err);
}

static void on_gone(struct rpc_call *call)
{
    n_gone++;
    held = NULL;
    rpc_refuse_text(call, "nobody waits");
}

static void later(struct rpc_call *call)
{
    call->on_gone = on_gone;
    held = call;
}

static void on_change(struct rpc_call *call, const struct err *err)
{
    n_changes++;
    changed_well = err->errors == 0;
    if (settles_later)
        unsettled = call;
    else
        rpc_settled(call);
}

static const struct rpc_method methods[] = {
    {"echo",
     echo,
     true,
     {{"text", RPC_STRING, true, "what comes back"}, {"n", RPC_INTEGER, false, "a number"}}},
    {"refuse", refuse, true, {{"text", RPC_STRING, true, "the reason"}}},
    {"later", later, false, {{NULL}}},
    {"change_later", later, true, {{NULL}}},
};

static struct rpc_table table = {.methods = methods, .n = 4, .on_change = on_change};

static struct rpc_peer new_peer(void)
{
    struct rpc_peer peer = {.send = peer_send};

    sent[0] = '\0';
    n_changes = n_gone = 0;
    return peer;
}

static void send_line(struct rpc_peer *peer, const char *line)
{
    rpc_line(&table, peer, line, strlen(line));
}

/* ---- one line, one reply ---- */

static void test_lines(void **state)
{
#define OK(result) "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":" result "}\n"
#define BAD(id, code, text) \
    "{\"jsonrpc\":\"2.0\",\"id\":" id ",\"error\":{\"code\":" code ",\"message\":\"" text "\"}}\n"
#define CALL(rest) "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":" rest "}"
    static const struct {
        const char *why, *line, *reply;
    } cases[] = {
        {"a call", CALL("\"echo\",\"params\":{\"text\":\"a\"}"), OK("{\"text\":\"a\"}")},
        {"an id is given back as it is",
         "{\"jsonrpc\":\"2.0\",\"id\":\"x\",\"method\":\"echo\",\"params\":{\"text\":\"a\"}}",
         "{\"jsonrpc\":\"2.0\",\"id\":\"x\",\"result\":{\"text\":\"a\"}}\n"},
        {"a notification gets no reply",
         "{\"jsonrpc\":\"2.0\",\"method\":\"echo\",\"params\":{\"text\":\"a\"}}", ""},
        {"not even a bad one", "{\"jsonrpc\":\"2.0\",\"method\":\"ecko\"}", ""},
        {"no JSON", "{\"jsonrpc\"",
         BAD("null", "-32700",
             "no JSON, column 10: ':' expected near "
             "end of file")},
        {"no object", "5", BAD("null", "-32600", "a request is an object")},
        {"a batch", "[]", BAD("null", "-32600", "batches are not taken: send one object a line")},
        {"no version", "{\"id\":1,\"method\":\"echo\"}",
         BAD("null", "-32600", "a request says \\\"jsonrpc\\\": \\\"2.0\\\"")},
        {"an id that is none", "{\"jsonrpc\":\"2.0\",\"id\":[],\"method\":\"echo\"}",
         BAD("null", "-32600", "\\\"id\\\" is a string, a number or null")},
        {"no method", "{\"jsonrpc\":\"2.0\",\"id\":1}",
         BAD("null", "-32600", "\\\"method\\\" is a string")},
        {"a key twice", "{\"jsonrpc\":\"2.0\",\"jsonrpc\":\"2.0\"}",
         BAD("null", "-32700", "no JSON, column 26: duplicate object key near '\\\"jsonrpc\\\"'")},
        {"an unknown method, with the nearest", CALL("\"ecko\""),
         BAD("1", "-32601", "no method \\\"ecko\\\"; \\\"echo\\\"?")},
        {"an unknown method like no other", CALL("\"drain\""),
         BAD("1", "-32601", "no method \\\"drain\\\"")},
        {"parameters by position", CALL("\"echo\",\"params\":[\"a\"]"),
         BAD("1", "-32602", "echo takes its parameters by name, as an object")},
        {"one is missing", CALL("\"echo\""),
         BAD("1", "-32602", "echo needs \\\"text\\\": what comes back")},
        {"one of another type", CALL("\"echo\",\"params\":{\"text\":\"a\",\"n\":\"1\"}"),
         BAD("1", "-32602", "echo: \\\"n\\\" is to be an integer: a number")},
        {"one too many", CALL("\"echo\",\"params\":{\"txt\":\"a\"}"),
         BAD("1", "-32602", "echo has no parameter \\\"txt\\\"; \\\"text\\\"?")},
        {"every reason of a refusal", CALL("\"refuse\",\"params\":{\"text\":\"a\"}"),
         "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32000,\"message\":\"one a\","
         "\"data\":{\"errors\":[\"one a\",\"two\"],\"warnings\":[\"a warning\"]}}}\n"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct rpc_peer peer = new_peer();

        rpc_peer_init(&peer, 0, 0);
        send_line(&peer, cases[i].line);
        if (strcmp(sent, cases[i].reply) != 0)
            fail_msg("%s:\n%s%s", cases[i].why, sent, cases[i].reply);
        assert_int_equal(table.n_calls, 0);
    }
}

/* ---- calls that take a while ---- */

static void test_later(void **state)
{
    struct rpc_peer peer = new_peer();

    rpc_peer_init(&peer, 0, 0);
    send_line(&peer, CALL("\"later\""));
    send_line(&peer, CALL("\"echo\",\"params\":{\"text\":\"a\"}"));
    assert_string_equal(sent, OK("{\"text\":\"a\"}")); /* it does not wait for the first */
    sent[0] = '\0';
    rpc_reply(held, json_true());
    assert_string_equal(sent, OK("true"));
}

/* A long reply in pieces; one that is given up, of which nothing is seen. */
static void test_pieces(void **state)
{
    struct rpc_peer peer = new_peer();

    rpc_peer_init(&peer, 0, 0);
    send_line(&peer, CALL("\"later\""));
    FILE *to = rpc_reply_begin(held);
    fputs("[1,", to);
    send_line(&peer, CALL("\"echo\",\"params\":{\"text\":\"a\"}"));
    assert_string_equal(sent, OK("{\"text\":\"a\"}")); /* others do not wait for it */
    sent[0] = '\0';
    rpc_write(to, json_string("two"));
    fputc(']', to);
    rpc_reply_end(held);
    assert_string_equal(sent, OK("[1,\"two\"]"));

    sent[0] = '\0';
    send_line(&peer, CALL("\"later\""));
    fputs("[1,", rpc_reply_begin(held));
    rpc_refuse_text(held, "no");
    assert_non_null(strstr(sent, "\"message\":\"no\""));
    assert_null(strstr(sent, "[1,"));
    assert_int_equal(table.n_calls, 0);
}

static void test_peer_gone(void **state)
{
    struct rpc_peer peer = new_peer();

    rpc_peer_init(&peer, 0, 0);
    send_line(&peer, CALL("\"later\""));
    rpc_peer_gone(&peer);
    assert_int_equal(n_gone, 1);
    assert_null(held);
    assert_string_equal(sent, "");
    assert_int_equal(table.n_calls, 0);
}

/* Nobody waits for a notification: what only tells something is not even called. */
static void test_notifications(void **state)
{
    struct rpc_peer peer = new_peer();

    rpc_peer_init(&peer, 0, 0);
    held = NULL;
    send_line(&peer, "{\"jsonrpc\":\"2.0\",\"method\":\"later\"}");
    assert_null(held);
    assert_int_equal(table.n_calls, 0);

    send_line(&peer, "{\"jsonrpc\":\"2.0\",\"method\":\"change_later\"}");
    assert_non_null(held);
    rpc_reply(held, json_true());
    assert_string_equal(sent, "");

    send_line(&peer, "{\"jsonrpc\":\"2.0\",\"method\":\"change_later\"}");
    rpc_peer_gone(&peer); /* ends them as others */
    assert_int_equal(n_gone, 1);
    assert_int_equal(table.n_calls, 0);
}

static void test_calls_are_bounded(void **state)
{
    struct rpc_peer peer = new_peer();

    rpc_peer_init(&peer, 0, 0);
    for (unsigned i = 0; i < RPC_CALLS_MAX; i++)
        send_line(&peer, i % 2 == 0 ? CALL("\"later\"")
                                    : "{\"jsonrpc\":\"2.0\",\"method\":\"change_later\"}");
    assert_int_equal(table.n_calls, RPC_CALLS_MAX);
    send_line(&peer, CALL("\"later\""));
    assert_string_equal(
        sent, BAD("1", "-32000", "256 calls are under way: wait for some of their replies"));
    send_line(&peer, "{\"jsonrpc\":\"2.0\",\"method\":\"change_later\"}");
    assert_int_equal(table.n_calls, RPC_CALLS_MAX);

    sent[0] = '\0';
    rpc_reply(held, json_true()); /* the last one, a notification */
    send_line(&peer, CALL("\"later\""));
    assert_int_equal(table.n_calls, RPC_CALLS_MAX);
    assert_string_equal(sent, "");
    rpc_peer_gone(&peer);
    assert_int_equal(table.n_calls, 0);
}

static void test_changes_are_told(void **state)
{
    struct rpc_peer peer = new_peer();

    rpc_peer_init(&peer, 0, 0);
    send_line(&peer, CALL("\"echo\",\"params\":{\"text\":\"a\"}"));
    assert_int_equal(n_changes, 1);
    assert_true(changed_well);
    send_line(&peer, CALL("\"refuse\",\"params\":{\"text\":\"a\"}"));
    assert_int_equal(n_changes, 2);
    assert_false(changed_well);
    send_line(&peer, CALL("\"later\""));
    rpc_reply(held, json_true());
    assert_int_equal(n_changes, 2);
}

/* As `stop` does it. */
static void then_check_sent(void *context)
{
    assert_string_equal(sent, OK("true"));
    *(bool *)context = true;
}

/* Who is told that something was changed can rely on it: first it is settled. */
static void test_a_change_is_settled_before_its_reply(void **state)
{
    struct rpc_peer peer = new_peer();
    bool is_through = false;

    rpc_peer_init(&peer, 0, 0);
    settles_later = true;
    table.context = &is_through;
    send_line(&peer, CALL("\"change_later\""));
    held->then = then_check_sent;
    rpc_reply(held, json_true());
    assert_string_equal(sent, "");
    assert_int_equal(table.n_calls, 1);
    rpc_settled(unsettled);
    assert_true(is_through);

    sent[0] = '\0';
    send_line(&peer, CALL("\"refuse\",\"params\":{\"text\":\"a\"}"));
    assert_string_equal(sent, "");
    rpc_peer_gone(&peer);
    rpc_settled(unsettled);
    assert_string_equal(sent, "");
    assert_int_equal(table.n_calls, 0);
    settles_later = false;
}

/* A file's name may hold any octets; a reply is UTF-8 all the same. */
static void test_texts_are_utf8(void **state)
{
    json_t *good = rpc_text("caf\xc3\xa9"), *bad = rpc_text("caf\xe9");

    assert_string_equal(json_string_value(good), "caf\xc3\xa9");
    assert_string_equal(json_string_value(bad), "caf?");
    json_decref(good);
    json_decref(bad);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_later),
        cmocka_unit_test(test_peer_gone),
        cmocka_unit_test(test_changes_are_told),
        cmocka_unit_test(test_notifications),
        cmocka_unit_test(test_calls_are_bounded),
        cmocka_unit_test(test_texts_are_utf8),
        cmocka_unit_test(test_pieces),
        cmocka_unit_test(test_a_change_is_settled_before_its_reply),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
