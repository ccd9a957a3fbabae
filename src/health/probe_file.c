/*
 * The file probe: others write verdicts into a file (verdictfile.h), which is read when it changes.  The
 * folder is watched, for a new file takes the place of the old one by rename(2); and looked at from time
 * to time, for not every file system tells.  Reading is the thread pool's: a file on a dead network
 * must not hold up the loop.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/list.h"
#include "base/log.h"
#include "base/xalloc.h"
#include "health/later.h"
#include "health/verdictfile.h"

#define LOOK_MS 2000
/* A file that no probe has asked for so long is not watched any more; beyond any interval. */
#define FORGET_MS (2 * 3600 * 1000)
/* Lines for every endpoint there can be; whatever is more is no such file. */
#define FILE_MAX (16u << 20)

struct files {
    struct kinds_opts opts;
    struct list watched;
    unsigned n; /* of watched, those that are closing too */
    void (*closed)(void *arg);
    void *closed_arg;
};

/* What a thread of the pool reads. */
struct reading {
    uv_work_t work;
    struct watched *watched;
    char *path;
    struct stat known, now; /* known: as of the last time, to see that nothing changed */
    int error;              /* errno, or 0 */
    bool is_same;
    char *text;
    size_t len;
};

struct watched {
    struct list link;
    struct files *files;
    char *path;
    const char *base; /* behind its last slash */
    uv_fs_event_t event;
    uv_timer_t look;
    unsigned holds; /* handles that are not closed, and a reading */
    bool is_reading, is_stale, is_read, is_closing;
    mono_ms_t asked;
    struct stat seen;
    struct reports *reports; /* NULL: it never was a good one */
    char *error;             /* why what is there now is not taken, or NULL */
};

/* --- Reading. --- */

