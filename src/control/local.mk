noinst_LIBRARIES += src/control/libcontrol.a

src_control_libcontrol_a_SOURCES = \
	src/control/adopt.c src/control/adopt.h \
	src/control/choice.c src/control/choice.h \
	src/control/control.c src/control/control.h \
	src/control/firstgen.c src/control/firstgen.h \
	src/control/generation.c src/control/generation.h \
	src/control/goodbatch.c src/control/goodbatch.h \
	src/control/goodpack.c src/control/goodpack.h \
	src/control/goodtidy.c \
	src/control/goodzones.c src/control/goodzones.h src/control/goodzones_inside.h \
	src/control/lastgood.c src/control/lastgood.h \
	src/control/origin.h \
	src/control/atomicfile.c src/control/atomicfile.h \
	src/control/cmd.c src/control/cmd.h \
	src/control/cmd_advise.c \
	src/control/cmd_drain.c \
	src/control/cmd_explain.c \
	src/control/cmd_probe.c \
	src/control/cmd_release.c \
	src/control/cmd_reload.c \
	src/control/cmd_stats.c \
	src/control/cmd_report.c \
	src/control/cmd_status.c \
	src/control/cmd_stop.c \
	src/control/cmd_wait.c \
	src/control/commands.c src/control/commands.h \
	src/control/cookies.c src/control/cookies.h \
	src/control/descriptors.c src/control/descriptors.h \
	src/control/drainlist.c src/control/drainlist.h \
	src/control/drains.c src/control/drains.h \
	src/control/explain.h \
	src/control/explain_chain.c \
	src/control/explain_steer.c \
	src/control/histories.c src/control/histories.h \
	src/control/journal.c src/control/journal.h \
	src/control/keep.c src/control/keep.h \
	src/control/rpc.c src/control/rpc.h \
	src/control/socket.c src/control/socket.h \
	src/control/socketfile.c src/control/socketfile.h \
	src/control/plan.c src/control/plan.h src/control/plan_inside.h \
	src/control/plan_exposure.c src/control/plan_exposure.h \
	src/control/plan_ramp.c \
	src/control/plan_resolve.c \
	src/control/plan_state.c \
	src/control/plan_update.c \
	src/control/plan_warn.c \
	src/control/plan_watch.c \
	src/control/reload.c \
	src/control/memory.c src/control/memory.h \
	src/control/recollect.c src/control/recollect.h \
	src/control/references.c src/control/references.h \
	src/control/sight_news.c src/control/sight_news.h \
	src/control/remember.c src/control/remember.h \
	src/control/ownsecrets.c src/control/ownsecrets.h \
	src/control/secrets.c src/control/secrets.h \
	src/control/sources.c src/control/sources.h \
	src/control/state.c src/control/state.h \
	src/control/sigwatch.c src/control/sigwatch.h \
	src/control/status.c src/control/status.h \
	src/control/status_pools.c src/control/status_pools.h \
	src/control/zone_source.c src/control/zone_source.h \
	src/control/zonedir.c src/control/zonedir.h \
	src/control/probe_types.c src/control/probe_types.h \
	src/control/probe_types_http.c \
	src/control/publish.c src/control/publish.h \
	src/control/config.c src/control/config.h \
	src/control/config_damping.c \
	src/control/config_health.c \
	src/control/config_combine.c \
	src/control/config_maps.c \
	src/control/config_policies.c \
	src/control/config_probes.c \
	src/control/config_rules.c src/control/rules.h \
	src/control/config_server.c \
	src/control/names.c src/control/names.h \
	src/control/option.c src/control/option.h \
	src/control/option_types.c \
	src/control/schema.c \
	src/control/sections.h \
	src/control/yamltree.c src/control/yamltree.h \
	$(end)

# Unit tests: tests/unit/test_NAME.c is two lines here.  Those of plans say themselves what is up.
plankit = \
	tests/unit/fakehealth.c tests/unit/fakehealth.h \
	tests/unit/plankit.c tests/unit/plankit.h \
	$(end)
# Those of what is read and kept have a server's files.
serverkit = $(geokit) \
	tests/unit/serverkit.c tests/unit/serverkit.h \
	$(end)
