/* SPDX-License-Identifier: BSD-2-Clause */
#include "ctl/advise.h"

#include <errno.h>
#include <string.h>

#include "ctl/client.h"

static bool write_svg(const struct advice_subject *s, const struct advice *a, const char *path,
                      struct err *err)
{
    FILE *f = fopen(path, "w");
    bool ok = f != NULL;

    if (ok) {
        advice_svg(s, a, f);
        ok = !ferror(f);
        ok = fclose(f) == 0 && ok;
    }
    if (!ok)
        err_add(err, "%s: %s", path, strerror(errno));
    return ok;
}

static void print(const struct advice_subject *s, const struct advice *a,
                  const struct advise_opts *o, FILE *to)
{
    if (o->svg != NULL && strcmp(o->svg, "-") == 0) {
        advice_svg(s, a, to);
    } else if (o->json) {
        json_t *all = advice_json(s, a);
        json_dumpf(all, to, JSON_INDENT(2) | JSON_REAL_PRECISION(9));
        fputc('\n', to);
        json_decref(all);
    } else {
        advice_show(s, a, to, o->colour);
    }
}

bool advise_print(json_t *result, const struct advise_opts *o, FILE *to, struct err *err)
{
    if (!o->json)
        client_clean(result);
    struct advice_subject *s = advice_subject_new(result, err);
    if (s == NULL)
        return false;
    struct advice *a = advice_new(s);
    print(s, a, o, to);
    const bool ok = o->svg == NULL || strcmp(o->svg, "-") == 0 || write_svg(s, a, o->svg, err);
    advice_free(a);
    advice_subject_free(s);
    return ok;
}
