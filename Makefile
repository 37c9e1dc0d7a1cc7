# SPDX-License-Identifier: Apache-2.0
#
# govern: plain GNU make, non-recursive, everything it makes is below $(B).
#
#   make            the programs, in build/bin and build/libexec/govern
#   make demo       the whole story on real Go toolchains, in build/demo
#   make check      all tests        make lint      style and layering
#   make bench      measurements     make install   DESTDIR and prefix are honoured
#   make deb        packages: dist, bindist, deb, rpm (docs/INSTALL.md)
#   make torture    every case of the suites in tests/*/*.t; SUITES=… some of them
#   make analyse    gcc -fanalyzer, clang-tidy, cppcheck      make valgrind   memcheck
#   DEV=1           -Werror, address and undefined-behaviour sanitizers, in build/dev
#
# Each target that needs something installs it first (`make deps`, .make/deps).

MAKEFLAGS += --no-builtin-rules
.DELETE_ON_ERROR:
.SUFFIXES:
.PHONY: all deps demo check lint fmt-check fmt check-headers install uninstall clean \
	bench bench-check bench-keep fuzz torture torture-controls analyse analyse-quick \
	valgrind

VERSION := 0.1.0
prefix ?= /usr/local
bindir ?= $(prefix)/bin
libexecdir ?= $(prefix)/libexec
mandir ?= $(prefix)/share/man
docdir ?= $(prefix)/share/doc/govern
bashcompdir ?= $(prefix)/share/bash-completion/completions
zshcompdir ?= $(prefix)/share/zsh/site-functions
fishcompdir ?= $(prefix)/share/fish/vendor_completions.d
INSTALL ?= install
# What brings in what is missing; `DEPS=:` where nothing may be installed.
DEPS ?= .make/deps
ifeq ($(origin CC),default)
CC := cc
endif
AR ?= ar

ifeq ($(DEV),1)
B ?= build/dev
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
OPT ?= -O1 -g
WERROR := -Werror
else
B ?= build
SANITIZE :=
OPT ?= -O2 -g
FORTIFY := -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
WERROR :=
endif

# The same bytes wherever they are built.
PLACELESS := -ffile-prefix-map=$(abspath $(B))=build -ffile-prefix-map=$(CURDIR)=.

# One short line for each step; V=1 shows the commands.
ifeq ($(V),1)
step =
else
step = @printf '  %-7s %s\n' '$(1)' '$(2)';
endif

all: programs

# -- what the machine has ------------------------------------------------------------------
no-config := clean deps uninstall dist deb rpm fmt fmt-check
ifneq ($(filter-out $(no-config),$(or $(MAKECMDGOALS),all)),)
include $(B)/config.mk
endif

$(B)/config.mk: .make/probe .make/deps
	@mkdir -p $(@D)
	@$(DEPS) build
	@.make/probe '$(CC)' > $@.new && mv $@.new $@

$(B)/deps-%: .make/deps
	@mkdir -p $(@D)
	@$(DEPS) $*
	@touch $@

deps:
	@$(DEPS) build && $(DEPS) test && $(DEPS) lint