check_PROGRAMS += tests/unit/test_choice
tests_unit_test_choice_SOURCES = tests/unit/test_choice.c $(geokit)
tests_unit_test_choice_LDADD = $(test_control)
check_PROGRAMS += tests/unit/test_cmd_wait
tests_unit_test_cmd_wait_SOURCES = tests/unit/test_cmd_wait.c $(plankit)
tests_unit_test_cmd_wait_LDADD = $(test_control)
check_PROGRAMS += tests/unit/test_config
tests_unit_test_config_LDADD = $(test_control)
check_PROGRAMS += tests/unit/test_cookies
tests_unit_test_cookies_SOURCES = tests/unit/test_cookies.c $(serverkit)
tests_unit_test_cookies_LDADD = $(test_control)
check_PROGRAMS += tests/unit/test_generation
tests_unit_test_generation_SOURCES = tests/unit/test_generation.c $(serverkit)
tests_unit_test_generation_LDADD = $(test_control)
check_PROGRAMS += tests/unit/test_drains
tests_unit_test_drains_LDADD = $(test_control)
check_PROGRAMS += tests/unit/test_journal
tests_unit_test_journal_LDADD = $(test_control)
check_PROGRAMS += tests/unit/test_rpc
tests_unit_test_rpc_LDADD = $(test_control)
check_PROGRAMS += tests/unit/test_socket
tests_unit_test_socket_LDADD = $(test_control)
check_PROGRAMS += tests/unit/test_goodzones
tests_unit_test_goodzones_LDADD = $(test_control)
check_PROGRAMS += tests/unit/test_lastgood
tests_unit_test_lastgood_LDADD = $(test_control)
check_PROGRAMS += tests/unit/test_memory
tests_unit_test_memory_LDADD = $(test_control)
check_PROGRAMS += tests/unit/test_option
tests_unit_test_option_LDADD = $(test_control)
check_PROGRAMS += tests/unit/test_ownsecrets
tests_unit_test_ownsecrets_LDADD = $(test_control)
check_PROGRAMS += tests/unit/test_plan_calm
tests_unit_test_plan_calm_SOURCES = tests/unit/test_plan_calm.c $(plankit)
tests_unit_test_plan_calm_LDADD = $(test_control)
check_PROGRAMS += tests/unit/test_plan_glide
tests_unit_test_plan_glide_SOURCES = tests/unit/test_plan_glide.c $(plankit)
tests_unit_test_plan_glide_LDADD = $(test_control)
check_PROGRAMS += tests/unit/test_plan_ramp
tests_unit_test_plan_ramp_SOURCES = tests/unit/test_plan_ramp.c $(plankit)
tests_unit_test_plan_ramp_LDADD = $(test_control)
check_PROGRAMS += tests/unit/test_plan_resolve
tests_unit_test_plan_resolve_SOURCES = tests/unit/test_plan_resolve.c $(plankit)
tests_unit_test_plan_resolve_LDADD = $(test_control)
check_PROGRAMS += tests/unit/test_plan_update
tests_unit_test_plan_update_SOURCES = tests/unit/test_plan_update.c $(plankit)
tests_unit_test_plan_update_LDADD = $(test_control)
check_PROGRAMS += tests/unit/test_publish
tests_unit_test_publish_LDADD = $(test_control)
check_PROGRAMS += tests/unit/test_recollect
tests_unit_test_recollect_SOURCES = tests/unit/test_recollect.c $(plankit)
tests_unit_test_recollect_LDADD = $(test_control)
check_PROGRAMS += tests/unit/test_secrets
tests_unit_test_secrets_SOURCES = tests/unit/test_secrets.c $(serverkit)
tests_unit_test_secrets_LDADD = $(test_control)
check_PROGRAMS += tests/unit/test_sigwatch
tests_unit_test_sigwatch_LDADD = $(test_control)
check_PROGRAMS += tests/unit/test_sources
tests_unit_test_sources_SOURCES = tests/unit/test_sources.c $(serverkit)
tests_unit_test_sources_LDADD = $(test_control)
check_PROGRAMS += tests/unit/test_state
tests_unit_test_state_LDADD = $(test_control)
check_PROGRAMS += tests/unit/test_yamltree
tests_unit_test_yamltree_LDADD = $(test_control)
check_PROGRAMS += tests/unit/test_zone_source
tests_unit_test_zone_source_SOURCES = tests/unit/test_zone_source.c $(serverkit)
tests_unit_test_zone_source_LDADD = $(test_control)
check_PROGRAMS += tests/unit/test_zonedir
tests_unit_test_zonedir_LDADD = $(test_control)

check_PROGRAMS += tests/fuzz/fuzz_config
tests_fuzz_fuzz_config_LDADD = $(fuzz_control)
check_PROGRAMS += tests/fuzz/fuzz_ctl
tests_fuzz_fuzz_ctl_LDADD = $(fuzz_control)
