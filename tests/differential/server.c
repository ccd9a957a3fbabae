/* SPDX-License-Identifier: BSD-2-Clause */
#include "server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../unit/tmpdir.h"
#include "base/xalloc.h"
#include "die.h"

#define FIRST_PORT 20000
#define PORTS      3000 /* for each of the servers */
#define STOP_MS    3000 /* for an orderly end; a server without traffic takes some ms */

/* ---- their configurations ---- */

static void file_of(const struct world *w, const struct zone *z, char out[512])
{
    const bool is_root = z->apex[0] == 0;

    snprintf(out, 512, "%s/%szone", w->dir, is_root ? "root." : z->apex_text);
}

static void config_proxima(FILE *f, const struct server *s, const struct world *w)
{
    fprintf(f,
            "server:\n"
            "  listen: 127.0.0.1@%u\n"
            "  threads: 1\n"
            "  identity: " SERVER_IDENTITY "\n"
            "  version: off\n"
            "  cookies: {enabled: no}\n"
            "  control: %s/control.sock\n"
            "  state: %s/state/\n"
            "zones: {directory: %s}\n",
            s->port, s->dir, s->dir, w->dir);
}

/* Without limits on rates, which are on by default. */
static void config_nsd(FILE *f, const struct server *s, const struct world *w)
{
    char path[512];

    fprintf(f,
            "server:\n"
            "  ip-address: 127.0.0.1@%u\n"
            "  username: \"\"\n"
            "  zonesdir: \"%s\"\n"
            "  database: \"\"\n"
            "  pidfile: \"%s/pid\"\n"
            "  xfrdfile: \"%s/xfrd.state\"\n"
            "  zonelistfile: \"%s/zone.list\"\n"
            "  server-count: 1\n"
            "  tcp-count: 100\n"
            "  tcp-query-count: 0\n"
            "  rrl-ratelimit: 0\n"
            "  rrl-whitelist-ratelimit: 0\n"
            "  identity: \"" SERVER_IDENTITY "\"\n"
            "  nsid: \"ascii_" SERVER_IDENTITY "\"\n"
            "  hide-version: yes\n"
            "  answer-cookie: no\n"
            "remote-control:\n"
            "  control-enable: no\n",
            s->port, s->dir, s->dir, s->dir, s->dir);
    for (size_t i = 0; i < w->n_zones; i++) {
        file_of(w, &w->zones[i], path);
        fprintf(f, "zone:\n  name: \"%s\"\n  zonefile: \"%s\"\n", w->zones[i].apex_text, path);
    }
}

/* Its semantic checks would refuse zones that we, NSD and BIND answer from. */
static void config_knot(FILE *f, const struct server *s, const struct world *w)
{
    char path[512];

    fprintf(f,
            "server:\n"
            "  rundir: \"%s\"\n"
            "  listen: 127.0.0.1@%u\n"
            "  udp-workers: 1\n"
            "  tcp-workers: 1\n"
            "  background-workers: 1\n"
            "  identity: " SERVER_IDENTITY "\n"
            "  nsid: " SERVER_IDENTITY "\n"
            "  version: \"\"\n"
            "log:\n"
            "  - target: stderr\n"
            "    any: info\n"
            "database:\n"
            "  storage: \"%s\"\n"
            "template:\n"
            "  - id: default\n"
            "    storage: \"%s\"\n"
            "    semantic-checks: off\n"
            "    journal-content: none\n"
            "    zonefile-sync: -1\n"
            "zone:\n",
            s->dir, s->port, s->dir, s->dir);
    for (size_t i = 0; i < w->n_zones; i++) {
        file_of(w, &w->zones[i], path);
        fprintf(f, "  - domain: \"%s\"\n    file: \"%s\"\n", w->zones[i].apex_text, path);
    }
}

/* minimal-responses keeps it from adding the zone's own NS to some answers and not to others;
 * no empty zones of its own for private addresses; its own view of class CH has a limit of replies. */
static void config_bind(FILE *f, const struct server *s, const struct world *w)
{
    char path[512];

    fprintf(
        f,
        "options {\n"
        "  directory \"%s\"; pid-file none; session-keyfile none; lock-file none;\n"
        "  listen-on port %u { 127.0.0.1; }; listen-on-v6 { none; };\n"
        "  recursion no; allow-query { any; }; allow-transfer { none; }; notify no;\n"
        "  empty-zones-enable no; dnssec-validation no; minimal-responses no-auth;\n"
        "  minimal-any yes; server-id \"" SERVER_IDENTITY "\"; hostname \"" SERVER_IDENTITY "\";\n"
        "  version none; answer-cookie no; rrset-order { order none; };\n"
        "  tcp-idle-timeout 300; max-udp-size 1232; edns-udp-size 1232;\n"
        "  check-names primary ignore; check-integrity no; zero-no-soa-ttl no; check-mx ignore; check-srv-cname ignore;\n"
        "  check-mx-cname ignore; check-sibling no; check-wildcard no; check-dup-records ignore;\n"
        "};\n"
        "controls { };\n"
        "view chaos chaos {\n"
        "  zone version.bind  { type primary; database \"_builtin version\"; };\n"
        "  zone hostname.bind { type primary; database \"_builtin hostname\"; };\n"
        "  zone authors.bind  { type primary; database \"_builtin authors\"; };\n"
        "  zone id.server     { type primary; database \"_builtin id\"; };\n"
        "};\n"
        "view internet {\n",
        s->dir, s->port);
    for (size_t i = 0; i < w->n_zones; i++) {
        file_of(w, &w->zones[i], path);
        fprintf(f, "  zone \"%s\" { type primary; file \"%s\"; };\n", w->zones[i].apex_text, path);
    }
    fputs("};\n", f);
}

