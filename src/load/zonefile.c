/* A file of a zone, read whole.  SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "load/zoneread.h"

/* Offsets of tokens have 32 bits; a zone of this size would not fit into memory anyway. */
#define FILE_MAX ((off_t)UINT32_MAX)

int zonefile_open(struct zonefile *file, const char **why)
{
    /* A FIFO or a device could block or never end. */
    const int fd = open(file->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat st;

    if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size <= FILE_MAX) {
        file->id = fileid_of(&st);
        return fd;
    }
    if (fd < 0)
        *why = strerror(errno);
    else
        *why = S_ISREG(st.st_mode) ? "larger than 4 GiB" : "not a regular file";
    if (fd >= 0)
        close(fd);
    return -1;
}

/* In memory: a mapping would kill us when an editor truncates the file meanwhile. */
char *zonefile_read(struct zonefile *file, int fd, const char **why)
{
    const size_t size = (size_t)file->id.size;
    char *text = xmalloc(size + 1);
    size_t len = 0;
    ssize_t n;

    while (len < size && (n = read(fd, text + len, size - len)) != 0) {
        if (n > 0) {
            len += (size_t)n;
        } else if (errno != EINTR) {
            *why = strerror(errno);
            free(text);
            return NULL;
        }
    }
    file->text = text;
    file->len = len;
    return text;
}
