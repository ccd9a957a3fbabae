/*
 * The server: arguments, sockets, privileges, then control and workers, started and stopped in
 * order.  SPDX-License-Identifier: BSD-2-Clause
 */
#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <grp.h>
#include <malloc.h>
#include <pwd.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/xalloc.h"
#include "control/control.h"
#include "control/descriptors.h"
#include "control/plan_exposure.h"
#include "health/exechelper.h"
#include "net/listen.h"
#include "net/worker.h"

#define DEFAULT_CONFIG SYSCONFDIR "/proxima/proxima.yaml"
#define DEFAULT_STATE  LOCALSTATEDIR "/lib/proxima"

enum { EXIT_DONE = 0, EXIT_REFUSED = 1, EXIT_USAGE = 2 };

struct server {
    uv_loop_t loop;
    uv_signal_t sigterm, sigint, sighup;
    struct sources *files; /* until control takes them */
    struct state *state;
    struct exechelper *exec; /* forked before the rest; NULL: there is none */
    struct listeners *listeners;
    unsigned probes_max; /* as many as there are descriptors for */
    struct control *control;
    struct prefix *proxy_from; /* a copy: a reload frees the configuration of the start */
    struct worker **workers;
    unsigned n_workers;
};

static const char usage_text[] =
    "usage: proximad [-c FILE] [--check [--strict] | --schema | --version | --help]\n";

static const char help_text[] =
    "\n"
    "Answers DNS queries with the records of each client's nearest healthy region.\n"
    "\n"
    "  -c, --config FILE  the configuration (" DEFAULT_CONFIG ")\n"
    "      --check        read everything, print every error and warning, exit 0 or 1\n"
    "      --strict       with --check: warnings count as errors\n"
    "      --schema       print the JSON Schema of the configuration\n"
    "      --version      print versions and paths\n"
    "      --help         print this\n"
    "\n"
    "proximad(8), proximactl(8), proxima.yaml(5), proxima.zone(5)\n";

/* ---- --check ---- */

static void print_err(const struct err *err)
{
    char *text = err_text(err);

    fputs(text, stderr);
    free(text);
}

/* How long clients may have an endpoint that is dead, by policy and TTL. */
static void print_exposures(const struct plan *p)
{
    size_t n;
    struct plan_exposure *all = plan_exposures(p, &n);

    for (size_t i = 0; i < n; i++) {
        char *text = plan_exposure_text(p, &all[i]);
        printf("%s\n", text);
        free(text);
    }
    free(all);
}

/* Resolve what was read, so that mistakes in steered names are told in the same run.  Takes files. */
static size_t check_generation(struct sources *files, struct err *err)
{
    struct generation *g = generation_new(files);
    const bool resolved = generation_resolve(g, NULL, err);
    const size_t steered = resolved ? zonedb_steered(g->zones) : 0;

    if (resolved)
        print_exposures(g->plan);
    generation_unref(g);
    return steered;
}

static int check(const char *path, bool strict)
{
    struct err err;
    size_t zones = 0, steered = 0;

    err_init(&err);
    struct sources *files = sources_config(path, NULL, &err);
    if (files != NULL) {
        sources_check(files, &err);
        zones = files->zones.n;
    }
    if (files != NULL && files->maps != NULL)
        steered = check_generation(files, &err);
    else
        sources_unref(files);
    print_err(&err);
    const size_t warnings = err.n - err.errors;
    const bool ok = err.errors == 0 && (!strict || warnings == 0);
    if (ok)
        printf("%s: %zu zone%s, %zu steered name%s: ok\n", path, zones, zones == 1 ? "" : "s",
               steered, steered == 1 ? "" : "s");
    else
        fprintf(stderr, "%s: %zu error%s, %zu warning%s\n", path, err.errors,
                err.errors == 1 ? "" : "s", warnings, warnings == 1 ? "" : "s");
    err_fini(&err);
    return ok ? EXIT_DONE : EXIT_REFUSED;
}

/* ---- start ---- */

/*
 * One heap for all threads: a reload builds on whichever thread of the pool is free, and with a heap
 * each, every one of them keeps the room of the largest zone.  Workers do not allocate per query.
 *
 * What is large is mapped by itself and goes back whole: left alone, glibc takes the second large piece
 * from the heap, and the holes stay (25 MiB after a zone of a million records).
 */
