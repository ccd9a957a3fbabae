/* SPDX-License-Identifier: BSD-2-Clause */
#include "ctl/args.h"

#include <assert.h>
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"
#include "base/xalloc.h"

#define DEFAULT_SOCKET RUNSTATEDIR "/proxima/control.sock"

const struct ctl_command ctl_commands[] = {
    {.name = "status",
     .synopsis = "",
     .help = "what is served, what is wrong with it",
     .more = "What is wrong comes first; --json has everything.\n"},
    {.name = "explain",
     .synopsis = "NAME [TYPE] --client ADDR[/LEN]",
     .help = "what a client is answered, and why",
     .more = "Without a client all that is told of regions would be guesswork, so it is needed.\n",
     .params = {"name", "type"},
     .required = 1,
     .options = " --client "},
    {.name = "advise",
     .synopsis = "POLICY [--pool POOL] [--svg FILE]",
     .help = "play other settings against what probes recorded; changes nothing",
     .more = "Prints thresholds and TTLs that would have done better, as lines for proxima.yaml.\n"
             "--svg plots failover time against query load; - is standard output.\n",
     .params = {"policy"},
     .required = 1,
     .options = " --pool --svg "},
    {.name = "drain",
     .synopsis = "REGION [--pool POOL] [--why TEXT]",
     .help = "send no more clients to a region",
     .more =
         "Returns when it is on disk and every worker answers by it.  Clients move as their TTLs\n"
         "end.  Everywhere, or in one pool.\n",
     .params = {"region"},
     .required = 1,
     .options = " --pool --why "},
    {.name = "undrain",
     .synopsis = "REGION [--pool POOL] [--why TEXT]",
     .help = "let a region have clients again",
     .more = "",
     .params = {"region"},
     .required = 1,
     .options = " --pool --why "},
    {.name = "release",
     .synopsis = "REGION [--pool POOL] [--why TEXT]",
     .help = "end the holds of a region that fell too often",
     .more =
         "Its penalties are forgotten, and those of its endpoints, also where other pools name\n"
         "them.  Everywhere, or in one pool.\n",
     .params = {"region"},
     .required = 1,
     .options = " --pool --why "},
    {.name = "reload",
     .synopsis = "[ZONE | --all]",
     .help = "read configuration, zones and databases anew, or one zone",
     .more = "All or nothing: if anything is wrong, all of it is told and nothing changes.\n"
             "Zones whose files did not change are not read again, but for --all.\n",
     .params = {"zone"},
     .options = " --all "},
    {.name = "probe",
     .synopsis = "NAME",
     .help = "ask endpoints now; NAME is a pool, a steered name or a probe",
     .more = "The results count as any other.\n",
     .params = {"name"},
     .required = 1,
     .options = ""},
    {.name = "report",
     .synopsis = "PROBE ENDPOINT up|down [--ttl 30s] [--why TEXT]",
     .help = "tell how an endpoint, or a region's, are; PROBE is of type push",
     .more = "Good for the probe's max_age if it does not say how long.\n",
     .params = {"probe", "endpoint", "state"},
     .required = 3,
     .options = " --ttl --why "},
    {.name = "wait",
     .synopsis = "POOL/REGION=STATE [--timeout 30s]",
     .help = "return when a region is up, unknown, unready, held, down, drained or absent",
     .more = "",
     .params = {"what"},
     .required = 1,
     .options = " --timeout "},
    {.name = "stats", .synopsis = "", .help = "counters of all workers, summed", .more = ""},
    {.name = "stop",
     .synopsis = "[--why TEXT]",
     .help = "end the server, in order",
     .more = "",
     .options = " --why "},
};

const size_t ctl_n_commands = sizeof(ctl_commands) / sizeof(ctl_commands[0]);

/* ---- options ---- */

enum option_id {
    OPT_JSON = 256,
    OPT_HELP,
    OPT_VERSION,
    OPT_ALL,
    OPT_CLIENT,
    OPT_POOL,
    OPT_SVG,
    OPT_WHY,
    OPT_TIMEOUT,
    OPT_TTL
};

