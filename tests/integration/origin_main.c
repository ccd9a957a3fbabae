// SPDX-License-Identifier: BSD-2-Clause
/*
 * origin ADDR PORT...: an HTTP origin on each port of an address, until killed; see origin.h for
 * how to make them fail.  Each is named on stdout once it listens.
 *
 *   tests/integration/origin 127.0.0.1 8081 8082
 *   curl http://127.0.0.1:8081/mode/503
 */
#include <signal.h>
#include <stdio.h>

#include "origin.h"

static bool serve(const char *addr, const char *port)
{
    char text[128];
    struct endpoint_addr at;
    struct origin *o;

    snprintf(text, sizeof(text), "%s@%s", addr, port);
    if (!sockaddr_parse(text, 0, &at)) {
        fprintf(stderr, "origin: no address and port: %s\n", text);
        return false;
    }
    const int rc = origin_open(uv_default_loop(), &at, &o);
    if (rc != 0) {
        fprintf(stderr, "origin: %s: %s\n", text, uv_strerror(rc));
        return false;
    }
    printf("listening on %s@%u\n", addr, origin_port(o));
    fflush(stdout);
    return true;
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fputs("usage: origin ADDR PORT...\n", stderr);
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    for (int i = 2; i < argc; i++)
        if (!serve(argv[1], argv[i]))
            return 1;
    return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
