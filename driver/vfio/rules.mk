# SPDX-License-Identifier: BSD-3-Clause
#
# hfi1-vfio serves the device model to QEMU; vm/ boots guests on it.

VFIO_SRCS := $(addprefix driver/vfio/, adapter.c ctl.c dma.c irq.c \
	log.c pciconf.c protocol.c server.c session.c sock.c transport.c \
	uplink.c)

$(B)/driver/vfio/%.o: CPPFLAGS += -Idriver/vfio -Idriver/control -Idriver/device/include

$(eval $(call c-lib,vfio,$(VFIO_SRCS)))
$(eval $(call c-prog,hfi1-vfio,driver/vfio/main.c,vfio control wfr,-lpthread))

VFIO_TESTS := $(addprefix driver/vfio/test/, main.c client.c test_transport.c \
	test_dma.c test_pciconf.c test_protocol.c test_faults.c test_garbage.c \
	test_uplink.c)

$(B)/driver/vfio/test/%.o: CPPFLAGS += -Idriver/vfio/test
$(eval $(call c-test,test-vfio,$(VFIO_TESTS),vfio control wfr))

# Programs for the guest are static: the C library stays at home, and so do
# the sanitizers.
VM_GUEST := hfi1-fm hfi1-vfio-ctl hfi1-probe hfi1-hold hfi1-calls hfi1-icount
$(addprefix $(B)/bin/,$(VM_GUEST)): SAN :=
$(B)/driver/vfio/vm/guest/%.o: SAN :=
$(eval $(call c-prog,hfi1-fm,driver/vfio/vm/guest/fm.c,,-static))
$(eval $(call c-prog,hfi1-vfio-ctl,driver/vfio/vm/guest/ctl.c,,-static))
$(eval $(call c-prog,hfi1-probe,driver/vfio/vm/guest/probe.c,,-static))
# a library with a sanitizer in it does not go into a static program
ifeq ($(SAN_$(VARIANT)),)
$(eval $(call c-prog,hfi1-hold,driver/vfio/vm/guest/hold.c,hfi1u,-static))
endif
$(eval $(call c-prog,hfi1-icount,driver/vfio/vm/guest/icount.c,,-static))
$(eval $(call c-prog,hfi1-calls,driver/vfio/vm/guest/calls.c,,-static))
$(B)/driver/vfio/vm/guest/%.o: CPPFLAGS += -Igenerated/lib -Igenerated/driver

