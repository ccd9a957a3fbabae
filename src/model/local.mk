noinst_LIBRARIES += src/model/libmodel.a

src_model_libmodel_a_SOURCES = \
	src/model/agenda.c src/model/agenda.h \
	src/model/dice.h \
	src/model/gdnsd.c \
	src/model/model.c src/model/model.h \
	src/model/ours.c \
	src/model/perfect.c \
	src/model/powerdns.c \
	src/model/resolvers.c src/model/resolvers.h \
	src/model/route53.c \
	src/model/steerer.c src/model/steerer.h src/model/steerer_inside.h \
	src/model/trace.c src/model/trace.h \
	src/model/users.c src/model/users.h \
	$(end)