# -- sources -------------------------------------------------------------------------------
# A module is a directory below core/ (and plugins/); its .c files make lib<module>.a.
modules := base version resolve json buildinfo trust store config worker install
src = $(wildcard core/$(1)/*.c)
plugin_src := $(wildcard plugins/*.c plugins/*/*.c)
cli_src := $(wildcard core/cli/*.c core/cli/*/*.c)
fetch_src := $(wildcard core/worker/fetch/*.c)
unpack_src := $(wildcard core/worker/unpack/*.c)
shim_src := $(wildcard shim/*.c)

CPPFLAGS_ALL = -I. -D_GNU_SOURCE -DGV_VERSION='"$(VERSION)"' $(FORTIFY) $(CPPFLAGS)
CFLAGS_ALL = -std=gnu17 $(OPT) $(HARDEN_CFLAGS) $(WARN_CFLAGS) $(WERROR) $(SANITIZE) \
	-ffunction-sections -fdata-sections $(PLACELESS) -MMD -MP $(LIB_CFLAGS) $(CFLAGS)
LDFLAGS_ALL = $(HARDEN_LDFLAGS) $(SANITIZE) -Wl,--gc-sections $(LDFLAGS)

obj = $(patsubst %.c,$(B)/obj/%.o,$(1))

$(B)/obj/%.o: %.c $(B)/config.mk
	@mkdir -p $(@D)
	$(call step,CC,$<)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -c -o $@ $<

# The one place that sees each library.
$(B)/obj/core/trust/%.o: LIB_CFLAGS = $(SODIUM_CFLAGS)
$(B)/obj/core/config/%.o: LIB_CFLAGS = $(INIH_CFLAGS)
$(B)/obj/core/json/%.o: LIB_CFLAGS = $(JANSSON_CFLAGS)
$(B)/obj/core/worker/fetch/%.o: LIB_CFLAGS = $(CURL_CFLAGS)
$(B)/obj/core/worker/unpack/%.o: LIB_CFLAGS = $(ARCHIVE_CFLAGS) $(ZLIB_CFLAGS)

define module_library
$(B)/lib/lib$(1).a: $(call obj,$(call src,$(1)))
	@mkdir -p $$(@D)
	@rm -f $$@
	$$(call step,AR,$$@)$(AR) rcs $$@ $$^
endef
$(foreach m,$(modules),$(eval $(call module_library,$(m))))

$(B)/lib/libplugins.a: $(call obj,$(plugin_src))
	@mkdir -p $(@D)
	@rm -f $@
	$(call step,AR,$@)$(AR) rcs $@ $^

lib = $(patsubst %,$(B)/lib/lib%.a,$(1))
# What a module links with, itself included.
needs_base := base
needs_version := version base
needs_resolve := resolve version base
needs_json := json base
needs_buildinfo := buildinfo base
needs_trust := trust base
needs_store := store trust json version base
needs_config := config version base
needs_worker := worker base
needs_install := install plugins worker config store trust json resolve version base
needs_cli := $(needs_install) buildinfo
system_libs = $(if $(filter trust,$(1)),$(SODIUM_LIBS) -ldl) $(if $(filter config,$(1)),$(INIH_LIBS)) \
	$(if $(filter json,$(1)),$(JANSSON_LIBS)) -pthread
link = -Wl,--start-group $(call lib,$(1)) -Wl,--end-group $(call system_libs,$(1))

# -- programs ------------------------------------------------------------------------------
programs := $(B)/bin/govern $(B)/libexec/govern/fetch $(B)/libexec/govern/unpack \
	$(B)/libexec/govern/go
.PHONY: programs
programs: $(programs)

$(B)/bin/govern: $(call obj,$(cli_src)) $(B)/gen/scripts.o $(call lib,$(needs_cli))
	@mkdir -p $(@D)
	$(call step,LINK,$@)$(CC) $(LDFLAGS_ALL) -o $@ $(call obj,$(cli_src)) $(B)/gen/scripts.o \
		$(call link,$(needs_cli))

# completions/ as strings, for `govern completion`; what `govern upgrade` compiles.
scripts := bash:completions/govern.bash zsh:completions/_govern fish:completions/govern.fish \
	smoke:core/cli/upgrade/smoke/plain.go smoke_test:core/cli/upgrade/smoke/plain_test.go \
	smoke_cgo:core/cli/upgrade/smoke/cgo.go
$(B)/gen/scripts.c: $(foreach c,$(scripts),$(lastword $(subst :, ,$c))) core/cli/scripts.h
	@mkdir -p $(@D)
	$(call step,GEN,$@){ echo '#include "core/cli/scripts.h"'; for c in $(scripts); do \
		echo "const char gv_script_$${c%%:*}[] ="; \
		sed 's/[\\"]/\\&/g; s/.*/"&\\n"/' "$${c#*:}"; echo ';'; done; } >$@

$(B)/gen/%.o: $(B)/gen/%.c
	$(call step,CC,$<)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -c -o $@ $<

$(B)/libexec/govern/fetch: $(call obj,$(fetch_src)) $(call lib,worker base)
	@mkdir -p $(@D)
	$(call step,LINK,$@)$(CC) $(LDFLAGS_ALL) -o $@ $(call obj,$(fetch_src)) $(call link,worker base) $(CURL_LIBS)

$(B)/libexec/govern/unpack: $(call obj,$(unpack_src)) $(call lib,worker base)
	@mkdir -p $(@D)
	$(call step,LINK,$@)$(CC) $(LDFLAGS_ALL) -o $@ $(call obj,$(unpack_src)) $(call link,worker base) \
		$(ARCHIVE_LIBS) $(ZLIB_LIBS)

# The shim: static, by musl where it is, from its own objects of base, version and resolve.
# What it costs is pages touched and segments mapped, so: one segment for text and constants
# (noseparate-code, norelro), no frame tables, nothing that zeroes buffers on its own.  Not
# position-independent: a static PIE relocates itself, which costs twice what the shim does;
# stack, mmap area and vDSO are random all the same.  `-Os`: the text fits one fault-around
# window of the page cache.
SHIM_CFLAGS = -std=gnu17 -Os -fno-pie -fno-stack-protector -fcf-protection=none \
	-fno-asynchronous-unwind-tables -fno-unwind-tables \
	-fno-strict-aliasing -fno-strict-overflow -fno-delete-null-pointer-checks \
	-ffunction-sections -fdata-sections $(WARN_CFLAGS) $(WERROR) -MMD -MP
SHIM_LDFLAGS = -static -no-pie -Wl,--gc-sections -Wl,-z,noexecstack -Wl,-z,norelro \
	-Wl,-z,noseparate-code -Wl,--build-id=none -s
# musl's start-up can be left out where shim/start.c knows how.
ifneq ($(findstring musl,$(SHIM_CC)),)
ifneq ($(filter x86_64-% aarch64-%,$(shell $(SHIM_CC) -dumpmachine)),)
SHIM_CFLAGS += -DGV_SHIM_START
SHIM_LDFLAGS += -nostartfiles
endif
endif
shim_lib_src := $(patsubst %,core/base/%.c,err err-sys nolinks text utf8 num) $(call src,version) \
	$(call src,resolve)
shim_obj := $(patsubst %.c,$(B)/shim/%.o,$(shim_lib_src) $(shim_src))

$(B)/shim/%.o: %.c $(B)/config.mk
	@mkdir -p $(@D)
	$(call step,SHIM,$<)$(SHIM_CC) -I. -D_GNU_SOURCE $(SHIM_CFLAGS) $(CPPFLAGS) -c -o $@ $<

$(B)/libexec/govern/go: $(shim_obj)
	@mkdir -p $(@D)
	$(call step,LINK,$@)$(SHIM_CC) $(SHIM_LDFLAGS) -o $@ $^

# -- tests ---------------------------------------------------------------------------------
# tests/unit/<module>/test-*.c: cmocka, linked with what that module may use.
unit_src := $(wildcard tests/unit/*/test-*.c)
unit_bin := $(patsubst tests/unit/%.c,$(B)/tests/unit/%,$(unit_src))

define unit_module
$(B)/tests/unit/$(1)/%: tests/unit/$(1)/%.c $(call lib,$(needs_$(1))) | $(B)/deps-test
	@mkdir -p $$(@D)
	$$(call step,TEST,$$@)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -Wno-conversion -Wno-sign-conversion $(LDFLAGS_ALL) \
		-o $$@ $$< $$(call link,$$(needs_$(1))) $(SODIUM_LIBS) $(ZLIB_LIBS) -lcmocka
endef
$(foreach m,$(modules) cli,$(eval $(call unit_module,$(m))))

.PHONY: units
units: $(unit_bin)

# tests/fuzz/fuzz-*.c: libFuzzer entry points; in `make check` over their corpus only.
fuzz_src := $(wildcard tests/fuzz/fuzz-*.c)
fuzz_bin := $(patsubst tests/fuzz/%.c,$(B)/tests/fuzz/%,$(fuzz_src))
# In a library, so that a target can put something in the place of one file.
fuzz_obj := $(call obj,$(filter-out %/main.c,$(unpack_src) $(fetch_src)) core/cli/gomod.c \
	core/cli/replace.c core/cli/policy/civersions.c core/cli/policy/gosum.c)
FUZZ_MAIN ?= tests/fuzz/standalone.c
FUZZ_SECONDS ?= 60

$(B)/tests/fuzz/libfuzz.a: $(fuzz_obj)
	@mkdir -p $(@D)
	@rm -f $@
	$(call step,AR,$@)$(AR) rcs $@ $^

$(B)/tests/fuzz/%: tests/fuzz/%.c tests/fuzz/standalone.c $(B)/tests/fuzz/libfuzz.a \
		$(call lib,$(needs_cli)) | $(B)/deps-test
	@mkdir -p $(@D)
	$(call step,TEST,$@)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -Wno-conversion -Wno-sign-conversion \
		-Wno-missing-prototypes $(LDFLAGS_ALL) $(FUZZ_LDFLAGS) -o $@ $< $(FUZZ_MAIN) \
		$(B)/tests/fuzz/libfuzz.a $(call link,$(needs_cli)) \
		$(ARCHIVE_LIBS) $(ZLIB_LIBS) $(CURL_LIBS)

.PHONY: fuzz-programs
fuzz-programs: $(fuzz_bin)

# Each target for FUZZ_SECONDS; `-j` runs several at once.  What they find stays in $(B)/fuzz.
FUZZ_BUILD = CC=clang OPT='-O1 -g' FUZZ_MAIN= FUZZ_LDFLAGS=-fsanitize=fuzzer \
	SANITIZE='-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all'
fuzz_run := $(patsubst fuzz-%,fuzz-run-%,$(notdir $(fuzz_bin)))

fuzz: | $(B)/deps-test
	$(MAKE) B=$(B)/fuzz $(FUZZ_BUILD) fuzz-programs
	$(MAKE) B=$(B)/fuzz $(FUZZ_BUILD) $(fuzz_run)

.PHONY: $(fuzz_run)
$(fuzz_run): fuzz-run-%: $(B)/tests/fuzz/fuzz-%
	@mkdir -p $(B)/found/$* $(B)/log
	@echo '  FUZZ    $*'
	@$< -max_total_time=$(FUZZ_SECONDS) -timeout=30 -print_final_stats=1 -artifact_prefix=$(B)/found/$*- \
		$(B)/found/$* tests/fuzz/corpus/fuzz-$* >$(B)/log/$* 2>&1 || \
		{ grep -hE 'ERROR|SUMMARY|runtime error|Test unit written' $(B)/log/$*; exit 1; }

bats_src := $(wildcard tests/cli/*.bats tests/real/*.bats)
# tests/*/*.t: the torture suites; in `make check` a part of them that fits.
suites := $(wildcard tests/*/*.t)

check: programs units fuzz-programs test-tools | $(B)/deps-test
	B=$(B) tests/run $(unit_bin) $(fuzz_bin) $(bats_src) $(suites)

torture: programs test-tools | $(B)/deps-test
	B=$(B) TORTURE=full PROVE_FLAGS=-v tests/run $(or $(SUITES),$(suites))

# Each protection taken out in a build of its own: the suite that guards it has to fail.
torture-controls: | $(B)/deps-test
	B=$(B) MAKE='$(MAKE)' tests/controls $(CONTROLS)

# tests/tools/*.c: programs that other tests use.
tool_src := $(wildcard tests/tools/*.c)
tool_bin := $(patsubst tests/%.c,$(B)/tests/%,$(tool_src))
.PHONY: test-tools
test-tools: $(tool_bin) $(B)/tests/archives/believing $(B)/tests/bench/shim-named

# The shim with the names of its functions, for callgrind.
$(B)/tests/bench/shim-named: tests/bench/named.c $(shim_obj)
	@mkdir -p $(@D)
	$(call step,LINK,$@)$(SHIM_CC) $(filter-out -s,$(SHIM_LDFLAGS)) -Wl,-u,gv_written -o $@ $^

# unpack with another extract.c in it.
$(B)/tests/archives/believing: tests/archives/believing.c $(call lib,worker base) \
		$(call obj,$(filter-out %/extract.c,$(unpack_src))) | $(B)/deps-test
	@mkdir -p $(@D)
	$(call step,TEST,$@)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $< \
		$(call obj,$(filter-out %/extract.c,$(unpack_src))) $(call link,worker base) \
		$(ARCHIVE_LIBS) $(ZLIB_LIBS)

$(B)/tests/tools/%: tests/tools/%.c $(call lib,$(needs_cli)) | $(B)/deps-test
	@mkdir -p $(@D)
	$(call step,TEST,$@)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -Wno-conversion -Wno-sign-conversion $(LDFLAGS_ALL) \
		-o $@ $< $(call link,$(needs_cli)) $(SODIUM_LIBS)

# -- style ---------------------------------------------------------------------------------
c_files := $(shell find core shim plugins tests -name '*.[ch]' 2>/dev/null)

fmt: $(B)/deps-lint
	clang-format -i $(c_files)

fmt-check: $(B)/deps-lint
	@clang-format --dry-run -Werror $(c_files)

check-headers:
	@for h in $(filter %.h,$(c_files)); do \
		$(CC) -std=gnu17 -I. -D_GNU_SOURCE -Wall -Wextra -Werror -fsyntax-only -x c $$h \
		|| exit 1; done

lint: fmt-check check-headers | $(B)/deps-lint
	tests/lint

# -- analysis ------------------------------------------------------------------------------
# Each C file by gcc -fanalyzer and by clang-tidy (.clang-tidy), all of them by cppcheck.
# What they say and is not so is in tests/analyse.allowed, with the reason; `-j` helps.
analysed := $(filter %.c,$(c_files))
quick_analysis := $(patsubst %,$(B)/analysis/gcc/%.log,$(analysed)) $(B)/analysis/cppcheck.log
analysis := $(quick_analysis) $(patsubst %,$(B)/analysis/clang-tidy/%.log,$(analysed))
ANALYSIS_FLAGS = -std=gnu17 $(CPPFLAGS_ALL) -U_FORTIFY_SOURCE -include tests/analysis.h

analyse: $(analysis)
	@tests/analyse $(analysis)

# All but clang-tidy, which takes ten times as long.
analyse-quick: $(quick_analysis)
	@tests/analyse $(quick_analysis)

# The last line of a log says that the tool got through.
$(B)/analysis/gcc/%.log: % tests/analysis.h $(B)/config.mk | $(B)/deps-analyse $(B)/deps-test
	@mkdir -p $(@D)
	$(call step,GCC,$<){ LC_ALL=C gcc $(ANALYSIS_FLAGS) -O1 -fanalyzer -fdiagnostics-path-format=none \
		-fdiagnostics-plain-output -MMD -MP -MF $(@:.log=.d) -MT $@ -c -o /dev/null $<; \
		echo analysed; } >$@ 2>&1

$(B)/analysis/clang-tidy/%.log: % $(B)/analysis/gcc/%.log .clang-tidy
	@mkdir -p $(@D)
	$(call step,TIDY,$<){ clang-tidy --quiet $< -- $(ANALYSIS_FLAGS); \
		[ $$? -gt 1 ] || echo analysed; } >$@ 2>$@.err

$(B)/analysis/cppcheck.log: $(c_files) | $(B)/deps-analyse
	@mkdir -p $(B)/analysis/cppcheck
	$(call step,CPPCHK,$(words $(analysed)) files){ cppcheck --quiet -j2 --template=gcc --std=c11 \
		--cppcheck-build-dir=$(B)/analysis/cppcheck --enable=warning,performance,portability \
		--platform=unix64 -I. -D_GNU_SOURCE -DGV_VERSION='""' -D__linux__ -D__x86_64__ \
		$(analysed) && echo analysed; } >$@ 2>&1

# These define what analysis.h hides.
$(addprefix $(B)/analysis/,gcc/core/base/err.c.log gcc/core/base/err-sys.c.log \
	clang-tidy/core/base/err.c.log clang-tidy/core/base/err-sys.c.log): \
	ANALYSIS_FLAGS = -std=gnu17 $(CPPFLAGS_ALL) -U_FORTIFY_SOURCE

# All unit tests, the fuzz targets over their corpora, and commands, under memcheck.
valgrind: programs units fuzz-programs test-tools | $(B)/deps-analyse $(B)/deps-test
	B=$(B) tests/valgrind $(unit_bin) $(fuzz_bin)

# -- installation --------------------------------------------------------------------------
# What is read beside the manual, by its place in $(docdir); README.md comes there too.
documents := $(patsubst docs/%,%,$(wildcard docs/*.md docs/*.svg docs/guide/*/*.md))
document_dirs := $(patsubst %/,%,$(sort $(filter-out ./,$(dir $(documents)))))

install: programs
	$(INSTALL) -d '$(DESTDIR)$(bindir)' '$(DESTDIR)$(libexecdir)/govern' \
		'$(DESTDIR)$(mandir)/man1' '$(DESTDIR)$(mandir)/man5' \
		'$(DESTDIR)$(bashcompdir)' '$(DESTDIR)$(zshcompdir)' '$(DESTDIR)$(fishcompdir)' \
		$(patsubst %,'$(DESTDIR)$(docdir)/%',$(document_dirs))
	$(INSTALL) -m 755 $(B)/bin/govern '$(DESTDIR)$(bindir)/govern'
	$(INSTALL) -m 755 $(B)/libexec/govern/fetch $(B)/libexec/govern/unpack \
		$(B)/libexec/govern/go '$(DESTDIR)$(libexecdir)/govern/'
	$(INSTALL) -m 644 docs/*.1 '$(DESTDIR)$(mandir)/man1/'
	$(INSTALL) -m 644 docs/*.5 '$(DESTDIR)$(mandir)/man5/'
	$(INSTALL) -m 644 completions/govern.bash '$(DESTDIR)$(bashcompdir)/govern'
	$(INSTALL) -m 644 completions/_govern '$(DESTDIR)$(zshcompdir)/'
	$(INSTALL) -m 644 completions/govern.fish '$(DESTDIR)$(fishcompdir)/'
	for f in $(documents); do \
		$(INSTALL) -m 644 "docs/$$f" '$(DESTDIR)$(docdir)/'"$$f" || exit 1; done
	$(INSTALL) -m 644 README.md '$(DESTDIR)$(docdir)/'
	sed -i 's|](docs/|](|g' '$(DESTDIR)$(docdir)/README.md'

# Directories that others use too stay.
uninstall:
	rm -f '$(DESTDIR)$(bindir)/govern' $(patsubst docs/%,'$(DESTDIR)$(mandir)/man1/%', \
		$(wildcard docs/*.1)) $(patsubst docs/%,'$(DESTDIR)$(mandir)/man5/%', \
		$(wildcard docs/*.5)) '$(DESTDIR)$(bashcompdir)/govern' \
		'$(DESTDIR)$(zshcompdir)/_govern' '$(DESTDIR)$(fishcompdir)/govern.fish' \
		$(patsubst %,'$(DESTDIR)$(libexecdir)/govern/%',fetch unpack go) \
		$(patsubst %,'$(DESTDIR)$(docdir)/%',README.md $(documents))
	-[ ! -d '$(DESTDIR)$(docdir)' ] || { \
		(cd '$(DESTDIR)$(docdir)' && rmdir -p --ignore-fail-on-non-empty $(document_dirs)); \
		rmdir --ignore-fail-on-non-empty '$(DESTDIR)$(docdir)'; }
	-[ ! -d '$(DESTDIR)$(libexecdir)/govern' ] || rmdir '$(DESTDIR)$(libexecdir)/govern'

clean:
	rm -rf build

include .packaging/packages.mk

demo: programs
	B=$(B) tests/real/demo

# The pictures in README.md, from a real run.
.PHONY: shots
shots: programs test-tools | $(B)/deps-test
	B=$(abspath $(B)) tests/newuser/shots.t --draw

# BENCH='NAME…' runs some of tests/bench.  bench-check says which figure is worse than those
# that are kept in tests/bench/figures; bench-keep puts this run's in their place, and into
# docs/PERFORMANCE.md.
bench: programs $(B)/tests/tools/stalefs $(B)/tests/tools/mklog $(B)/tests/bench/shim-named | $(B)/deps-test
	B=$(B) CC='$(CC)' tests/bench/run

bench-check: BENCH ?= shim shim-counts shim-instructions
bench-check: export BENCH := $(BENCH)
bench-check: bench
	tests/bench/check $(B)/bench

bench-keep:
	tests/bench/table --keep $(B)/bench
	tests/bench/plot tests/bench/figures/growth.json docs/growth.svg

-include $(shell find $(B) -type f -name '*.d' -not -path '*/tests/home/*' -not -path '*/tests/tmp/*' 2>/dev/null)