static const struct option options[] = {
    {"socket", required_argument, NULL, 's'},    {"json", no_argument, NULL, OPT_JSON},
    {"help", no_argument, NULL, OPT_HELP},       {"version", no_argument, NULL, OPT_VERSION},
    {"all", no_argument, NULL, OPT_ALL},         {"client", required_argument, NULL, OPT_CLIENT},
    {"pool", required_argument, NULL, OPT_POOL}, {"svg", required_argument, NULL, OPT_SVG},
    {"why", required_argument, NULL, OPT_WHY},   {"timeout", required_argument, NULL, OPT_TIMEOUT},
    {"ttl", required_argument, NULL, OPT_TTL},   {0},
};

/* Becomes ARGS_BAD; the first problem counts.  Takes text. */
static void bad(struct args *a, char *text)
{
    if (a->what == ARGS_BAD) {
        free(text);
        return;
    }
    a->what = ARGS_BAD;
    a->problem = text;
}

static void set_text(struct args *a, const char *param, const char *text)
{
    json_t *value = json_string(text);

    if (value == NULL)
        bad(a, xasprintf("%s is not UTF-8", param));
    else
        json_object_set_new(a->params, param, value);
}

/* "250ms", "30s", "2m", "1h" */
static bool parse_duration(const char *text, json_int_t *ms)
{
    static const struct {
        const char *name;
        json_int_t ms;
    } units[] = {{"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}};
    char *end;

    errno = 0;
    const unsigned long n = strtoul(text, &end, 10);
    if (end == text || text[0] < '0' || text[0] > '9' || errno != 0 || n > 1000000000)
        return false;
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
        if (strcmp(end, units[i].name) == 0) {
            *ms = (json_int_t)n * units[i].ms;
            return true;
        }
    return false;
}

static const char *long_name(int id)
{
    for (const struct option *o = options; o->name != NULL; o++)
        if (o->val == id)
            return o->name;
    abort();
}

/* "--ttl 30s" is the parameter ttl_ms. */
static void set_duration(struct args *a, const char *option, const char *text)
{
    json_int_t ms;

    if (!parse_duration(text, &ms)) {
        bad(a, xasprintf("--%s %s: write 250ms, 30s, 2m or 1h", option, text));
        return;
    }
    char *param = xasprintf("%s_ms", option);
    json_object_set_new(a->params, param, json_integer(ms));
    free(param);
}

/* An option that belongs to a command; whether to this one is looked at when it is known. */
static void take_command_option(struct args *a, int id, char *seen, size_t seen_size)
{
    const size_t at = strlen(seen);

    if (id == OPT_TIMEOUT || id == OPT_TTL)
        set_duration(a, long_name(id), optarg);
    else if (id == OPT_SVG)
        a->svg = optarg;
    else if (id == OPT_ALL)
        json_object_set_new(a->params, long_name(id), json_true());
    else
        set_text(a, long_name(id), optarg);
    snprintf(seen + at, seen_size - at, " --%s ", long_name(id));
}

static void take_bad_option(struct args *a, int argc, char **argv, int id)
{
    const char *word = optind > 0 && optind <= argc ? argv[optind - 1] : "";

    if (id == ':')
        bad(a, xasprintf("%s needs a value", word));
    else if (optopt != 0 && optopt < 256)
        bad(a, xasprintf("no option -%c", optopt));
    else
        bad(a, xasprintf("no option %s", word));
}

/* seen: out, the commands' options that were given. */
static void take_options(struct args *a, int argc, char **argv, char *seen, size_t seen_size)
{
    int id;

    optind = 0; /* glibc: start anew, so that tests can parse more than once */
    opterr = 0;
    while ((id = getopt_long(argc, argv, ":s:", options, NULL)) != -1) {
        switch (id) {
        case 's': a->socket = optarg; break;
        case OPT_JSON: a->json = true; break;
        case OPT_HELP: a->what = a->what == ARGS_BAD ? ARGS_BAD : ARGS_HELP; break;
        case OPT_VERSION: a->what = a->what == ARGS_BAD ? ARGS_BAD : ARGS_VERSION; break;
        case ':':
        case '?': take_bad_option(a, argc, argv, id); break;
        default: take_command_option(a, id, seen, seen_size); break;
        }
    }
}

/* ---- the command ---- */

static const struct ctl_command *find_command(const char *name)
{
    for (size_t i = 0; i < ctl_n_commands; i++)
        if (strcmp(ctl_commands[i].name, name) == 0)
            return &ctl_commands[i];
    return NULL;
}

static char *no_such_command(const char *name)
{
    const char *names[sizeof(ctl_commands) / sizeof(ctl_commands[0])];

    for (size_t i = 0; i < ctl_n_commands; i++)
        names[i] = ctl_commands[i].name;
    const char *near = nearest(name, names, ctl_n_commands);
    if (near != NULL)
        return xasprintf("no command \"%s\"; \"%s\"?", name, near);
    return xasprintf("no command \"%s\"; proximactl --help lists them", name);
}

static void take_arguments(struct args *a, char **words, size_t n)
{
    const struct ctl_command *c = a->command;
    size_t room = 0;

    assert(c != NULL); /* else what had become ARGS_BAD */
    while (room < ARGS_MAX && c->params[room] != NULL)
        room++;
    if (n < c->required || n > room) {
        bad(a, xasprintf("%s%s%s%s",
                         n < c->required ? "too few arguments: " : "too many arguments: ", c->name,
                         c->synopsis[0] != '\0' ? " " : "", c->synopsis));
        return;
    }
    for (size_t i = 0; i < n; i++)
        set_text(a, c->params[i], words[i]);
}

/* Every option in seen, " --pool  --why ", is one of the command's. */
static void check_options(struct args *a, char *seen)
{
    char *save;

    for (char *o = strtok_r(seen, " ", &save); o != NULL; o = strtok_r(NULL, " ", &save)) {
        char *word = xasprintf(" %s ", o);
        if (a->command->options == NULL || strstr(a->command->options, word) == NULL)
            bad(a, xasprintf("%s takes no %s", a->command->name, o));
        free(word);
    }
}

void args_parse(struct args *a, int argc, char **argv)
{
    char seen[256] = "";

    *a = (struct args){.what = ARGS_CALL, .params = json_object()};
    a->socket = getenv("PROXIMA_SOCKET");
    if (a->socket == NULL || a->socket[0] == '\0')
        a->socket = DEFAULT_SOCKET;
    take_options(a, argc, argv, seen, sizeof(seen));
    if (a->what == ARGS_VERSION || a->what == ARGS_BAD)
        return;
    if (optind == argc) {
        if (a->what == ARGS_CALL)
            bad(a, xstrdup("which command? proximactl --help lists them"));
        return;
    }
    a->command = find_command(argv[optind]);
    if (a->command == NULL) {
        bad(a, no_such_command(argv[optind]));
        return;
    }
    if (a->what != ARGS_CALL)
        return;
    take_arguments(a, argv + optind + 1, (size_t)(argc - optind - 1));
    check_options(a, seen);
    if (a->what == ARGS_CALL && strcmp(a->command->name, "explain") == 0 &&
        json_object_get(a->params, "client") == NULL)
        bad(a, xstrdup("explain needs --client: an address, or a subnet such as 192.0.2.0/24"));
}

void args_fini(struct args *a)
{
    json_decref(a->params);
    free(a->problem);
}

/* ---- help ---- */

static void help_command(const struct ctl_command *c, FILE *to)
{
    fprintf(to, "usage: proximactl [-s SOCKET] [--json] %s%s%s\n\n%c%s.\n%s", c->name,
            c->synopsis[0] != '\0' ? " " : "", c->synopsis, c->help[0] - 'a' + 'A', c->help + 1,
            c->more);
}

void args_help(const struct ctl_command *command, FILE *to)
{
    if (command != NULL) {
        help_command(command, to);
        return;
    }
    fputs("usage: proximactl [-s SOCKET] [--json] COMMAND\n\n"
          "Asks a running proximad, or tells it what to do.\n\n",
          to);
    for (size_t i = 0; i < ctl_n_commands; i++) {
        const struct ctl_command *c = &ctl_commands[i];
        fprintf(to, "  %-8s%s\n            %s\n", c->name, c->synopsis, c->help);
    }
    fputs("\n"
          "  -s, --socket SOCKET  where proximad listens (" DEFAULT_SOCKET ", or $PROXIMA_SOCKET)\n"
          "      --json           print the result as JSON\n"
          "      --version        print the version\n"
          "      --help           print this; behind a command, more about it\n\n"
          "Exit status: 0 done; 1 refused or failed, a line on stderr for each reason; 2 usage.\n"
          "proximactl(8), proximad(8)\n",
          to);
}
