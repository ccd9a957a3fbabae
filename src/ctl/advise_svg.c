/*
 * Failover time against query load, a dot for each of the settings that were tried.  The lower left
 * edge is what can be had.  SPDX-License-Identifier: BSD-2-Clause
 */
#include <math.h>
#include <stdlib.h>

#include "base/xalloc.h"
#include "ctl/advise.h"

#define WIDTH  760
#define HEIGHT 480
#define LEFT   70
#define RIGHT  20
#define TOP    50
#define BOTTOM 60

/* Both axes are logarithmic: what matters is the ratio. */
struct axis {
    double low, high; /* > 0 */
    double from, to;  /* on paper */
};

static double place(const struct axis *x, double value)
{
    const double part = log(value / x->low) / log(x->high / x->low);

    return x->from + part * (x->to - x->from);
}

struct plot {
    const struct advice *advice;
    struct axis x, y;
    FILE *to;
};

static double load_of(const struct figures *f)
{
    return f->seen_ms > 0 ? f->queries * 3600000 / f->seen_ms : 0;
}

static double failover_of(const struct figures *f)
{
    return f->outages > 0 ? f->failed_ms / f->outages / 1000 : 0;
}

/* Room for a value; 0 has none. */
static void stretch(struct axis *a, double value)
{
    if (value <= 0)
        return;
    a->low = a->low > 0 && a->low < value / 1.2 ? a->low : value / 1.2;
    a->high = a->high > value * 1.2 ? a->high : value * 1.2;
}

static void set_axes(struct plot *p)
{
    p->x = (struct axis){.from = LEFT, .to = WIDTH - RIGHT};
    p->y = (struct axis){.from = HEIGHT - BOTTOM, .to = TOP};
    for (size_t i = 0; i < p->advice->n; i++) {
        stretch(&p->x, load_of(&p->advice->candidates[i].figures));
        stretch(&p->y, failover_of(&p->advice->candidates[i].figures));
    }
    if (p->x.low <= 0)
        stretch(&p->x, 1);
    if (p->y.low <= 0)
        stretch(&p->y, 1);
}

/* A policy's name, which may hold anything. */
static void put_text(FILE *to, const char *text)
{
    for (; *text != '\0'; text++)
        switch (*text) {
        case '<': fputs("&lt;", to); break;
        case '>': fputs("&gt;", to); break;
        case '&': fputs("&amp;", to); break;
        default: fputc((unsigned char)*text < 0x20 ? '?' : *text, to);
        }
}

/* ---- axes ---- */

/* …, 0.5, 1, 2, 5, 10, 20, … */
static double tick(int i)
{
    static const double digits[] = {1, 2, 5};

    return pow(10, floor(i / 3.0)) * digits[(i % 3 + 3) % 3];
}

static int first_tick(const struct axis *a)
{
    int i = 3 * (int)floor(log10(a->low));

    while (tick(i) < a->low)
        i++;
    return i;
}

static void put_ticks_x(const struct plot *p)
{
    for (int i = first_tick(&p->x); tick(i) <= p->x.high; i++) {
        const double x = place(&p->x, tick(i));
        fprintf(p->to, "<path class=\"grid\" d=\"M%.1f %d V%d\"/>", x, TOP, HEIGHT - BOTTOM);
        fprintf(p->to, "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%g</text>\n", x,
                HEIGHT - BOTTOM + 18, tick(i));
    }
}

static void put_ticks_y(const struct plot *p)
{
    for (int i = first_tick(&p->y); tick(i) <= p->y.high; i++) {
        const double y = place(&p->y, tick(i));
        fprintf(p->to, "<path class=\"grid\" d=\"M%d %.1f H%d\"/>", LEFT, y, WIDTH - RIGHT);
        fprintf(p->to, "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%g</text>\n", LEFT - 6, y + 4,
                tick(i));
    }
}

static void put_titles(const struct plot *p, const struct advice_subject *s)
{
    fprintf(p->to, "<text x=\"%d\" y=\"24\" class=\"title\">Policy ", LEFT);
    put_text(p->to, s->policy);
    fprintf(p->to, ": failover against query load, %s</text>\n",
            p->advice->is_of_crash ? "in a crash of one minute" : "in what its probes recorded");
    fprintf(p->to,
            "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">queries an hour of a busy "
            "resolver</text>\n",
            (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 16);
    fprintf(p->to,
            "<text transform=\"translate(18 %d) rotate(-90)\" text-anchor=\"middle\">"
            "seconds that a client fails in an outage</text>\n",
            (TOP + HEIGHT - BOTTOM) / 2);
}

/* ---- dots ---- */

static double dot_y(const struct plot *p, const struct figures *f)
{
    return failover_of(f) > 0 ? place(&p->y, failover_of(f)) : p->y.from;
}

static void put_dot(const struct plot *p, size_t i, const char *class, double radius)
{
    const struct candidate *c = &p->advice->candidates[i];
    const struct settings *s = &c->settings;

    if (load_of(&c->figures) <= 0)
        return;
    fprintf(p->to, "<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"%g\">", class,
            place(&p->x, load_of(&c->figures)), dot_y(p, &c->figures), radius);
    fprintf(p->to, "<title>interval %gs, timeout %gs, fall %u", (double)s->interval_ms / 1000,
            (double)s->timeout_ms / 1000, s->rule.fall);
    if (s->rule.fall_of > 0)
        fprintf(p->to, " of %u", s->rule.fall_of);
    fprintf(p->to, ", ttl %u to %us, growth %u: %.3gs, %.3g an hour</title></circle>\n",
            (unsigned)s->ttl.min_s, (unsigned)s->ttl.max_s, (unsigned)s->ttl.growth,
            failover_of(&c->figures), load_of(&c->figures));
}

static void put_label(const struct plot *p, size_t i, const char *text, int down)
{
    const struct figures *f = &p->advice->candidates[i].figures;
    const double x = place(&p->x, load_of(f));
    const bool is_right = x > WIDTH * 0.7;

    if (load_of(f) <= 0)
        return;
    fprintf(p->to, "<text class=\"label\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>\n",
            is_right ? x - 9 : x + 9, dot_y(p, f) + down, is_right ? "end" : "start", text);
}

static void put_dots(const struct plot *p)
{
    const struct advice *a = p->advice;

    for (size_t i = 1; i < a->n; i++)
        put_dot(p, i, "tried", 2.5);
    put_dot(p, 0, "now", 6);
    put_label(p, 0, "now", 4);
    for (enum advice_goal g = 0; g < ADVICE_GOALS; g++) {
        if (a->picks[g] == 0)
            continue;
        put_dot(p, a->picks[g], "pick", 6);
        put_label(p, a->picks[g], advice_goal_name(g), 4 + 13 * (int)g);
    }
}

void advice_svg(const struct advice_subject *s, const struct advice *a, FILE *to)
{
    struct plot p = {.advice = a, .to = to};

    set_axes(&p);
    fprintf(to,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" "
            "font-family=\"sans-serif\" font-size=\"12\">\n",
            WIDTH, HEIGHT);
    fputs("<style>.grid{stroke:#ddd}.title{font-size:15px}.label{font-weight:bold}"
          ".tried{fill:#9ab}.now{fill:#c33}.pick{fill:#283}</style>\n",
          to);
    fprintf(to, "<rect width=\"%d\" height=\"%d\" fill=\"white\"/>\n", WIDTH, HEIGHT);
    put_ticks_x(&p);
    put_ticks_y(&p);
    put_titles(&p, s);
    put_dots(&p);
    fputs("</svg>\n", to);
}
