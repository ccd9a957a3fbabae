noinst_LIBRARIES += src/net/libnet.a

src_net_libnet_a_SOURCES = \
	$(end)

# Unit tests: tests/unit/test_NAME.c is two lines here.
