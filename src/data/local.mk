noinst_LIBRARIES += src/data/libdata.a

src_data_libdata_a_SOURCES = \
	src/data/bands.c src/data/bands.h \
	src/data/denial.c src/data/denial.h src/data/denial_inside.h \
	src/data/denial_build.c \
	src/data/denial_chain.c \
	src/data/geobuild.c src/data/geobuild.h \
	src/data/geomap.c src/data/geomap.h \
	src/data/geotrie.c src/data/geotrie.h \
	src/data/ip4in6.c src/data/ip4in6.h \
	src/data/nametable.c src/data/nametable.h \
	src/data/negative.c src/data/negative.h \
	src/data/netset.c src/data/netset.h \
	src/data/node.c src/data/node.h \
	src/data/nsec3.c src/data/nsec3.h \
	src/data/rrset.c src/data/rrset.h \
	src/data/sigtime.h \
	src/data/snapshot.c src/data/snapshot.h \
	src/data/stats.c src/data/stats.h \
	src/data/steered.c src/data/steered.h \
	src/data/zone.c src/data/zone.h \
	src/data/zone_build.c src/data/zone_inside.h \
	src/data/zone_draft.c src/data/zone_draft.h \
	src/data/zone_names.c src/data/zone_making.h \
	src/data/zone_seal.c \
	src/data/zonedb.c src/data/zonedb.h \
	$(end)

# Unit tests: tests/unit/test_NAME.c is two lines here.
check_PROGRAMS += tests/unit/test_bands
tests_unit_test_bands_LDADD = $(test_data)
check_PROGRAMS += tests/unit/test_denial
tests_unit_test_denial_LDADD = $(test_load)
check_PROGRAMS += tests/unit/test_geomap
tests_unit_test_geomap_LDADD = $(test_data)
check_PROGRAMS += tests/unit/test_ip4in6
tests_unit_test_ip4in6_LDADD = $(test_data)
check_PROGRAMS += tests/unit/test_negative
tests_unit_test_negative_LDADD = $(test_load)
check_PROGRAMS += tests/unit/test_netset
tests_unit_test_netset_LDADD = $(test_data)
check_PROGRAMS += tests/unit/test_nsec3
tests_unit_test_nsec3_LDADD = $(test_data)
check_PROGRAMS += tests/unit/test_rrset
tests_unit_test_rrset_LDADD = $(test_data)
check_PROGRAMS += tests/unit/test_snapshot
tests_unit_test_snapshot_LDADD = $(test_data)
check_PROGRAMS += tests/unit/test_stats
tests_unit_test_stats_LDADD = $(test_data)
check_PROGRAMS += tests/unit/test_steered
tests_unit_test_steered_LDADD = $(test_data)
check_PROGRAMS += tests/unit/test_zone
tests_unit_test_zone_LDADD = $(test_data)
check_PROGRAMS += tests/unit/test_zonedb
tests_unit_test_zonedb_LDADD = $(test_data)
