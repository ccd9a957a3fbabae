/* SPDX-License-Identifier: BSD-2-Clause */
#include "health/exechelper.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/xalloc.h"

struct exechelper {
    int fd;
    pid_t pid;
};

/* Whatever else is open is not for it, nor for programs. */
static _Noreturn void run_alone(int fd)
{
    enum { FD = STDERR_FILENO + 1 };

    if (fd != FD && dup3(fd, FD, O_CLOEXEC) < 0)
        _exit(1);
    close_range(FD + 1, ~0u, 0);
    exechelper_run(FD);
}

struct exechelper *exechelper_start(void)
{
    int pair[2];

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
        return NULL;
    const pid_t pid = fork();
    if (pid == 0)
        run_alone(pair[1]);
    close(pair[1]);
    if (pid < 0) {
        const int error = errno;
        close(pair[0]);
        errno = error;
        return NULL;
    }
    fcntl(pair[0], F_SETFL, O_NONBLOCK);
    struct exechelper *h = xcalloc(1, sizeof(*h));
    h->fd = pair[0];
    h->pid = pid;
    return h;
}

void exechelper_stop(struct exechelper *h)
{
    if (h == NULL)
        return;
    close(h->fd); /* which it sees */
    while (waitpid(h->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    free(h);
}

bool exechelper_become(const struct exechelper *h, const char *user)
{
    const struct exechelper_request head = {.op = EXECHELPER_BECOME, .n_args = 1};
    const size_t len = strlen(user) + 1;
    char message[sizeof(head) + 64];

    if (len > sizeof(message) - sizeof(head))
        return false;
    memcpy(message, &head, sizeof(head));
    memcpy(message + sizeof(head), user, len);
    return send(h->fd, message, sizeof(head) + len, MSG_NOSIGNAL) > 0;
}

int exechelper_fd(const struct exechelper *h)
{
    return h->fd;
}
