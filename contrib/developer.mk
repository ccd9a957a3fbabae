# SPDX-License-Identifier: BSD-2-Clause
#
# What only somebody who works on Proxima needs: lint, format, run, fuzz, cover, check-asan, check-tsan,
# check-valgrind, check-differential, abuse, bench, sim.  GNU make.

.PHONY: run abuse bench sim lint format check-asan check-tsan check-valgrind check-differential \
	cover fuzz

dev_srcdir = SRCDIR='$(abs_top_srcdir)' BUILDDIR='$(abs_top_builddir)'

# make run: until Ctrl-C; state/ and run/ are beside proxima.yaml and ignored by git.
run: all
	@echo "# in another terminal:"
	@echo "dig @127.0.0.1 -p 5300 www.example.com A +subnet=192.0.2.0/24"
	@echo "'$(abs_top_builddir)/proximactl' -s '$(abs_top_srcdir)/run/control.sock' status"
	@mkdir -p '$(srcdir)/run' '$(srcdir)/state'
	./proximad -c '$(srcdir)/proxima.yaml'

# make bench [BENCH=udp,tcp,...] [PEERS=proxima,gdnsd,nsd,knot,powerdns,bind] [QUICK=1] [HUGE=1] [CITY=FILE.mmdb] [JSON=FILE]
# [SVG=FOLDER]: tests/bench/run
bench: all
	@$(MAKE) -s tests/bench/bench_geomap tests/bench/bench_steer tests/bench/resolvers \
		tests/integration/test_kills
	@BUILDDIR='$(abs_top_builddir)' $(BASH) '$(srcdir)/tests/bench/run' \
		$(if $(BENCH),-b '$(BENCH)') $(if $(PEERS),-p '$(PEERS)') $(if $(CITY),-c '$(CITY)') \
		$(if $(QUICK),-q) $(if $(HUGE),-H) $(if $(JSON),--json '$(JSON)') $(if $(SVG),--svg '$(SVG)')

# make sim [SIM='--trace crash --svg FOLDER']: tests/sim/README.md
sim:
	@$(MAKE) -s tests/sim/sim
	@tests/sim/sim $(SIM)

# make abuse [N=100000]: so many abusive TCP connections, and what UDP clients notice of them; some minutes.

abuse: all
	$(MAKE) tests/integration/test_abuse
	@$(dev_srcdir) PROXIMAD='$(abs_top_builddir)/proximad' ABUSE='$(or $(N),100000)' tests/integration/test_abuse

lint:
	@$(dev_srcdir) CC='$(CC)' CPPFLAGS='$(subst ','\'',$(AM_CPPFLAGS) $(CPPFLAGS))' \
		$(BASH) '$(srcdir)/contrib/lint'

format:
	@test -n '$(CLANG_FORMAT)' || { echo 'format: no clang-format (apt install clang-format)' >&2; exit 1; }
	cd '$(srcdir)' && find src tests -name '*.[ch]' -print0 | xargs -0r clang-format -i


# --- Builds with other flags: each in a directory of its own below this one, kept for the next time. ---

distclean-local:
	rm -rf build-asan build-tsan build-valgrind build-cover build-fuzz

# Where such a build finds its source: ours.  But when ours is configured in place (./configure), make would
# take its objects for the other build's own, so that build gets a copy (times kept, so that nothing is compiled twice).
sub_srcdir = $(if $(filter .,$(srcdir)),tree,$(if $(filter /%,$(srcdir)),$(srcdir),../$(srcdir)))

# $(call sub_configure,DIRECTORY,ARGUMENTS)
define sub_configure
	@mkdir -p $(1)
	$(if $(filter .,$(srcdir)),@$(MAKE) -s distdir distdir=$(1)/tree)
	@test -e $(1)/Makefile || { echo "configuring $(1)"; cd $(1) && $(SHELL) $(sub_srcdir)/configure -q $(2); }
endef

# One job per processor, unless the caller said how many.
jobs = $(if $(findstring -j,$(MAKEFLAGS)),,-j$$(nproc))

