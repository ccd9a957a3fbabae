# Tests that are no module's own; a module's unit test stands in its folder's local.mk.
#
#   unit test    check_PROGRAMS += tests/unit/test_err
#                tests_unit_test_err_LDADD = $(test_base)
#   integration  check_PROGRAMS += tests/integration/test_drain
#                tests_integration_test_drain_LDADD = $(test_all)
#   fuzz         check_PROGRAMS += tests/fuzz/fuzz_answer
#                tests_fuzz_fuzz_answer_LDADD = $(fuzz_answer)
#
# The source is the program's name with .c; a _SOURCES line is needed only for more than that.

# What a test of a layer links: the kit first (an archive: what is not used is not linked).
test_base    = $(kit_libs) $(base_libs) $(CMOCKA_LIBS)
test_dns     = $(kit_libs) $(dns_libs) $(CMOCKA_LIBS)
test_data    = $(kit_libs) $(data_libs) $(CMOCKA_LIBS)
test_answer  = $(kit_libs) $(answer_libs) $(CMOCKA_LIBS)
test_net     = $(kit_libs) $(net_libs) $(CMOCKA_LIBS)
test_load    = $(kit_libs) $(load_libs) $(CMOCKA_LIBS)
test_health  = $(kit_libs) $(health_libs) $(CMOCKA_LIBS)
test_model   = $(kit_libs) $(model_libs) $(CMOCKA_LIBS)
test_control = $(kit_libs) $(control_libs) $(CMOCKA_LIBS)
test_ctl     = $(kit_libs) $(ctl_libs) $(CMOCKA_LIBS)
test_all     = $(kit_libs) $(all_libs) $(CMOCKA_LIBS)

kit_libs = tests/unit/libkit.a $(LDNS_LIBS)
check_LIBRARIES += tests/unit/libkit.a
tests_unit_libkit_a_SOURCES = \
	tests/unit/answerkit.c tests/unit/answerkit.h \
	tests/unit/tmpdir.c tests/unit/tmpdir.h \
	tests/unit/folderkit.c tests/unit/folderkit.h \
	tests/unit/kit.c tests/unit/kit.h \
	tests/unit/kitsnap.c tests/unit/kitsnap.h \
	tests/unit/rng.c tests/unit/rng.h \
	tests/unit/steerkit.c tests/unit/steerkit.h \
	tests/unit/zonekit.c tests/unit/zonekit.h \
	$(end)

# The origin that probes are tried on, as a library and as a program (the quickstart's backends).  Its
# TLS is OpenSSL's, which libldns brings along.
origin_libs = tests/integration/liborigin.a $(base_libs) $(UV_LIBS) -lssl -lcrypto
noinst_LIBRARIES += tests/integration/liborigin.a
tests_integration_liborigin_a_SOURCES = \
	tests/integration/origin.c tests/integration/origin.h \
	tests/integration/origin_tls.c tests/integration/origin_tls.h \
	$(end)

noinst_PROGRAMS += tests/integration/origin
tests_integration_origin_SOURCES = tests/integration/origin_main.c
tests_integration_origin_LDADD = $(origin_libs)

# A prober and an origin for it.
world_libs = tests/integration/libworld.a $(origin_libs)
check_LIBRARIES += tests/integration/libworld.a
tests_integration_libworld_a_SOURCES = tests/integration/world.c tests/integration/world.h

# A proximad of a test's own, its control socket and its answers.
daemon_libs = tests/integration/libdaemon.a $(test_all)
check_LIBRARIES += tests/integration/libdaemon.a
tests_integration_libdaemon_a_SOURCES = \
	tests/integration/daemon.c tests/integration/daemon.h tests/integration/daemon_inside.h \
	tests/integration/daemon_ask.c \
	tests/integration/daemon_call.c \
	$(end)

# Backends that can be killed.
backend_libs = tests/integration/libbackend.a
check_LIBRARIES += tests/integration/libbackend.a
tests_integration_libbackend_a_SOURCES = \
	tests/integration/backend.c tests/integration/backend.h

# A small site for a daemon.
site_libs = tests/integration/libsite.a $(daemon_libs)
check_LIBRARIES += tests/integration/libsite.a
tests_integration_libsite_a_SOURCES = tests/integration/site.c tests/integration/site.h

check_PROGRAMS += tests/integration/test_abuse
tests_integration_test_abuse_SOURCES = \
	tests/integration/test_abuse.c \
	tests/integration/abuse.c tests/integration/abuse.h \
	tests/integration/storm.c tests/integration/storm.h
