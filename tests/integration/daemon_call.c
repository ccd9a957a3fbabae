/* The control socket's side of daemon.h.  SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "daemon_inside.h"

int daemon_connect(struct daemon *d)
{
    struct sockaddr_un sun = {.sun_family = AF_UNIX};
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (strlen(d->socket) >= sizeof(sun.sun_path))
        daemon_fail(d, "%s: too long for a socket; set TMPDIR", d->socket);
    memcpy(sun.sun_path, d->socket, strlen(d->socket));
    if (connect(fd, (struct sockaddr *)&sun, sizeof(sun)) != 0)
        daemon_fail(d, "%s: %s", d->socket, strerror(errno));
    return fd;
}

void daemon_send(int fd, const char *method, json_t *params_taken)
{
    json_t *request = json_pack("{s:s, s:i, s:s, s:o}", "jsonrpc", "2.0", "id", 1, "method", method,
                                "params", params_taken);
    char *text = json_dumps(request, JSON_COMPACT);

    const size_t len = strlen(text);
    text[len] = '\n'; /* over the NUL */
    if (send(fd, text, len + 1, MSG_NOSIGNAL) != (ssize_t)len + 1)
        abort(); /* the socket blocks, and the daemon takes lines of that length */
    free(text);
    json_decref(request);
}

/* What is there of a line, at most to its end: what follows the line stays in the socket. */
static size_t receive_part(int fd, char *to, size_t room)
{
    const ssize_t seen = recv(fd, to, room, MSG_PEEK);

    if (seen <= 0)
        return 0;
    const char *end = memchr(to, '\n', (size_t)seen);
    const ssize_t n = recv(fd, to, end != NULL ? (size_t)(end - to) + 1 : (size_t)seen, 0);
    return n > 0 ? (size_t)n : 0;
}

json_t *daemon_receive(int fd)
{
    static const size_t part = 1 << 16; /* a status of 10,000 pools is long */
    char *line = NULL;
    size_t n = 0, got;

    do {
        line = xrealloc(line, n + part);
        got = receive_part(fd, line + n, part);
        n += got;
    } while (got > 0 && line[n - 1] != '\n');

    json_t *reply = got > 0 ? json_loadb(line, n, 0, NULL) : NULL;
    free(line);
    return reply;
}

static json_t *call(struct daemon *d, const char *method, const char *params, va_list ap)
{
    const int fd = daemon_connect(d);
    json_error_t why;
    json_t *packed = json_vpack_ex(&why, 0, params, ap);

    if (packed == NULL)
        daemon_fail(d, "%s: params: %s", method, why.text);
    daemon_send(fd, method, packed);
    json_t *reply = daemon_receive(fd);
    close(fd);
    if (reply == NULL)
        daemon_fail(d, "%s: no reply", method);
    return reply;
}

json_t *daemon_call(struct daemon *d, const char *method, const char *params, ...)
{
    va_list ap;

    va_start(ap, params);
    json_t *reply = call(d, method, params, ap);
    va_end(ap);

    json_t *result = json_incref(json_object_get(reply, "result"));
    if (result == NULL)
        daemon_fail(d, "%s: %s", method, json_dumps(reply, 0));
    json_decref(reply);
    return result;
}

char *daemon_refused(struct daemon *d, const char *method, const char *params, ...)
{
    va_list ap;

    va_start(ap, params);
    json_t *reply = call(d, method, params, ap);
    va_end(ap);

    json_t *error = json_object_get(reply, "error"), *reason;
    json_t *reasons = json_object_get(json_object_get(error, "data"), "errors");
    char *text;
    size_t len, i;
    FILE *f = open_memstream(&text, &len);

    if (error == NULL)
        daemon_fail(d, "%s was not refused: %s", method, json_dumps(reply, 0));
    json_array_foreach(reasons, i, reason)
        fprintf(f, "%s\n", json_string_value(reason));
    if (json_array_size(reasons) == 0)
        fprintf(f, "%s\n", json_string_value(json_object_get(error, "message")));
    fclose(f);
    json_decref(reply);
    return text;
}

dur_ms_t daemon_late_ms(struct daemon *d)
{
    json_t *status = daemon_call(d, "status", "{}");
    const json_t *probes = json_object_get(status, "probes");
    const dur_ms_t late_ms = json_integer_value(json_object_get(probes, "late_ms"));

    json_decref(status);
    return late_ms;
}
