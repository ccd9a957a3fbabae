noinst_LIBRARIES += src/base/libbase.a

src_base_libbase_a_SOURCES = \
	$(end)

# Unit tests: tests/unit/test_NAME.c is two lines here.
