/* write(2) until all is written.  SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Signals do not end it.  False: errno says why, and a part may be written. */
bool write_all(int fd, const void *data, size_t len);
