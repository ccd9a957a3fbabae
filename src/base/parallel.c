/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/parallel.h"

#include <assert.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <unistd.h>

struct job {
    pthread_t thread;
    void (*fn)(void *arg, unsigned i);
    void *arg;
    unsigned i;
    bool is_started;
};

unsigned parallel_threads(void)
{
    const long n = sysconf(_SC_NPROCESSORS_ONLN);

    return n < 1 ? 1 : n > PARALLEL_MAX ? PARALLEL_MAX : (unsigned)n;
}

static void *run(void *arg)
{
    const struct job *j = arg;

    j->fn(j->arg, j->i);
    return NULL;
}

void parallel_run(unsigned n, void (*fn)(void *arg, unsigned i), void *arg)
{
    struct job jobs[PARALLEL_MAX];

    assert(n >= 1 && n <= PARALLEL_MAX);
    for (unsigned i = 1; i < n; i++) {
        jobs[i] = (struct job){.fn = fn, .arg = arg, .i = i};
        jobs[i].is_started = pthread_create(&jobs[i].thread, NULL, run, &jobs[i]) == 0;
    }
    fn(arg, 0);
    for (unsigned i = 1; i < n; i++) {
        if (jobs[i].is_started)
            pthread_join(jobs[i].thread, NULL);
        else
            fn(arg, i);
    }
}
