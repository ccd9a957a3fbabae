/* SPDX-License-Identifier: BSD-2-Clause */
#include "backend.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/ipaddr.h"
#include "base/xalloc.h"

struct backend {
    char *addr;
    uint16_t port;
    pid_t pid; /* 0: not running */
};

static void must(bool ok, const char *what)
{
    if (ok)
        return;
    perror(what);
    abort();
}

static void run_program(const struct backend *b, int out)
{
    const char *build = getenv("BUILDDIR");
    char *path = xasprintf("%s/tests/integration/origin", build != NULL ? build : ".");
    char *port = xasprintf("%u", b->port);

    prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that crashes takes it along */
    dup2(out, STDOUT_FILENO);
    execl(path, "origin", b->addr, port, (char *)NULL);
    perror(path);
    _exit(127);
}

/* Its first line is "listening on ADDR@PORT"; false: it ended without one. */
static bool read_port(struct backend *b, int in)
{
    char line[256];
    FILE *f = fdopen(in, "r");
    const bool listens = f != NULL && fgets(line, sizeof(line), f) != NULL;

    if (listens)
        b->port = (uint16_t)strtoul(strrchr(line, '@') + 1, NULL, 10);
    fclose(f);
    return listens;
}

static bool run_backend(struct backend *b)
{
    int ends[2];

    must(pipe2(ends, O_CLOEXEC) == 0, "pipe");
    b->pid = fork();
    must(b->pid >= 0, "fork");
    if (b->pid == 0)
        run_program(b, ends[1]);
    close(ends[1]);
    return read_port(b, ends[0]);
}

void backend_restart(struct backend *b)
{
    must(run_backend(b), b->addr);
}

static bool try_all(struct backend **b, const char *const *addrs, size_t n)
{
    bool ok = true;

    for (size_t i = 0; i < n; i++) {
        b[i] = xcalloc(1, sizeof(*b[i]));
        b[i]->addr = xstrdup(addrs[i]);
        b[i]->port = i > 0 ? b[0]->port : 0;
        ok = ok && run_backend(b[i]);
    }
    return ok;
}

void backends_start(struct backend **b, const char *const *addrs, size_t n)
{
    for (unsigned tries = 0; !try_all(b, addrs, n); tries++) {
        must(tries < 10, "no port that is free on all addresses");
        for (size_t i = 0; i < n; i++)
            backend_free(b[i]);
    }
}

void backend_kill(struct backend *b)
{
    if (b->pid == 0)
        return;
    kill(b->pid, SIGKILL);
    waitpid(b->pid, NULL, 0);
    b->pid = 0;
}

void backend_freeze(struct backend *b)
{
    kill(b->pid, SIGSTOP);
}

void backend_thaw(struct backend *b)
{
    kill(b->pid, SIGCONT);
}

void backend_free(struct backend *b)
{
    if (b == NULL)
        return;
    backend_kill(b);
    free(b->addr);
    free(b);
}

uint16_t backend_port(const struct backend *b)
{
    return b->port;
}

static int connect_to(const struct backend *b)
{
    struct endpoint_addr at;
    char *text = xasprintf("%s@%u", b->addr, b->port);

    must(sockaddr_parse(text, 0, &at), text);
    free(text);
    struct sockaddr_storage ss;
    const socklen_t len = ipaddr_to_sockaddr(&at.addr, at.port, &ss);
    const int fd = socket(ss.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    must(connect(fd, (const struct sockaddr *)&ss, len) == 0, b->addr);
    return fd;
}

void backend_set(struct backend *b, const char *mode)
{
    char *request = xasprintf("GET /mode/%s HTTP/1.0\r\n\r\n", mode), reply[64] = "";
    const int fd = connect_to(b);

    must(send(fd, request, strlen(request), 0) > 0 && recv(fd, reply, sizeof(reply) - 1, 0) > 0 &&
             strstr(reply, " 200 ") != NULL,
         mode);
    close(fd);
    free(request);
}

#ifdef __has_feature /* clang; gcc has macros instead */
#    if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#        define IS_SLOW 1
#    endif
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#    define IS_SLOW 1
#endif

int backend_slowness(void)
{
#ifdef IS_SLOW
    return 5;
#else
    return 1;
#endif
}
