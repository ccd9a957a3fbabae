/* Last good copies of zones: what is found after a start, however the last server ended.  SPDX-License-Identifier: BSD-2-Clause */
#include "control/goodzones.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/xalloc.h"
#include "dns/name.h"
#include "folderkit.h"

/* Zones "a" to "z", by their letter. */
#define ZONES 26

struct fixture {
    struct folderkit f;
    struct goodzones *good;
    struct goodbatch *batch;
    struct goodkept kept[ZONES]; /* as a server that goes on keeps them */
    bool served[ZONES];
};

static void apex(char zone, uint8_t out[3])
{
    out[0] = 1;
    out[1] = (uint8_t)zone;
    out[2] = 0;
}

static void start(struct fixture *x)
{
    goodzones_close(x->good);
    x->good = goodzones_open(folderkit_path(&x->f, "state"));
}

static void set_up(struct fixture *x)
{
    *x = (struct fixture){.good = NULL};
    folderkit_init(&x->f);
    folderkit_write(&x->f, "state/good/zones/.keep", "");
    start(x);
}

static void tear_down(struct fixture *x)
{
    goodbatch_free(x->batch);
    goodzones_close(x->good);
    folderkit_fini(&x->f);
}

static void add(struct fixture *x, char zone, const char *text)
{
    uint8_t name[3];
    struct goodfile *file = xcalloc(1, sizeof(*file));

    apex(zone, name);
    *file = (struct goodfile){.path = xasprintf("zones/%c\nodd", zone),
                              .offset = goodbatch_write(x->batch, text, strlen(text)),
                              .len = strlen(text),
                              .hash = goodfile_hash(text, strlen(text))};
    goodbatch_add(x->batch,
                  &(struct goodzone){.apex = xmemdup(name, 3), .files = file, .n_files = 1});
}

static struct goodkept *kept_at(void *arg, size_t i)
{
    return &((struct fixture *)arg)->kept[i];
}

static struct goodkept *kept_of(void *arg, const uint8_t *name)
{
    struct fixture *x = arg;

    return x->served[name[1] - 'a'] ? &x->kept[name[1] - 'a'] : NULL;
}

/*
 * One reload: "a=text b=text -c".  Then its copies are those that are in force.
 */
static void reload(struct fixture *x, const char *changes)
{
    char *copy = xstrdup(changes), *save;

    x->batch = goodzones_batch(x->good);
    for (char *word = strtok_r(copy, " ", &save); word != NULL; word = strtok_r(NULL, " ", &save)) {
        uint8_t name[3];
        apex(word[0] == '-' ? word[1] : word[0], name);
        if (word[0] == '-')
            goodbatch_add_gone(x->batch, name);
        else
            add(x, word[0], word + 2);
    }
    const uint32_t pack = goodzones_put(x->good, x->batch);
    strcpy(copy, changes);
    for (char *word = strtok_r(copy, " ", &save); word != NULL; word = strtok_r(NULL, " ", &save)) {
        const size_t i = (size_t)((word[0] == '-' ? word[1] : word[0]) - 'a');
        x->served[i] = word[0] != '-';
        x->kept[i] = (struct goodkept){0};
        if (x->served[i])
            x->kept[i] = (struct goodkept){pack, strlen(word + 2)};
    }
    goodbatch_free(x->batch);
    x->batch = NULL;
    free(copy);
}

static void tidy(struct fixture *x)
{
    goodzones_tidy(x->good, &(struct goodview){ZONES, kept_at, kept_of, x});
}

/* What a start finds, as in reload(). */
static void check(struct fixture *x, const char *why, const char *want)
{
    char got[8192] = "", *at = got;
    struct goodzones *found = goodzones_open(folderkit_path(&x->f, "state"));

    for (int c = 'a'; c <= 'z'; c++) {
        const char zone = (char)c;
        uint8_t name[3];
        apex(zone, name);
        const struct goodzone *z = goodzones_find(found, name);
        char *text = z != NULL ? goodzones_text(found, z, 0) : NULL;
        if (z != NULL)
            at += sprintf(at, "%s%c=%s", at > got ? " " : "", zone, text != NULL ? text : "LOST");
        free(text);
    }
    if (strcmp(got, want) != 0)
        fail_msg("%s: %s", why, got);
    goodzones_close(found);
}

static void the_newest_copy_counts(void **state)
{
    static const struct {
        const char *why, *reloads[4], *found;
    } cases[] = {
        {"nothing yet", {NULL}, ""},
        {"all of one reload", {"a=1 b=1"}, "a=1 b=1"},
        {"one zone anew", {"a=1 b=1", "b=2"}, "a=1 b=2"},
        {"several times", {"a=1 b=1", "b=2", "b=3"}, "a=1 b=3"},
        {"one more", {"a=1", "b=1"}, "a=1 b=1"},
        {"one gone", {"a=1 b=1", "-a"}, "b=1"},
        {"gone and back", {"a=1 b=1", "-a", "a=2"}, "a=2 b=1"},
        {"back and gone", {"a=1", "-a b=1", "a=2", "-a"}, "b=1"},
        {"an empty file", {"a="}, "a="},
    };

    for (size_t i = 0; i < 2 * sizeof(cases) / sizeof(cases[0]); i++) {
        struct fixture x;
        set_up(&x);
        for (size_t j = 0; j < 4 && cases[i / 2].reloads[j] != NULL; j++) {
            reload(&x, cases[i / 2].reloads[j]);
            if (i % 2 == 1)
                tidy(&x);
        }
        check(&x, cases[i / 2].why, cases[i / 2].found);
        tear_down(&x);
    }
}

