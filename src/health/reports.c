/* SPDX-License-Identifier: BSD-2-Clause */
#include "health/reports.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/xalloc.h"

struct entry {
    struct entry *next; /* in its bucket */
    char *key;
    struct report is;
};

/* Ten endpoints a bucket where there are ten thousand. */
enum { BUCKETS = 1024 };

struct reports {
    struct entry *buckets[BUCKETS];
};

struct reports *reports_new(void)
{
    return xcalloc(1, sizeof(struct reports));
}

static struct entry **place(struct reports *rs, const char *key)
{
    struct entry **at = &rs->buckets[hash_bytes(key, strlen(key), 0) % BUCKETS];

    while (*at != NULL && strcmp((*at)->key, key) != 0)
        at = &(*at)->next;
    return at;
}

/* Take out the entry at a place. */
static void drop(struct entry **at)
{
    struct entry *e = *at;

    *at = e->next;
    free(e->key);
    free(e->is.why);
    free(e);
}

void reports_put(struct reports *rs, const char *key, const struct report *r)
{
    struct entry **at = place(rs, key);
    struct entry *e = *at;

    if (e == NULL) {
        *at = e = xcalloc(1, sizeof(*e));
        e->key = xstrdup(key);
    }
    free(e->is.why);
    e->is = *r;
    e->is.why = r->why != NULL ? xstrdup(r->why) : NULL;
}

const struct report *reports_find(const struct reports *rs, const char *key)
{
    const struct entry *e = *place((struct reports *)rs, key);

    return e != NULL ? &e->is : NULL;
}

void reports_sweep(struct reports *rs, mono_ms_t until)
{
    for (size_t i = 0; i < BUCKETS; i++)
        for (struct entry **at = &rs->buckets[i]; *at != NULL;) {
            if ((*at)->is.until <= until)
                drop(at);
            else
                at = &(*at)->next;
        }
}

void reports_free(struct reports *rs)
{
    if (rs == NULL)
        return;
    reports_sweep(rs, REPORTS_FOREVER);
    free(rs);
}

char *reports_endpoint(const struct probe_dest *dest)
{
    char text[IPADDR_TEXT];

    if (dest->host == NULL)
        return xstrdup(ipaddr_print(&dest->addr, text));
    char *name = xstrdup(dest->host);
    for (char *c = name; *c != '\0'; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    return name;
}
