noinst_LIBRARIES += src/health/libhealth.a

src_health_libhealth_a_SOURCES = \
	src/health/ask.c \
	src/health/damping.c src/health/damping.h \
	src/health/doubt.c src/health/doubt.h \
	src/health/curlloop.c src/health/curlloop.h \
	src/health/curlloops.c src/health/curlloops.h \
	src/health/dialog.c src/health/dialog.h \
	src/health/dnsquery.c src/health/dnsquery.h \
	src/health/exechelper.c src/health/exechelper.h \
	src/health/exechelper_run.c \
	src/health/grpchealth.c src/health/grpchealth.h \
	src/health/exposure.c src/health/exposure.h \
	src/health/health.c src/health/health.h src/health/health_inside.h \
	src/health/judge.c src/health/judge.h \
	src/health/lateness.c src/health/lateness.h \
	src/health/later.c src/health/later.h \
	src/health/kinds.c src/health/kinds.h \
	src/health/pace.c src/health/pace.h \
	src/health/pattern.c src/health/pattern.h \
	src/health/phases.c src/health/phases.h \
	src/health/presence.c src/health/presence.h \
	src/health/probe.h \
	src/health/probe_combine.c \
	src/health/probe_dns.c \
	src/health/probe_exec.c \
	src/health/probe_file.c \
	src/health/probe_grpc.c \
	src/health/probe_http.c \
	src/health/probe_ops.h \
	src/health/probe_push.c \
	src/health/probe_static.c \
	src/health/probe_tcp.c \
	src/health/probe_tls.c \
	src/health/push.h \
	src/health/ramp.c src/health/ramp.h \
	src/health/reports.c src/health/reports.h \
	src/health/run.c src/health/run.h \
	src/health/schedule.c src/health/schedule.h \
	src/health/sight.c src/health/sight.h \
	src/health/slotheap.c src/health/slotheap.h \
	src/health/source.c src/health/source.h \
	src/health/spec.c src/health/spec.h \
	src/health/targets.c src/health/targets.h \
	src/health/track.c src/health/track.h \
	src/health/transfer.c src/health/transfer.h \
	src/health/ttl.c src/health/ttl.h \
	src/health/verdict.c src/health/verdict.h \
	src/health/verdictfile.c src/health/verdictfile.h \
	$(end)

# Unit tests: tests/unit/test_NAME.c is two lines here.
check_PROGRAMS += tests/unit/test_grpchealth
tests_unit_test_grpchealth_LDADD = $(test_health)

check_PROGRAMS += tests/unit/test_damping
tests_unit_test_damping_LDADD = $(test_health)
check_PROGRAMS += tests/unit/test_pattern
tests_unit_test_pattern_LDADD = $(test_health)

check_PROGRAMS += tests/unit/test_ramp
tests_unit_test_ramp_LDADD = $(test_health)

check_PROGRAMS += tests/unit/test_judge
tests_unit_test_judge_LDADD = $(test_health)
check_PROGRAMS += tests/unit/test_lateness
tests_unit_test_lateness_LDADD = $(test_health)
check_PROGRAMS += tests/unit/test_exposure
tests_unit_test_exposure_LDADD = $(test_health)

check_PROGRAMS += tests/unit/test_phases
tests_unit_test_phases_LDADD = $(test_health)

check_PROGRAMS += tests/unit/test_presence
tests_unit_test_presence_LDADD = $(test_health)
check_PROGRAMS += tests/unit/test_schedule
tests_unit_test_schedule_LDADD = $(test_health)

check_PROGRAMS += tests/unit/test_sight
tests_unit_test_sight_LDADD = $(test_health)

check_PROGRAMS += tests/unit/test_track
tests_unit_test_track_LDADD = $(test_health)

check_PROGRAMS += tests/unit/test_ttl
tests_unit_test_ttl_LDADD = $(test_health)

check_PROGRAMS += tests/unit/test_verdict
tests_unit_test_verdict_LDADD = $(test_health)

check_PROGRAMS += tests/unit/test_verdictfile
tests_unit_test_verdictfile_LDADD = $(test_health)
