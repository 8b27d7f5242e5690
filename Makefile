# SPDX-License-Identifier: BSD-3-Clause
#
# One non-recursive build.  Each folder brings a rules.mk that names its
# sources; the functions below turn those names into targets, so a folder
# says what it is made of and nothing else.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SECONDARY:
MAKEFLAGS += --no-builtin-rules --no-print-directory

# Debian's interpreter on purpose: the build's Python packages are Debian's.
PYTHON ?= /usr/bin/python3
UAPIGEN := $(PYTHON) generator/bin/uapigen
SPEC := spec/hfi1.yaml
# Devices whose drivers are the kernel's own.
OTHER_SPECS := watchdog vhost
ALL_SPECS := $(SPEC) $(OTHER_SPECS:%=spec/%.yaml)

# A variant is a compiler and a set of sanitizers with its own build folder.
VARIANT ?= gcc
JOBS ?= $(shell nproc)
B := build/$(VARIANT)
CC_gcc := gcc
CC_clang := clang
CC_asan := gcc
CC_tsan := clang
SAN_asan := -fsanitize=address,undefined -fno-sanitize-recover=all
SAN_tsan := -fsanitize=thread
VCC := $(CC_$(VARIANT))
SAN := $(SAN_$(VARIANT))

# A race in a program that a test only talks to must not go unseen.
export TSAN_OPTIONS ?= halt_on_error=1

WARN := -Wall -Wextra -Werror -Wstrict-prototypes -Wmissing-prototypes
CFLAGS ?= -O2 -g
ALL_CFLAGS = -std=gnu11 $(WARN) $(CFLAGS) $(SAN) -fno-omit-frame-pointer \
	     -fPIC -pthread
ALL_CPPFLAGS = $(CPPFLAGS) -Igenerated/uapi -Igenerated/hw -MMD -MP

ALL_PROGS :=
ALL_LIBS :=
ALL_TESTS :=
ALL_SRCS :=

objs = $(addprefix $(B)/,$(patsubst %.c,%.o,$(1)))
lib-files = $(foreach l,$(1),$(B)/lib/lib$(l).a)

# $(call c-lib,NAME,SOURCES)
define c-lib
ALL_LIBS += $$(B)/lib/lib$(1).a
ALL_SRCS += $(2)
$$(B)/lib/lib$(1).a: $$(call objs,$(2))
	@mkdir -p $$(@D)
	@rm -f $$@
	@ar rcs $$@ $$^
endef

# $(call c-link,TARGET,SOURCES,LIBS,LDLIBS)
define c-link
ALL_SRCS += $(2)
$(1): $$(call objs,$(2)) $$(call lib-files,$(3))
	@mkdir -p $$(@D)
	@echo "  LD      $$@"
	@$$(VCC) $$(ALL_CFLAGS) $$(LDFLAGS) -o $$@ $$(call objs,$(2)) \
		-Wl,--start-group $$(call lib-files,$(3)) -Wl,--end-group $(4)
endef

# $(call c-prog,NAME,SOURCES,LIBS,LDLIBS)
define c-prog
ALL_PROGS += $$(B)/bin/$(1)
$$(eval $$(call c-link,$$(B)/bin/$(1),$(2),$(3),$(4)))
endef

# $(call c-test,NAME,SOURCES,LIBS,LDLIBS): a libcheck program
define c-test
ALL_TESTS += $$(B)/test/$(1)
$$(eval $$(call c-link,$$(B)/test/$(1),$(2),$(3),$(4) -lcheck -lsubunit -lm -lrt -lpthread))
endef

# $(call c-shared,NAME,SOURCES,LDLIBS)
define c-shared
ALL_PROGS += $$(B)/lib/$(1).so
ALL_SRCS += $(2)
$$(B)/lib/$(1).so: $$(call objs,$(2))
	@mkdir -p $$(@D)
	@echo "  LD      $$@"
	@$$(VCC) $$(ALL_CFLAGS) $$(LDFLAGS) -shared -o $$@ $$^ $(3)
endef

