noinst_LIBRARIES += src/health/libhealth.a

src_health_libhealth_a_SOURCES = \
	$(end)

# Unit tests: tests/unit/test_NAME.c is two lines here.
