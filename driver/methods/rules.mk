# SPDX-License-Identifier: BSD-3-Clause
#
# The commands behind their second front door: the same core, the generated
# methods in place of the generated ioctl dispatch.  hfi1-emu-common is the
# emulator with that door; libhfi1u-common is libhfi1u through it.
COMMON_CORE_SRCS := $(filter-out generated/driver/hfi1u_dispatch.c,$(CORE_SRCS)) \
	driver/methods/bundle.c generated/common/driver/hfi1u_methods.c
COMMON_LIB_SRCS := generated/common/lib/hfi1u_common.c \
	$(filter-out generated/lib/hfi1u.c,$(LIBHFI1U_SRCS))

$(B)/driver/methods/test/%.o $(B)/generated/common/%.o: CPPFLAGS += -Igenerated/common/uapi
METHOD_OBJS := $(B)/driver/methods/bundle.o $(B)/generated/common/driver/hfi1u_methods.o
$(METHOD_OBJS): CPPFLAGS += $(CORE_CPPFLAGS) -Idriver/methods
$(METHOD_OBJS): WARN += -Wno-unused-parameter -Wno-sign-compare
$(METHOD_OBJS): SAN += $(if $(SAN_$(VARIANT)),-fno-sanitize=alignment)
$(B)/generated/common/lib/%.o: CPPFLAGS += -Igenerated/lib

$(eval $(call c-lib,hfi1u-core-common,$(COMMON_CORE_SRCS)))
$(eval $(call c-lib,hfi1u-common,$(COMMON_LIB_SRCS)))
$(eval $(call c-shared,libhfi1u-common,$(COMMON_LIB_SRCS),$(LIBHFI1U_LDFLAGS)))
$(eval $(call c-prog,hfi1-emu-common,$(EMU_UNIT_SRCS),emud hfi1u-core-common control wfr hosted,-lpthread))

# One program, linked with either library: what it prints must be the same.
$(B)/driver/methods/test/doors.o: CPPFLAGS += -Igenerated/lib
$(eval $(call c-prog,doors-private,driver/methods/test/doors.c,hfi1u,))
$(eval $(call c-prog,doors-common,driver/methods/test/doors.c,hfi1u-common,))

$(B)/driver/methods/test/test_%.o: CPPFLAGS += $(HOSTED_CPPFLAGS) \
	-Idriver/device/include -Idriver/core -Idriver/core/test
$(B)/driver/methods/test/test_%.o: WARN += -Wno-unused-parameter
$(eval $(call c-test,methods,driver/methods/test/test_methods.c driver/core/test/rig.c,hfi1u-core-common wfr hosted))

.PHONY: test-doors
test-doors: ## the same program through the private and the common device
	@$(MAKE) -j$(JOBS) all
	@PATH=$(CURDIR)/$(B)/bin:$$PATH driver/methods/test/doors.sh \
		"hfi1-emu run --" "hfi1-emu-common run --"
