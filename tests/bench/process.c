/* SPDX-License-Identifier: BSD-2-Clause */
#include "process.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef uint64_t measure(pid_t pid);

static FILE *open_proc(pid_t pid, const char *file)
{
    char path[128];

    snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, file);
    return fopen(path, "r");
}

/* The children of one thread (proc(5)), each with its own. */
static uint64_t sum_children(pid_t pid, const char *tid, measure *of_one);

/* f of the process itself, and of all that its threads started. */
static uint64_t sum_tree(pid_t pid, measure *of_one)
{
    char path[64];
    uint64_t sum = of_one(pid);

    snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
    DIR *tasks = opendir(path);
    for (struct dirent *e; tasks != NULL && (e = readdir(tasks)) != NULL;)
        if (e->d_name[0] != '.')
            sum += sum_children(pid, e->d_name, of_one);
    if (tasks != NULL)
        closedir(tasks);
    return sum;
}

static uint64_t sum_children(pid_t pid, const char *tid, measure *of_one)
{
    char file[64];
    uint64_t sum = 0;
    int child;

    snprintf(file, sizeof(file), "task/%.16s/children", tid);
    FILE *f = open_proc(pid, file);
    while (f != NULL && fscanf(f, "%d", &child) == 1)
        sum += sum_tree(child, of_one);
    if (f != NULL)
        fclose(f);
    return sum;
}

/* ---- time ---- */

static uint64_t cpu_ns(pid_t pid)
{
    clockid_t clock;
    struct timespec t;

    if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &t) != 0)
        return 0;
    return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

uint64_t process_cpu_ns(pid_t pid)
{
    return sum_tree(pid, cpu_ns);
}

/* ---- memory ---- */

static uint64_t rollup_kib(pid_t pid, const char *key)
{
    char line[256];
    uint64_t kib = 0;
    FILE *f = open_proc(pid, "smaps_rollup");

    while (f != NULL && fgets(line, sizeof(line), f) != NULL)
        if (strncmp(line, key, strlen(key)) == 0)
            kib = strtoull(line + strlen(key), NULL, 10);
    if (f != NULL)
        fclose(f);
    return kib;
}

static uint64_t pss_kib(pid_t pid)
{
    return rollup_kib(pid, "Pss:");
}

static uint64_t pss_anon_kib(pid_t pid)
{
    return rollup_kib(pid, "Pss_Anon:");
}

uint64_t process_pss_kib(pid_t pid)
{
    return sum_tree(pid, pss_kib);
}

uint64_t process_pss_anon_kib(pid_t pid)
{
    return sum_tree(pid, pss_anon_kib);
}
