/* SPDX-License-Identifier: BSD-2-Clause */
#include "netns.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/xalloc.h"

static int near_fd, far_fd;

static void must(bool ok, const char *what)
{
    if (ok)
        return;
    fprintf(stderr, "netns: %s: %s\n", what, strerror(errno));
    abort();
}

/* ---- commands ---- */

static bool shell(const char *command)
{
    const int status = system(command);

    return status != -1 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static char *format(const char *fmt, va_list ap)
{
    char *text;

    must(vasprintf(&text, fmt, ap) >= 0, fmt);
    return text;
}

static void run(void *command)
{
    must(shell(command), command);
}

void netns_near(const char *command, ...)
{
    va_list ap;

    va_start(ap, command);
    char *text = format(command, ap);
    va_end(ap);
    run(text);
    free(text);
}

void netns_far(const char *command, ...)
{
    va_list ap;

    va_start(ap, command);
    char *text = format(command, ap);
    va_end(ap);
    netns_in_far(run, text);
    free(text);
}

void netns_in_far(void (*fn)(void *arg), void *arg)
{
    must(setns(far_fd, CLONE_NEWNET) == 0, "setns");
    fn(arg);
    must(setns(near_fd, CLONE_NEWNET) == 0, "setns");
}

/* ---- to begin with ---- */

static bool write_file(const char *path, const char *text)
{
    const int fd = open(path, O_WRONLY | O_CLOEXEC);
    const bool ok = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

    if (fd >= 0)
        close(fd);
    return ok;
}

/* Root of a user namespace of our own: there, who is nobody special outside (user_namespaces(7)). */
static bool become_root(void)
{
    char *uids = xasprintf("0 %u 1", (unsigned)geteuid());
    char *gids = xasprintf("0 %u 1", (unsigned)getegid());
    const bool ok = unshare(CLONE_NEWUSER) == 0 && write_file("/proc/self/setgroups", "deny") &&
                    write_file("/proc/self/uid_map", uids) &&
                    write_file("/proc/self/gid_map", gids);

    free(uids);
    free(gids);
    return ok;
}

static bool enter_new(int *fd)
{
    if (unshare(CLONE_NEWNET) != 0)
        return false;
    *fd = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    return *fd >= 0;
}

static bool skip(const char *why)
{
    fprintf(stderr, "no network namespaces here: %s\n", why);
    return false;
}

bool netns_enter(void)
{
    char *path = xasprintf("%s:/usr/sbin:/sbin", getenv("PATH"));

    setenv("PATH", path, 1); /* ip is there, and not on everybody's path */
    free(path);
    if (!shell("ip -V >/dev/null 2>&1"))
        return skip("no program ip (apt install iproute2)");
    if (!enter_new(&far_fd) && !(become_root() && enter_new(&far_fd)))
        return skip(strerror(errno));
    must(enter_new(&near_fd), "unshare");
    if (!shell("ip link add near type veth peer name far"))
        return skip("no pairs of virtual interfaces (veth)");
    netns_near("ip link set far netns /proc/%d/fd/%d", (int)getpid(), far_fd);
    netns_near("ip link set lo up; ip addr add 10.77.0.1/24 dev near; ip link set near up");
    netns_far("ip link set lo up; ip addr add 10.77.0.2/24 dev far; ip link set far up");
    return true;
}
