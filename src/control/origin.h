/* Where what is served of a file came from.  SPDX-License-Identifier: BSD-2-Clause */
#pragma once

enum origin {
    ORIGIN_FRESH,     /* the file as it was when it was last read */
    ORIGIN_LAST_GOOD, /* the copy in the state folder, because the file does not load */
    ORIGIN_NONE,      /* it never was good: a zone is answered with SERVFAIL */
};

const char *origin_name(enum origin o); /* "fresh", "last good", "none" */
