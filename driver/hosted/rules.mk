# SPDX-License-Identifier: BSD-3-Clause
# The user-space host for driver/core: a small <linux/*.h> and what is under it.

HOSTED_SRCS := $(sort $(wildcard driver/hosted/*.c))
HOSTED_CPPFLAGS := -D_GNU_SOURCE -Idriver/hosted/include

$(B)/driver/hosted/%.o: CPPFLAGS += $(HOSTED_CPPFLAGS)

$(eval $(call c-lib,hosted,$(HOSTED_SRCS)))
