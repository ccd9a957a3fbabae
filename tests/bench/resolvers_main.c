/*
 * resolvers: what users go through while real backends die, by each of several servers at once.
 *
 *   resolvers -b ADDRESS,ADDRESS,... -s SECONDS [-k REGION:FROM-TO[/PERIOD]]...
 *     -b  where the backends are: two addresses for each of three regions
 *     -k  the backends of a region, from 0, are killed with SIGKILL at second FROM and back at TO; with a
 *         PERIOD they are so long away and so long there by turns
 *
 * Says the backends' port, and then takes a line for each server, until the end of its input: LABEL,
 * ADDRESS@PORT, NAME, with tabs between.  Then time begins.  Says at the end: LABEL, figure, value.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../integration/backend.h"
#include "base/xalloc.h"
#include "resolvers.h"

enum { BACKENDS = HOMES * BACKENDS_PER_REGION, OUTAGES_MAX = 16 };

/* Until prober and watchers know all, before users come. */
#define SETTLE_MS 12000

struct outage {
    unsigned region;
    dur_ms_t from_ms, to_ms, period_ms; /* period_ms 0: all the time */
};

struct subject {
    char *label;
    struct resolvers *resolvers;
    struct resolvers_seen calm; /* until the first outage */
};

static struct {
    dur_ms_t length_ms;
    struct outage outage[OUTAGES_MAX];
    size_t n_outages;
    char *addr[BACKENDS];
    struct backend *backend[BACKENDS]; /* region by region */
    struct world world;
    struct subject *subject;
    size_t n_subjects;
} f;

static dur_ms_t to_ms(double s)
{
    return (dur_ms_t)(s * 1000);
}

/* ---- what happens to the backends ---- */

static bool is_away(const struct outage *o, dur_ms_t at_ms)
{
    if (at_ms < o->from_ms || at_ms >= o->to_ms)
        return false;
    return o->period_ms == 0 || (at_ms - o->from_ms) / o->period_ms % 2 == 0;
}

static void set_region(unsigned region, bool away)
{
    for (unsigned i = 0; i < BACKENDS_PER_REGION; i++) {
        struct backend *b = f.backend[region * BACKENDS_PER_REGION + i];
        if (away)
            backend_kill(b);
        else
            backend_restart(b);
    }
    f.world.dead ^= 1u << region;
}

static void apply_outages(dur_ms_t at_ms)
{
    unsigned dead = 0;

    for (size_t i = 0; i < f.n_outages; i++)
        dead |= is_away(&f.outage[i], at_ms) ? 1u << f.outage[i].region : 0;
    for (unsigned r = 0; r < HOMES; r++)
        if (((dead ^ f.world.dead) & 1u << r) != 0)
            set_region(r, (dead & 1u << r) != 0);
}

static dur_ms_t first_outage_ms(void)
{
    dur_ms_t first = f.length_ms;

    for (size_t i = 0; i < f.n_outages; i++)
        first = f.outage[i].from_ms < first ? f.outage[i].from_ms : first;
    return first;
}

/* ---- time ---- */

static void each_subject(void (*fn)(struct subject *s))
{
    for (size_t i = 0; i < f.n_subjects; i++)
        fn(&f.subject[i]);
}

static void begin(struct subject *s)
{
    resolvers_begin(s->resolvers);
}

static void note_calm(struct subject *s)
{
    s->calm = resolvers_seen(s->resolvers);
}

/* Every millisecond has its turn, if some come late. */
static void run(void)
{
    const mono_ms_t start = mono_ms() + SETTLE_MS, end = start + f.length_ms;
    const mono_ms_t alarm = start + first_outage_ms();
    const struct timespec pause = {.tv_nsec = 500000};

    for (mono_ms_t now = start - SETTLE_MS; now < end; now++) {
        while (mono_ms() < now)
            nanosleep(&pause, NULL);
        if (now == start)
            each_subject(begin);
        if (now == alarm)
            each_subject(note_calm);
        apply_outages(now - start);
        for (size_t i = 0; i < f.n_subjects; i++)
            resolvers_step(f.subject[i].resolvers, now);
    }
}

