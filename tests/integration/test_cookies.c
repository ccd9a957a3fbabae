/*
 * Cookie secrets of a running server: its own, over a restart; a fleet's, changed as RFC 9018 §5
 * says, and broken.  SPDX-License-Identifier: BSD-2-Clause
 */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "../unit/kit.h"
#include "../unit/tmpdir.h"
#include "base/xalloc.h"
#include "dns/edns.h"
#include "dns/types.h"
#include "site.h"

#define A      "e5e973e5a6b2a43f48e7dc849e37bfcf\n"
#define B      "dd3bdf9344b678b185a6f5cb60fca715\n"
#define CLIENT "2464c4abcf10c957"

#define COOKIE_TEXT (2 * COOKIE_LEN + 1)

static struct daemon *d;

static int setup(void **state)
{
    d = site_start();
    return 0;
}

static int teardown(void **state)
{
    daemon_stop(d);
    return 0;
}

/* ---- asking ---- */

/* The reply as kit_text, owned. */
static char *ask(const struct packet *query)
{
    static uint8_t reply[DNS_TCP_MAX];
    const struct sockaddr_in to = {.sin_family = AF_INET,
                                   .sin_port = htons(daemon_port(d)),
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const struct timeval patience = {.tv_sec = 20};
    const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    assert_int_equal(connect(fd, (const struct sockaddr *)&to, sizeof(to)), 0);
    assert_int_equal(send(fd, query->data, query->len, 0), (ssize_t)query->len);
    const ssize_t n = recv(fd, reply, sizeof(reply), 0);
    assert_true(n > 0);
    close(fd);
    char *text = kit_text(reply, (size_t)n);
    assert_non_null(text);
    return text;
}

/* A cookie of now, or "" where none is given. */
static void get_cookie(char out[COOKIE_TEXT])
{
    const struct packet query = q("ns.example.com", "A", .cookie = CLIENT);
    char *text = ask(&query);
    const char *at = strstr(text, ", cookie ");

    out[0] = '\0';
    if (at != NULL)
        snprintf(out, COOKIE_TEXT, "%s", at + strlen(", cookie "));
    free(text);
}

/* RFC 7873 §5.4: NOERROR for one that is good, BADCOOKIE for one that is not. */
static bool is_good(const char *cookie)
{
    char *hex =
        xasprintf("1234 0000 0000 0000 0000 0001 00 0029 04d0 00000000 001c 000a 0018 %s", cookie);
    const struct packet query = kit_hex(hex);
    char *text = ask(&query);
    const bool good = strncmp(text, "NOERROR", 7) == 0;

    assert_true(good || strncmp(text, "BADCOOKIE", 9) == 0);
    free(hex);
    free(text);
    return good;
}

/* ---- its files ---- */

static void write_secrets(const char *text)
{
    char *path = tmpdir_path(daemon_dir(d), "fleet");

    tmpdir_write(daemon_dir(d), "fleet", text);
    assert_int_equal(chmod(path, 0600), 0);
    free(path);
}

static void configure(const char *cookies)
{
    char *text = xasprintf("server:\n"
                           "  listen: 127.0.0.1@0\n"
                           "  threads: 2\n"
                           "  control: run/control.sock\n"
                           "  state: state/\n"
                           "  cookies: %s\n"
                           "zones: {directory: zones/}\n" SITE_CONFIG SITE_POLICIES,
                           cookies);

    tmpdir_write(daemon_dir(d), "proxima.yaml", text);
    free(text);
}

static void reload(void)
{
    json_decref(daemon_call(d, "reload", "{}"));
}

/* ---- tests ---- */

static void its_own_survive_a_restart(void **state)
{
    char before[COOKIE_TEXT], after[COOKIE_TEXT],
        *path = tmpdir_path(daemon_dir(d), "state/cookie-secrets");
    struct stat st;

    get_cookie(before);
    assert_true(is_good(before));
    daemon_kill(d);
    daemon_restart(d);
    assert_true(is_good(before));
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);

    daemon_kill(d); /* without the file there is another secret */
    assert_int_equal(unlink(path), 0);
    daemon_restart(d);
    assert_false(is_good(before));
    get_cookie(after);
    assert_true(is_good(after));
    free(path);
}

/* The new secret is known everywhere before it signs, and the old one is taken for a while. */
static void a_fleet_changes_its_secret(void **state)
{
    static const struct {
        const char *why, *secrets;
        bool of_a, of_b; /* are cookies of the one and the other good? */
    } steps[] = {
        {"both sign in turn", A B, true, true},
        {"stage 1: the new one is taken", A B, true, true},
        {"stage 2: it signs", B A, true, true},
        {"stage 3: the old one is gone", B, false, true},
    };
    char of_a[COOKIE_TEXT], of_b[COOKIE_TEXT];

    configure("{secrets: fleet}");
    write_secrets(B);
    reload();
    get_cookie(of_b);
    write_secrets(A);
    reload();
    get_cookie(of_a);
    assert_true(is_good(of_a));
    assert_false(is_good(of_b));
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        write_secrets(steps[i].secrets);
        reload();
        if (is_good(of_a) != steps[i].of_a || is_good(of_b) != steps[i].of_b)
            fail_msg("%s", steps[i].why);
    }
}

static void broken_secrets_change_nothing(void **state)
{
    char cookie[COOKIE_TEXT], *said;

    configure("{secrets: fleet}");
    write_secrets(A);
    reload();
    get_cookie(cookie);
    write_secrets(A "secret\n");
    assert_int_equal(site_ctl(d, "reload", &said), 1);
    assert_string_equal(
        said,
        "fleet:2: expected a secret of 32 hex digits, as `openssl rand -hex 16` makes them\n");
    free(said);
    assert_true(is_good(cookie));

    daemon_kill(d); /* it answers all the same, and makes cookies of its own */
    daemon_restart(d);
    json_t *status = daemon_call(d, "status", "{}");
    assert_true(json_is_false(json_object_get(status, "ready")));
    json_decref(status);
    assert_false(is_good(cookie));
    get_cookie(cookie);
    assert_true(is_good(cookie));
}

/* Nor does it take them for a broken configuration: what is new in that is in force. */
static void a_start_does_without_secrets(void **state)
{
    char cookie[COOKIE_TEXT];

    daemon_kill(d);
    configure("{secrets: none}");
    daemon_restart(d);
    json_t *status = daemon_call(d, "status", "{}");
    assert_true(json_is_false(json_object_get(status, "ready")));
    const json_t *problems = json_object_get(status, "problems");
    assert_int_equal(json_array_size(problems), 1);
    assert_non_null(strstr(json_string_value(json_array_get(problems, 0)),
                           "/none: cannot be read: No such file or directory"));
    assert_true(json_is_null(json_object_get(json_object_get(status, "config"), "problem")));
    get_cookie(cookie);
    assert_true(is_good(cookie));
    json_decref(status);
}

static void without_cookies(void **state)
{
    char cookie[COOKIE_TEXT];

    configure("{enabled: no}");
    reload();
    get_cookie(cookie);
    assert_string_equal(cookie, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(its_own_survive_a_restart, setup, teardown),
        cmocka_unit_test_setup_teardown(a_fleet_changes_its_secret, setup, teardown),
        cmocka_unit_test_setup_teardown(broken_secrets_change_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(a_start_does_without_secrets, setup, teardown),
        cmocka_unit_test_setup_teardown(without_cookies, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