# The generated libraries of the kernel's own devices, and a test of them on
# their drivers.
# $(call device-lib,NAME)
define device-lib
$$(B)/generated/$(1)/lib/%.o: CPPFLAGS += -Igenerated/$(1)/lib -Igenerated/$(1)/uapi
$$(B)/driver/vfio/vm/guest/wrappers.o: CPPFLAGS += -Igenerated/$(1)/lib -Igenerated/$(1)/uapi
$$(eval $$(call c-lib,$(1),$$(sort $$(wildcard generated/$(1)/lib/*.c))))
endef
$(foreach d,$(OTHER_SPECS),$(eval $(call device-lib,$(d))))
$(eval $(call c-prog,device-wrappers,driver/vfio/vm/guest/wrappers.c,$(OTHER_SPECS),-lcheck -lsubunit -lm -lrt -lpthread))

# VM lanes.  The cache outlives `make clean` when XDG_CACHE_HOME is set.
VM_CACHE ?= $(if $(XDG_CACHE_HOME),$(XDG_CACHE_HOME)/hfi1u-vm,build/vm)
VM_SETUP := driver/vfio/vm/setup.sh
VM_LOGS := build/log/vm
VM_PROGS := $(addprefix $(B)/bin/,hfi1-vfio hfi1-vfio-ctl hfi1-fm)
# Ends with the folder of logs: a lane that has one of its own appends its name.
VM_RUN = driver/vfio/vm/vm.py $(VM_OPTIONS) --cache $(VM_CACHE) --build $(B) --logs $(VM_LOGS)
# The guest's kernel, known once vm-setup ran, and the module built for it.
VM_KERNEL = $(shell cat $(VM_CACHE)/kernel-version 2>/dev/null)
VM_MODULE ?= build/linux/$(VM_KERNEL)/hfi1_uapi.ko
# What only a kernel can bring about: no control command reaches into it.
VM_STALL ?= build/linux/$(VM_KERNEL)/hfi1_stall.ko
VM_SUITE = --suite $(addprefix --aid ,$(VM_STALL)) $(if $(wildcard $(VM_SKIP)),--skip $(VM_SKIP)) '$(VM_SUITE_ARGS)'

.PHONY: vm-setup vm-module test-vm-tools test-upstream test-upstream-apart \
	icount results test-upstream-probe test-vm
vm-setup: ## fetch QEMU, a Debian kernel and busybox for the VM lanes
	@$(VM_SETUP) $(VM_CACHE)

vm-module: vm-setup
	@[ "$(origin VM_MODULE)" != file ] || \
		$(MAKE) module KDIR=/usr/src/linux-headers-$(VM_KERNEL)

.PHONY: vm-stall
vm-stall: vm-setup
	@[ "$(origin VM_STALL)" != file ] || \
		$(MAKE) KDIR=/usr/src/linux-headers-$(VM_KERNEL) $(VM_STALL)

build/linux/%/hfi1_stall.ko: $(wildcard driver/vfio/vm/stall/*)
	@mkdir -p $(@D)/stall && cp $^ $(@D)/stall
	@$(MAKE) -C $(KDIR) M=$(CURDIR)/$(@D)/stall $(MODULE_KBUILD) modules
	@cp $(@D)/stall/hfi1_stall.ko $@

test-vm-tools: ## test the parts of the VM harness that need no guest
	@$(PYTHON) -m pytest -q -p no:cacheprovider driver/vfio/vm

test-upstream: VM_SKIP = driver/vfio/vm/upstream.skip
test-upstream: vm-stall $(VM_PROGS) $(B)/bin/hfi1-conformance ## run the suite against upstream hfi1.ko in a VM
	@$(VM_RUN) --lane upstream $(VM_SUITE)

test-upstream-apart: vm-stall $(VM_PROGS) $(B)/bin/hfi1-conformance ## run what hurts upstream's kernel, each case in a guest of its own
	@$(VM_RUN) --lane upstream --smp 2 --suite $(addprefix --aid ,$(VM_STALL)) \
		--apart driver/vfio/vm/upstream.skip '$(VM_SUITE_ARGS)'

# Instructions, not time: the guest's clock counts what its processor executes.
icount: vm-module $(VM_PROGS) $(B)/bin/hfi1-icount ## count the instructions of each command, our module's and upstream's
	@for l in upstream "ours --module $(VM_MODULE)"; do \
		$(VM_RUN)/icount --accel icount --lane $$l --boot-timeout 600 --timeout 900 \
			--program $(B)/bin/hfi1-icount hfi1-icount || exit 1; done
	@driver/vfio/vm/icount.py --ours $(VM_LOGS)/icount/vm/output --kernel $(VM_KERNEL) \
		--upstream $(VM_LOGS)/icount/upstream/output | \
		$(call put,performance,icount)

results: ## write what the lanes found last into docs/results.md
	@driver/vfio/vm/results.py --emulated build/gcc/report.json \
		$(foreach l,module:vm upstream:upstream apart:upstream-apart, \
		$(addprefix --$(firstword $(subst :, ,$l)) ,$(wildcard \
		build/log/vm/$(lastword $(subst :, ,$l)).json))) | \
		$(call put,results,lanes)

test-upstream-probe: vm-setup $(VM_PROGS) $(B)/bin/hfi1-probe ## smoke test: upstream hfi1.ko answers in a VM
	@$(VM_RUN) --lane upstream --program $(B)/bin/hfi1-probe hfi1-probe

test-vm: vm-module vm-stall $(VM_PROGS) $(B)/bin/hfi1-conformance ## run the suite against our module in a VM
	@$(VM_RUN) --lane ours --module $(VM_MODULE) \
		$(VM_SUITE)

.PHONY: vm-module-common test-vm-doors
VM_COMMON = build/linux/$(VM_KERNEL)-common/hfi1_uapi.ko
vm-module-common: vm-setup
	@$(MAKE) module DOOR=common KDIR=/usr/src/linux-headers-$(VM_KERNEL)

test-vm-doors: vm-module-common vm-module $(VM_PROGS) $(addprefix $(B)/bin/doors-,private common) ## the same program through our module's private and its common device
	@$(VM_RUN)/doors --lane ours --module $(VM_COMMON) $(addprefix --program ,$(VM_MODULE) \
		$(addprefix $(VM_SCRIPT)/,lib.sh door.sh) driver/methods/test/doors.sh \
		$(addprefix $(B)/bin/doors-,private common)) --timeout 300 \
		'doors.sh "door.sh private" "door.sh common"'

.PHONY: test-vm-devices
test-vm-devices: vm-setup $(VM_PROGS) $(OTHER_SPECS:%=$(B)/bin/%-conformance) $(B)/bin/device-wrappers ## run the suites of the kernel's own devices on a real kernel
	@$(VM_RUN) --lane devices $(OTHER_SPECS:%=--program $(B)/bin/%-conformance) \
		--program $(B)/bin/device-wrappers \
		--program $(VM_SCRIPT)/devices.sh 'devices.sh $(OTHER_SPECS)'

.PHONY: test-vm-mutations devices
test-vm-mutations: vm-setup $(VM_PROGS) $(OTHER_SPECS:%=$(B)/bin/%-conformance) ## put mistakes into the specs of those devices and see the kernel object
	@driver/vfio/vm/mutations.py --cache $(VM_CACHE) --build $(B) --logs $(VM_LOGS)/mutations

devices: ## write what the suites of the kernel's own devices found last into docs/devices.md
	@driver/vfio/vm/devices.py $(VM_KERNEL) \
		$(OTHER_SPECS:%=$(VM_LOGS)/devices/results/%.json) | \
		$(call put,devices,results)

# Other releases' kernels, each with its compiler: the module built there,
# and the suite on it.
KERNELS := bookworm-backports trixie-backports
IN = $(VM_CACHE)/in-$*
in-version = $(shell cat $(1)/kernel-version)

.PHONY: module-all
module-all: module $(addprefix module-in-,$(KERNELS)) ## build the module for every kernel at hand, without a warning

vm-kernel-%: vm-setup
	@driver/vfio/vm/kernel.sh $(VM_CACHE) $*

module-in-%: vm-kernel-%
	@rm -rf $(IN)/root/src/*
	$(call module-tree,$(IN)/root/src,cp)
	@cp -r driver/vfio/vm/stall $(IN)/root/src
	@driver/linux/build-in.sh $(IN)/root $(call in-version,$(IN))
	@mkdir -p build/linux/$(call in-version,$(IN))
	@cp $(IN)/root/src/driver/linux/hfi1_uapi.ko $(IN)/root/src/stall/hfi1_stall.ko \
		build/linux/$(call in-version,$(IN))
	@echo "module-in-$*: built for $(call in-version,$(IN))"

test-vm-in-%: module-in-% $(VM_PROGS) $(B)/bin/hfi1-conformance
	@$(MAKE) VM_CACHE=$(IN) VM_MODULE=build/linux/$(call in-version,$(IN))/hfi1_uapi.ko \
		VM_STALL=build/linux/$(call in-version,$(IN))/hfi1_stall.ko \
		VM_SETUP=true VM_LOGS=build/log/vm-$* test-vm

# A kernel that watches itself: the suite, and loading and unloading, under it.
# It has no probes, so nothing is stalled there.
DEBUG = $(VM_CACHE)/debug
DEBUG_VARS = VM_CACHE=$(DEBUG) VM_SETUP=true VM_LOGS=build/log/vm-debug VM_STALL= \
	VM_MODULE=build/linux/$(call in-version,$(DEBUG))/hfi1_uapi.ko \
	VM_OPTIONS='--boot-timeout 300' VM_SUITE_ARGS='--timeout-scale 10 $(VM_SUITE_ARGS)'

.PHONY: vm-debug test-vm-debug
vm-debug: PACKAGES += flex:kernel-build bison:kernel-build bc:kernel-build \
	libelf-dev:kernel-build libssl-dev:kernel-build kmod:kernel-build
vm-debug: setup vm-setup ## build a kernel with KASAN, kmemleak, lockdep and DMA API checks
	@driver/vfio/vm/debug.sh $(VM_CACHE)

test-vm-debug: vm-debug ## run the suite, and reloading, on our module under that kernel
	@$(MAKE) module KDIR=$(abspath $(DEBUG))/build
	@$(MAKE) $(DEBUG_VARS) test-vm
	@$(MAKE) $(DEBUG_VARS) VM_CYCLES=10 test-vm-reload

# Checks of the module that no suite makes: $(call vm-check,LANE,SCRIPT ARGS)
VM_SCRIPT = driver/vfio/vm/guest
vm-check = $(VM_RUN)/$(firstword $(2)) --lane $(1) \
	$(addprefix --program ,$(VM_SCRIPT)/lib.sh $(VM_SCRIPT)/$(firstword $(2)) \
	$(addprefix $(B)/bin/,hfi1-probe hfi1-hold hfi1-calls)) --timeout 300
VM_CYCLES ?= 50

.PHONY: test-vm-reload test-vm-trace test-vm-coexist test-vm-module
test-vm-reload: vm-module $(VM_PROGS) $(addprefix $(B)/bin/,$(VM_GUEST)) ## load and unload our module, also under use
	@$(call vm-check,ours,reload.sh) --module $(VM_MODULE) 'reload.sh $(VM_CYCLES)'

test-vm-trace: vm-module $(VM_PROGS) $(addprefix $(B)/bin/,$(VM_GUEST)) ## compare the tracepoints with the calls made
	@$(call vm-check,ours,trace.sh) --module $(VM_MODULE) trace.sh

test-vm-coexist: vm-module $(VM_PROGS) $(addprefix $(B)/bin/,$(VM_GUEST)) ## our module and upstream's in one kernel
	@$(call vm-check,upstream,coexist.sh) --program $(VM_MODULE) \
		'coexist.sh /usr/bin/$(notdir $(VM_MODULE))'

test-vm-module: test-vm-reload test-vm-trace test-vm-coexist
