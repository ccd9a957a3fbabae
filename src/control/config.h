/*
 * The configuration (proxima.yaml(5)), parsed, checked and resolved: names of regions, maps, probes
 * and policies have become indices.  Immutable once loaded.
 *
 * Control thread or its thread pool.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/ipaddr.h"
#include "base/log.h"
#include "data/snapshot.h"
#include "health/damping.h"
#include "health/probe.h"
#include "load/mapspec.h"

enum failback { FAILBACK_AUTO, FAILBACK_MANUAL };
enum all_down { ALL_DOWN_OPEN, ALL_DOWN_ALL, ALL_DOWN_SERVFAIL, ALL_DOWN_NODATA };

struct policy_spec {
    char *name;
    size_t map; /* index into maps */
    int probe;  /* index into probes; -1: not probed, always up */
    int ready;  /* the same for readiness; -1: who is up is ready */
    uint32_t ttl_max_s, ttl_min_s;
    uint32_t growth;     /* of the TTL, ≥ 1 */
    uint8_t region_up;   /* percent of a region's endpoints of a type, 1..100 */
    uint8_t min_healthy; /* regions; below it health is ignored; 0: never */
    enum all_down when_all_down;
    struct damping_rule damping; /* of a region of a pool */
    dur_ms_t ramp_ms;            /* a region gets its clients back over so long; 0: at once */
    enum failback failback;
    struct err_pos pos;
};

struct health_spec {
    uint8_t blind_at;             /* percent, 1..100; 100: never */
    struct probe_dest *reference; /* n_reference; hosts are owned */
    size_t n_reference;
    int reference_probe; /* index into probes; -1: there are no references */
};

struct server_spec {
    struct endpoint_addr *listen;
    size_t n_listen;
    struct endpoint_addr *listen_proxy; /* behind load balancers; none of them in listen */
    size_t n_listen_proxy;
    struct prefix *proxy_from; /* whose PROXY headers are believed there */
    size_t n_proxy_from;
    unsigned threads; /* ≥ 1; the default has been worked out */
    char *user;       /* NULL: stay */
    char *identity;   /* ""; not told, and so with the next two */
    char *hostname;
    char *version;
    char *control; /* path of the socket */
    char *state;   /* path of the folder */
    bool cookies;
    char *cookie_secrets;    /* path of the file; NULL: our own */
    struct prefix *ecs_from; /* whose client subnets count; none: everybody's */
    size_t n_ecs_from;
    uint16_t udp_size;
    uint32_t udp_limit; /* 0: none */
    uint32_t tcp_clients;
    dur_ms_t tcp_idle_ms, tcp_lifetime_ms; /* lifetime 0: no end */
    char *log_to;                          /* "stderr", "syslog" or a path */
    enum log_format log_format;
    enum log_level log_level;
};

struct config {
    char *path; /* of the file */
    struct server_spec server;
    char *zones_directory;
    char **databases;
    size_t n_databases;
    struct region_spec *regions;
    size_t n_regions;
    struct map_spec *maps; /* at least one: "nearest", without rules, where none is configured */
    size_t n_maps;
    struct probe_spec *probes;
    size_t n_probes;
    struct health_spec health;
    struct policy_spec *policies; /* at least "default" */
    size_t n_policies;
};

/*
 * Read a file.
 *
 *   base   the folder that relative paths are relative to; NULL: the file's own (another one when
 *          the file is the last good copy in the state folder)
 *
 * NULL and errors as FILE:LINE:COLUMN, all of them in one run.  Returns owned.
 */
struct config *config_load(const char *path, const char *base, struct err *err);
/* The same from memory; path is for messages. */
struct config *config_parse(const char *path, const char *base, const char *text, size_t len,
                            struct err *err);
void config_free(struct config *c); /* NULL is fine */

const struct policy_spec *config_policy(const struct config *c, const char *name); /* or NULL */
int config_region(const struct config *c,
                  const char *name); /* index, -1: no such region; case does not count */

/* What the configuration alone says of answers: not the secrets of cookies, nor whose client subnets
 * count. */
struct answer_opts config_answer_opts(const struct config *c);

/* The JSON Schema (2020-12) of the file, made from the option tables.  Returns owned text. */
char *config_schema(void);
