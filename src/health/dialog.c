/* SPDX-License-Identifier: BSD-2-Clause */
#include "health/dialog.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

bool dialog_is_wanted(const struct probe_spec *spec)
{
    return spec->send.len > 0 || spec->receive.len > 0;
}

char *dialog_room(struct dialog *d, size_t *room)
{
    if (d->text == NULL)
        d->text = xmalloc(DIALOG_MAX);
    *room = DIALOG_MAX - d->heard;
    return d->text + d->heard;
}

bool dialog_is_over(const struct dialog *d)
{
    const struct probe_bytes *want = &d->spec->receive;

    if (want->len == 0)
        return true;
    return d->heard > 0 && memmem(d->text, d->heard, want->data, want->len) != NULL;
}

void dialog_fini(struct dialog *d)
{
    free(d->text);
}

/* As much as fits into QUOTED, in quotes. */
#define QUOTED 128

static void quote(const char *text, size_t len, char out[QUOTED])
{
    size_t n = 0;

    out[n++] = '"';
    for (size_t i = 0; i < len && n < QUOTED - 8; i++) {
        const unsigned char c = (unsigned char)text[i];
        if (c == '\r')
            n += (size_t)sprintf(out + n, "\\r");
        else if (c == '\n')
            n += (size_t)sprintf(out + n, "\\n");
        else if (c < ' ' || c > '~')
            n += (size_t)sprintf(out + n, "\\x%02x", c);
        else
            out[n++] = text[i];
    }
    out[n++] = '"';
    out[n] = '\0';
}

char *dialog_say(const struct dialog *d, char out[DIALOG_TEXT])
{
    const struct probe_bytes *want = &d->spec->receive;
    char heard[QUOTED], wanted[QUOTED];

    quote(d->text, d->heard, heard);
    quote((const char *)want->data, want->len, wanted);
    snprintf(out, DIALOG_TEXT, "heard %s, expected %s", d->heard > 0 ? heard : "nothing", wanted);
    return out;
}
