// SPDX-License-Identifier: BSD-2-Clause
#include "config.h"

#include <stdio.h>

int main(void)
{
    puts("proximad " PACKAGE_VERSION);
    return 0;
}
