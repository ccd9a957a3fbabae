/*
 * libcurl's multi interface on our loop: it says which sockets to watch and when to wake it, and never
 * blocks.  (It would on names, whose resolver's thread it joins: they come resolved.)
 *
 * Control thread.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <curl/curl.h>
#include <uv.h>

struct curlloop;
struct transfer;

struct curlloop *curlloop_open(uv_loop_t *loop);
/* No transfer is under way.  closed(arg) comes later. */
void curlloop_close(struct curlloop *cl, void (*closed)(void *arg), void *arg);

/* CURLOPT_PRIVATE of the transfer's handle is the transfer, whose end is called once, never from
 * inside, unless it is removed before. */
void curlloop_add(struct curlloop *cl, struct transfer *t);
void curlloop_remove(struct curlloop *cl, struct transfer *t);

uv_loop_t *curlloop_loop(const struct curlloop *cl);
