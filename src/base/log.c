/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/writeall.h"
#include "base/xalloc.h"

/* Lines waiting for a stuck target; past that they are counted and dropped.  At some 100 octets a
 * line this bounds the queue at 1 MiB. */
#define QUEUE_MAX 8192

/* How long the end of the process waits for a target that may be stuck. */
#define CLOSE_S 1

struct line {
    struct line *next;
    enum log_level level;
    char *text; /* with a newline */
};

/*
 * A thread and the target that it alone writes to.  When the target changes, a new writer takes the
 * queue over and the old one ends by itself after the line it is at, which may be stuck for good:
 * nobody waits for it.
 */
struct writer {
    pthread_t thread;
    bool to_syslog;
    int fd; /* closed with it, unless it is stderr */
};

static struct {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct writer *writer; /* who takes lines from the queue; NULL: none, all goes to stderr */
    bool stop;             /* it is to end when the queue is empty */
    enum log_format format;
    _Atomic(enum log_level) level; /* written under the lock */
    struct line *first, **last;
    size_t n, dropped;
} l = {.lock = PTHREAD_MUTEX_INITIALIZER,
       .wake = PTHREAD_COND_INITIALIZER,
       .level = LOG_LEVEL_INFO,
       .last = &l.first};

static const char *const level_names[] = {"error", "warning", "info", "debug"};

static void print_json_string(FILE *f, const char *s)
{
    fputc('"', f);
    for (; *s != '\0'; s++) {
        const unsigned char c = (unsigned char)*s;
        if (c == '"' || c == '\\')
            fprintf(f, "\\%c", c);
        else if (c < 0x20 || c == 0x7f)
            fprintf(f, "\\u%04x", c);
        else
            fputc(c, f);
    }
    fputc('"', f);
}

static char *format_line(enum log_format format, enum log_level level, const char *msg)
{
    char when[CLOCK_TEXT], *text;
    size_t len;
    FILE *f = open_memstream(&text, &len);

    if (f == NULL)
        abort();
    real_print(real_ms(), when);
    if (format == LOG_FORMAT_JSON) {
        fprintf(f, "{\"time\":\"%s\",\"level\":\"%s\",\"message\":", when, level_names[level]);
        print_json_string(f, msg);
        fputs("}\n", f);
    } else {
        fprintf(f, "%s %s: %s\n", when, level_names[level], msg);
    }
    fclose(f);
    return text;
}

/* ---- the writer ---- */

/* A log that cannot be written is nobody's reason to stop answering. */
static void write_line(const struct writer *w, const struct line *line)
{
    static const int priority[] = {LOG_ERR, LOG_WARNING, LOG_INFO, LOG_DEBUG};

    if (w->to_syslog)
        syslog(priority[line->level], "%s", line->text);
    else
        write_all(w->fd, line->text, strlen(line->text));
}

static struct line *new_line(enum log_level level, char *text)
{
    struct line *line = xmalloc(sizeof(*line));

    *line = (struct line){.level = level, .text = text};
    return line;
}

static void line_free(struct line *line)
{
    free(line->text);
    free(line);
}

static struct line *lost_line(size_t dropped)
{
    char msg[64];

    snprintf(msg, sizeof(msg), "log was stuck: %zu lines lost", dropped);
    return new_line(LOG_LEVEL_WARNING, format_line(l.format, LOG_LEVEL_WARNING, msg));
}

/* Called with the lock held. */
static struct line *take_line(void)
{
    struct line *line = l.first;

    if (l.dropped > 0) {
        line = lost_line(l.dropped);
        l.dropped = 0;
    } else if (line != NULL) {
        l.first = line->next;
        if (l.first == NULL)
            l.last = &l.first;
        l.n--;
    }
    return line;
}

static void writer_free(struct writer *w)
{
    if (w->fd != STDERR_FILENO)
        close(w->fd);
    free(w);
}

static void *writer_main(void *arg)
{
    struct writer *w = arg;

    if (w->to_syslog)
        openlog("proximad", LOG_PID, LOG_DAEMON); /* here: it waits for a syslog(3) that is stuck */
    pthread_mutex_lock(&l.lock);
    while (l.writer == w) {
        struct line *line = take_line();
        if (line == NULL && l.stop)
            break;
        if (line == NULL) {
            pthread_cond_wait(&l.wake, &l.lock);
            continue;
        }
        pthread_mutex_unlock(&l.lock);
        write_line(w, line);
        line_free(line);
        pthread_mutex_lock(&l.lock);
    }
    pthread_mutex_unlock(&l.lock);
    writer_free(w);
    return NULL;
}

/* ---- open and close ---- */

