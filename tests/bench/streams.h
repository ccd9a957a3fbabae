/*
 * What an endpoint of a crowd says over a connection of its own, from the client's first octet on.  Each
 * blocks until the client has what it wants, or has gone.
 *
 * Any thread.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

void stream_http(int fd);  /* 200 */
void stream_https(int fd); /* the same; a certificate of our own */
void stream_grpc(int fd);  /* SERVING */