/* However it goes on, there are few packs, and little in them that is of no use. */
static void packs_stay_few(void **state)
{
    struct fixture x;
    char change[] = "a=text-of-reload-000", all[1024] = "", *at = all;

    set_up(&x);
    for (int zone = 'a'; zone <= 'z'; zone++)
        at += sprintf(at, "%s%c=the-first-text", at > all ? " " : "", zone);
    reload(&x, all);
    for (unsigned i = 0; i < 200; i++) {
        change[0] = (char)('a' + i * 7 % ZONES);
        snprintf(change + 17, 4, "%03u", i);
        reload(&x, change);
        tidy(&x);
        char *packs = folderkit_list(&x.f, "state/good/zones");
        size_t n = 0;
        for (const char *p = packs; (p = strchr(p, '\n')) != NULL; p++)
            n++;
        assert_in_range(n, 1, 7); /* each twice the next: 2^7 texts would be more than there are */
        free(packs);
    }
    at = all;
    for (int c = 'a'; c <= 'z'; c++) {
        const char zone = (char)c;
        unsigned last = 199;
        while ((char)('a' + last * 7 % ZONES) != zone)
            last--;
        at += sprintf(at, "%s%c=text-of-reload-%03u", at > all ? " " : "", zone, last);
    }
    check(&x, "after 200 reloads", all);
    tear_down(&x);
}

/* A server that was killed leaves a pack half written, or packs that are in a newer one already. */
static void what_a_killed_server_leaves_does_no_harm(void **state)
{
    struct fixture x;

    set_up(&x);
    reload(&x, "a=1 b=1");
    char *old = folderkit_read(&x.f, "state/good/zones/0000000001.pack");
    folderkit_write(&x.f, "state/good/zones/7.tmp", "half a pa");
    reload(&x, "a=2 b=2");
    tidy(&x);
    check(&x, "the older one went", "a=2 b=2");
    folderkit_write(&x.f, "state/good/zones/0000000001.pack", old);
    check(&x, "the older one is there still", "a=2 b=2");
    assert_false(folderkit_has(&x.f, "state/good/zones/7.tmp"));
    free(old);
    tear_down(&x);
}

static void a_batch_that_is_dropped_leaves_nothing(void **state)
{
    struct fixture x;

    set_up(&x);
    reload(&x, "a=1");
    x.batch = goodzones_batch(x.good);
    add(&x, 'a', "2");
    goodbatch_free(x.batch);
    x.batch = NULL;
    check(&x, "dropped", "a=1");
    char *files = folderkit_list(&x.f, "state/good/zones");
    assert_string_equal(files, "0000000001.pack\n");
    free(files);
    tear_down(&x);
}

/* A disk that lies: the zone has no copy rather than a wrong one; a pack without its index is put aside. */
static void damage_is_seen(void **state)
{
    static const struct {
        const char *why, *from, *to, *found;
    } cases[] = {
        {"in a text", "text-of-b", "text-of-c", "a=text-of-a b=LOST"},
        {"in the index", "zone b.", "zone c.", ""},
        {"in the last line", "\nindex ", "\nindes ", ""},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct fixture x;
        set_up(&x);
        reload(&x, "a=text-of-a b=text-of-b");
        char *pack = folderkit_read(&x.f, "state/good/zones/0000000001.pack");
        memcpy(strstr(pack, cases[i].from), cases[i].to, strlen(cases[i].to));
        folderkit_write(&x.f, "state/good/zones/0000000001.pack", pack);
        check(&x, cases[i].why, cases[i].found);
        assert_true(folderkit_has(&x.f, "state/good/zones/0000000001.pack.broken") ==
                    (cases[i].found[0] == '\0'));
        free(pack);
        tear_down(&x);
    }
}

/* Its copies stay what they were. */
static void a_pack_that_cannot_be_written_is_none(void **state)
{
    struct fixture x;

    set_up(&x);
    reload(&x, "a=1");
    folderkit_write(&x.f, "state/good/zones/0000000002.pack/file", "in the way");
    x.batch = goodzones_batch(x.good);
    add(&x, 'a', "2");
    assert_int_equal(goodzones_put(x.good, x.batch), 0);
    folderkit_remove(&x.f, "state/good/zones/0000000002.pack/file");
    folderkit_remove(&x.f, "state/good/zones/0000000002.pack");
    check(&x, "not written", "a=1");
    tear_down(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_newest_copy_counts),
        cmocka_unit_test(packs_stay_few),
        cmocka_unit_test(what_a_killed_server_leaves_does_no_harm),
        cmocka_unit_test(a_batch_that_is_dropped_leaves_nothing),
        cmocka_unit_test(damage_is_seen),
        cmocka_unit_test(a_pack_that_cannot_be_written_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