static void share_heap(void)
{
#ifdef M_MMAP_THRESHOLD
    mallopt(M_MMAP_THRESHOLD, 1 << 20);
#endif
#ifdef M_ARENA_MAX
    mallopt(M_ARENA_MAX, 1);
#endif
}

/* A hundred thousand zones, read by several threads, leave as much free memory between them as they take. */
static void give_back_memory(void)
{
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}

/* Of each worker, beside listening sockets and clients: its event loop. */
#define DESCRIPTORS_PER_WORKER 8

static size_t count_sockets(const struct listeners *l)
{
    return (2 * l->n + DESCRIPTORS_PER_WORKER) * l->workers; /* UDP and TCP */
}

static bool drop_privileges(const char *user, struct err *err)
{
    if (user == NULL || geteuid() != 0)
        return true;
    const struct passwd *pw = getpwnam(user);
    if (pw == NULL) {
        err_add(err, "server.user: there is no user %s", user);
        return false;
    }
    if (initgroups(user, pw->pw_gid) < 0 || setgid(pw->pw_gid) < 0 || setuid(pw->pw_uid) < 0) {
        err_add(err, "cannot become %s: %s", user, strerror(errno));
        return false;
    }
    return true;
}

/* It was read as root; a reload is no longer, and would be refused. */
static void warn_unreadable(const char *user, const char *path, struct err *err)
{
    if (access(path, R_OK) != 0)
        err_warn(err, "%s: server.user %s cannot read it, so a reload will be refused: %s", path,
                 user, strerror(errno));
}

static void warn_of_reloads(const struct sources *files, const char *config_path, struct err *err)
{
    const struct server_spec *spec = &files->config->server;

    if (spec->user == NULL)
        return;
    if (files->config_problem == NULL)
        warn_unreadable(spec->user, config_path, err);
    if (spec->cookie_secrets != NULL && files->secrets_problem == NULL)
        warn_unreadable(spec->user, spec->cookie_secrets, err);
}

/* The configuration, or its last good copy from the state folder that the broken one names. */
static struct sources *read_config(const char *path, struct err *err)
{
    char *state = lastgood_guess_state(path, DEFAULT_STATE);
    struct sources *files = sources_config(path, state, err);

    free(state);
    return files;
}

/* The folders of the control socket and of the log, while we may still make them; whether they can be
 * used is seen when they are. */
static void make_folders(const struct server_spec *spec)
{
    state_make_folder_of(spec->control, spec->user);
    if (spec->log_to[0] == '/' || strchr(spec->log_to, '/') != NULL)
        state_make_folder_of(spec->log_to, spec->user);
}

/* What needs root, in this order: the state folder is made and locked before a port is taken. */
static bool open_privileged(struct server *s, struct err *err)
{
    const struct server_spec *spec = &s->files->config->server;

    s->state = state_open(spec->state, spec->user, err);
    if (s->state == NULL)
        return false;
    if (state_problem(s->state) != NULL)
        err_add(err, "%s", state_problem(s->state));
    make_folders(spec);
    s->listeners = listen_open(&(struct listen_opts){.addrs = spec->listen,
                                                     .n = spec->n_listen,
                                                     .proxied = spec->listen_proxy,
                                                     .n_proxied = spec->n_listen_proxy,
                                                     .workers = spec->threads},
                               err);
    if (s->listeners == NULL)
        return false;
    s->probes_max = descriptors_for_probes(spec->tcp_clients, count_sockets(s->listeners), err);
    if (s->exec != NULL && spec->user != NULL && geteuid() == 0)
        exechelper_become(s->exec, spec->user);
    return drop_privileges(spec->user, err);
}

static bool open_log(const struct server_spec *spec, struct err *err)
{
    return log_open(&(struct log_opts){.to = spec->log_to,
                                       .format = spec->log_format,
                                       .level = spec->log_level},
                    err);
}

static void stop_workers(void *arg)
{
    struct server *s = arg;

    for (unsigned i = 0; i < s->n_workers; i++)
        worker_stop(s->workers[i]);
    s->n_workers = 0;
}

