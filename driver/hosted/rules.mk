# SPDX-License-Identifier: BSD-3-Clause
# The user-space host for driver/core: a small <linux/*.h> and what is under it.

HOSTED_SRCS := $(sort $(wildcard driver/hosted/*.c))
HOSTED_CPPFLAGS := -D_GNU_SOURCE -Idriver/hosted/include

$(B)/driver/hosted/%.o: CPPFLAGS += $(HOSTED_CPPFLAGS)

$(eval $(call c-lib,hosted,$(HOSTED_SRCS)))

HOSTED_TEST_SRCS := $(addprefix driver/hosted/test/,main.c test_sync.c \
	test_data.c test_memory.c test_files.c testdev.c testdev_host.c)
$(eval $(call c-test,hosted,$(HOSTED_TEST_SRCS),hosted,))
