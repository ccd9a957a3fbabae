noinst_LIBRARIES += src/answer/libanswer.a

src_answer_libanswer_a_SOURCES = \
	$(end)

# Unit tests: tests/unit/test_NAME.c is two lines here.
