/*
 * Types of values that only probes have.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "control/option.h"
#include "health/probe.h"

const char *probe_kind_name(enum probe_kind kind); /* as the operator writes it */

extern const struct option_type type_codes;  /* struct code_range, a list */
extern const struct option_type type_method; /* char * */
extern const struct option_type type_target; /* char * */
extern const struct option_type type_host;   /* char * */
extern const struct option_type
    type_headers;                           /* fills headers and n_headers of a struct probe_spec */
extern const struct option_type type_body;  /* struct pattern *, as it is */
extern const struct option_type type_regex; /* struct pattern * */
extern const struct option_type type_bytes; /* struct probe_bytes */
extern const struct option_type type_query; /* char *, an absolute name */
extern const struct option_type type_rrtype;      /* uint16_t */
extern const struct option_type type_rcode;       /* struct code_range, a list */
extern const struct option_type type_exits;       /* struct code_range, a list */
extern const struct option_type type_environment; /* fills environment and n_environment */
extern const struct option_type type_need;        /* uint8_t; 0: all */
extern const struct option_type type_source;      /* struct ipaddr, a list */
extern const struct option_type type_own_file; /* char *, a path; a warning if it cannot be read */
extern const struct option_type type_fall;     /* fills fall and fall_of of a struct probe_spec */