/* A pipe is not waited for: neither for a reader nor, by anyone but the writer, for room. */
static int open_file(const char *path)
{
    const int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, 0640);

    if (fd >= 0)
        fcntl(fd, F_SETFL, O_APPEND);
    return fd;
}

static struct writer *writer_new(const char *to, struct err *err)
{
    const bool to_syslog = strcmp(to, "syslog") == 0;
    const int fd = to_syslog || strcmp(to, "stderr") == 0 ? STDERR_FILENO : open_file(to);

    if (fd < 0) {
        err_add(err, "log: cannot open %s: %s", to, strerror(errno));
        return NULL;
    }
    struct writer *w = xcalloc(1, sizeof(*w));
    *w = (struct writer){.to_syslog = to_syslog, .fd = fd};
    return w;
}

/* Called with the lock held, for which the new thread waits. */
static bool replace_writer(struct writer *w)
{
    if (pthread_create(&w->thread, NULL, writer_main, w) != 0)
        return false;
    if (l.writer != NULL)
        pthread_detach(l.writer->thread);
    l.writer = w;
    pthread_cond_broadcast(&l.wake);
    return true;
}

bool log_open(const struct log_opts *opts, struct err *err)
{
    struct writer *w = writer_new(opts->to, err);

    if (w == NULL)
        return false;
    pthread_mutex_lock(&l.lock);
    const bool ok = replace_writer(w);
    if (ok) {
        l.format = opts->format;
        l.level = opts->level;
    }
    pthread_mutex_unlock(&l.lock);
    if (!ok) {
        err_add(err, "log: cannot start a thread for %s", opts->to);
        writer_free(w);
    }
    return ok;
}

static void wait_for_writer(pthread_t thread)
{
    struct timespec until;

    clock_gettime(CLOCK_REALTIME, &until); /* what it takes */
    until.tv_sec += CLOSE_S;
    if (pthread_timedjoin_np(thread, NULL, &until) != 0)
        pthread_detach(thread);
}

void log_close(void)
{
    pthread_mutex_lock(&l.lock);
    const bool is_open = l.writer != NULL;
    const pthread_t thread = is_open ? l.writer->thread : pthread_self();
    l.stop = true;
    pthread_cond_broadcast(&l.wake);
    pthread_mutex_unlock(&l.lock);
    if (is_open)
        wait_for_writer(thread);
    pthread_mutex_lock(&l.lock);
    l.writer = NULL;
    l.stop = false;
    for (struct line *line; (line = take_line()) != NULL;)
        line_free(line); /* of a target that is stuck */
    pthread_mutex_unlock(&l.lock);
}

/* ---- messages ---- */

static void enqueue(enum log_level level, char *text)
{
    if (l.n >= QUEUE_MAX) {
        l.dropped++;
        free(text);
        return;
    }
    *l.last = new_line(level, text);
    l.last = &(*l.last)->next;
    l.n++;
    pthread_cond_broadcast(&l.wake); /* an old writer may wait too, for a moment */
}

static void log_message(enum log_level level, const char *msg)
{
    pthread_mutex_lock(&l.lock);
    if (level <= l.level) {
        char *text = format_line(l.format, level, msg);
        if (l.writer != NULL) {
            enqueue(level, text);
        } else {
            write_all(STDERR_FILENO, text, strlen(text));
            free(text);
        }
    }
    pthread_mutex_unlock(&l.lock);
}

static void logv(enum log_level level, const char *fmt, va_list ap)
{
    char *msg;

    if (level > atomic_load_explicit(&l.level, memory_order_relaxed))
        return; /* before it is formatted: each probe has something to say to who debugs */
    if (vasprintf(&msg, fmt, ap) < 0)
        abort();
    log_message(level, msg);
    free(msg);
}

#define LEVEL_FUNCTION(name, level) \
    void name(const char *fmt, ...) \
    {                               \
        va_list ap;                 \
                                    \
        va_start(ap, fmt);          \
        logv(level, fmt, ap);       \
        va_end(ap);                 \
    }

LEVEL_FUNCTION(log_error, LOG_LEVEL_ERROR)
LEVEL_FUNCTION(log_warning, LOG_LEVEL_WARNING)
LEVEL_FUNCTION(log_info, LOG_LEVEL_INFO)
LEVEL_FUNCTION(log_debug, LOG_LEVEL_DEBUG)

void log_err(const struct err *err)
{
    for (size_t i = 0; i < err->n; i++)
        log_message(err->items[i].level == ERR_ERROR ? LOG_LEVEL_ERROR : LOG_LEVEL_WARNING,
                    err->items[i].text);
}
