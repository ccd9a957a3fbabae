/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/config.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/xalloc.h"
#include "control/names.h"
#include "control/sections.h"

/* Ten thousand rules are half of one: more is a mistake, such as /dev/zero or a database. */
#define CONFIG_MAX_LEN ((size_t)16 << 20)

/* --- The sections --- */

static const struct option zones_options[] = {
    {"directory", &type_path, OPTION_FIELD(struct config, zones_directory), .required = true,
     .help = "The folder of zone files, one for each zone."},
};

static const struct section zones_section = {
    .what = "zones",
    .example = "{directory: zones/}",
    SECTION_OPTIONS(zones_options),
};

static const struct option geo_options[] = {
    {"databases", &type_path, OPTION_LIST, OPTION_ARRAY(struct config, databases), .unset = "none",
     .help =
         "MMDB files that tell where clients are; a later one fills what an earlier one lacks."},
};

static const struct section geo_section = {
    .what = "geo",
    .example = "{databases: [geo/country.mmdb]}",
    SECTION_OPTIONS(geo_options),
};

/* In this order, so that what a section refers to has been read. */
static const struct option config_options[] = {
    {"server", &type_section, OPTION_FIELD(struct config, server), .section = &server_section,
     .unset = "its defaults", .help = "Where the server listens, who it is, what it may use."},
    {"zones", &type_section, .section = &zones_section, .required = true,
     .help = "Where the zone files are."},
    {"geo", &type_section, .section = &geo_section, .unset = "its defaults",
     .help = "How clients are located."},
    {"regions", &type_section, OPTION_NAMED, OPTION_ARRAY(struct config, regions),
     .max = REGIONS_MAX, .section = &region_section, .unset = "none",
     .help = "Where the service runs, by the names that pools use; at most 64."},
    {"maps", &type_section, OPTION_NAMED, OPTION_ARRAY(struct config, maps),
     .section = &map_section, .unset = "nearest, without rules",
     .help = "Which regions a client is sent to, by where it is."},
    {"probes", &type_section, OPTION_NAMED, OPTION_ARRAY(struct config, probes),
     .section = &probe_section, .unset = "none",
     .help = "How endpoints are asked for their health."},
    {"health", &type_section, OPTION_FIELD(struct config, health), .section = &health_section,
     .unset = "its defaults", .help = "When the prober doubts itself."},
    {"policies", &type_section, OPTION_NAMED, OPTION_ARRAY(struct config, policies),
     .section = &policy_section, .unset = "default, all by default",
     .help = "How pools are steered; the policy named default is there always."},
};

static const struct option *find_option(const char *key)
{
    const struct names keys =
        NAMES(config_options, sizeof(config_options) / sizeof(config_options[0]));
    size_t i;

    if (!names_find(&keys, key, &i))
        abort();
    return &config_options[i];
}

/* What is there always: a section's element with nothing set but its name. */
static void add_unset(struct reader *r, const char *key, const char *name, struct config *c)
{
    const struct option *o = find_option(key);
    void *element = option_append(o, c);
    char *copy = xstrdup(name);

    memcpy(element, &copy, sizeof(copy));
    section_read(r, o->section, NULL, element);
}

static void finish_config(struct reader *r, const json_t *node, void *out)
{
    struct config *c = out;

    probes_combine(r, json_object_get(node, "probes"));
    if (c->n_maps == 0)
        add_unset(r, "maps", "nearest", c);
    if (config_policy(c, "default") == NULL)
        add_unset(r, "policies", "default", c);
}

const struct section config_section = {
    .what = "the configuration",
    .example = "zones: {directory: zones/}",
    SECTION_OPTIONS(config_options),
    .finish = finish_config,
};


/* --- Reading --- */

/* "etc/proxima.yaml" → "etc", "proxima.yaml" → "", "/proxima.yaml" → "/".  Returns owned text. */
static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    if (slash == NULL)
        return xstrdup("");
    return xstrndup(path, slash > path ? (size_t)(slash - path) : 1);
}

struct config *config_parse(const char *path, const char *base, const char *text, size_t len,
                            struct err *err)
{
    const size_t before = err->errors;
    struct config *c = xcalloc(1, sizeof(*c));
    c->path = xstrdup(path);
    struct yamltree *tree = yamltree_parse(c->path, text, len, err);
    char *folder = base != NULL ? xstrdup(base) : folder_of(path);
    struct reader r = {.tree = tree, .base = folder, .config = c, .err = err};

    if (tree != NULL)
        section_read(&r, &config_section, yamltree_root(tree), c);
    free(folder);
    yamltree_free(tree);
    if (err->errors == before)
        return c;
    config_free(c);
    return NULL;
}

/* The whole of a file; NULL with errno set. */
static char *read_all(const char *path, size_t *len)
{
    FILE *f = fopen(path, "re");
    if (f == NULL)
        return NULL;

    char *text = xmalloc(CONFIG_MAX_LEN);
    *len = fread(text, 1, CONFIG_MAX_LEN, f);
    const int problem = ferror(f) ? errno : *len == CONFIG_MAX_LEN ? EFBIG : 0;
    fclose(f);
    if (problem == 0)
        return text;
    free(text);
    errno = problem;
    return NULL;
}

struct config *config_load(const char *path, const char *base, struct err *err)
{
    size_t len;
    char *text = read_all(path, &len);

    if (text == NULL) {
        err_add(err, "%s: %s: name another file with -c FILE", path, strerror(errno));
        return NULL;
    }
    struct config *c = config_parse(path, base, text, len, err);
    free(text);
    return c;
}


/* --- Looking up --- */

const struct policy_spec *config_policy(const struct config *c, const char *name)
{
    const struct names policies = NAMES(c->policies, c->n_policies);
    size_t i;

    return names_find(&policies, name, &i) ? &c->policies[i] : NULL;
}

int config_region(const struct config *c, const char *name)
{
    for (size_t i = 0; i < c->n_regions; i++)
        if (strcasecmp(c->regions[i].name, name) == 0)
            return (int)i;
    return -1;
}


/* --- Freeing --- */

static void server_fini(struct server_spec *s)
{
    free(s->listen);
    free(s->listen_proxy);
    free(s->proxy_from);
    free(s->user);
    free(s->identity);
    free(s->hostname);
    free(s->version);
    free(s->cookie_secrets);
    free(s->ecs_from);
    free(s->control);
    free(s->state);
    free(s->log_to);
}

void config_free(struct config *c)
{
    if (c == NULL)
        return;
    server_fini(&c->server);
    for (size_t i = 0; i < c->n_databases; i++)
        free(c->databases[i]);
    for (size_t i = 0; i < c->n_regions; i++)
        free(c->regions[i].name);
    for (size_t i = 0; i < c->n_maps; i++) {
        free(c->maps[i].rules);
        free(c->maps[i].name);
    }
    for (size_t i = 0; i < c->n_probes; i++)
        probe_spec_fini(&c->probes[i]);
    for (size_t i = 0; i < c->n_policies; i++)
        free(c->policies[i].name);
    for (size_t i = 0; i < c->health.n_reference; i++)
        free(c->health.reference[i].host);
    free(c->health.reference);
    free(c->databases);
    free(c->regions);
    free(c->maps);
    free(c->probes);
    free(c->policies);
    free(c->zones_directory);
    free(c->path);
    free(c);
}
