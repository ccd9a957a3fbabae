noinst_LIBRARIES += src/net/libnet.a

src_net_libnet_a_SOURCES = \
	src/net/listen.c src/net/listen.h \
	src/net/tcp.c \
	src/net/udp.c \
	src/net/worker.c src/net/worker.h src/net/worker_inside.h \
	$(end)

# Unit tests: tests/unit/test_NAME.c is two lines here.
