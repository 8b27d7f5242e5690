# SPDX-License-Identifier: BSD-3-Clause
#
# The conformance suites: runner and engine, which know no device, and for each
# device the generated tables, what the engine leaves to it, and hand-written
# groups.

CONF_RUNNER := $(addprefix conformance/runner/,driver.c execute.c leaks.c \
	main.c matrix.c options.c plan.c record.c report.c report_human.c \
	report_json.c report_junit.c report_ktap.c rules.c schedule.c verdict.c) \
	$(addprefix conformance/lib/,buffers.c calls.c ctl.c print.c process.c)
CONF_LIB := $(addprefix conformance/lib/,context.c packet.c port.c \
	regions.c sdma.c tids.c wire.c)
CONF_GROUPS := $(wildcard conformance/groups/*.c)
CONF_ENGINE := conformance/suite.c \
	$(filter-out %/layout32_data.c,$(wildcard conformance/engine/*.c))
CONF_HFI1 := $(wildcard conformance/hfi1/*.c)
CONF_MODEL := $(wildcard conformance/model/*.c conformance/stress/*.c)
CONF_TABLES := $(wildcard generated/conformance/*.c)

$(B)/conformance/%.o: CPPFLAGS += -D_GNU_SOURCE -Iconformance
$(foreach d,hfi1 groups model stress,$(B)/conformance/$(d)/%.o): \
	CPPFLAGS += -Igenerated/conformance
$(B)/generated/conformance/%.o: CPPFLAGS += -D_GNU_SOURCE -Iconformance \
	-Igenerated/conformance

include conformance/engine/engine.mk

CONF_LDLIBS := -lcheck -lsubunit -lm -lrt -lpthread

$(eval $(call c-lib,hfi1c-runner,$(CONF_RUNNER)))
$(eval $(call c-lib,hfi1c-engine,$(CONF_ENGINE)))
$(eval $(call layout32,hfi1,generated))
$(eval $(call c-prog,hfi1-conformance,$(CONF_LIB) $(CONF_GROUPS) $(CONF_HFI1) \
	$(CONF_MODEL) $(CONF_TABLES) conformance/hfi1/layout32_data.c,hfi1c-engine hfi1c-runner,$(CONF_LDLIBS)))

# Devices of the kernel itself: a spec, and a folder here that tells how a file
# is opened and brought into each state.

# $(call device-suite,NAME)
define device-suite
$$(B)/conformance/$(1)/%.o: CPPFLAGS += -Igenerated/$(1)/conformance \
	-Igenerated/$(1)/uapi
$$(B)/generated/$(1)/conformance/%.o: CPPFLAGS += -D_GNU_SOURCE -Iconformance \
	-Igenerated/$(1)/conformance -Igenerated/$(1)/uapi
$$(eval $$(call layout32,$(1),generated/$(1)))
$$(eval $$(call c-prog,$(1)-conformance,$$(wildcard conformance/$(1)/*.c \
	generated/$(1)/conformance/*.c) conformance/$(1)/layout32_data.c,hfi1c-engine hfi1c-runner,$$(CONF_LDLIBS)))
endef
$(foreach d,$(OTHER_SPECS),$(eval $(call device-suite,$(d))))

# Fake cases that do what real ones must not, to judge the runner itself.
$(eval $(call c-prog,conformance-fake,conformance/test/fake.c,\
	hfi1c-runner,$(CONF_LDLIBS)))
$(eval $(call c-test,test-conformance-runner,conformance/test/runner.c,\
	hfi1c-runner,))
$(B)/test/test-conformance-runner: | $(B)/bin/conformance-fake

.PHONY: test-defects test-defects-5
test-defects: ## seed defects into the driver and see the suite notice
	@$(PYTHON) conformance/defects/run.py

test-defects-5: ## the same; each of five runs must notice each defect
	@$(PYTHON) conformance/defects/run.py --runs 5

# Traffic of four processes with faults in between.  The emulator is VARIANT's;
# what it has pinned and mapped in the end is nothing.
STRESS_PACKETS ?= 10000000
STRESS_SHORT ?= 1000000
STRESS_SEED ?= 1
STRESS = $(B)/bin/hfi1-emu --units 2 --contexts 16 run -- \
	conformance/stress/run.sh $(SUITE) "$(SUITE_CTL)" $(STRESS_SEED)

.PHONY: stress test-stress
stress: ## 10 million packets of four processes, with faults in between
	@$(MAKE) -j$(JOBS) VARIANT=gcc all
	@$(MAKE) -j$(JOBS) all
	@$(STRESS) $(STRESS_PACKETS)

test-stress: ## the same, for less long
	@$(MAKE) stress STRESS_PACKETS=$(STRESS_SHORT)

test-stress-%:
	@$(MAKE) VARIANT=$* stress STRESS_PACKETS=$(STRESS_SHORT)

MODEL_SEEDS ?= 200
MODEL_SEED ?= random

.PHONY: model
model: ## random sequences against the reference model, for longer
	@$(MAKE) -j$(JOBS) all
	@$(B)/bin/hfi1-emu --contexts 16 run -- $(SUITE) -g model -v \
		--ctl "$(SUITE_CTL)" --seed $(MODEL_SEED) --repeat $(MODEL_SEEDS)

.PHONY: test-conformance-caps
test-conformance-caps: ## run the suite in each way to load the driver
	@$(MAKE) -j$(JOBS) all
	@$(PYTHON) conformance/caps/caps.py --build $(B) --jobs $(JOBS)
