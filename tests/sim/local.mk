# make sim: failover by DNS on a virtual clock (tests/sim/README.md).

sim_libs = tests/sim/libsim.a $(model_libs)
check_LIBRARIES += tests/sim/libsim.a
tests_sim_libsim_a_SOURCES = \
	tests/sim/plot.c \
	tests/sim/settings.c tests/sim/settings.h \
	tests/sim/table.c tests/sim/table.h \
	$(end)

EXTRA_PROGRAMS += tests/sim/sim
tests_sim_sim_LDADD = $(sim_libs)

check_PROGRAMS += tests/sim/test_sim
tests_sim_test_sim_LDADD = $(kit_libs) $(sim_libs) $(CMOCKA_LIBS)

EXTRA_DIST += tests/sim/README.md
