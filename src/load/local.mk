noinst_LIBRARIES += src/load/libload.a

src_load_libload_a_SOURCES = \
	$(end)

# Unit tests: tests/unit/test_NAME.c is two lines here.
