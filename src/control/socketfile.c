/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/socketfile.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/log.h"

/* Connections that wait for accept.  The loop accepts within milliseconds; a script that starts a
 * hundred proximactl at once still gets in. */
#define BACKLOG     128
#define SOCKET_MODE 0660

#define KEEP_GROUP ((gid_t)-1)

static int fail_errno(struct err *err, const char *path, const char *what)
{
    err_add(err, "%s: %s: %s", path, what, strerror(errno));
    return -1;
}

static bool fill_address(struct sockaddr_un *sun, const char *path, struct err *err)
{
    const size_t len = strlen(path);

    *sun = (struct sockaddr_un){.sun_family = AF_UNIX};
    if (len >= sizeof(sun->sun_path)) {
        err_add(err, "%s: %zu octets too long for the path of a unix socket; choose a shorter one",
                path, len + 1 - sizeof(sun->sun_path));
        return false;
    }
    memcpy(sun->sun_path, path, strlen(path));
    return true;
}

/* Does anybody listen on that file?  A full backlog (EAGAIN) is somebody. */
static bool is_answered(const struct sockaddr_un *sun)
{
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (fd < 0)
        return true;
    const bool answered =
        connect(fd, (const struct sockaddr *)sun, sizeof(*sun)) == 0 || errno == EAGAIN;
    close(fd);
    return answered;
}

/* May path be taken?  group: out, that of a dead server's socket, else KEEP_GROUP. */
static bool check_old(const struct sockaddr_un *sun, gid_t *group, struct err *err)
{
    const char *path = sun->sun_path;
    struct stat st;

    *group = KEEP_GROUP;
    if (lstat(path, &st) != 0) {
        if (errno == ENOENT)
            return true;
        fail_errno(err, path, "cannot look at it");
        return false;
    }
    if (!S_ISSOCK(st.st_mode)) {
        err_add(err, "%s: there is something that is no socket; it is not replaced", path);
        return false;
    }
    if (is_answered(sun)) {
        err_add(err,
                "%s: another proximad answers there; stop it, or give this one its own "
                "server.control",
                path);
        return false;
    }
    *group = st.st_gid;
    return true;
}

/* Another name in the same folder, as long as path, because that may be as long as allowed. */
static void make_new_name(char *path)
{
    char *slash = strrchr(path, '/'), *first = slash != NULL ? slash + 1 : path;

    *first = *first == '~' ? '_' : '~';
}

/* Bound under a name of its own and renamed once it listens: whoever sees the file can connect. */
static int listen_at(const struct sockaddr_un *final, gid_t group, struct err *err)
{
    struct sockaddr_un sun = *final;
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    make_new_name(sun.sun_path);
    if (fd < 0)
        return fail_errno(err, final->sun_path, "no socket");
    unlink(sun.sun_path);
    /* Linux makes the file with the mode of the unbound socket, less the umask. */
    if (fchmod(fd, SOCKET_MODE) != 0 || bind(fd, (const struct sockaddr *)&sun, sizeof(sun)) != 0) {
        fail_errno(err, sun.sun_path, "cannot be made");
        close(fd);
        return -1;
    }
    if (group != KEEP_GROUP && chown(sun.sun_path, (uid_t)-1, group) != 0)
        log_warning("%s: group %u is not kept: %s", final->sun_path, (unsigned)group,
                    strerror(errno));
    if (chmod(sun.sun_path, SOCKET_MODE) != 0 || listen(fd, BACKLOG) != 0 ||
        rename(sun.sun_path, final->sun_path) != 0) {
        fail_errno(err, final->sun_path, "cannot be made");
        unlink(sun.sun_path);
        close(fd);
        return -1;
    }
    return fd;
}

bool socketfile_open(struct socket_file *f, const char *path, struct err *err)
{
    struct sockaddr_un sun;
    struct stat st;
    gid_t group;

    if (!fill_address(&sun, path, err) || !check_old(&sun, &group, err))
        return false;

    const int fd = listen_at(&sun, group, err);
    if (fd < 0)
        return false;
    if (lstat(path, &st) != 0) {
        fail_errno(err, path, "vanished");
        close(fd);
        return false;
    }
    *f = (struct socket_file){.fd = fd, .dev = st.st_dev, .ino = st.st_ino};
    return true;
}

void socketfile_remove(const struct socket_file *f, const char *path)
{
    struct stat st;

    if (lstat(path, &st) == 0 && st.st_dev == f->dev && st.st_ino == f->ino)
        unlink(path);
}
