/* SPDX-License-Identifier: BSD-2-Clause */
#include "answerkit.h"

#include <stdlib.h>

#include "base/xalloc.h"

static struct kitsnap *open_steered(void)
{
    char *path = kit_path("tests/answer/steer.yaml");
    size_t len;
    char *yaml = kit_read_file(path, &len);
    struct kitsnap *k = kitsnap_new(yaml);

    kitsnap_add_file(k, "example.com.", "tests/answer/steer.zone");
    free(yaml);
    free(path);
    return k;
}

static struct kitsnap *open_plain(void)
{
    struct kitsnap *k = kitsnap_new(NULL);

    kitsnap_add_file(k, "example.com.", "tests/answer/plain.zone");
    kitsnap_add_file(k, "other.example.", "tests/answer/other.zone");
    kitsnap_add_broken(k, "broken.example.");
    return k;
}

static struct kitsnap *open_child(void)
{
    struct kitsnap *k = kitsnap_new(NULL);

    kitsnap_add_file(k, "example.com.", "tests/answer/referral.zone");
    kitsnap_add_file(k, "signed.example.com.", "tests/answer/child.zone");
    kitsnap_add_file(k, "x.outer.example.com.", "tests/answer/child.zone");
    return k;
}

void answerkit_open(struct answerkit *a)
{
    static const struct {
        const char *apex, *path;
    } single[] = {
        {".", "tests/answer/root.zone"},
        {"example.", "tests/answer/rfc4592.zone"},
        {"example.com.", "tests/answer/wildcard.zone"},
        {"example.com.", "tests/answer/dname.zone"},
        {"example.com.", "tests/answer/big.zone"},
        {"example.com.", "tests/answer/signed-nsec.zone"},
        {"example.com.", "tests/answer/signed-optout.zone"},
    };

    a->k[0] = open_steered();
    a->k[1] = open_plain();
    a->k[2] = open_child();
    for (unsigned i = 3; i < ANSWERKIT_SNAPSHOTS; i++) {
        a->k[i] = kitsnap_new(NULL);
        kitsnap_add_file(a->k[i], single[i - 3].apex, single[i - 3].path);
    }
    for (unsigned i = 0; i < ANSWERKIT_SNAPSHOTS; i++)
        a->snap[i] = kitsnap_get(a->k[i]);
}

void answerkit_close(struct answerkit *a)
{
    for (unsigned i = 0; i < ANSWERKIT_SNAPSHOTS; i++)
        kitsnap_free(a->k[i]);
}
