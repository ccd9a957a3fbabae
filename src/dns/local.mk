noinst_LIBRARIES += src/dns/libdns.a

src_dns_libdns_a_SOURCES = \
	$(end)

# Unit tests: tests/unit/test_NAME.c is two lines here.
