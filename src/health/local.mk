noinst_LIBRARIES += src/health/libhealth.a

src_health_libhealth_a_SOURCES = \
	src/health/damping.c src/health/damping.h \
	src/health/health.c src/health/health.h \
	src/health/lateness.c src/health/lateness.h \
	src/health/probe.h \
	src/health/probe_http.c \
	src/health/probe_ops.h \
	src/health/probe_tcp.c \
	src/health/run.c src/health/run.h \
	src/health/schedule.c src/health/schedule.h \
	src/health/spec.c src/health/spec.h \
	src/health/targets.c src/health/targets.h \
	src/health/ttl.c src/health/ttl.h \
	src/health/verdict.c src/health/verdict.h \
	$(end)

# Unit tests: tests/unit/test_NAME.c is two lines here.
check_PROGRAMS += tests/unit/test_damping
tests_unit_test_damping_LDADD = $(test_health)

check_PROGRAMS += tests/unit/test_lateness
tests_unit_test_lateness_LDADD = $(test_health)

check_PROGRAMS += tests/unit/test_schedule
tests_unit_test_schedule_LDADD = $(test_health)

check_PROGRAMS += tests/unit/test_ttl
tests_unit_test_ttl_LDADD = $(test_health)

check_PROGRAMS += tests/unit/test_verdict
tests_unit_test_verdict_LDADD = $(test_health)
