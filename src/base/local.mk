noinst_LIBRARIES += src/base/libbase.a

src_base_libbase_a_SOURCES = \
	src/base/arena.c src/base/arena.h \
	src/base/clock.c src/base/clock.h \
	src/base/cursor.h \
	src/base/err.c src/base/err.h \
	src/base/hash.c src/base/hash.h \
	src/base/intern.c src/base/intern.h \
	src/base/ipaddr.c src/base/ipaddr.h \
	src/base/list.h \
	src/base/log.c src/base/log.h \
	src/base/nearest.c src/base/nearest.h \
	src/base/rng.c src/base/rng.h \
	src/base/xalloc.c src/base/xalloc.h \
	$(end)

# Unit tests: tests/unit/test_NAME.c is two lines here.
check_PROGRAMS += tests/unit/test_intern
tests_unit_test_intern_LDADD = $(test_base)
