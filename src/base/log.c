/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/xalloc.h"

/* Lines waiting for a stuck target; past that they are counted and dropped.  At some 100 octets a
 * line this bounds the queue at 1 MiB. */
#define QUEUE_MAX 8192

struct line {
    struct line *next;
    enum log_level level;
    char *text; /* with a newline */
};

static struct {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    pthread_t thread;
    bool running, stop, to_syslog;
    enum log_format format;
    enum log_level level;
    int fd;
    struct line *first, **last;
    size_t n, dropped;
} l = {.lock = PTHREAD_MUTEX_INITIALIZER,
       .wake = PTHREAD_COND_INITIALIZER,
       .level = LOG_LEVEL_INFO,
       .fd = STDERR_FILENO,
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

static void write_out(int fd, const char *text)
{
    size_t left = strlen(text);

    while (left > 0) {
        const ssize_t n = write(fd, text, left);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return; /* a log that cannot be written is nobody's reason to stop answering */
        text += n;
        left -= (size_t)n;
    }
}

static void write_line(const struct line *line, bool to_syslog, int fd)
{
    static const int priority[] = {LOG_ERR, LOG_WARNING, LOG_INFO, LOG_DEBUG};

    if (to_syslog)
        syslog(priority[line->level], "%s", line->text);
    else
        write_out(fd, line->text);
}

/* Called with the lock held; leaves with it held. */
static void write_queue(void)
{
    struct line *line = l.first;
    const bool to_syslog = l.to_syslog;
    const int fd = l.fd;
    const size_t dropped = l.dropped;

    l.first = NULL;
    l.last = &l.first;
    l.n = l.dropped = 0;
    pthread_mutex_unlock(&l.lock);
    for (struct line *next; line != NULL; line = next) {
        next = line->next;
        write_line(line, to_syslog, fd);
        free(line->text);
        free(line);
    }
    if (dropped > 0) {
        char msg[64];
        snprintf(msg, sizeof(msg), "log was stuck: %zu lines lost", dropped);
        struct line lost = {.level = LOG_LEVEL_WARNING,
                            .text = format_line(l.format, LOG_LEVEL_WARNING, msg)};
        write_line(&lost, to_syslog, fd);
        free(lost.text);
    }
    pthread_mutex_lock(&l.lock);
}

static void *writer(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&l.lock);
    while (!l.stop || l.first != NULL) {
        if (l.first == NULL)
            pthread_cond_wait(&l.wake, &l.lock);
        else
            write_queue();
    }
    pthread_mutex_unlock(&l.lock);
    return NULL;
}

static bool open_target(const char *to, int *fd, struct err *err)
{
    if (strcmp(to, "stderr") == 0 || strcmp(to, "syslog") == 0) {
        *fd = STDERR_FILENO;
        return true;
    }
    *fd = open(to, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
    if (*fd < 0)
        err_add(err, "log: cannot open %s: %s", to, strerror(errno));
    return *fd >= 0;
}

bool log_open(const struct log_opts *opts, struct err *err)
{
    int fd;

    if (!open_target(opts->to, &fd, err))
        return false;
    log_close();
    pthread_mutex_lock(&l.lock);
    l.to_syslog = strcmp(opts->to, "syslog") == 0;
    if (l.to_syslog)
        openlog("proximad", LOG_PID, LOG_DAEMON);
    l.format = opts->format;
    l.level = opts->level;
    l.fd = fd;
    l.stop = false;
    l.running = pthread_create(&l.thread, NULL, writer, NULL) == 0;
    pthread_mutex_unlock(&l.lock);
    return true;
}

void log_close(void)
{
    pthread_mutex_lock(&l.lock);
    const bool running = l.running;
    l.running = false;
    l.stop = true;
    pthread_cond_signal(&l.wake);
    pthread_mutex_unlock(&l.lock);
    if (running)
        pthread_join(l.thread, NULL);
    pthread_mutex_lock(&l.lock);
    if (l.fd != STDERR_FILENO)
        close(l.fd);
    l.fd = STDERR_FILENO;
    l.to_syslog = false;
    pthread_mutex_unlock(&l.lock);
}

static void enqueue(enum log_level level, char *text)
{
    if (l.n >= QUEUE_MAX) {
        l.dropped++;
        free(text);
        return;
    }
    struct line *line = xmalloc(sizeof(*line));
    *line = (struct line){.level = level, .text = text};
    *l.last = line;
    l.last = &line->next;
    l.n++;
    pthread_cond_signal(&l.wake);
}

static void log_message(enum log_level level, const char *msg)
{
    pthread_mutex_lock(&l.lock);
    if (level <= l.level) {
        char *text = format_line(l.format, level, msg);
        if (l.running) {
            enqueue(level, text);
        } else {
            write_out(STDERR_FILENO, text);
            free(text);
        }
    }
    pthread_mutex_unlock(&l.lock);
}

static void logv(enum log_level level, const char *fmt, va_list ap)
{
    char *msg;

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