$(B)/%.o: %.c
	@mkdir -p $(@D)
	@echo "  CC      $<"
	@$(VCC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -c -o $@ $<

# $(call put,PAGE,NAME): what a command prints becomes that part of that page.
put = docs/site/put.py docs/$(1).md $(2)

include $(wildcard generator/rules.mk generator/tests/c/rules.mk \
	driver/*/rules.mk driver/emulator/clients/rules.mk \
	conformance/rules.mk)

# Programs of no folder alone: the bench of core and model, the soak.
$(eval $(call c-prog,bench-dispatch,driver/core/test/bench_dispatch.c driver/core/test/rig.c,hfi1u-core wfr hosted,-lcheck -lsubunit -lm -lrt))
$(eval $(call c-prog,hfi1-emu-soak,driver/emulator/test/soak.c,,))
$(B)/driver/emulator/test/soak.o: CPPFLAGS += -D_GNU_SOURCE

-include $(patsubst %.c,$(B)/%.d,$(ALL_SRCS))

# --- for people ------------------------------------------------------------

.PHONY: help setup run test generate check-generated lint bench install all html \
	test-unit clean
help: ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(sort $(MAKEFILE_LIST)) | sort | \
		awk -F ':.*## ' '{split($$1, t, ":"); printf "  make %-20s %s\n", t[1], $$2}'

# Debian packages and what each is for.
PACKAGES := \
	gcc:compiler g++:C++-checks-of-the-headers make:this-build \
	libc6-dev:C-library linux-libc-dev:published-uAPI-headers \
	gcc-multilib:32-bit-layouts g++-multilib:32-bit-layouts \
	clang:second-compiler-and-header-import clang-format:kernel-style \
	check:test-runner libsubunit-dev:test-runner \
	python3:generator python3-yaml:spec-loader python3-jinja2:templates \
	python3-pytest:generator-tests python3-jsonschema:schema-tests \
	mypy:Python-types flake8:Python-style pylint:Python-lint \
	shellcheck:shell-style yamllint:spec-style pkg-config:library-checks \
	man-db:manual-pages groff:manual-pages \
	linux-headers-amd64:kernel-module sparse:kernel-module \
	perl:checkpatch

# What only `make test` needs.
TEST_PACKAGES := \
	mkdocs:site-of-the-documentation rustc:Rust-module \
	tshark:captures-of-the-fabric

setup: ## install the Debian packages that are missing, and say what for
	@missing=(); for p in $(PACKAGES); do \
		dpkg-query -W -f '$${Status}' "$${p%%:*}" 2>/dev/null | \
			grep -q 'ok installed' && continue; \
		echo "  NEED    $${p%%:*} ($${p#*:})"; missing+=("$${p%%:*}"); \
	done; \
	[ $${#missing[@]} -eq 0 ] && exit 0; \
	root=(); [ "$$(id -u)" -eq 0 ] || root=(sudo); \
	$${root[@]} apt-get update -qq && \
	DEBIAN_FRONTEND=noninteractive $${root[@]} apt-get install -qq -y \
		--no-install-recommends "$${missing[@]}" >/dev/null

generate: ## write generated/ anew from the spec
	@$(UAPIGEN) generate $(SPEC) -o generated
	@for s in $(OTHER_SPECS); do $(UAPIGEN) generate \
		spec/$$s.yaml -o generated/$$s || exit 1; done
	@$(UAPIGEN) operations $(ALL_SPECS) > generated/operations.md.new
	@mv generated/operations.md.new generated/operations.md

check-generated: ## fail if generated/ is not what the spec says
	@tmp=$$(mktemp -d) && trap 'rm -rf "$$tmp"' EXIT && \
	$(UAPIGEN) generate --no-cache $(SPEC) -o "$$tmp/generated" >/dev/null && \
	for s in $(OTHER_SPECS); do $(UAPIGEN) generate --no-cache \
		spec/$$s.yaml -o "$$tmp/generated/$$s" >/dev/null || exit 1; done && \
	$(UAPIGEN) operations $(ALL_SPECS) > "$$tmp/generated/operations.md" && \
	diff -r "$$tmp/generated" generated >"$$tmp/diff" || \
	{ head -40 "$$tmp/diff"; \
	grep -q '^Only in generated' "$$tmp/diff" && \
		echo "what is only in generated/ no back end writes: remove it"; \
	grep -qv '^Only in generated' "$$tmp/diff" && \
		echo "generated/ is stale: make generate"; exit 1; }

run: setup ## regenerate, build, run conformance on the emulated device
	@$(MAKE) -j$(JOBS) generate
	@$(MAKE) -j$(JOBS) all
	@$(MAKE) test-conformance

TEST_TARGETS := \
	lint \
	check-generated \
	test-generator \
	test-abi \
	test-unit-gcc \
	test-unit-clang \
	test-unit-asan \
	test-unit-tsan \
	test-conformance \
	test-conformance-caps \
	test-conformance-asan \
	test-stress \
	test-clients \
	html \
	test-doors \
	test-python \
	test-rust \
	test-wireshark \
	test-defects \
	module \
	test-vm \
	test-vm-doors \
	test-upstream \
	test-vm-devices \
	test-vm-mutations \
	test-vm-module test-vm-clients test-upstream-clients test-vm-two checkpatch

test: PACKAGES += $(TEST_PACKAGES)
test: setup ## every quality gate; ends with one line of totals
	@.ci/lanes $(TEST_TARGETS)

test-unit-%:
	@$(MAKE) -j$(JOBS) VARIANT=$* all
	@$(MAKE) VARIANT=$* test-unit

test-abi: ## compare the generated headers with the published ones
	@$(PYTHON) -m pytest -q -p no:cacheprovider generator/tests/abi

# The suite on the emulated device, two units, faults injected through ctl.
# The emulator is VARIANT's; the suite is always the plain build, because a
# sanitizer's runtime does not go into a program that is preloaded into.
SUITE := build/gcc/bin/hfi1-conformance
SUITE_CTL := build/gcc/bin/hfi1-emu ctl
CONFORMANCE = $(B)/bin/hfi1-emu --units 2 --contexts 16 run -- \
	$(SUITE) --device /dev/hfi1_0 --second-device /dev/hfi1_1 \
	--ctl "$(SUITE_CTL)" --profile everything \
	--matrix $(B)/matrix.txt --report human --report json:$(B)/report.json \
	--jobs $(JOBS)

test-conformance: ## run the suite on the emulated device
	@$(MAKE) -j$(JOBS) all
	@$(SUITE) --coverage | sed '/^Without a case/,$$d'
	@$(CONFORMANCE) $(CONFORMANCE_ARGS)

test-conformance-%:
	@$(MAKE) -j$(JOBS) VARIANT=gcc all
	@$(MAKE) -j$(JOBS) VARIANT=$* all
	@$(MAKE) VARIANT=$* test-conformance

# Reports of lanes, where there are any: what is there is shown.
REPORTS = $(foreach lane,emulated:build/gcc/report.json module:build/log/vm/vm.json \
	upstream:build/log/vm/upstream.json,$(if $(wildcard $(lastword $(subst :, ,$(lane)))),\
	--result $(subst :,=,$(lane))))

html: ## the documentation as a web site, every rule linked to its tests
	@$(MAKE) -j$(JOBS) VARIANT=gcc $(SUITE)
	@$(PYTHON) docs/site/site.py --suite $(SUITE) -o build/html $(REPORTS)

# --- style -----------------------------------------------------------------

# Files a person wrote; generated code answers to its golden tests.
OWN_C = $(shell git ls-files '*.c' '*.h' ':!generated' \
	':!generator/tests/golden')
OWN_SCRIPTS := .ci/lanes driver/python/hfi1ctl
OWN_PY = $(shell git ls-files '*.py' ':!generator/uapigen' \
	':!generator/tests')
OWN_SH = $(shell git ls-files '*.sh') .ci/run

lint: ## kernel C style, Python types and style, shell, YAML, licence lines
	@echo "  STYLE   C" && clang-format --dry-run --Werror $(OWN_C)
	@echo "  STYLE   Python" && flake8 --max-line-length 99 $(OWN_SCRIPTS) $(OWN_PY)
	@echo "  TYPES   Python" && for f in $(OWN_SCRIPTS) "$(OWN_PY)"; do \
		MYPYPATH=generated/python mypy --strict --no-error-summary $$f || exit 1; done
	@echo "  STYLE   generator" && $(MAKE) lint-generator
	@echo "  STYLE   shell" && shellcheck $(OWN_SH)
	@echo "  STYLE   YAML" && yamllint -s -c .yamllint spec
	@echo "  LINT    specs" && $(UAPIGEN) lint $$(grep -l '^spec: ' spec/*.yaml)
	@echo "  SPDX" && bad=$$(git ls-files '*.c' '*.h' '*.py' '*.sh' '*.yaml' '*.mk' \
		'*.j2' Makefile .ci | xargs grep -L 'SPDX-License-Identifier'); \
		[ -z "$$bad" ] || { echo "no SPDX line: $$bad"; exit 1; }

all: $(ALL_LIBS) $(ALL_PROGS) ## build everything of VARIANT (gcc, clang, asan, tsan)

test-unit: $(ALL_TESTS) ## run the C unit tests of VARIANT
	@bad=(); for t in $(ALL_TESTS); do echo "  TEST    $$t"; \
		$$t || bad+=("$$t"); done; \
	[ $${#bad[@]} -eq 0 ] || { echo "failed: $${bad[*]}"; exit 1; }

bench curves: PACKAGES += libfabric-bin:yardstick-of-the-wire gnuplot-nox:charts

bench: setup $(B)/bin/bench-dispatch ## regeneration, dispatch and the wire, as ratios
	@$(PYTHON) generator/bench_generate.py $(SPEC)
	@$(MAKE) bench-scale
	@$(B)/bin/bench-dispatch
	@$(MAKE) bench-wire

SOAK_CYCLES ?= 10000

soak: ## kill processes at random points; nothing may be left in the emulator
	@$(MAKE) -j$(JOBS) all
	@PATH=$(B)/bin:$$PATH hfi1-emu --contexts 16 run -- hfi1-emu-soak $(SOAK_CYCLES)

PREFIX ?= /usr/local
LIBDIR ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include/hfi1u
MANDIR ?= $(PREFIX)/share/man
PYLIBDIR ?= $(PREFIX)/lib/uapigen
D = $(DESTDIR)

install: all ## install programs, libraries, headers, manual and uapigen
	install -d $(D)$(PREFIX)/bin $(D)$(LIBDIR)/pkgconfig $(D)$(PYLIBDIR) \
		$(D)$(INCLUDEDIR)/rdma/hfi $(D)$(MANDIR)/man{2,3,4}
	install $(addprefix $(B)/bin/,hfi1-conformance hfi1-emu hfi1-perf hfi1-vfio) \
		$(D)$(PREFIX)/bin
	install -m 644 $(B)/lib/libhfi1-emu.so $(B)/lib/libhfi1u.a $(D)$(LIBDIR)
	install $(B)/lib/libhfi1u.so $(D)$(LIBDIR)/libhfi1u.so.6
	ln -sf libhfi1u.so.6 $(D)$(LIBDIR)/libhfi1u.so
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@LIBDIR@|$(LIBDIR)|' \
		-e 's|@INCLUDEDIR@|$(INCLUDEDIR)|' generated/lib/hfi1u.pc.in \
		>$(D)$(LIBDIR)/pkgconfig/hfi1u.pc
	install -D -m 644 generated/python/hfi1u.py $(D)$(PREFIX)/lib/hfi1ctl/hfi1u.py
	install driver/python/hfi1ctl $(D)$(PREFIX)/bin
	install -m 644 generated/lib/hfi1u.h $(D)$(INCLUDEDIR)
	install -m 644 generated/uapi/rdma/hfi/*.h $(D)$(INCLUDEDIR)/rdma/hfi
	for s in 2 3 4; do install -m 644 generated/man/man$$s/* \
		$(D)$(MANDIR)/man$$s; done
	cp -r --no-preserve=ownership generator/bin generator/uapigen $(D)$(PYLIBDIR)
	ln -sf $(PYLIBDIR)/bin/uapigen $(D)$(PREFIX)/bin/uapigen

clean: ## remove the build folder
	rm -rf build
