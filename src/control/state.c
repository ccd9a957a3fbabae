/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/state.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/xalloc.h"

struct state {
    char *path;
    int lock;
};

/* Every folder on the way, as mkdir -p. */
static bool make_parents(const char *path)
{
    char *copy = xstrdup(path);
    bool ok = true;

    for (char *at = copy + 1; ok && (at = strchr(at, '/')) != NULL; at++) {
        *at = '\0';
        ok = mkdir(copy, 0755) == 0 || errno == EEXIST;
        *at = '/';
    }
    free(copy);
    return ok;
}

/* A folder of ours; root hands a new or old one to the user it will become. */
static bool make_folder(const char *path, const struct passwd *owner)
{
    if (mkdir(path, 0750) < 0 && errno != EEXIST)
        return false;
    return owner == NULL || geteuid() != 0 || chown(path, owner->pw_uid, owner->pw_gid) == 0;
}

static bool make_folders(const char *path, const struct passwd *owner)
{
    static const char *const below[] = {"", "/good", "/good/zones", "/good/geo"};

    if (!make_parents(path))
        return false;
    for (size_t i = 0; i < sizeof(below) / sizeof(below[0]); i++) {
        char *folder = xasprintf("%s%s", path, below[i]);
        const bool ok = make_folder(folder, owner);
        free(folder);
        if (!ok)
            return false;
    }
    return true;
}

/* The lock is the open file's, so it ends with the process however that ends. */
static int take_lock(const char *folder, struct err *err)
{
    char *path = xasprintf("%s/lock", folder);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0640);

    if (fd < 0) {
        err_add(err, "cannot open %s: %s", path, strerror(errno));
    } else if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
        if (errno == EWOULDBLOCK)
            err_add(err,
                    "%s: another proximad uses this state folder; stop it, or give this one a "
                    "server.state of its own",
                    folder);
        else
            err_add(err, "cannot lock %s: %s", path, strerror(errno));
        close(fd);
        fd = -1;
    }
    free(path);
    return fd;
}

struct state *state_open(const char *path, const char *user, struct err *err)
{
    const struct passwd *owner = user != NULL ? getpwnam(user) : NULL;
    char absolute[PATH_MAX];

    if (!make_folders(path, owner) || realpath(path, absolute) == NULL) {
        err_add(err, "cannot make the state folder %s: %s", path, strerror(errno));
        return NULL;
    }
    const int lock = take_lock(absolute, err);
    if (lock < 0)
        return NULL;
    if (owner != NULL && geteuid() == 0 && fchown(lock, owner->pw_uid, owner->pw_gid) < 0) {
        err_add(err, "cannot give %s/lock to %s: %s", absolute, user, strerror(errno));
        close(lock);
        return NULL;
    }
    struct state *s = xcalloc(1, sizeof(*s));
    s->path = xstrdup(absolute);
    s->lock = lock;
    return s;
}

void state_close(struct state *s)
{
    if (s == NULL)
        return;
    close(s->lock);
    free(s->path);
    free(s);
}

const char *state_path(const struct state *s)
{
    return s->path;
}
