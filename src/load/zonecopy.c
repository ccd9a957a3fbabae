/*
 * The zone written again as it was taken: one line a record, everything absolute, so that neither
 * directives nor other files are needed to read it.  SPDX-License-Identifier: BSD-2-Clause
 */
#include "dns/types.h"
#include "load/zonebuild.h"

void zonecopy_rr(FILE *to, const uint8_t *owner, uint16_t type, uint32_t ttl_s,
                 const uint8_t *rdata, uint16_t rdlen)
{
    char name[NAME_TEXT], mnemonic[TYPE_TEXT];

    fprintf(to, "%s %u IN %s ", name_print(owner, name), ttl_s, type_print(type, mnemonic));
    rdata_print(type, rdata, rdlen, to);
    putc_unlocked('\n', to);
}

void zonecopy_dyn(FILE *to, const uint8_t *owner, const struct dyn *dyn)
{
    char name[NAME_TEXT], pool[NAME_TEXT];

    fputs_unlocked(name_print(owner, name), to);
    if (dyn->max_s != DYN_TTL_UNSET)
        fprintf(to, " %u", dyn->max_s);
    if (dyn->min_s != DYN_TTL_UNSET)
        fprintf(to, "/%u", dyn->min_s);
    fprintf(to, " IN %s %s %s\n", dyn->kind == DYN_ADDRESSES ? "DYNA" : "DYNC",
            name_print(dyn->pool, pool), dyn->policy);
}
