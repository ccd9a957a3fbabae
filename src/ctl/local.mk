noinst_LIBRARIES += src/ctl/libctl.a

src_ctl_libctl_a_SOURCES = \
	src/ctl/advise.c src/ctl/advise.h \
	src/ctl/advise_grid.c \
	src/ctl/advise_json.c \
	src/ctl/advise_pick.c \
	src/ctl/advise_read.c \
	src/ctl/advise_show.c \
	src/ctl/advise_svg.c \
	src/ctl/args.c src/ctl/args.h \
	src/ctl/client.c src/ctl/client.h \
	src/ctl/show.c src/ctl/show.h \
	src/ctl/show_explain.c \
	src/ctl/show_pools.c \
	src/ctl/show_status.c \
	src/ctl/table.c src/ctl/table.h \
	$(end)

# Unit tests: tests/unit/test_NAME.c is two lines here.
check_PROGRAMS += tests/unit/test_advise
tests_unit_test_advise_LDADD = $(test_ctl)
check_PROGRAMS += tests/unit/test_args
tests_unit_test_args_LDADD = $(test_ctl)
check_PROGRAMS += tests/unit/test_table
tests_unit_test_table_LDADD = $(test_ctl)
