noinst_LIBRARIES += src/control/libcontrol.a

src_control_libcontrol_a_SOURCES = \
	$(end)

# Unit tests: tests/unit/test_NAME.c is two lines here.
