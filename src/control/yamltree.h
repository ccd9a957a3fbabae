/*
 * A YAML file as a jansson tree: mappings are objects in the order of the file, sequences arrays,
 * and every scalar is a string, because only an option's type knows what `NO` or `010` means.  JSON
 * is YAML, so it is read too.  The position of every key and value is kept beside the tree.
 *
 * The only user of libyaml.  One thread at a time.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <jansson.h>
#include <stddef.h>

#include "base/err.h"

struct yamltree;

/*
 * Read one document.
 *
 *   file   for messages, borrowed for as long as the tree and its positions are used
 *
 * NULL and one error if it is no YAML, or uses what no option needs: anchors, tags, a second
 * document.  A key that stands twice is an error too, but the tree is returned (with the first
 * value), so that the rest of the file can be checked in the same run.  Returns owned.
 */
struct yamltree *yamltree_parse(const char *file, const char *text, size_t len, struct err *err);
void yamltree_free(struct yamltree *t); /* NULL is fine */

const json_t *yamltree_root(const struct yamltree *t); /* an object; empty for an empty file */

/* Where a value stands; of the file as a whole if the value is not of the tree, or NULL. */
struct err_pos yamltree_pos(const struct yamltree *t, const json_t *value);
/* Where a key of one of the tree's objects stands. */
struct err_pos yamltree_key_pos(const struct yamltree *t, const json_t *object, const char *key);
