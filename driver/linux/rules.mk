# SPDX-License-Identifier: BSD-3-Clause
#
# The kernel module.  Kbuild puts objects beside the sources, so it gets a
# tree of links to them in the build folder.

MODULE_VERSION := $(shell sed -n 's/^.define HFI1U_MODULE_VERSION "\(.*\)"/\1/p' \
	driver/linux/module.h)

# Headers of the running kernel, else the newest that are installed.
KDIR ?= $(firstword $(wildcard /lib/modules/$(shell uname -r)/build) \
	$(shell ls -dvr /usr/src/linux-headers-*-amd64 2>/dev/null))

# Each kernel has a build folder; build/linux/hfi1_uapi.ko is the latest.
KREL = $(shell sed -n 's/^.define UTS_RELEASE "\(.*\)"/\1/p' \
	$(KDIR)/include/generated/utsrelease.h 2>/dev/null)
# DOOR=common builds the module with the commands as methods.
MODULE_DIR = build/linux/$(KREL)$(addprefix -,$(DOOR))
MODULE_TREE = $(MODULE_DIR)/tree

MODULE_SRCS = $(wildcard driver/linux/*.[ch] driver/core/*.[ch] \
	generated/driver/*.[ch] generated/hw/*.h generated/uapi/rdma/hfi/*.h \
	driver/methods/*.[ch] generated/common/driver/*.c generated/common/uapi/rdma/hfi/*.h) \
	driver/linux/Kbuild

# No warning passes, neither of the compiler nor of sparse where there is one.
MODULE_KBUILD = W=1 KCFLAGS=-Werror $(if $(shell command -v sparse),C=1 CF=-Wsparse-error)

# $(call module-tree,FOLDER,COMMAND): put the sources into FOLDER
define module-tree
	@for f in $(MODULE_SRCS); do mkdir -p $(1)/$${f%/*} && \
		$(2) $(CURDIR)/$$f $(1)/$$f || exit 1; done
endef

.PHONY: module module-dkms
module: module-headers ## build the kernel module for the kernel of KDIR
	@$(MAKE) KDIR=$(KDIR) $(MODULE_DIR)/hfi1_uapi.ko
	@ln -sfn $(notdir $(MODULE_DIR))/hfi1_uapi.ko build/linux/hfi1_uapi.ko

.PHONY: module-headers
module-headers:
	@[ -n "$(KREL)" ] || { echo "module: no kernel in '$(KDIR)': install" \
		"linux-headers-amd64, or set KDIR"; exit 1; }

# Links to files that are gone must not be compiled, hence all anew.
build/linux/%/hfi1_uapi.ko: $(MODULE_SRCS) driver/linux/rules.mk
	@mkdir -p $(MODULE_TREE) && find $(MODULE_TREE) -type l -delete
	$(call module-tree,$(MODULE_TREE),ln -s)
	@$(MAKE) -C $(KDIR) M=$(CURDIR)/$(MODULE_TREE)/driver/linux DOOR=$(DOOR) $(MODULE_KBUILD) modules
	@cp $(MODULE_TREE)/driver/linux/hfi1_uapi.ko $@

MODULE_DKMS = $(DESTDIR)/usr/src/hfi1_uapi-$(MODULE_VERSION)
module-dkms: ## put the module's sources where dkms looks for them
	@rm -rf $(MODULE_DKMS) && mkdir -p $(MODULE_DKMS)
	$(call module-tree,$(MODULE_DKMS),cp)
	@sed 's/@VERSION@/$(MODULE_VERSION)/' driver/linux/dkms.conf.in >$(MODULE_DKMS)/dkms.conf
	@echo "dkms install hfi1_uapi/$(MODULE_VERSION)"

# The kernel's own judgement of the sources a person wrote.
.PHONY: checkpatch test-dkms
checkpatch: ## run the kernel's checkpatch.pl over module and core
	@driver/linux/checkpatch.sh $(VM_CACHE) driver/linux/*.[ch] driver/core/*.[ch]

test-dkms: ## build the module the way dkms does
	@$(MAKE) module-dkms DESTDIR=build/dkms
	@driver/linux/dkms.sh $(VM_CACHE) build/dkms $(MODULE_VERSION) $(KREL)
