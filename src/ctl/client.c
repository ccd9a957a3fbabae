/* SPDX-License-Identifier: BSD-2-Clause */
#include "ctl/client.h"

#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/xalloc.h"

/* ---- connecting ---- */

static void explain_refusal(const char *path, int why, struct err *err)
{
    struct stat st;
    const struct group *group;

    switch (why) {
    case ENOENT:
    case ENOTDIR:
        err_add(err,
                "%s: there is no such socket; start proximad, or name its socket with -s or "
                "$PROXIMA_SOCKET",
                path);
        return;
    case ECONNREFUSED:
        err_add(err, "%s: no proximad listens there any more; start it again", path);
        return;
    case EACCES:
        group = stat(path, &st) == 0 ? getgrgid(st.st_gid) : NULL;
        err_add(err, "%s: you may not connect; %s%s or root may", path,
                group != NULL ? "members of group " : "its group",
                group != NULL ? group->gr_name : "");
        return;
    default: err_add(err, "%s: %s", path, strerror(why)); return;
    }
}

int client_connect(const char *path, struct err *err)
{
    struct sockaddr_un sun = {.sun_family = AF_UNIX};

    if (strlen(path) >= sizeof(sun.sun_path)) {
        err_add(err, "%s: longer than the path of a unix socket may be", path);
        return -1;
    }
    memcpy(sun.sun_path, path, strlen(path));

    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (const struct sockaddr *)&sun, sizeof(sun)) == 0)
        return fd;
    explain_refusal(path, errno, err);
    if (fd >= 0)
        close(fd);
    return -1;
}

/* ---- one call ---- */

static bool send_request(int fd, const char *method, json_t *params)
{
    json_t *request = json_pack("{s:s, s:i, s:s, s:O}", "jsonrpc", "2.0", "id", 1, "method", method,
                                "params", params);
    char *text = json_dumps(request, JSON_COMPACT);
    size_t len = strlen(text), sent = 0;

    json_decref(request);
    text[len++] = '\n'; /* over the NUL: the length travels along */
    while (sent < len) {
        const ssize_t n = send(fd, text + sent, len - sent, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            break;
        sent += (size_t)n;
    }
    free(text);
    return sent == len;
}

/* A whole line without its newline, owned; NULL: the connection ended before. */
static char *read_line(int fd)
{
    FILE *f = fdopen(dup(fd), "r");
    char *line = NULL;
    size_t cap = 0;

    if (f == NULL)
        return NULL;
    const ssize_t len = getline(&line, &cap, f);
    fclose(f);
    if (len > 0 && line[len - 1] == '\n') {
        line[len - 1] = '\0';
        return line;
    }
    free(line);
    return NULL;
}

static void take_errors(const json_t *error, struct err *err)
{
    const json_t *data = json_object_get(error, "data");
    const char *message = json_string_value(json_object_get(error, "message"));
    json_t *text;
    size_t i;

    json_array_foreach(json_object_get(data, "warnings"), i, text)
        err_warn(err, "%s", json_string_value(text));
    json_array_foreach(json_object_get(data, "errors"), i, text)
        err_add(err, "%s", json_string_value(text));
    if (err->errors == 0)
        err_add(err, "%s", message != NULL ? message : "refused without a reason");
}

static json_t *take_reply(const char *line, struct err *err)
{
    json_t *reply = json_loads(line, 0, NULL);
    json_t *result = json_object_get(reply, "result");
    json_t *error = json_object_get(reply, "error");

    if (error != NULL) {
        client_clean(error);
        take_errors(error, err);
    } else if (result == NULL) {
        err_add(err, "what answers there is no proximad");
    }
    json_incref(result);
    json_decref(reply);
    return result;
}

json_t *client_call(int fd, const char *method, json_t *params, struct err *err)
{
    json_t *result = NULL;
    char *line = NULL;

    if (send_request(fd, method, params))
        line = read_line(fd);
    if (line == NULL)
        err_add(err, "the server went away before it answered");
    else
        result = take_reply(line, err);
    free(line);
    return result;
}

/* ---- other people's texts ---- */

static void clean_string(json_t *value)
{
    char *text = xstrdup(json_string_value(value));

    for (char *c = text; *c != '\0'; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            *c = '?';
    /* U+0080..U+009F, C1 controls, are C2 80..C2 9F in UTF-8. */
    for (char *c = text; c[0] != '\0' && c[1] != '\0'; c++)
        if ((unsigned char)c[0] == 0xc2 && (unsigned char)c[1] < 0xa0)
            c[0] = c[1] = '?';
    json_string_set(value, text);
    free(text);
}

void client_clean(json_t *value)
{
    const char *key;
    json_t *item;
    size_t i;

    if (json_is_string(value))
        clean_string(value);
    json_array_foreach(value, i, item)
        client_clean(item);
    json_object_foreach(value, key, item) {
        client_clean(item);
    }
}
