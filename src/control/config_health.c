/*
 * Section `health`: when the prober doubts itself.  SPDX-License-Identifier: BSD-2-Clause
 */
#include "base/xalloc.h"
#include "control/config.h"
#include "control/sections.h"

/* "192.0.2.1", "2001:db8::1", "ns.example.net" */
static bool read_endpoint(struct reader *r, const struct option *o, const json_t *value, void *at)
{
    struct probe_dest *dest = at;
    const char *text = option_text(r, o, value);

    if (text == NULL)
        return false;
    if (ipaddr_parse(text, &dest->addr))
        return true;
    for (const char *c = text; *c != '\0'; c++)
        if (*c != '.' && !option_name_ok((char[]){*c, '\0'}))
            return option_wrong(r, o, value);
    dest->addr = (struct ipaddr){0};
    dest->host = xstrdup(text);
    return true;
}

static const struct option_type type_endpoint = {
    .what = "an address or a host name",
    .example = "192.0.2.1",
    .read = read_endpoint,
    .schema = "{\"type\": \"string\", \"pattern\": \"^[A-Za-z0-9.:_-]+$\"}",
};

static const struct option health_options[] = {
    {"blind_at", &type_percent, OPTION_FIELD(struct health_spec, blind_at), .min = 1, .max = 100,
     .fallback = "90%",
     .help =
         "With more of the endpoints failing at once, in several regions, it is our own network "
         "that is gone, and verdicts freeze; 100%: never."},
    {"reference", &type_endpoint, OPTION_LIST, OPTION_ARRAY(struct health_spec, reference),
     .unset = "none",
     .help = "What is asked only to know whether we see: while one of these answers, we do."},
    {"reference_probe", &type_probe, OPTION_FIELD(struct health_spec, reference_probe),
     .fallback = "none", .help = "Which probe asks them."},
};

static void finish_health(struct reader *r, const json_t *node, void *out)
{
    const struct health_spec *h = out;

    if (h->n_reference > 0 && h->reference_probe < 0)
        err_at(r->err, yamltree_pos(r->tree, json_object_get(node, "reference")),
               "reference: say with reference_probe how these are asked");
}

const struct section health_section = {
    .what = "health",
    .example = "{blind_at: 90%}",
    SECTION_OPTIONS(health_options),
    .finish = finish_health,
};
