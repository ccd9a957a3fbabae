noinst_LIBRARIES += src/base/libbase.a

src_base_libbase_a_SOURCES = \
	src/base/arena.c src/base/arena.h \
	src/base/clock.c src/base/clock.h \
	src/base/cursor.h \
	src/base/err.c src/base/err.h \
	src/base/fileid.c src/base/fileid.h \
	src/base/hash.c src/base/hash.h \
	src/base/intern.c src/base/intern.h \
	src/base/ipaddr.c src/base/ipaddr.h \
	src/base/list.h \
	src/base/log.c src/base/log.h \
	src/base/nearest.c src/base/nearest.h \
	src/base/octets.h \
	src/base/parallel.c src/base/parallel.h \
	src/base/pipeline.c src/base/pipeline.h \
	src/base/siphash.c src/base/siphash.h \
	src/base/writeall.c src/base/writeall.h \
	src/base/xalloc.c src/base/xalloc.h \
	$(end)

# Unit tests: tests/unit/test_NAME.c is two lines here.
check_PROGRAMS += tests/unit/test_arena
tests_unit_test_arena_LDADD = $(test_base)
check_PROGRAMS += tests/unit/test_clock
tests_unit_test_clock_LDADD = $(test_base)
check_PROGRAMS += tests/unit/test_cursor
tests_unit_test_cursor_LDADD = $(test_base)
check_PROGRAMS += tests/unit/test_err
tests_unit_test_err_LDADD = $(test_base)
check_PROGRAMS += tests/unit/test_fileid
tests_unit_test_fileid_LDADD = $(test_base)
check_PROGRAMS += tests/unit/test_hash
tests_unit_test_hash_LDADD = $(test_base)
check_PROGRAMS += tests/unit/test_intern
tests_unit_test_intern_LDADD = $(test_base)
check_PROGRAMS += tests/unit/test_ipaddr
tests_unit_test_ipaddr_LDADD = $(test_base)
check_PROGRAMS += tests/unit/test_log
tests_unit_test_log_LDADD = $(kit_libs) $(dns_libs) $(CMOCKA_LIBS)
check_PROGRAMS += tests/unit/test_nearest
tests_unit_test_nearest_LDADD = $(test_base)
check_PROGRAMS += tests/unit/test_octets
tests_unit_test_octets_LDADD = $(test_base)
check_PROGRAMS += tests/unit/test_parallel
tests_unit_test_parallel_LDADD = $(test_base)
check_PROGRAMS += tests/unit/test_pipeline
tests_unit_test_pipeline_LDADD = $(test_base)
check_PROGRAMS += tests/unit/test_siphash
tests_unit_test_siphash_LDADD = $(test_base)
