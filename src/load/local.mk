noinst_LIBRARIES += src/load/libload.a

src_load_libload_a_SOURCES = \
	src/load/country.c src/load/country.h \
	src/load/geodb.c src/load/geodb.h \
	src/load/geodata.c src/load/geodata.h \
	src/load/geofile.c src/load/geofile.h \
	src/load/georecord.c src/load/georecord.h \
	src/load/geowalk.h \
	src/load/mapcompile.c src/load/mapcompile.h \
	src/load/mapwalk.c src/load/mapwalk.h \
	src/load/maprules.c src/load/maprules.h \
	src/load/mapspec.h \
	src/load/netrules.c src/load/netrules.h \
	src/load/place.c src/load/place.h \
	src/load/ranker.c src/load/ranker.h \
	src/load/recordmap.h \
	src/load/rdata.c src/load/rdata.h \
	src/load/rdata_address.c \
	src/load/rdata_apl.c \
	src/load/rdata_basic.c \
	src/load/rdata_coded.c \
	src/load/rdata_dnssec.c \
	src/load/rdata_generic.c \
	src/load/rdata_kind.h \
	src/load/rdata_loc.c \
	src/load/rdata_relay.c \
	src/load/rdata_string.c \
	src/load/rdata_svcparams.c \
	src/load/rdata_svcvalue.c src/load/rdata_svcvalue.h \
	src/load/rdata_wks.c \
	src/load/rdata_word.c \
	src/load/zoneapex.c \
	src/load/zonebuild.c src/load/zonebuild.h \
	src/load/zonecheck.c \
	src/load/zonecheck_sense.c \
	src/load/zonecheck_dnssec.c \
	src/load/zonecheck_targets.c \
	src/load/zonedirective.c \
	src/load/zonedyn.c \
	src/load/zonefile.c \
	src/load/zonegenerate.c \
	src/load/zonelex.c src/load/zonelex.h \
	src/load/zoneload.c src/load/zoneload.h src/load/zoneread.h \
	src/load/zonepieces.c \
	src/load/zoneplaces.c src/load/zoneplaces.h \
	src/load/zonerecord.c \
	src/load/zonereport.c src/load/zonereport.h \
	src/load/zonestream.c src/load/zonestream.h \
	src/load/zonetext.c src/load/zonetext.h \
	src/load/zonettl.c src/load/zonettl.h \
	$(end)

# Unit tests: tests/unit/test_NAME.c is two lines here.
rdatakit = tests/unit/rdatakit.c tests/unit/rdatakit.h
check_PROGRAMS += tests/unit/test_rdata
tests_unit_test_rdata_SOURCES = tests/unit/test_rdata.c $(rdatakit)
tests_unit_test_rdata_LDADD = $(test_load)
check_PROGRAMS += tests/unit/test_rdata_ldns
tests_unit_test_rdata_ldns_SOURCES = tests/unit/test_rdata_ldns.c $(rdatakit)
tests_unit_test_rdata_ldns_LDADD = $(test_load)
check_PROGRAMS += tests/unit/test_zonecheck_dnssec
tests_unit_test_zonecheck_dnssec_LDADD = $(test_load)
check_PROGRAMS += tests/unit/test_zone_reuse
tests_unit_test_zone_reuse_LDADD = $(test_load)
check_PROGRAMS += tests/unit/test_zonelex
tests_unit_test_zonelex_LDADD = $(test_load)
zoneloadkit = tests/unit/zoneloadkit.c tests/unit/zoneloadkit.h
check_PROGRAMS += tests/unit/test_zonecheck
tests_unit_test_zonecheck_SOURCES = tests/unit/test_zonecheck.c $(zoneloadkit)
tests_unit_test_zonecheck_LDADD = $(test_load)
check_PROGRAMS += tests/unit/test_zoneload
tests_unit_test_zoneload_SOURCES = tests/unit/test_zoneload.c $(zoneloadkit)
tests_unit_test_zoneload_LDADD = $(test_load)
check_PROGRAMS += tests/unit/test_zonepieces
tests_unit_test_zonepieces_LDADD = $(test_load)
check_PROGRAMS += tests/fuzz/fuzz_zonefile
tests_fuzz_fuzz_zonefile_LDADD = $(fuzz_load)

# Tests of maps share a way to write them down.
geokit = tests/unit/geokit.c tests/unit/geokit.h
check_PROGRAMS += tests/unit/test_country
tests_unit_test_country_SOURCES = tests/unit/test_country.c $(geokit)
tests_unit_test_country_LDADD = $(test_load)
check_PROGRAMS += tests/unit/test_geodata
tests_unit_test_geodata_LDADD = $(test_load)
check_PROGRAMS += tests/unit/test_geodb
tests_unit_test_geodb_SOURCES = tests/unit/test_geodb.c $(geokit)
tests_unit_test_geodb_LDADD = $(test_load)
check_PROGRAMS += tests/unit/test_mapcompile
tests_unit_test_mapcompile_SOURCES = tests/unit/test_mapcompile.c $(geokit)
tests_unit_test_mapcompile_LDADD = $(test_load)
check_PROGRAMS += tests/unit/test_maprules
tests_unit_test_maprules_SOURCES = tests/unit/test_maprules.c $(geokit)
tests_unit_test_maprules_LDADD = $(test_load)
check_PROGRAMS += tests/unit/test_ranker
tests_unit_test_ranker_SOURCES = tests/unit/test_ranker.c $(geokit)
tests_unit_test_ranker_LDADD = $(test_load)

# make tests/bench/bench_geomap; it says itself how to call it
EXTRA_PROGRAMS += tests/bench/bench_geomap
tests_bench_bench_geomap_LDADD = $(kit_libs) $(load_libs)