# ThreadSanitizer of 2022 does not find its shadow memory under the address randomisation of kernels since 6.6.
no_aslr = $$(setarch -R true 2>/dev/null && echo setarch -R)

check-asan:
	$(call sub_configure,build-asan,--enable-developer --enable-asan CC='$(CC)' CFLAGS='-O1 -g')
	cd build-asan && $(MAKE) $(jobs) check

check-tsan:
	$(call sub_configure,build-tsan,--enable-developer --enable-tsan CC='$(CC)' CFLAGS='-O1 -g')
	cd build-tsan && $(no_aslr) $(MAKE) $(jobs) check

# Our programs only: valgrind follows a test into the daemon it starts, not into a shell or a dig.
valgrind_flags = -q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite \
	--trace-children=yes '--trace-children-skip=/usr/*,/bin/*'

check-valgrind:
	@test -n '$(VALGRIND)' || { echo 'check-valgrind: no valgrind (apt install valgrind libc6-dbg)' >&2; exit 1; }
	$(call sub_configure,build-valgrind,CC='$(CC)' CFLAGS='-O1 -g')
	cd build-valgrind && $(MAKE) $(jobs) check TEST_TIMEOUT_S=1800 \
		LOG_FLAGS="valgrind $(valgrind_flags)"

# make check-differential [N=1000000] [SEED=7]: against NSD, Knot and BIND; tests/differential/differential.c.
SEED = 1

check-differential: all tests/differential/differential tests/differential/nsdclock.so
	@for p in nsd knotd named; do \
		PATH="$$PATH:/usr/sbin" command -v $$p >/dev/null || \
			{ echo "check-differential: no $$p (apt install nsd knot bind9)" >&2; exit 1; }; \
	done
	$(dev_srcdir) PROXIMAD='$(abs_top_builddir)/proximad' \
		NSDCLOCK='$(abs_top_builddir)/tests/differential/nsdclock.so' \
		tests/differential/differential -n $(or $(N),24000) -s $(SEED)

cover:
	@command -v lcov >/dev/null || { echo 'cover: no lcov (apt install lcov)' >&2; exit 1; }
	$(call sub_configure,build-cover,--enable-coverage CC='$(CC)' CFLAGS='-O0 -g')
	cd build-cover && find . -name '*.gcda' -delete && $(MAKE) $(jobs) check
	@cd build-cover && { \
		lcov --capture --initial --directory . --output-file none.info && \
		lcov --capture --directory . --output-file some.info && \
		lcov -a none.info -a some.info --output-file all.info && \
		lcov --extract all.info '*/src/*' --output-file src.info && \
		genhtml --legend --output-directory html src.info; \
	} >lcov.log 2>&1 || { cat lcov.log; exit 1; }
	@cd build-cover && lcov --summary src.info && echo "$(abs_top_builddir)/build-cover/html/index.html"


# make fuzz [FUZZ=answer] [T=60] [RUNS=10000000]: each target for T seconds, or for so many inputs however long
# they take, on every processor; from and into its corpus (CORPUS=DIRECTORY/: into another one); what crashes is kept
# in repro/, where `make check` replays it from then on.

fuzz_targets = $(patsubst tests/fuzz/fuzz_%,%,$(filter tests/fuzz/fuzz_%,$(check_PROGRAMS)))
FUZZ = $(fuzz_targets)
T = 60
RUNS =
CORPUS = $(abs_top_srcdir)/tests/fuzz/corpus

fuzz:
	@test -n '$(CLANG)' || { echo 'fuzz: no clang (apt install clang libclang-rt-dev)' >&2; exit 1; }
	$(call sub_configure,build-fuzz,--enable-fuzz CC='$(CLANG)' CFLAGS='-O1 -g')
	cd build-fuzz && $(MAKE) $(jobs) $(FUZZ:%=tests/fuzz/fuzz_%)
	@for t in $(FUZZ); do \
		$(dev_srcdir) CORPUS='$(CORPUS)' T='$(T)' RUNS='$(RUNS)' $(BASH) '$(srcdir)/contrib/fuzz' $$t || exit 1; \
	done
