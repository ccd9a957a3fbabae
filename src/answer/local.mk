noinst_LIBRARIES += src/answer/libanswer.a

src_answer_libanswer_a_SOURCES = \
	src/answer/additional.c \
	src/answer/answer.c src/answer/answer.h \
	src/answer/chaos.c \
	src/answer/find.c src/answer/find.h \
	src/answer/steer.c src/answer/steer.h \
	src/answer/work.h \
	$(end)

# Unit tests: tests/unit/test_NAME.c is two lines here.
check_PROGRAMS += tests/unit/test_answer_cases
tests_unit_test_answer_cases_LDADD = $(test_control)
