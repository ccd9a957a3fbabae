/*
 * The journal: a JSON object a line for everything that was done to this server, by whom and when.
 * Appended to journal.jsonl of the state folder by the thread pool, in the order added, and what comes
 * while it writes goes out with one write more; a file that
 * has grown to its bound becomes journal.old.jsonl, which replaces the one before.
 *
 * Control thread.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <jansson.h>
#include <uv.h>

#include "base/err.h"

#define JOURNAL_FILE "journal.jsonl"
#define JOURNAL_OLD  "journal.old.jsonl"

struct journal;

/* size_max: octets of one file.  NULL and an error if the file cannot be had.  Returns owned. */
struct journal *journal_open(uv_loop_t *loop, const char *folder, size_t size_max, struct err *err);

/*
 * Add an entry, an object, with "time" in front; takes it.  done(arg) runs on the loop, never before
 * this returns, when the entry is on disk for good or could not be written, which is logged, once.
 * NULL: nobody waits.
 */
void journal_add(struct journal *j, json_t *entry, void (*done)(void *arg), void *arg);

/* NULL is fine.  What was added is written first, so the loop must run on. */
void journal_close(struct journal *j);
