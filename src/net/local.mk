noinst_LIBRARIES += src/net/libnet.a

src_net_libnet_a_SOURCES = \
	src/net/conn.c \
	src/net/listen.c src/net/listen.h \
	src/net/proxy.c src/net/proxy.h \
	src/net/tcp.c src/net/tcp_inside.h \
	src/net/udp.c \
	src/net/worker.c src/net/worker.h src/net/worker_inside.h \
	$(end)

check_PROGRAMS += tests/unit/test_proxy
tests_unit_test_proxy_LDADD = $(test_net)

# Real workers, asked over sockets.
netkit = tests/integration/netkit.c tests/integration/netkit.h
check_PROGRAMS += tests/integration/test_net_proxy
tests_integration_test_net_proxy_SOURCES = tests/integration/test_net_proxy.c $(netkit)
tests_integration_test_net_proxy_LDADD = $(test_control)
check_PROGRAMS += tests/integration/test_net_publish
tests_integration_test_net_publish_SOURCES = tests/integration/test_net_publish.c $(netkit)
tests_integration_test_net_publish_LDADD = $(test_control)
check_PROGRAMS += tests/integration/test_net_tcp
tests_integration_test_net_tcp_SOURCES = tests/integration/test_net_tcp.c $(netkit)
tests_integration_test_net_tcp_LDADD = $(test_control)
check_PROGRAMS += tests/integration/test_net_udp
tests_integration_test_net_udp_SOURCES = tests/integration/test_net_udp.c $(netkit)
tests_integration_test_net_udp_LDADD = $(test_control)

check_PROGRAMS += tests/fuzz/fuzz_proxy
tests_fuzz_fuzz_proxy_LDADD = $(fuzz_net)
