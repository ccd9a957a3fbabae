/* Which zone a file of the zone directory holds.  SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include <strings.h>

#include "load/zoneload.h"

static bool ends_in(const char *text, const char *suffix)
{
    const size_t len = strlen(text), n = strlen(suffix);

    return len >= n && strcasecmp(text + len - n, suffix) == 0;
}

/* What editors and package managers leave beside a file. */
static bool is_left_over(const char *name)
{
    static const char *const suffixes[] = {"~", ".bak", ".orig", ".swp", ".tmp", ".new", ".rej"};

    if (name[0] == '.')
        return true;
    for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++)
        if (ends_in(name, suffixes[i]))
            return true;
    return false;
}

/* Keys beside the zones that they sign, Kexample.com.+013+12345.private, and dsset-example.com.: as
 * zones they would be nothing but mistakes, and a message must not quote a private key. */
static bool is_of_signer(const char *name)
{
    return (name[0] == 'K' && strstr(name, ".+") != NULL) ||
           (strncmp(name, "dsset-", 6) == 0 && ends_in(name, "."));
}

bool zoneload_apex(const char *file_name, uint8_t out[NAME_MAX_LEN], struct err *err)
{
    char text[NAME_TEXT];
    size_t len = strlen(file_name);
    const char *why = "name longer than 255 octets (RFC 1035 §2.3.4)";

    if (is_left_over(file_name) || is_of_signer(file_name))
        return false;
    if (strcasecmp(file_name, "root.zone") == 0) {
        memcpy(out, name_root, sizeof(name_root));
        return true;
    }
    if (ends_in(file_name, ".zone"))
        len -= strlen(".zone");
    if (ends_in(file_name, ".signed")) {
        why = "signers put .signed behind it";
    } else if (len < sizeof(text)) {
        /* "@" stands for "/", which file names cannot have: 0/25.2.0.192.in-addr.arpa (RFC 2317 §4). */
        for (size_t i = 0; i < len; i++)
            text[i] = (char)(file_name[i] == '@' ? '/' : file_name[i]);
        if (name_parse(text, len, name_root, out, &why)) {
            name_lower(out);
            return true;
        }
    }
    err_at(err, (struct err_pos){.file = file_name},
           "the file's name is not that of a zone: %s; name it as example.com.zone", why);
    return false;
}
