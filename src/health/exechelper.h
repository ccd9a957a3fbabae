/*
 * The helper that runs the programs of exec probes: a process of its own, forked before there are
 * sockets, zones or secrets, which sees nothing but its end of a socket pair.  It runs what it is told,
 * each in a process group of its own, and kills the group when the program has ended or is not waited
 * for any more; when the server is gone, all of them.
 *
 *   server ──── RUN id, arguments, environment ────► helper ──fork, exec──► program
 *          ◄─── id, how it ended, its first line ───
 *          ──── CANCEL id ─────────────────────────►
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct exechelper;

/* Fork it, while there is one thread and nothing that it should not have.  NULL: errno says why. */
struct exechelper *exechelper_start(void);
/* End it and what it runs, and wait for that.  NULL is fine. */
void exechelper_stop(struct exechelper *h);

/* Who it is from now on, before anything is run: a helper that cannot be ends.  False: it is gone. */
bool exechelper_become(const struct exechelper *h, const char *user);

/* The server's end, which does not block. */
int exechelper_fd(const struct exechelper *h);

#define EXECHELPER_MESSAGE_MAX 65536
#define EXECHELPER_LINE_MAX    200

enum exechelper_op { EXECHELPER_RUN, EXECHELPER_CANCEL, EXECHELPER_BECOME };

/* One message of a SOCK_SEQPACKET; behind it n_args + n_env texts with their NULs (BECOME: one, the
 * user's name). */
struct exechelper_request {
    uint64_t id;
    uint32_t op;
    uint32_t n_args, n_env;
};

enum exechelper_end { EXECHELPER_EXITED, EXECHELPER_KILLED, EXECHELPER_NOT_RUN };

struct exechelper_reply {
    uint64_t id;
    uint32_t end;
    int32_t code;                       /* exit status, signal, or -errno as libuv has it */
    char line[EXECHELPER_LINE_MAX + 1]; /* the first that it wrote; may be empty */
};

/* The helper's whole life, on its end of the pair; in exechelper_run.c. */
_Noreturn void exechelper_run(int fd);
