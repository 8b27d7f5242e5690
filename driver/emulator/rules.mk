# SPDX-License-Identifier: BSD-3-Clause
# hfi1-emu: the daemon, its command line, and the client library programs
# load.

comma := ,
EMU := driver/emulator
EMU_DAEMON_SRCS := $(sort $(wildcard $(EMU)/daemon/*.c))
EMU_TOOL_SRCS := $(sort $(wildcard $(EMU)/tool/*.c))
EMU_CLIENT_SRCS := $(sort $(wildcard $(EMU)/client/*.c))
EMU_TESTDEV_SRCS := driver/hosted/test/testdev.c \
	driver/hosted/test/testdev_host.c $(EMU)/test/testdev_glue.c

$(B)/$(EMU)/daemon/%.o $(B)/$(EMU)/tool/%.o: \
	CPPFLAGS += -D_GNU_SOURCE -Idriver/hosted/include -Idriver/control
$(B)/$(EMU)/test/testdev_glue.o: \
	CPPFLAGS += -D_GNU_SOURCE -Idriver/hosted/include

# The library is loaded into programs of any build: no sanitizer in it.
$(B)/$(EMU)/client/%.o $(B)/lib/libhfi1-emu.so: private SAN :=
$(B)/$(EMU)/client/%.o: CPPFLAGS += -D_GNU_SOURCE

$(eval $(call c-lib,emud,$(EMU_DAEMON_SRCS) $(EMU_TOOL_SRCS)))

# The printers of traces are generated ones, compiled for this library: its
# symbols must not stand before those of a program's own libhfi1u.
EMU_PRINTERS := $(addprefix emu-printers/,hfi1u_format.c hfi1u_map.c \
	hfi1u_names.c)
$(B)/emu-printers/%.o: generated/lib/%.c
	@mkdir -p $(@D)
	@echo "  CC      $<"
	@$(VCC) $(ALL_CPPFLAGS) -Igenerated/lib $(ALL_CFLAGS) \
		-fvisibility=hidden -c -o $@ $<
$(B)/emu-printers/%.o: private SAN :=
$(B)/$(EMU)/client/trace.o: CPPFLAGS += -Igenerated/lib

$(eval $(call c-shared,libhfi1-emu,$(EMU_CLIENT_SRCS) $(EMU_PRINTERS),-ldl -lpthread -Wl$$(comma)-z$$(comma)initfirst))
$(eval $(call c-prog,hfi1-emu-testdev,$(EMU_TESTDEV_SRCS),emud control hosted,-lpthread))

EMU_UNIT_SRCS := $(sort $(wildcard $(EMU)/unit/*.c))
$(B)/$(EMU)/unit/%.o: CPPFLAGS += -D_GNU_SOURCE -Idriver/hosted/include \
	-Idriver/control -Idriver/core -Idriver/device/include
$(eval $(call c-prog,hfi1-emu,$(EMU_UNIT_SRCS),emud hfi1u-core control wfr hosted,-lpthread))

# End to end, on the test device.  The program is preloaded into, so it is
# built without sanitizers; the daemon it talks to has them.
EMU_TEST_SRCS := $(addprefix $(EMU)/test/,test_emulator.c test_files.c \
	test_memory.c test_waiting.c)
$(B)/$(EMU)/test/test_%.o $(B)/test/emulator: private SAN :=
$(B)/$(EMU)/test/test_%.o: CPPFLAGS += -D_GNU_SOURCE
$(eval $(call c-test,emulator,$(EMU_TEST_SRCS),,))
$(B)/test/emulator: | $(B)/bin/hfi1-emu-testdev $(B)/lib/libhfi1-emu.so
