# make bench (HACKING.md, "Measure"): the load generator, what it needs beside it, and peers to measure against.

bench_libs = tests/bench/libbench.a $(dns_libs)
noinst_LIBRARIES += tests/bench/libbench.a
tests_bench_libbench_a_SOURCES = \
	tests/bench/histogram.c tests/bench/histogram.h \
	tests/bench/load.c tests/bench/load.h tests/bench/load_inside.h \
	tests/bench/load_tcp.c \
	tests/bench/load_udp.c \
	tests/bench/process.c tests/bench/process.h \
	tests/bench/questions.c tests/bench/questions.h \
	tests/unit/rng.c tests/unit/rng.h \
	$(end)

noinst_PROGRAMS += tests/bench/echo
tests_bench_echo_LDADD = $(base_libs) $(UV_LIBS)

noinst_PROGRAMS += tests/bench/load
tests_bench_load_SOURCES = tests/bench/load_main.c
tests_bench_load_LDADD = $(bench_libs)

noinst_PROGRAMS += tests/bench/await
tests_bench_await_LDADD = $(bench_libs)

noinst_PROGRAMS += tests/bench/beat
tests_bench_beat_LDADD = $(base_libs)

noinst_PROGRAMS += tests/bench/crowd
tests_bench_crowd_SOURCES = \
	tests/bench/crowd.c \
	tests/bench/arrivals.c tests/bench/arrivals.h \
	tests/bench/streams.c tests/bench/streams.h
tests_bench_crowd_LDADD = $(origin_libs)

noinst_PROGRAMS += tests/bench/makecity
tests_bench_makecity_SOURCES = tests/bench/makecity.c tests/bench/mmdb.c tests/bench/mmdb.h \
	tests/unit/rng.c tests/unit/rng.h
tests_bench_makecity_LDADD = $(base_libs)

noinst_PROGRAMS += tests/bench/nest
tests_bench_nest_SOURCES = tests/bench/nest.c tests/bench/mmdb.c tests/bench/mmdb.h
tests_bench_nest_LDADD = $(load_libs)

# make tests/bench/resolvers; for failover.sh, with backends that it kills
EXTRA_PROGRAMS += tests/bench/resolvers
tests_bench_resolvers_SOURCES = tests/bench/resolvers_main.c tests/bench/resolvers.c tests/bench/resolvers.h
tests_bench_resolvers_LDADD = tests/bench/libbench.a $(backend_libs) $(dns_libs) $(LDNS_LIBS)

check_PROGRAMS += tests/bench/test_load
tests_bench_test_load_LDADD = tests/bench/libbench.a $(site_libs)

EXTRA_DIST += \
	tests/bench/city \
	tests/bench/failover.sh \
	tests/bench/geo.sh \
	tests/bench/growth.sh \
	tests/bench/instructions.sh \
	tests/bench/json.awk \
	tests/bench/many.sh \
	tests/bench/measure.sh \
	tests/bench/medians.awk \
	tests/bench/peers.sh \
	tests/bench/probes.sh \
	tests/bench/run \
	tests/bench/sites.sh \
	tests/bench/steer.sh \
	tests/bench/stress.sh \
	tests/bench/shapes \
	tests/bench/svg.awk \
	tests/bench/svg_bars.awk \
	tests/bench/svg_curves.awk \
	tests/bench/tables.awk \
	tests/bench/tcp.sh \
	tests/bench/titles.awk \
	tests/bench/udp.sh \
	tests/bench/zones.sh \
	$(end)
