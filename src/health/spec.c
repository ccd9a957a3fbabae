/* SPDX-License-Identifier: BSD-2-Clause */
#include "health/spec.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

/* How a member is copied, compared and freed. */
enum field_kind {
    FIELD_PLAIN, /* a scalar */
    FIELD_TEXT,  /* char *, NULL or owned */
    FIELD_TEXTS, /* char **, each owned, and their count */
    FIELD_ARRAY, /* of structs without padding, and their count */
    FIELD_BYTES, /* struct probe_bytes */
    FIELD_PATTERN,
    FIELD_SPECS, /* struct probe_spec *, an array, each owned whole, and its count */
};

struct field {
    enum field_kind kind;
    size_t at, size; /* size: of a scalar or of an array's element */
    size_t n_at;     /* of arrays: where the count is */
};

#define AT(member)      .at = offsetof(struct probe_spec, member)
#define SIZE(member)    .size = sizeof(((struct probe_spec *)0)->member)
#define ELEMENT(member) .size = sizeof(*((struct probe_spec *)0)->member)
#define COUNT(member)   .n_at = offsetof(struct probe_spec, n_##member)

#define PLAIN(member)                         \
    {                                         \
        FIELD_PLAIN, AT(member), SIZE(member) \
    }
#define TEXT(member)           \
    {                          \
        FIELD_TEXT, AT(member) \
    }
#define TEXTS(member)                          \
    {                                          \
        FIELD_TEXTS, AT(member), COUNT(member) \
    }
#define ARRAY(member)                                           \
    {                                                           \
        FIELD_ARRAY, AT(member), ELEMENT(member), COUNT(member) \
    }
#define BYTES(member)           \
    {                           \
        FIELD_BYTES, AT(member) \
    }
#define SPECS(member)                                           \
    {                                                           \
        FIELD_SPECS, AT(member), ELEMENT(member), COUNT(member) \
    }
#define A_PATTERN(member)         \
    {                             \
        FIELD_PATTERN, AT(member) \
    }

/* All but pos, which is where it was written, not what was. */
static const struct field fields[] = {
    TEXT(name),           PLAIN(kind),       PLAIN(port),
    PLAIN(interval_ms),   PLAIN(timeout_ms), PLAIN(rise),
    PLAIN(fall),          PLAIN(fall_of),    PLAIN(damping),
    PLAIN(asks),          PLAIN(family),     ARRAY(source),
    TEXT(method),         TEXT(path),        TEXT(host),
    TEXTS(headers),       ARRAY(expect),     A_PATTERN(body),
    PLAIN(redirects),     PLAIN(http2),      PLAIN(reuse),
    PLAIN(verify),        TEXT(sni),         TEXT(ca),
    TEXT(cert),           TEXT(key),         PLAIN(cert_days),
    BYTES(send),          BYTES(receive),    TEXT(query),
    PLAIN(query_type),    PLAIN(recurse),    TEXTS(answers),
    TEXT(service),        TEXTS(of),         PLAIN(need),
    SPECS(parts),         TEXTS(command),    TEXTS(environment),
    PLAIN(is_up),         TEXT(file),        PLAIN(max_age_ms),
    PLAIN(stale_is_down),
};

enum { FIELDS = sizeof(fields) / sizeof(fields[0]) };

static const void *in(const struct probe_spec *s, size_t at)
{
    return (const char *)s + at;
}

static void *out(struct probe_spec *s, size_t at)
{
    return (char *)s + at;
}

/* The pointer that a member is, whatever it points to. */
static void *pointer(const struct probe_spec *s, size_t at)
{
    void *p;

    memcpy(&p, in(s, at), sizeof(p));
    return p;
}

static void set_pointer(struct probe_spec *s, size_t at, void *p)
{
    memcpy(out(s, at), &p, sizeof(p));
}

static size_t count(const struct probe_spec *s, const struct field *f)
{
    return *(const size_t *)in(s, f->n_at);
}


/* --- Equal? --- */

static bool same_text(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool same_texts(char *const *a, char *const *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(a[i], b[i]) != 0)
            return false;
    return true;
}

static bool same_octets(const void *a, const void *b, size_t len)
{
    return len == 0 || memcmp(a, b, len) == 0;
}

static bool same_bytes(const struct probe_bytes *a, const struct probe_bytes *b)
{
    return a->len == b->len && same_octets(a->data, b->data, a->len);
}

static bool same_spec(const struct probe_spec *a, const struct probe_spec *b);

static bool same_specs(const struct probe_spec *a, const struct probe_spec *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!same_spec(&a[i], &b[i]))
            return false;
    return true;
}

