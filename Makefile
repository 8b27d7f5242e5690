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

# A variant is a compiler and a set of sanitizers with its own build folder.
VARIANT ?= gcc
B := build/$(VARIANT)
CC_gcc := gcc
CC_clang := clang
CC_asan := gcc
CC_tsan := clang
SAN_asan := -fsanitize=address,undefined -fno-sanitize-recover=all
SAN_tsan := -fsanitize=thread
VCC := $(CC_$(VARIANT))
SAN := $(SAN_$(VARIANT))

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

include $(wildcard generator/rules.mk driver/*/rules.mk conformance/rules.mk)

-include $(patsubst %.c,$(B)/%.d,$(ALL_SRCS))

.PHONY: help all clean
help: ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | \
		awk -F ':.*## ' '{printf "  make %-18s %s\n", $$1, $$2}'

all: $(ALL_LIBS) $(ALL_PROGS) ## build everything of VARIANT (gcc, clang, asan, tsan)

test-unit: $(ALL_TESTS) ## run the C unit tests of VARIANT
	@set -e; for t in $(ALL_TESTS); do echo "  TEST    $$t"; $$t; done

clean: ## remove the build folder
	rm -rf build
