/*
 * Waits whose client is closed because of a reply to one of them: the rest of a commands.c, with a
 * plan whose drains the test says.  SPDX-License-Identifier: BSD-2-Clause
 */
#include "control/cmd.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "plankit.h"

static const struct rpc_method methods[] = {
    {"wait", cmd_wait, false, {{"what", RPC_STRING, true, "POOL/REGION=STATE"}}},
};

struct server {
    struct plankit kit;
    uv_loop_t loop;
    struct generation now;
    struct control control;
    struct commands commands;
};

static void start(struct server *s)
{
    *s = (struct server){0};
    plankit_start(&s->kit, "  default: {map: world}\n",
                  "www DYNA web\nus.web A 192.0.2.1\neu.web A 198.51.100.1\n");
    uv_loop_init(&s->loop);
    s->now = (struct generation){.config = s->kit.config, .plan = s->kit.plan};
    s->control =
        (struct control){.loop = &s->loop, .now = &s->now, .publisher = publisher_open(&s->loop)};
    s->commands.control = &s->control;
    s->commands.table = (struct rpc_table){.methods = methods, .n = 1, .context = &s->commands};
    list_init(&s->commands.waits);
}

static void on_closed(void *arg)
{
    (void)arg;
}

static void stop(struct server *s)
{
    publisher_close(s->control.publisher, on_closed, NULL);
    uv_run(&s->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&s->loop), 0);
    plankit_fini(&s->kit);
}

/* ---- clients ---- */

static unsigned n_sent;

static void take(struct rpc_peer *peer, char *line, size_t len)
{
    n_sent++;
    free(line);
}

/* As socket.c does when a client leaves too much unread. */
static void take_and_close(struct rpc_peer *peer, char *line, size_t len)
{
    n_sent++;
    rpc_peer_gone(peer);
    free(line);
}

static void wait_for_drain(struct server *s, struct rpc_peer *peer, const char *region)
{
    char line[200];

    snprintf(line, sizeof(line),
             "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"wait\","
             "\"params\":{\"what\":\"web.example.com/%s=drained\"}}",
             region);
    rpc_line(&s->commands.table, peer, line, strlen(line));
}

/* ---- */

static void test_those_that_came_true(void **state)
{
    struct rpc_peer peer = {.send = take};
    struct server s;

    n_sent = 0;
    start(&s);
    rpc_peer_init(&peer, 0, 0);
    wait_for_drain(&s, &peer, "us");
    wait_for_drain(&s, &peer, "eu");
    wait_for_drain(&s, &peer, "us");
    cmd_wait_look(&s.commands);
    assert_int_equal(n_sent, 0);
    plankit_drain(&s.kit, "us", true);
    plankit_update(&s.kit, 0);
    cmd_wait_look(&s.commands);
    assert_int_equal(n_sent, 2);
    assert_int_equal(s.commands.table.n_calls, 1);
    rpc_peer_gone(&peer);
    assert_int_equal(s.commands.table.n_calls, 0);
    stop(&s);
}

static void test_first_reply_closes_the_client(void **state)
{
    struct rpc_peer closes = {.send = take_and_close}, stays = {.send = take};
    struct server s;

    n_sent = 0;
    start(&s);
    rpc_peer_init(&closes, 0, 0);
    rpc_peer_init(&stays, 0, 0);
    wait_for_drain(&s, &closes, "us");
    wait_for_drain(&s, &closes, "us");
    wait_for_drain(&s, &closes, "eu");
    wait_for_drain(&s, &stays, "us");
    plankit_drain(&s.kit, "us", true);
    plankit_update(&s.kit, 0);
    cmd_wait_look(&s.commands);
    assert_int_equal(n_sent, 2); /* one each */
    assert_int_equal(s.commands.table.n_calls, 0);
    assert_true(list_is_empty(&s.commands.waits));
    stop(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_those_that_came_true),
        cmocka_unit_test(test_first_reply_closes_the_client),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