/* ---- words ---- */

static bool take_outage(const char *text)
{
    struct outage *o = &f.outage[f.n_outages];
    double from_s, to_s, period_s = 0;

    if (f.n_outages == OUTAGES_MAX ||
        sscanf(text, "%u:%lf-%lf/%lf", &o->region, &from_s, &to_s, &period_s) < 3 ||
        o->region >= HOMES)
        return false;
    o->from_ms = to_ms(from_s);
    o->to_ms = to_ms(to_s);
    o->period_ms = to_ms(period_s);
    f.n_outages++;
    return true;
}

static bool take_backends(char *text)
{
    unsigned n = 0;

    for (char *addr; n < BACKENDS && (addr = strsep(&text, ",")) != NULL; n++) {
        f.addr[n] = addr;
        if (!ipaddr_parse(addr, &f.world.backend[n / BACKENDS_PER_REGION][n % BACKENDS_PER_REGION]))
            return false;
    }
    return n == BACKENDS && text == NULL;
}

static bool read_args(int argc, char **argv)
{
    bool ok = true;
    int option;

    while ((option = getopt(argc, argv, "b:k:s:")) != -1)
        switch (option) {
        case 'b': ok = ok && take_backends(optarg); break;
        case 'k': ok = ok && take_outage(optarg); break;
        case 's': f.length_ms = to_ms(strtod(optarg, NULL)); break;
        default: return false;
        }
    return ok && optind == argc && f.addr[0] != NULL && f.length_ms > 0;
}

static bool take_subject(char *line)
{
    const char *label = strsep(&line, "\t"), *server = strsep(&line, "\t");
    struct endpoint_addr at;

    if (line == NULL || !sockaddr_parse(server, 53, &at))
        return false;
    struct resolvers *r = resolvers_new(&f.world, &at, line, f.n_subjects + 1);
    if (r == NULL)
        return false;
    f.subject = xgrow(f.subject, f.n_subjects, sizeof(*f.subject));
    f.subject[f.n_subjects++] = (struct subject){.label = xstrdup(label), .resolvers = r};
    return true;
}

static bool read_subjects(void)
{
    char line[1024];

    while (fgets(line, sizeof(line), stdin) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        if (!take_subject(line)) {
            fprintf(stderr, "resolvers: not LABEL, ADDRESS@PORT and NAME, or not to be asked: %s\n",
                    line);
            return false;
        }
    }
    return true;
}

static double per_s(uint64_t n, dur_ms_t ms)
{
    return ms > 0 ? (double)n * 1000 / (double)ms : 0;
}

static void tell(struct subject *s)
{
    const struct resolvers_seen all = resolvers_seen(s->resolvers);

    printf("%s\tfailed\t%llu\n", s->label, (unsigned long long)(all.failed - s->calm.failed));
    printf("%s\taway\t%llu\n", s->label, (unsigned long long)(all.away - s->calm.away));
    printf("%s\tchanges\t%llu\n", s->label, (unsigned long long)(all.changes - s->calm.changes));
    printf("%s\tmoves\t%llu\n", s->label, (unsigned long long)(all.moves - s->calm.moves));
    printf("%s\tcalm\t%.1f\n", s->label, per_s(s->calm.asked, first_outage_ms()));
    printf("%s\tasked\t%.1f\n", s->label, per_s(all.asked, f.length_ms));
}

int main(int argc, char **argv)
{
    if (!read_args(argc, argv)) {
        fputs("usage: resolvers -b ADDRESS,... -s SECONDS [-k REGION:FROM-TO[/PERIOD]]...\n",
              stderr);
        return 2;
    }
    backends_start(f.backend, (const char *const *)f.addr, BACKENDS);
    printf("%u\n", backend_port(f.backend[0]));
    fflush(stdout);
    const bool ok = read_subjects();
    if (ok) {
        run();
        each_subject(tell);
    }
    for (size_t i = 0; i < BACKENDS; i++)
        backend_free(f.backend[i]);
    return ok ? 0 : 1;
}