static bool same_field(const struct field *f, const struct probe_spec *a,
                       const struct probe_spec *b)
{
    switch (f->kind) {
    case FIELD_PLAIN: return memcmp(in(a, f->at), in(b, f->at), f->size) == 0;
    case FIELD_TEXT: return same_text(pointer(a, f->at), pointer(b, f->at));
    case FIELD_TEXTS:
        return count(a, f) == count(b, f) &&
               same_texts(pointer(a, f->at), pointer(b, f->at), count(a, f));
    case FIELD_ARRAY:
        return count(a, f) == count(b, f) &&
               same_octets(pointer(a, f->at), pointer(b, f->at), count(a, f) * f->size);
    case FIELD_BYTES: return same_bytes(in(a, f->at), in(b, f->at));
    case FIELD_PATTERN: return pattern_equal(pointer(a, f->at), pointer(b, f->at));
    case FIELD_SPECS:
        return count(a, f) == count(b, f) &&
               same_specs(pointer(a, f->at), pointer(b, f->at), count(a, f));
    }
    abort();
}

static bool same_spec(const struct probe_spec *a, const struct probe_spec *b)
{
    for (size_t i = 0; i < FIELDS; i++)
        if (!same_field(&fields[i], a, b))
            return false;
    return true;
}


/* --- Copies. --- */

static char **copy_texts(char *const *texts, size_t n)
{
    char **copy = xcalloc(n > 0 ? n : 1, sizeof(*copy));

    for (size_t i = 0; i < n; i++)
        copy[i] = xstrdup(texts[i]);
    return copy;
}

static struct probe_spec *copy_specs(const struct probe_spec *specs, size_t n)
{
    struct probe_spec *copy = xcalloc(n > 0 ? n : 1, sizeof(*copy));

    for (size_t i = 0; i < n; i++)
        copy[i] = probe_spec_copy(&specs[i]);
    return copy;
}

/* From one spec to another that holds the same values, pointers too. */
static void copy_field(const struct field *f, struct probe_spec *s)
{
    void *const p = f->kind != FIELD_PLAIN ? pointer(s, f->at) : NULL;

    switch (f->kind) {
    case FIELD_PLAIN: return;
    case FIELD_TEXT: set_pointer(s, f->at, p != NULL ? xstrdup(p) : NULL); return;
    case FIELD_TEXTS: set_pointer(s, f->at, copy_texts(p, count(s, f))); return;
    case FIELD_ARRAY: set_pointer(s, f->at, xmemdup(p, count(s, f) * f->size)); return;
    case FIELD_BYTES: {
        struct probe_bytes *b = out(s, f->at);
        b->data = b->data != NULL ? xmemdup(b->data, b->len) : NULL;
        return;
    }
    case FIELD_PATTERN: set_pointer(s, f->at, pattern_ref(p)); return;
    case FIELD_SPECS: set_pointer(s, f->at, copy_specs(p, count(s, f))); return;
    }
    abort();
}

static void free_field(const struct field *f, struct probe_spec *s)
{
    switch (f->kind) {
    case FIELD_PLAIN: return;
    case FIELD_TEXTS:
        for (size_t i = 0; i < count(s, f); i++)
            free(((char **)pointer(s, f->at))[i]);
        free(pointer(s, f->at));
        return;
    case FIELD_TEXT:
    case FIELD_ARRAY: free(pointer(s, f->at)); return;
    case FIELD_BYTES: free(((struct probe_bytes *)out(s, f->at))->data); return;
    case FIELD_PATTERN: pattern_unref(pointer(s, f->at)); return;
    case FIELD_SPECS:
        for (size_t i = 0; i < count(s, f); i++)
            probe_spec_fini((struct probe_spec *)pointer(s, f->at) + i);
        free(pointer(s, f->at));
        return;
    }
    abort();
}

void probe_spec_fini(struct probe_spec *s)
{
    for (size_t i = 0; i < FIELDS; i++)
        free_field(&fields[i], s);
}

struct probe_spec probe_spec_copy(const struct probe_spec *s)
{
    struct probe_spec copy = *s;

    for (size_t i = 0; i < FIELDS; i++)
        copy_field(&fields[i], &copy);
    copy.pos = (struct err_pos){0};
    return copy;
}

static struct spec *new_spec(struct list *list, const struct probe_spec *s)
{
    struct spec *copy = xcalloc(1, sizeof(*copy));

    copy->is = probe_spec_copy(s);
    copy->refs = 1;
    list_append(list, &copy->link);
    return copy;
}


/* --- Sharing. --- */

/* The list has as many as probes are configured, so it is walked. */
struct spec *spec_share(struct list *list, const struct probe_spec *s)
{
    for (struct list *at = list->next; at != list; at = at->next) {
        struct spec *known = container_of(at, struct spec, link);
        if (same_spec(&known->is, s))
            return spec_ref(known);
    }
    return new_spec(list, s);
}

struct spec *spec_ref(struct spec *s)
{
    s->refs++;
    return s;
}

void spec_unref(struct spec *s)
{
    if (--s->refs > 0)
        return;
    list_remove(&s->link);
    probe_spec_fini(&s->is);
    free(s);
}
