# SPDX-License-Identifier: BSD-3-Clause
#
# libcontrol: what can be asked of a unit, for every control command.

CONTROL_SRCS := driver/control/verbs.c driver/control/words.c

$(B)/driver/control/%.o: CPPFLAGS += -Idriver/control -Idriver/device/include

$(eval $(call c-lib,control,$(CONTROL_SRCS)))
$(B)/driver/control/test/%.o: CPPFLAGS += -Idriver/device/test
$(eval $(call c-test,control,driver/control/test/test_control.c driver/device/test/harness.c,control wfr))
