/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/state.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
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
    char *problem; /* NULL: none */
    int lock;      /* -1: none */
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

bool state_make_folder_of(const char *file, const char *user)
{
    const struct passwd *owner = user != NULL ? getpwnam(user) : NULL;
    char *copy = xstrdup(file), *folder = dirname(copy);
    bool ok = access(folder, F_OK) == 0;

    if (!ok)
        ok = make_parents(folder) && make_folder(folder, owner);
    free(copy);
    return ok;
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

/* The lock is the open file's, so it ends with the process however that ends.  False: somebody has it. */
static bool take_lock(struct state *s, const struct passwd *owner)
{
    char *path = xasprintf("%s/lock", s->path);

    s->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
    if (s->lock < 0)
        s->problem = xasprintf("cannot open %s: %s", path, strerror(errno));
    else if (owner != NULL && geteuid() == 0 && fchown(s->lock, owner->pw_uid, owner->pw_gid) < 0)
        s->problem = xasprintf("cannot give %s to %s: %s", path, owner->pw_name, strerror(errno));
    free(path);
    return s->lock < 0 || flock(s->lock, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK;
}

struct state *state_open(const char *path, const char *user, struct err *err)
{
    const struct passwd *owner = user != NULL ? getpwnam(user) : NULL;
    struct state *s = xcalloc(1, sizeof(*s));
    char absolute[PATH_MAX];

    s->lock = -1;
    if (!make_folders(path, owner) || realpath(path, absolute) == NULL) {
        s->problem = xasprintf("cannot make the state folder %s: %s", path, strerror(errno));
        s->path = xstrdup(path);
        return s;
    }
    s->path = xstrdup(absolute);
    if (!take_lock(s, owner)) {
        err_add(err,
                "%s: another proximad uses this state folder; stop it, or give this one a "
                "server.state of its own",
                absolute);
        state_close(s);
        return NULL;
    }
    return s;
}

void state_close(struct state *s)
{
    if (s == NULL)
        return;
    if (s->lock >= 0)
        close(s->lock);
    free(s->path);
    free(s->problem);
    free(s);
}

const char *state_problem(const struct state *s)
{
    return s->problem;
}

const char *state_path(const struct state *s)
{
    return s->path;
}