tests_integration_test_abuse_LDADD = $(backend_libs) $(daemon_libs)
regions = tests/integration/regions.c tests/integration/regions.h
check_PROGRAMS += tests/integration/test_blackout
tests_integration_test_blackout_SOURCES = \
	tests/integration/test_blackout.c \
	tests/integration/netns.c tests/integration/netns.h
tests_integration_test_blackout_LDADD = $(backend_libs) $(daemon_libs)
check_PROGRAMS += tests/integration/test_control
tests_integration_test_control_SOURCES = tests/integration/test_control.c $(regions)
tests_integration_test_control_LDADD = $(daemon_libs)
check_PROGRAMS += tests/integration/test_insight
tests_integration_test_insight_SOURCES = tests/integration/test_insight.c $(regions)
tests_integration_test_insight_LDADD = $(daemon_libs)
check_PROGRAMS += tests/integration/test_drain
tests_integration_test_drain_LDADD = $(backend_libs) $(daemon_libs)
check_PROGRAMS += tests/integration/test_explain
tests_integration_test_explain_LDADD = $(site_libs)
check_PROGRAMS += tests/integration/test_failover
tests_integration_test_failover_LDADD = $(backend_libs) $(daemon_libs)
check_PROGRAMS += tests/integration/test_health
tests_integration_test_health_LDADD = $(world_libs) $(test_health)

check_PROGRAMS += tests/integration/test_kills
tests_integration_test_kills_LDADD = $(backend_libs) $(daemon_libs)

check_PROGRAMS += tests/integration/test_load
tests_integration_test_load_SOURCES = \
	tests/integration/test_load.c \
	tests/integration/storm.c tests/integration/storm.h
tests_integration_test_load_LDADD = $(backend_libs) $(daemon_libs)
# make tests/bench/bench_steer proximad; it says itself how to call it
EXTRA_PROGRAMS += tests/bench/bench_steer
tests_bench_bench_steer_SOURCES = \
	tests/bench/bench_steer.c \
	tests/bench/steersite.c tests/bench/steersite.h \
	tests/integration/storm.c tests/integration/storm.h
tests_bench_bench_steer_LDADD = $(daemon_libs)

check_PROGRAMS += tests/integration/test_probe_combine
tests_integration_test_probe_combine_LDADD = $(world_libs) $(test_health)
check_PROGRAMS += tests/integration/test_probe_dns
tests_integration_test_probe_dns_LDADD = $(world_libs) $(daemon_libs)
check_PROGRAMS += tests/integration/test_probe_exec
tests_integration_test_probe_exec_LDADD = $(world_libs) $(test_health)
check_PROGRAMS += tests/integration/test_probe_grpc
tests_integration_test_probe_grpc_SOURCES = \
	tests/integration/test_probe_grpc.c \
	tests/integration/origin_h2.c tests/integration/origin_h2.h
tests_integration_test_probe_grpc_LDADD = $(world_libs) $(test_health) $(NGHTTP2_LIBS)
check_PROGRAMS += tests/integration/test_probe_http
tests_integration_test_probe_http_LDADD = $(world_libs) $(test_health)
check_PROGRAMS += tests/integration/test_probe_tls
tests_integration_test_probe_tls_LDADD = $(world_libs) $(test_health)
check_PROGRAMS += tests/integration/test_probe_told
tests_integration_test_probe_told_LDADD = $(world_libs) $(test_health)
check_PROGRAMS += tests/integration/test_probes
tests_integration_test_probes_LDADD = $(world_libs) $(test_health)
check_PROGRAMS += tests/integration/test_cookies
tests_integration_test_cookies_LDADD = $(site_libs)
check_PROGRAMS += tests/integration/test_report
tests_integration_test_report_LDADD = $(daemon_libs)
check_PROGRAMS += tests/integration/test_reload
tests_integration_test_reload_LDADD = $(site_libs)
check_PROGRAMS += tests/integration/test_shared
tests_integration_test_shared_LDADD = $(daemon_libs)
check_PROGRAMS += tests/integration/test_blind
tests_integration_test_blind_LDADD = $(backend_libs) $(daemon_libs)
check_PROGRAMS += tests/integration/test_standstill
tests_integration_test_standstill_LDADD = $(backend_libs) $(daemon_libs)
check_PROGRAMS += tests/integration/test_check
tests_integration_test_check_LDADD = $(test_all)
check_PROGRAMS += tests/integration/test_failback
tests_integration_test_failback_LDADD = $(backend_libs) $(site_libs)
check_PROGRAMS += tests/integration/test_advise
tests_integration_test_advise_LDADD = $(backend_libs) $(site_libs)