/* An even share of the TCP connections, what is left over to the first workers. */
static uint32_t tcp_share(const struct server *s, uint32_t clients)
{
    const unsigned n = s->listeners->workers;
    const uint32_t share = clients / n + (s->n_workers < clients % n);

    return share > 0 ? share : 1;
}

/* The one after the n_workers that run. */
static struct worker *start_next_worker(const struct server *s, const struct server_spec *spec,
                                        struct err *err)
{
    const struct worker_opts opts = {
        .pairs = &s->listeners->pairs[s->n_workers * s->listeners->n],
        .n = s->listeners->n,
        .tcp = {.clients = tcp_share(s, spec->tcp_clients),
                .idle_ms = spec->tcp_idle_ms,
                .lifetime_ms = spec->tcp_lifetime_ms},
        .proxies = {.from = s->proxy_from, .n = spec->n_proxy_from},
        .first = publisher_newest(s->control->publisher),
        .on_swap = publisher_on_swap,
        .arg = s->control->publisher,
    };

    return worker_start(&opts, err);
}

static bool start_workers(struct server *s, struct err *err)
{
    const struct server_spec *spec = &s->control->now->config->server;
    const unsigned n = s->listeners->workers;

    s->proxy_from = xmemdup(spec->proxy_from, spec->n_proxy_from * sizeof(*spec->proxy_from));
    s->workers = xcalloc(n, sizeof(struct worker *));
    for (; s->n_workers < n; s->n_workers++) {
        s->workers[s->n_workers] = start_next_worker(s, spec, err);
        if (s->workers[s->n_workers] == NULL)
            return false;
    }
    control_set_workers(s->control, s->workers, s->n_workers, stop_workers, s);
    return true;
}

static void log_start(const struct server *s)
{
    char text[SOCKADDR_TEXT], *why;

    for (size_t i = 0; i < s->listeners->n; i++)
        log_info("listening on %s%s", sockaddr_print(&s->listeners->addrs[i], text),
                 s->listeners->pairs[i].proxied ? " (PROXY protocol)" : "");
    if (control_ready(s->control, &why))
        log_info("proximad " PACKAGE_VERSION
                 " is ready; zones: %zu, steered names: %zu, workers: %u",
                 zonedb_count(s->control->now->zones), zonedb_steered(s->control->now->zones),
                 s->n_workers);
    else
        log_error("proximad " PACKAGE_VERSION " answers, but is not ready: %s", why);
    free(why);
}

/* ---- signals ---- */

static void on_stop(uv_signal_t *sig, int number)
{
    struct server *s = sig->data;

    log_info("signal %d: stopping", number);
    control_stop(s->control);
}

static void reload_done(void *arg, const struct err *err)
{
    (void)arg;
    (void)err; /* the log has it */
}

static void on_hangup(uv_signal_t *sig, int number)
{
    struct server *s = sig->data;

    (void)number;
    log_info("SIGHUP: reloading");
    control_reload(s->control, NULL, false, reload_done, NULL);
}

/* Unreferenced: a signal nobody sends must not keep the loop from ending. */
static void catch_signal(struct server *s, uv_signal_t *sig, uv_signal_cb cb, int number)
{
    uv_signal_init(&s->loop, sig);
    sig->data = s;
    uv_signal_start(sig, cb, number);
    uv_unref((uv_handle_t *)sig);
}

static void run(struct server *s)
{
    catch_signal(s, &s->sigterm, on_stop, SIGTERM);
    catch_signal(s, &s->sigint, on_stop, SIGINT);
    catch_signal(s, &s->sighup, on_hangup, SIGHUP);
    uv_run(&s->loop, UV_RUN_DEFAULT);
    uv_close((uv_handle_t *)&s->sigterm, NULL);
    uv_close((uv_handle_t *)&s->sigint, NULL);
    uv_close((uv_handle_t *)&s->sighup, NULL);
    uv_run(&s->loop, UV_RUN_DEFAULT);
}

/* ---- all of it ---- */

