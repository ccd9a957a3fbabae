noinst_LIBRARIES += src/dns/libdns.a

src_dns_libdns_a_SOURCES = \
	src/dns/canonical.c src/dns/canonical.h \
	src/dns/compress.c src/dns/compress.h \
	src/dns/edns.c src/dns/edns.h \
	src/dns/name.c src/dns/name.h src/dns/name_read.h \
	src/dns/query.c src/dns/query.h \
	src/dns/resp.c src/dns/resp.h \
	src/dns/tsig.c src/dns/tsig.h \
	src/dns/types.c src/dns/types.h \
	$(end)

# Unit tests: tests/unit/test_NAME.c is two lines here.
check_PROGRAMS += tests/unit/test_compress
tests_unit_test_compress_LDADD = $(test_dns)
check_PROGRAMS += tests/unit/test_edns
tests_unit_test_edns_LDADD = $(test_dns) $(LDNS_LIBS)
check_PROGRAMS += tests/unit/test_canonical
tests_unit_test_canonical_LDADD = $(test_dns)
check_PROGRAMS += tests/unit/test_name
tests_unit_test_name_LDADD = $(test_dns)
check_PROGRAMS += tests/unit/test_query
tests_unit_test_query_LDADD = $(test_dns)
check_PROGRAMS += tests/unit/test_resp
tests_unit_test_resp_LDADD = $(test_dns)
check_PROGRAMS += tests/unit/test_types
tests_unit_test_types_LDADD = $(test_dns)