check_PROGRAMS += tests/integration/test_restart
tests_integration_test_restart_LDADD = $(backend_libs) $(daemon_libs)

check_PROGRAMS += tests/integration/test_start
tests_integration_test_start_LDADD = $(site_libs)

if HAVE_UNBOUND
check_PROGRAMS += tests/integration/test_validated
tests_integration_test_validated_SOURCES = \
	tests/integration/test_validated.c \
	tests/integration/signkit.c tests/integration/signkit.h
tests_integration_test_validated_LDADD = $(daemon_libs) -lunbound
endif

# A fuzz target's main: libFuzzer's with --enable-fuzz, else one that replays the corpus.
if FUZZ
fuzz_main = $(FUZZ_LIBS)
else
fuzz_main = tests/fuzz/libreplay.a
check_LIBRARIES += tests/fuzz/libreplay.a
tests_fuzz_libreplay_a_SOURCES = tests/fuzz/replay.c
endif
fuzz_base    = $(fuzz_main) $(kit_libs) $(base_libs)
fuzz_dns     = $(fuzz_main) $(kit_libs) $(dns_libs)
fuzz_data    = $(fuzz_main) $(kit_libs) $(data_libs)
fuzz_answer  = $(fuzz_main) $(kit_libs) $(answer_libs)
fuzz_net     = $(fuzz_main) $(kit_libs) $(net_libs)
fuzz_load    = $(fuzz_main) $(kit_libs) $(load_libs)
fuzz_control = $(fuzz_main) $(kit_libs) $(control_libs)

TESTS += $(check_PROGRAMS)

# The same zones and queries in other servers, which not everybody has: `make check-differential`.
EXTRA_PROGRAMS += tests/differential/differential
tests_differential_differential_LDADD = $(kit_libs) $(data_libs) $(LDNS_LIBS)
tests_differential_differential_SOURCES = \
	tests/differential/ask.c tests/differential/ask.h \
	tests/differential/compare.c tests/differential/compare.h \
	tests/differential/die.c tests/differential/die.h \
	tests/differential/differential.c \
	tests/differential/explain.c tests/differential/explain.h \
	tests/differential/feature.c tests/differential/feature.h tests/differential/feature_inside.h \
	tests/differential/feature_query.c \
	tests/differential/feature_reply.c \
	tests/differential/feature_set.c \
	tests/differential/makezones.c tests/differential/makezones.h \
	tests/differential/query.c tests/differential/query.h \
	tests/differential/query_damage.c \
	tests/differential/query_name.c \
	tests/differential/reply.c tests/differential/reply.h \
	tests/differential/report.c tests/differential/report.h \
	tests/differential/server.c tests/differential/server.h \
	tests/differential/sign.c tests/differential/sign.h \
	tests/differential/world.c tests/differential/world.h \
	$(end)

EXTRA_DIST += tests/differential/nsdclock.c
CLEANFILES += tests/differential/nsdclock.so
tests/differential/nsdclock.so: tests/differential/nsdclock.c
	@$(MKDIR_P) tests/differential
	$(AM_V_CCLD)$(CC) -O2 -fPIC -shared -o $@ $<

# A test that hangs fails, and what it started ends with it.  The slowest takes seconds, ten times that
# under a sanitizer on a busy machine.
LOG_COMPILER = timeout -k 5 $(TEST_TIMEOUT_S)
TEST_TIMEOUT_S = 300

AM_TESTS_ENVIRONMENT = \
	SRCDIR='$(abs_top_srcdir)' BUILDDIR='$(abs_top_builddir)' \
	PROXIMAD='$(abs_top_builddir)/proximad' PROXIMACTL='$(abs_top_builddir)/proximactl' \
	ASAN_OPTIONS="$${ASAN_OPTIONS-detect_stack_use_after_return=1:strict_string_checks=1}" \
	UBSAN_OPTIONS="$${UBSAN_OPTIONS-print_stacktrace=1}" \
	TSAN_OPTIONS="$${TSAN_OPTIONS-second_deadlock_stack=1}"; \
	export SRCDIR BUILDDIR PROXIMAD PROXIMACTL ASAN_OPTIONS UBSAN_OPTIONS TSAN_OPTIONS;

if !HAVE_CMOCKA
$(check_LIBRARIES): no-cmocka
no-cmocka:
	@echo 'the tests need cmocka: apt install libcmocka-dev, then configure again' >&2; exit 1
endif