static bool start(struct server *s, const char *path, struct err *err)
{
    s->files = read_config(path, err);
    if (s->files == NULL || !open_privileged(s, err))
        return false;
    struct sources *files = s->files;
    warn_of_reloads(files, path, err);
    const struct server_spec *spec = &files->config->server;
    const size_t n_listen = spec->n_listen + spec->n_listen_proxy;
    s->files = NULL;
    open_log(spec, err); /* it stays on stderr where it cannot */
    s->control = control_open(&(struct control_opts){.loop = &s->loop,
                                                     .config_path = path,
                                                     .files = files,
                                                     .state = s->state,
                                                     .bound = s->listeners->addrs,
                                                     .n_bound = s->listeners->n,
                                                     .n_unbound = n_listen - s->listeners->n,
                                                     .probes_max = s->probes_max,
                                                     .exec = s->exec},
                              err);
    return s->control != NULL && start_workers(s, err);
}

static void open_control_socket(struct server *s)
{
    struct err err;

    err_init(&err);
    if (!control_listen(s->control, &err))
        log_err(&err);
    err_fini(&err);
}

static int serve(const char *path)
{
    struct server s = {.n_workers = 0};
    struct err err;

    err_init(&err);
    descriptors_raise();
    share_heap();
    s.exec = exechelper_start();
    if (s.exec == NULL)
        err_warn(&err, "no helper for exec probes: %s: they give no result", strerror(errno));
    signal(SIGPIPE, SIG_IGN); /* a peer that went away is an error code, not an end */
    uv_loop_init(&s.loop);
    const bool started = start(&s, path, &err);
    if (started) {
        log_err(&err); /* warnings */
        control_commit(s.control);
        give_back_memory();
        open_control_socket(&s);
        log_start(&s);
        run(&s);
        log_info("stopped");
    } else if (s.control != NULL) {
        control_stop(s.control);
        stop_workers(&s);
        uv_run(&s.loop, UV_RUN_DEFAULT);
    }
    control_free(s.control);
    exechelper_stop(s.exec);
    log_close();
    if (!started)
        print_err(&err);
    sources_unref(s.files);
    listen_close(s.listeners);
    state_close(s.state);
    free(s.workers);
    free(s.proxy_from);
    uv_loop_close(&s.loop);
    err_fini(&err);
    return started ? EXIT_DONE : EXIT_REFUSED;
}

static int print_schema(void)
{
    char *schema = config_schema();

    puts(schema);
    free(schema);
    return EXIT_DONE;
}

static int print_version(void)
{
    puts("proximad " PACKAGE_VERSION "\n"
         "built with " LIBRARY_VERSIONS "\n"
         "PREFIX " PREFIX "\n"
         "SYSCONFDIR " SYSCONFDIR "\n"
         "RUNSTATEDIR " RUNSTATEDIR "\n"
         "LOCALSTATEDIR " LOCALSTATEDIR);
    return EXIT_DONE;
}

enum option_id { OPT_CHECK = 256, OPT_STRICT, OPT_SCHEMA, OPT_VERSION, OPT_HELP };

static const struct option options[] = {
    {"config", required_argument, NULL, 'c'},
    {"check", no_argument, NULL, OPT_CHECK},
    {"strict", no_argument, NULL, OPT_STRICT},
    {"schema", no_argument, NULL, OPT_SCHEMA},
    {"version", no_argument, NULL, OPT_VERSION},
    {"help", no_argument, NULL, OPT_HELP},
    {0},
};

int main(int argc, char **argv)
{
    const char *path = DEFAULT_CONFIG;
    bool checking = false, strict = false;
    int opt;

    while ((opt = getopt_long(argc, argv, "c:", options, NULL)) != -1) {
        switch (opt) {
        case 'c': path = optarg; break;
        case OPT_CHECK: checking = true; break;
        case OPT_STRICT: strict = true; break;
        case OPT_SCHEMA: return print_schema();
        case OPT_VERSION: return print_version();
        case OPT_HELP: printf("%s%s", usage_text, help_text); return EXIT_DONE;
        default: fputs(usage_text, stderr); return EXIT_USAGE;
        }
    }
    if (optind < argc || (strict && !checking)) {
        fprintf(stderr, "%s", usage_text);
        return EXIT_USAGE;
    }
    return checking ? check(path, strict) : serve(path);
}