static bool is_same_file(const struct stat *a, const struct stat *b)
{
    return a->st_ino == b->st_ino && a->st_size == b->st_size &&
           a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static int read_text(int fd, struct reading *r)
{
    const size_t size = (size_t)r->now.st_size;

    if (size > FILE_MAX)
        return EFBIG;
    r->text = xmalloc(size + 1);
    for (ssize_t n = 1; n > 0 && r->len < size; r->len += (size_t)n)
        if ((n = read(fd, r->text + r->len, size - r->len)) < 0)
            return errno;
    return 0;
}

static void read_file(uv_work_t *work)
{
    struct reading *r = work->data;
    const int fd = open(r->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* not to wait for a FIFO */

    if (fd < 0 || fstat(fd, &r->now) < 0)
        r->error = errno;
    else if (!S_ISREG(r->now.st_mode))
        r->error = EINVAL;
    else if (is_same_file(&r->known, &r->now))
        r->is_same = true;
    else
        r->error = read_text(fd, r);
    if (fd >= 0)
        close(fd);
}

/* Takes error, NULL: all is well.  Told once. */
static void set_error(struct watched *w, char *error)
{
    const bool is_news = error != NULL && (w->error == NULL || strcmp(error, w->error) != 0);

    if (is_news)
        log_warning("%s: %s", w->path, error);
    free(w->error);
    w->error = error;
}

static void take_text(struct watched *w, const struct reading *r)
{
    char *why = NULL;
    struct reports *reports = verdictfile_parse(r->text, r->len, &why);

    set_error(w, why);
    w->seen = r->now;
    if (reports == NULL)
        return; /* what was good before goes on, until it is too old */
    reports_free(w->reports);
    w->reports = reports;
}

static void release(struct watched *w);
static void look(struct watched *w);

static void on_read(uv_work_t *work, int status)
{
    struct reading *r = work->data;
    struct watched *w = r->watched;
    const bool is_news = !w->is_read || !r->is_same;

    (void)status;
    if (r->error != 0)
        set_error(w, xstrdup(strerror(r->error)));
    else if (!r->is_same)
        take_text(w, r);
    w->is_read = true;
    w->is_reading = false;
    if (is_news && !w->is_closing)
        w->files->opts.on_news(w->files->opts.arg, PROBE_FILE);
    if (w->is_stale && !w->is_closing)
        look(w);
    free(r->path);
    free(r->text);
    free(r);
    release(w);
}

static void look(struct watched *w)
{
    w->is_stale = w->is_reading;
    if (w->is_reading)
        return; /* when that is over */
    struct reading *r = xcalloc(1, sizeof(*r));
    r->watched = w;
    r->path = xstrdup(w->path);
    r->known = w->seen;
    r->work.data = r;
    w->is_reading = true;
    w->holds++;
    if (uv_queue_work(w->files->opts.loop, &r->work, read_file, on_read) != 0)
        abort(); /* it fails without a function alone */
}

/* --- Watching. --- */

static void files_free_if_done(struct files *f)
{
    if (f->closed == NULL || f->n > 0)
        return;
    f->closed(f->closed_arg);
    free(f);
}

static void release(struct watched *w)
{
    struct files *f = w->files;

    if (--w->holds > 0)
        return;
    reports_free(w->reports);
    free(w->error);
    free(w->path);
    free(w);
    f->n--;
    files_free_if_done(f);
}

static void on_handle_closed(uv_handle_t *h)
{
    release(h->data);
}

static void unwatch(struct watched *w)
{
    w->is_closing = true;
    list_remove(&w->link);
    uv_close((uv_handle_t *)&w->event, on_handle_closed);
    uv_close((uv_handle_t *)&w->look, on_handle_closed);
}

static void on_look(uv_timer_t *timer)
{
    struct watched *w = timer->data;

    if (mono_ms() - w->asked > FORGET_MS)
        unwatch(w);
    else
        look(w);
}

static void on_event(uv_fs_event_t *event, const char *name, int events, int status)
{
    struct watched *w = event->data;

    (void)events;
    if (status == 0 && (name == NULL || strcmp(name, w->base) == 0))
        look(w);
}

static struct watched *watch(struct files *f, const char *path)
{
    struct watched *w = xcalloc(1, sizeof(*w));
    const char *slash = strrchr(path, '/');
    char *folder = slash != NULL ? xstrndup(path, (size_t)(slash - path) + 1) : xstrdup(".");

    w->files = f;
    w->path = xstrdup(path);
    w->base = slash != NULL ? w->path + (slash - path) + 1 : w->path;
    w->event.data = w->look.data = w;
    w->holds = 2;
    uv_fs_event_init(f->opts.loop, &w->event);
    uv_fs_event_start(&w->event, on_event, folder, 0); /* else it is only looked at */
    uv_timer_init(f->opts.loop, &w->look);
    uv_timer_start(&w->look, on_look, LOOK_MS, LOOK_MS);
    list_append(&f->watched, &w->link);
    f->n++;
    free(folder);
    look(w);
    return w;
}

/* There are as many as probes of this kind: a few. */
static struct watched *watched_of(struct files *f, const char *path)
{
    for (struct list *at = f->watched.next; at != &f->watched; at = at->next) {
        struct watched *w = container_of(at, struct watched, link);
        if (strcmp(w->path, path) == 0)
            return w;
    }
    return watch(f, path);
}

/* --- The probe. --- */

static const struct report *find(const struct watched *w, const struct probe_dest *dest)
{
    char *key = reports_endpoint(dest);
    const struct report *r = reports_find(w->reports, key);

    free(key);
    return r != NULL ? r : reports_find(w->reports, VERDICTFILE_OTHERS);
}

static dur_ms_t age_of(const struct watched *w)
{
    const struct timespec *t = &w->seen.st_mtim;

    return real_ms() - ((real_ms_t)t->tv_sec * 1000 + t->tv_nsec / 1000000);
}

static enum probe_outcome judge(const struct probe *p, char text[LATER_TEXT])
{
    struct watched *w = watched_of(p->shared, p->spec->file);
    char old[DUR_TEXT];

    w->asked = mono_ms();
    if (!w->is_read) {
        snprintf(text, LATER_TEXT, "the file has not been read yet");
        return PROBE_SILENT;
    }
    if (w->reports == NULL) {
        snprintf(text, LATER_TEXT, "%.100s: %s", w->path, w->error);
        return probe_stale(p);
    }
    if (p->spec->max_age_ms > 0 && age_of(w) > p->spec->max_age_ms) {
        snprintf(text, LATER_TEXT, "%.100s is %s old", w->path, dur_print(age_of(w), old));
        return probe_stale(p);
    }
    const struct report *r = find(w, p->dest);
    if (r == NULL) {
        snprintf(text, LATER_TEXT, "%.100s does not name it", w->path);
        return probe_stale(p);
    }
    snprintf(text, LATER_TEXT, "%s by file%s%.100s", r->is_up ? "up" : "down",
             r->why != NULL ? ": " : "", r->why != NULL ? r->why : "");
    return r->is_up ? PROBE_GOOD : PROBE_BAD;
}

static void file_start(struct probe *p)
{
    later_start(p, judge);
}

static void *file_open(const struct kinds_opts *opts)
{
    struct files *f = xcalloc(1, sizeof(*f));

    f->opts = *opts;
    list_init(&f->watched);
    return f;
}

static void file_close(void *shared, void (*closed)(void *arg), void *arg)
{
    struct files *f = shared;

    f->closed = closed;
    f->closed_arg = arg;
    f->n++; /* not to be gone while the list is walked */
    while (!list_is_empty(&f->watched))
        unwatch(container_of(f->watched.next, struct watched, link));
    f->n--;
    files_free_if_done(f);
}

const struct probe_ops probe_file = {.by_name = true,
                                     .open = file_open,
                                     .close = file_close,
                                     .start = file_start,
                                     .cancel = later_cancel};
