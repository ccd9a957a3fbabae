/*
 * A server of three regions, us, eu and ap, each of them a TCP port that a test opens and closes; and short
 * ways to say what is to be so.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "daemon.h"

extern const char regions_zone[]; /* the text of zones/example.com.zone */

/* Around each test: all regions are open, and known to be up. */
int regions_start(void **state);
int regions_stop(void **state);
#define REGIONS_TEST(f) cmocka_unit_test_setup_teardown(f, regions_start, regions_stop)

struct daemon *regions_daemon(void);
void regions_open(int i);
void regions_close(int i);
/* Every endpoint is asked, so that none is unknown. */
void regions_probe(void);

/* Clients: no rule and no coordinates, so us, eu, ap, as declared; ap, us; eu alone. */
#define ANYWHERE "192.0.2.0/24"
#define ASIA     "10.1.2.0/24"
#define FENCED   "10.2.3.0/24"

void regions_check_answer(const char *name, const char *subnet, const char *records);
void regions_check_refused(const char *method, json_t *params_taken, const char *reasons);
/* Of a region of pool web: "up" … */
void regions_check_state(int region, const char *want);

#define REGION(name) json_pack("{s:s}", "region", name)

/* "drain" or "undrain"; pool NULL: everywhere. */
json_t *regions_drain(const char *method, const char *region, const char *pool);
bool regions_changed(json_t *result_taken);
