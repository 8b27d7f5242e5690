# SPDX-License-Identifier: BSD-3-Clause
# The generated user library, and the test of what it does beyond one ioctl.

comma := ,
LIBHFI1U_LDFLAGS := -Wl$(comma)--version-script=generated/lib/hfi1u.map \
		    -Wl$(comma)-soname=libhfi1u.so.6
LIBHFI1U_SRCS := $(sort $(wildcard generated/lib/*.c))

$(B)/generated/lib/%.o: CPPFLAGS += -Igenerated/lib
$(B)/generator/tests/c/%.o: CPPFLAGS += -Igenerated/lib

$(eval $(call c-lib,hfi1u,$(LIBHFI1U_SRCS)))
$(eval $(call c-shared,libhfi1u,$(LIBHFI1U_SRCS),$(LIBHFI1U_LDFLAGS)))
$(eval $(call c-test,test-hfi1u,generator/tests/c/test_hfi1u.c,hfi1u))

# The dispatcher with a core that only remembers; copies are the test's own.
$(B)/generator/tests/c/test_dispatch.o: CPPFLAGS += -Igenerated/driver -D_GNU_SOURCE -Idriver/hosted/include
$(B)/generated/driver/%.o: CPPFLAGS += -D_GNU_SOURCE -Idriver/hosted/include
$(eval $(call c-test,test-dispatch,generator/tests/c/test_dispatch.c $(sort $(wildcard generated/driver/*.c)),))
