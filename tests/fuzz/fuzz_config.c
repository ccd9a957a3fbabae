/*
 * The configuration from any octets: it is NULL exactly when an error was told, every message is a
 * line with its place, and what is returned keeps the promises of config.h.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "control/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_messages(const struct err *err)
{
    for (size_t i = 0; i < err->n; i++) {
        assert(strncmp(err->items[i].text, "f:", 2) == 0);
        assert(strchr(err->items[i].text, '\n') == NULL);
    }
}

static void check_maps(const struct config *c)
{
    assert(c->n_maps >= 1);
    for (size_t i = 0; i < c->n_maps; i++) {
        for (size_t j = 0; j < c->maps[i].n_rules; j++) {
            const struct rule_spec *rule = &c->maps[i].rules[j];
            assert(rule->has_prefer == (rule->prefer.n > 0));
            assert(rule->has_only == (rule->only != 0));
            assert(rule->has_prefer || rule->has_only || rule->fence_off);
            for (uint8_t k = 0; k < rule->prefer.n; k++)
                assert(rule->prefer.region[k] < c->n_regions);
        }
    }
}

static void check_policies(const struct config *c)
{
    assert(config_policy(c, "default") != NULL);
    for (size_t i = 0; i < c->n_policies; i++) {
        const struct policy_spec *p = &c->policies[i];
        assert(p->map < c->n_maps);
        assert(p->probe == -1 || (size_t)p->probe < c->n_probes);
        assert(p->ttl_min_s <= p->ttl_max_s && p->growth >= 1);
    }
}

static void check_config(const struct config *c)
{
    assert(c->zones_directory != NULL && c->server.control != NULL && c->server.state != NULL);
    assert(c->server.n_listen >= 1 && c->server.threads >= 1);
    assert(c->n_regions <= REGIONS_MAX);
    for (size_t i = 0; i < c->n_probes; i++)
        assert(c->probes[i].port != 0 && c->probes[i].timeout_ms <= c->probes[i].interval_ms);
    check_maps(c);
    check_policies(c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err;
    err_init(&err);
    struct config *c = config_parse("f", NULL, (const char *)data, size, &err);

    assert((c == NULL) == (err.errors > 0));
    check_messages(&err);
    if (c != NULL)
        check_config(c);
    config_free(c);
    err_fini(&err);
    return 0;
}
