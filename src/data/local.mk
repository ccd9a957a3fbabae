noinst_LIBRARIES += src/data/libdata.a

src_data_libdata_a_SOURCES = \
	$(end)

# Unit tests: tests/unit/test_NAME.c is two lines here.
