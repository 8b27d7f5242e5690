# SPDX-License-Identifier: BSD-3-Clause
#
# What the engine needs beyond its sources: the layouts of the 32-bit data
# model, as a 32-bit compiler sees them.  Without one (gcc-multilib) the table
# is empty and its cases say "not supported".

# $(call layout32,DEVICE,GENERATED): the table of a device, linked as an object
# of its own made from the engine's one source.
define layout32
$$(B)/conformance/$(1)/layout32.bin: $(2)/conformance/ilp32/layout.c \
		$$(wildcard $(2)/uapi/*/*.h $(2)/uapi/*/*/*.h)
	@mkdir -p $$(@D)
	@echo "  CC32    $$<"
	@if $$(VCC) -m32 -fno-pic -I$(2)/uapi -c -o $$@.o $$< 2>$$@.log; then \
		objcopy -O binary -j .layout32 $$@.o $$@; \
	else : >$$@; fi

$$(B)/conformance/$(1)/layout32_data.o: conformance/engine/layout32_data.c \
		$$(B)/conformance/$(1)/layout32.bin
	@mkdir -p $$(@D)
	@echo "  CC      $$< ($(1))"
	@$$(VCC) $$(ALL_CPPFLAGS) -D_GNU_SOURCE -Iconformance \
		-DLAYOUT32_FILE='"$$(B)/conformance/$(1)/layout32.bin"' \
		$$(ALL_CFLAGS) -c -o $$@ $$<
endef

