noinst_LIBRARIES += src/load/libload.a

src_load_libload_a_SOURCES = \
	src/load/country.c src/load/country.h \
	src/load/geodb.c src/load/geodb.h \
	src/load/geofile.c src/load/geofile.h \
	src/load/georecord.c src/load/georecord.h \
	src/load/mapcompile.c src/load/mapcompile.h \
	src/load/maprules.c src/load/maprules.h \
	src/load/netrules.c src/load/netrules.h \
	src/load/place.c src/load/place.h \
	src/load/ranker.c src/load/ranker.h \
	src/load/mapspec.h \
	$(end)

# Unit tests: tests/unit/test_NAME.c is two lines here.
