noinst_LIBRARIES += src/dns/libdns.a

src_dns_libdns_a_SOURCES = \
	src/dns/name.c src/dns/name.h \
	src/dns/query.c src/dns/query.h \
	src/dns/resp.c src/dns/resp.h \
	src/dns/types.c src/dns/types.h \
	$(end)

# Unit tests: tests/unit/test_NAME.c is two lines here.