/* ---- the programs ---- */

static const struct program {
    const char *name, *path, *config;
    const char *argv[8]; /* behind the path; the configuration's follows */
    void (*write_config)(FILE *f, const struct server *s, const struct world *w);
} programs[N_SERVERS] = {
    [SERVER_PROXIMA] = {"proxima", "./proximad", "proxima.yaml", {"-c"}, config_proxima},
    [SERVER_NSD] = {"nsd", "nsd", "nsd.conf", {"-d", "-c"}, config_nsd},
    [SERVER_KNOT] = {"knot", "knotd", "knot.conf", {"-c"}, config_knot},
    [SERVER_BIND] = {"bind", "named", "named.conf", {"-g", "-n", "1", "-c"}, config_bind},
};

const char *server_name(enum server_kind kind)
{
    return programs[kind].name;
}

void server_fail(const struct server *s, const char *what)
{
    char *log = tmpdir_read(s->dir, "log");

    fprintf(stderr, "--- log of %s ---\n%s---\n", server_name(s->kind), log != NULL ? log : "");
    free(log);
    die("%s: %s", server_name(s->kind), what);
}

/* Can both transports have the port now? */
static bool is_free(uint16_t port)
{
    const struct sockaddr_in at = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const int tcp = socket(AF_INET, SOCK_STREAM, 0), udp = socket(AF_INET, SOCK_DGRAM, 0), on = 1;

    setsockopt(tcp, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)); /* of connections that are over */
    const bool ok = bind(tcp, (const struct sockaddr *)&at, sizeof(at)) == 0 &&
                    bind(udp, (const struct sockaddr *)&at, sizeof(at)) == 0;
    close(tcp);
    close(udp);
    return ok;
}

/* Below the ports that the system gives out, and apart from those of the other servers and of another
 * run: NSD and Knot take a port that is taken without a word, and each gets some of the queries. */
static uint16_t free_port(enum server_kind kind)
{
    const unsigned own = (unsigned)getpid() % PORTS;

    for (unsigned i = 0; i < PORTS; i++) {
        const uint16_t port = (uint16_t)(FIRST_PORT + (own + i) % PORTS * N_SERVERS + kind);
        if (is_free(port))
            return port;
    }
    die("no free port");
}

static void write_config(const struct server *s, const char *path, const struct world *w)
{
    FILE *f = fopen(path, "w");

    if (f == NULL)
        die("%s: cannot write", path);
    programs[s->kind].write_config(f, s, w);
    fclose(f);
}

/* By a link in the server's folder: a path with a space in it is several to LD_PRELOAD. */
static void preload(const struct server *s, const char *object)
{
    char *link = tmpdir_path(s->dir, "preloaded.so");

    if (symlink(object, link) != 0)
        die("%s: cannot make it", link);
    setenv("LD_PRELOAD", link, 1);
    free(link);
}

/* Debian's servers are in sbin, which is not in everybody's PATH. */
static void run(const struct server *s, const char *config)
{
    const struct program *p = &programs[s->kind];
    const char *ours = getenv("PROXIMAD"), *clock = getenv("NSDCLOCK"), *argv[10] = {p->path};
    char *log = tmpdir_path(s->dir, "log");
    const int fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0644);
    unsigned n = 1;

    prctl(PR_SET_PDEATHSIG, SIGTERM);
    setpgid(0, 0);
    dup2(fd, STDOUT_FILENO);
    dup2(fd, STDERR_FILENO);
    for (; p->argv[n - 1] != NULL; n++)
        argv[n] = p->argv[n - 1];
    argv[n] = config;
    if (s->kind == SERVER_PROXIMA && ours != NULL)
        argv[0] = ours;
    setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", 1);
    if (s->kind == SERVER_NSD && clock != NULL)
        preload(s, clock);
    execvp(argv[0], (char **)argv);
    perror(argv[0]);
    _exit(127);
}

void server_start(struct server *s, enum server_kind kind, const struct world *w, const char *dir)
{
    *s = (struct server){
        .kind = kind, .port = free_port(kind), .dir = tmpdir_path(dir, server_name(kind))};
    if (mkdir(s->dir, 0755) != 0)
        die("%s: cannot make it", s->dir);
    char *config = tmpdir_path(s->dir, programs[kind].config);
    write_config(s, config, w);
    s->pid = fork();
    if (s->pid == 0)
        run(s, config);
    free(config);
}

/* True: it has ended. */
static bool wait_for_end(const struct server *s, int timeout_ms)
{
    struct pollfd p = {.fd = (int)syscall(SYS_pidfd_open, s->pid, 0), .events = POLLIN};
    const bool ended = poll(&p, 1, timeout_ms) == 1;

    close(p.fd);
    return ended;
}

void server_stop(struct server *s)
{
    if (s->pid != 0) {
        kill(s->pid, SIGTERM);
        if (!wait_for_end(s, STOP_MS))
            kill(s->pid, SIGKILL);
        waitpid(s->pid, NULL, 0);
        kill(-s->pid, SIGKILL); /* what it may have left behind */
    }
    free(s->dir);
    *s = (struct server){0};
}
