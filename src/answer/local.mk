noinst_LIBRARIES += src/answer/libanswer.a

src_answer_libanswer_a_SOURCES = \
	src/answer/additional.c \
	src/answer/answer.c src/answer/answer.h \
	src/answer/chain.c \
	src/answer/chaos.c \
	src/answer/cookie.c src/answer/cookie.h \
	src/answer/direct.c src/answer/direct.h \
	src/answer/find.c src/answer/find.h \
	src/answer/opt.c \
	src/answer/ratelimit.c src/answer/ratelimit.h \
	src/answer/proof.c src/answer/proof.h \
	src/answer/proof_nsec.c \
	src/answer/proof_nsec3.c \
	src/answer/respond.c \
	src/answer/steer.c src/answer/steer.h \
	src/answer/work.c src/answer/work.h \
	$(end)

# Unit tests: tests/unit/test_NAME.c is two lines here.
check_PROGRAMS += tests/unit/test_answer
tests_unit_test_answer_LDADD = $(test_control)
check_PROGRAMS += tests/unit/test_answer_cases
tests_unit_test_answer_cases_LDADD = $(test_control)
check_PROGRAMS += tests/unit/test_answer_direct
tests_unit_test_answer_direct_LDADD = $(test_control)
check_PROGRAMS += tests/unit/test_answer_opcodes
tests_unit_test_answer_opcodes_LDADD = $(test_control)
check_PROGRAMS += tests/unit/test_answer_paths
tests_unit_test_answer_paths_LDADD = $(test_control)
check_PROGRAMS += tests/unit/test_answer_sweep
tests_unit_test_answer_sweep_LDADD = $(test_control)
check_PROGRAMS += tests/unit/test_cookie
tests_unit_test_cookie_LDADD = $(test_answer) $(LDNS_LIBS)
check_PROGRAMS += tests/unit/test_find
tests_unit_test_find_LDADD = $(test_control)
check_PROGRAMS += tests/unit/test_ratelimit
tests_unit_test_ratelimit_LDADD = $(test_answer)
check_PROGRAMS += tests/unit/test_steer
tests_unit_test_steer_LDADD = $(test_answer)

check_PROGRAMS += tests/fuzz/fuzz_answer
tests_fuzz_fuzz_answer_SOURCES = tests/fuzz/fuzz_answer.c
if FUZZ
tests_fuzz_fuzz_answer_SOURCES += tests/fuzz/mutate_dns.c
endif
tests_fuzz_fuzz_answer_LDADD = $(fuzz_control)

# make tests/bench/bench_answer; it says itself how to call it
EXTRA_PROGRAMS += tests/bench/bench_answer
tests_bench_bench_answer_LDADD = $(test_control)
