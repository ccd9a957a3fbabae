noinst_LIBRARIES += src/model/libmodel.a

src_model_libmodel_a_SOURCES = \
	src/model/agenda.c src/model/agenda.h \
	src/model/dice.h \
	src/model/gdnsd.c \
	src/model/model.c src/model/model.h \
	src/model/ours.c \
	src/model/outages.c src/model/outages.h \
	src/model/perfect.c \
	src/model/powerdns.c \
	src/model/replay.c src/model/replay.h \
	src/model/resolvers.c src/model/resolvers.h \
	src/model/route53.c \
	src/model/steerer.c src/model/steerer.h src/model/steerer_inside.h \
	src/model/timeline.c src/model/timeline.h \
	src/model/trace.c src/model/trace.h \
	src/model/users.c src/model/users.h \
	$(end)

# Unit tests: tests/unit/test_NAME.c is two lines here.
check_PROGRAMS += tests/unit/test_model
tests_unit_test_model_LDADD = $(test_model)
check_PROGRAMS += tests/unit/test_steerers
tests_unit_test_steerers_LDADD = $(test_model)
check_PROGRAMS += tests/unit/test_replay
tests_unit_test_replay_LDADD = $(test_model)
