/*
 * A plot of a table as SVG.  Queries/s go to the right, by powers of ten; user-seconds of failure go up.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <math.h>
#include <stdlib.h>

#include "table.h"

enum { LEFT = 80, RIGHT = 700, ABOVE = 60, BELOW = 380, LEGEND = 440, WIDTH = 780, HEIGHT = 530 };

#define COLOUR_OURS "#1b7837"
#define COLOUR_LINE "#dddddd"

/* What the axes reach: queries/s are powers of ten. */
struct axes {
    double least_q, most_q, most_failure;
};

static struct axes axes_of(const struct table *t)
{
    struct axes a = {INFINITY, 0, 1};

    for (size_t i = 0; i < t->settings->n; i++) {
        const struct model_result *r = &t->results[i];
        a.least_q = fmin(a.least_q, r->queries_per_s);
        a.most_q = fmax(a.most_q, r->queries_per_s);
        a.most_failure = fmax(a.most_failure, r->failure_user_s);
    }
    a.least_q = pow(10, floor(log10(a.least_q)));
    a.most_q = pow(10, ceil(log10(a.most_q)));
    a.most_failure *= 1.05;
    return a;
}

static double x_of(const struct axes *a, double queries_per_s)
{
    return LEFT +
           (RIGHT - LEFT) * log10(queries_per_s / a->least_q) / log10(a->most_q / a->least_q);
}

static double y_of(const struct axes *a, double failure_user_s)
{
    return BELOW - (BELOW - ABOVE) * failure_user_s / a->most_failure;
}

/* ---- axes ---- */

static void draw_level(FILE *to, const struct axes *a, double failure_user_s)
{
    const double y = y_of(a, failure_user_s);

    fprintf(to, "<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" stroke=\"" COLOUR_LINE "\"/>\n",
            LEFT, y, RIGHT, y);
    fprintf(to, "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%.0f</text>\n", LEFT - 8, y + 4,
            failure_user_s);
}

/* 1, 2 or 5 times a power of ten, of which some five lead to `most`. */
static double step_to(double most)
{
    const double unit = pow(10, floor(log10(most / 5))), times = most / 5 / unit;

    return times < 2 ? unit * 2 : times < 5 ? unit * 5 : unit * 10;
}

static void draw_axes(FILE *to, const struct table *t, const struct axes *a)
{
    const double step = step_to(a->most_failure);

    fprintf(to, "<text x=\"%d\" y=\"24\" font-size=\"15\">%s: %s</text>\n", LEFT, t->trace->name,
            t->trace->what);
    fprintf(to, "<text x=\"%d\" y=\"44\">user-seconds of failure</text>\n", LEFT);
    for (int i = 0; i * step <= a->most_failure; i++)
        draw_level(to, a, i * step);
    for (double q = a->least_q; q <= a->most_q * 1.01; q *= 10)
        fprintf(to, "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%g</text>\n", x_of(a, q),
                BELOW + 18, q);
    fprintf(to, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">queries/s</text>\n", RIGHT,
            BELOW + 36);
}

/* ---- points ---- */

static const char *const colours[] =
    {[SETTINGS_RIVAL] = "#b2182b", [SETTINGS_PERFECT] = "#777777", [SETTINGS_OURS] = COLOUR_OURS};

static void draw_point(FILE *to, const struct axes *a, const struct setting *s,
                       const struct model_result *r)
{
    fprintf(to,
            "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"%s\"><title>%s: %.0f user-s, %.1f "
            "queries/s, %.1f changes</title></circle>\n",
            x_of(a, r->queries_per_s), y_of(a, r->failure_user_s), colours[s->group], s->name,
            r->failure_user_s, r->queries_per_s, r->changes);
}

/* How many of those before it lie where it lies, so that their letters would be one upon the other. */
static unsigned crowd(const struct table *t, const struct axes *a, size_t i)
{
    const struct model_result *r = t->results;
    unsigned n = 0;

    for (size_t j = 0; j < i; j++)
        n += fabs(x_of(a, r[j].queries_per_s) - x_of(a, r[i].queries_per_s)) < 12 &&
             fabs(y_of(a, r[j].failure_user_s) - y_of(a, r[i].failure_user_s)) < 12;
    return n;
}

/* A letter at the point, and what it stands for below the plot, in two columns. */
static void name_point(FILE *to, const struct table *t, const struct axes *a, size_t i)
{
    const struct setting *s = &t->settings->all[i];
    const double x = x_of(a, t->results[i].queries_per_s) + 7 + 11 * crowd(t, a, i);
    const double y = y_of(a, t->results[i].failure_user_s) - 5;
    const char letter = (char)('A' + i);

    fprintf(to, "<text x=\"%.1f\" y=\"%.1f\" fill=\"%s\">%c</text>\n", x, y, colours[s->group],
            letter);
    fprintf(to, "<text x=\"%zu\" y=\"%zu\" fill=\"%s\">%c  %s</text>\n", LEFT + i % 2 * 300,
            LEGEND + i / 2 * 17, colours[s->group], letter, s->name);
}

static int compare_queries(const void *x, const void *y)
{
    const struct model_result *a = *(const struct model_result *const *)x;
    const struct model_result *b = *(const struct model_result *const *)y;

    return (a->queries_per_s > b->queries_per_s) - (a->queries_per_s < b->queries_per_s);
}

/* Down the stairs: those of ours that no other of ours beats in both. */
static void draw_edge(FILE *to, const struct table *t, const struct axes *a)
{
    const struct model_result *ours[SETTINGS_MAX];
    double least = INFINITY;
    size_t n = 0;

    for (size_t i = 0; i < t->settings->n; i++)
        if (t->settings->all[i].group == SETTINGS_OURS)
            ours[n++] = &t->results[i];
    qsort(ours, n, sizeof(ours[0]), compare_queries);
    fprintf(to, "<polyline fill=\"none\" stroke=\"" COLOUR_OURS "\" stroke-width=\"2\" points=\"");
    for (size_t i = 0; i < n; i++) {
        if (ours[i]->failure_user_s >= least)
            continue;
        const double x = x_of(a, ours[i]->queries_per_s);
        if (least < INFINITY)
            fprintf(to, "%.1f,%.1f ", x, y_of(a, least));
        least = ours[i]->failure_user_s;
        fprintf(to, "%.1f,%.1f ", x, y_of(a, least));
    }
    fprintf(to, "\"/>\n");
}

void table_plot(FILE *to, const struct table *t)
{
    const struct axes a = axes_of(t);

    fprintf(to,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" "
            "font-family=\"sans-serif\" font-size=\"12\">\n"
            "<rect width=\"%d\" height=\"%d\" fill=\"white\"/>\n",
            WIDTH, HEIGHT, WIDTH, HEIGHT);
    draw_axes(to, t, &a);
    draw_edge(to, t, &a);
    for (size_t i = 0; i < t->settings->n; i++)
        draw_point(to, &a, &t->settings->all[i], &t->results[i]);
    for (size_t i = 0; i < t->settings->n && t->settings->all[i].group != SETTINGS_OURS; i++)
        name_point(to, t, &a, i);
    fprintf(to,
            "<text x=\"%d\" y=\"%d\" fill=\"" COLOUR_OURS
            "\">green: Proxima, and its edge</text>\n",
            LEFT, BELOW + 36);
    fprintf(to, "</svg>\n");
}
