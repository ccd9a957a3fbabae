/*
 * Secrets of DNS cookies as text: 32 hex digits each, as BIND, NSD and Knot write them.
 *
 * Any thread; secrets_load blocks on the disk.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>

#include "base/err.h"
#include "data/snapshot.h"

#define SECRET_TEXT (2 * SIPHASH_KEY_LEN + 1)

/* 32 hex digits, nothing before or behind them. */
bool secret_parse(const char *text, uint8_t key[SIPHASH_KEY_LEN]);
char *secret_print(const uint8_t key[SIPHASH_KEY_LEN], char out[SECRET_TEXT]); /* returns out */

/*
 * The file of server.cookies.secrets: a secret a line, the first makes cookies; empty lines and
 * what follows a # are skipped.  False and errors (FILE:LINE: …); a warning if everybody may read it.
 */
bool secrets_load(struct cookie_secrets *s, const char *path, struct err *err);
