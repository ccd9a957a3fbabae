/*
 * What a server has used so far: a process and all that it started.  Read from /proc, by the process's
 * user or root.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdint.h>
#include <sys/types.h>

/* Time on a processor, of all threads that live; a finer clock than utime and stime, which they add up to. */
uint64_t process_cpu_ns(pid_t pid);
/* Memory: pages that several processes share count in each by its part. */
uint64_t process_pss_kib(pid_t pid);
/* The same without pages of files: what the program itself has filled. */
uint64_t process_pss_anon_kib(pid_t pid);
