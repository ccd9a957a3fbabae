/*
 * The zones of tests/answer as snapshots, for tests that go through all of them.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "kitsnap.h"

#define ANSWERKIT_SNAPSHOTS 10

struct answerkit {
    struct kitsnap *k[ANSWERKIT_SNAPSHOTS];
    const struct snapshot *snap[ANSWERKIT_SNAPSHOTS];
};

/* Each of the snapshots serves example.com., or what its case asks for; the first is steered. */
void answerkit_open(struct answerkit *a);
void answerkit_close(struct answerkit *a);
