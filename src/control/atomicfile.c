/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/atomicfile.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/writeall.h"
#include "base/xalloc.h"

/* One that an earlier server left half written gets our mode too. */
static bool write_temporary(const char *path, mode_t mode, const void *data, size_t len)
{
    const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);

    if (fd < 0)
        return false;
    const bool written = fchmod(fd, mode) == 0 && write_all(fd, data, len) && fsync(fd) == 0;
    const int why = errno;
    close(fd);
    errno = why;
    return written;
}

/* A rename is on disk once the folder is. */
static bool sync_folder(const char *folder)
{
    const int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0)
        return false;
    const bool synced = fsync(fd) == 0;
    const int why = errno;
    close(fd);
    errno = why;
    return synced;
}

bool atomicfile_sync_folder_of(const char *path)
{
    char *copy = xstrdup(path);
    const bool synced = sync_folder(dirname(copy));

    free(copy);
    return synced;
}

static bool replace(const char *path, mode_t mode, const char *folder, const void *data, size_t len)
{
    char *tmp = xasprintf("%s.tmp", path);
    const bool ok =
        write_temporary(tmp, mode, data, len) && rename(tmp, path) == 0 && sync_folder(folder);
    const int why = errno;

    if (!ok)
        unlink(tmp);
    free(tmp);
    errno = why;
    return ok;
}

static bool write_file(const char *folder, const char *name, mode_t mode, const struct iovec *data,
                       struct err *err)
{
    char *path = xasprintf("%s/%s", folder, name);
    const bool ok = replace(path, mode, folder, data->iov_base, data->iov_len);

    if (!ok)
        err_add(err, "%s: cannot be written: %s", path, strerror(errno));
    free(path);
    return ok;
}

bool atomicfile_write(const char *folder, const char *name, const void *data, size_t len,
                      struct err *err)
{
    return write_file(folder, name, 0640, &(struct iovec){(void *)data, len}, err);
}

bool atomicfile_write_secret(const char *folder, const char *name, const void *data, size_t len,
                             struct err *err)
{
    return write_file(folder, name, 0600, &(struct iovec){(void *)data, len}, err);
}

/* No state of ours comes near to it: a hundred thousand endpoints are 40 MB.  A file gone bad must not take
 * all memory at start. */
#define READ_MAX (256 << 20)

static char *read_all(int fd, size_t *len)
{
    struct stat st;
    char *text = NULL;

    if (fstat(fd, &st) != 0)
        return NULL;
    if (st.st_size > READ_MAX) {
        errno = EFBIG;
        return NULL;
    }
    text = xmalloc((size_t)st.st_size + 1);
    *len = 0;
    for (;;) {
        const ssize_t n = read(fd, text + *len, (size_t)st.st_size - *len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            free(text);
            return NULL;
        }
        *len += (size_t)n;
        if (n == 0 || *len == (size_t)st.st_size)
            break;
    }
    text[*len] = '\0';
    return text;
}

char *atomicfile_read(const char *folder, const char *name, size_t *len, struct err *err)
{
    char *path = xasprintf("%s/%s", folder, name), *text = NULL;
    const int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd >= 0)
        text = read_all(fd, len);
    if (text == NULL && !(fd < 0 && errno == ENOENT))
        err_add(err, "%s: cannot be read: %s", path, strerror(errno));
    if (fd >= 0)
        close(fd);
    free(path);
    return text;
}

bool atomicfile_put_aside(const char *folder, const char *name, struct err *err)
{
    char *from = xasprintf("%s/%s", folder, name);
    char *to = xasprintf("%s.broken", from);
    const bool ok = rename(from, to) == 0 || errno == ENOENT;

    if (!ok)
        err_add(err, "%s: cannot be put aside as %s: %s", from, to, strerror(errno));
    free(from);
    free(to);
    return ok;
}
