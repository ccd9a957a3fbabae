/*
 * What a server has used so far: a process and all that it started and that live.  Memory is told to the
 * process's user and to root.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdint.h>
#include <sys/types.h>

/* Time on processors, in user space and in the kernel; of threads that ended, too. */
uint64_t process_cpu_ns(pid_t pid);
/* Memory: pages that several processes share count in each by its part. */
uint64_t process_pss_kib(pid_t pid);
/* The same without pages of files: what the program itself has filled. */
uint64_t process_pss_anon_kib(pid_t pid);
