/* SPDX-License-Identifier: BSD-2-Clause */
#include "rdatakit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const uint8_t origin[] = "\7example\3com";

void rdatakit_split(struct rdata_line *l, const char *text)
{
    zonelex_init(&l->lex, text, strlen(text), 1);
    if (zonelex_next(&l->lex) != ZONELEX_ENTRY || !rdata_type(&l->lex.tokens[0], &l->type))
        fail_msg("%s: not split or no type", text);
    l->text = (struct rdata_text){l->lex.tokens + 1, l->lex.n - 1, origin};
}
