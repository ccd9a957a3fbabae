noinst_LIBRARIES += src/control/libcontrol.a

src_control_libcontrol_a_SOURCES = \
	src/control/choice.c src/control/choice.h \
	src/control/control.h \
	src/control/plan.c src/control/plan.h src/control/plan_inside.h \
	src/control/plan_resolve.c \
	src/control/plan_update.c \
	src/control/publish.c src/control/publish.h \
	$(end)

# Unit tests: tests/unit/test_NAME.c is two lines here.
