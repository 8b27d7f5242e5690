# SPDX-License-Identifier: BSD-3-Clause
#
# The kernel module.  Kbuild puts objects beside the sources, so it gets a
# tree of links to them in the build folder.

MODULE_DIR := build/linux
MODULE_TREE := $(MODULE_DIR)/tree
KDIR ?= $(firstword $(wildcard /lib/modules/$(shell uname -r)/build) \
	$(lastword $(sort $(wildcard /usr/src/linux-headers-*-amd64))))

MODULE_SRCS = $(wildcard driver/linux/*.[ch] driver/core/*.[ch] \
	generated/driver/*.[ch] generated/hw/*.h generated/uapi/rdma/hfi/*.h) \
	driver/linux/Kbuild

# MODULE_CHECK: sparse on what is compiled (1) or on everything (2)
MODULE_CHECK ?= $(if $(shell command -v sparse),1,0)

.PHONY: module
module: $(MODULE_DIR)/hfi1_uapi.ko ## build the kernel module for KDIR's kernel

# Links to files that are gone must not be compiled, hence all anew.
$(MODULE_DIR)/hfi1_uapi.ko: $(MODULE_SRCS)
	@[ -n "$(KDIR)" ] || { echo "module: no kernel headers; set KDIR"; exit 1; }
	@mkdir -p $(MODULE_TREE)
	@find $(MODULE_TREE) -type l -delete
	@for f in $(MODULE_SRCS); do mkdir -p $(MODULE_TREE)/$${f%/*} && \
		ln -s $(CURDIR)/$$f $(MODULE_TREE)/$$f || exit 1; done
	@$(MAKE) -C $(KDIR) M=$(CURDIR)/$(MODULE_TREE)/driver/linux \
		W=1 C=$(MODULE_CHECK) modules
	@cp $(MODULE_TREE)/driver/linux/hfi1_uapi.ko $@
