/* SPDX-License-Identifier: BSD-2-Clause */
#include "streams.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "../integration/origin_tls.h"

static const char http_good[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

void stream_http(int fd)
{
    char request[2048];

    if (recv(fd, request, sizeof(request), 0) > 0)
        send(fd, http_good, sizeof(http_good) - 1, MSG_NOSIGNAL);
}


/* ---- https ---- */

static void send_all(struct tls *t, int fd)
{
    char out[4096];

    for (size_t n; (n = tls_take(t, out, sizeof(out))) > 0;)
        send(fd, out, n, MSG_NOSIGNAL);
}

/* The handshake, then what the client asks. */
static bool receive_request(struct tls *t, int fd)
{
    char in[4096], request[2048];

    for (ssize_t n; (n = recv(fd, in, sizeof(in), 0)) > 0;) {
        tls_put(t, in, (size_t)n);
        const bool is_asked = tls_read(t, request, sizeof(request)) > 0;
        send_all(t, fd);
        if (is_asked)
            return true;
    }
    return false;
}

static struct tls_server *server;

static void make_server(void)
{
    server = tls_server_new("crowd");
}

void stream_https(int fd)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, make_server);
    struct tls *t = tls_new(server);
    if (receive_request(t, fd)) {
        tls_write(t, http_good, sizeof(http_good) - 1);
        send_all(t, fd);
    }
    tls_free(t);
}


/* ---- grpc ---- */

/* Frames (RFC 9113 §4.1): length 24, type 8, flags 8, stream 32. */
#define FRAME_HEAD 9
#define PREFACE    24 /* octets that a client says first (RFC 9113 §3.4) */

/* Has a client said all of its request: a DATA frame with END_STREAM? */
static bool has_request(const uint8_t *said, size_t n)
{
    for (size_t at = PREFACE; at + FRAME_HEAD <= n;) {
        const size_t len = (size_t)said[at] << 16 | (size_t)said[at + 1] << 8 | said[at + 2];
        if (said[at + 3] == 0 && (said[at + 4] & 1) != 0)
            return at + FRAME_HEAD + len <= n;
        at += FRAME_HEAD + len;
    }
    return false;
}

/* "SERVING" on stream 1, each header a literal (RFC 7541 §6.2.2), ":status: 200" the 8th of the static table. */
void stream_grpc(int fd)
{
    static const char good[] = "\0\0\0\4\0\0\0\0\0"   /* SETTINGS */
                               "\0\0\0\4\1\0\0\0\0"   /* seen theirs */
                               "\0\0\x21\1\4\0\0\0\1" /* HEADERS */
                               "\x88\0\x0c"
                               "content-type\x10"
                               "application/grpc"
                               "\0\0\7\0\0\0\0\0\1\0\0\0\0\2\x08\1" /* DATA */
                               "\0\0\x0f\1\5\0\0\0\1\0\x0b"
                               "grpc-status\1"
                               "0"; /* trailers */
    uint8_t said[2048];
    size_t n = 0;

    for (ssize_t more; n < sizeof(said) && !has_request(said, n); n += (size_t)more)
        if ((more = recv(fd, said + n, sizeof(said) - n, 0)) <= 0)
            return;
    send(fd, good, sizeof(good) - 1, MSG_NOSIGNAL);
    while (recv(fd, said, sizeof(said), 0) > 0) {
        /* until they have closed: to close first would reset what is on its way */
    }
}
