# SPDX-License-Identifier: BSD-3-Clause
#
# The driver core as a library, against the user-space shim of the kernel API.
# The kernel module compiles the same sources with the kernel's headers.

CORE_SRCS := $(sort $(wildcard driver/core/*.c)) \
	     $(sort $(wildcard generated/driver/*.c))

$(eval $(call c-lib,hfi1u-core,$(CORE_SRCS)))

CORE_CPPFLAGS := -Idriver/hosted/include -Idriver/core -Igenerated/driver
$(B)/driver/core/%.o: CPPFLAGS += $(CORE_CPPFLAGS)
$(B)/generated/driver/%.o: CPPFLAGS += $(CORE_CPPFLAGS)
# kernel style: handlers take parameters that some of them do not need
$(B)/driver/core/%.o $(B)/generated/driver/%.o: WARN += -Wno-unused-parameter \
	-Wno-sign-compare

# A user pointer may be unaligned; the kernel builds without this check too.
$(B)/driver/core/%.o $(B)/generated/driver/%.o: \
	SAN += $(if $(SAN_$(VARIANT)),-fno-sanitize=alignment)

# Unit tests: the core on the device model, without a daemon.
CORE_TEST_LIBS := hfi1u-core wfr hosted
$(B)/driver/core/test/%.o: CPPFLAGS += $(HOSTED_CPPFLAGS) -Idriver/device/include
$(B)/driver/core/test/%.o: WARN += -Wno-unused-parameter
define core-test
$(call c-test,core-$(1),driver/core/test/test_$(1).c driver/core/test/rig.c driver/core/test/user.c,$(CORE_TEST_LIBS))
endef
$(foreach t,ahg control data params pin reset select sweep tid wait,$(eval $(call core-test,$(t))))
