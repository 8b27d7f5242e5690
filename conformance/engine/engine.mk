# SPDX-License-Identifier: BSD-3-Clause
#
# What the engine needs beyond its sources: the layouts of the 32-bit data
# model, as a 32-bit compiler sees them.  Without one (gcc-multilib) the table
# is empty and its cases say "not supported".

LAYOUT32 := $(B)/conformance/layout32.bin

$(LAYOUT32): generated/conformance/ilp32/layout.c $(wildcard generated/uapi/rdma/hfi/*.h)
	@mkdir -p $(@D)
	@echo "  CC32    $<"
	@if $(VCC) -m32 -fno-pic -Igenerated/uapi -c -o $@.o $< 2>$@.log; then \
		objcopy -O binary -j .layout32 $@.o $@; \
	else : >$@; fi

$(B)/conformance/engine/layout32_data.o: $(LAYOUT32)
$(B)/conformance/engine/layout32_data.o: \
	CPPFLAGS += -DLAYOUT32_FILE='"$(LAYOUT32)"'
$(B)/conformance/engine/%.o: CPPFLAGS += -Iconformance
$(B)/conformance/model/%.o: CPPFLAGS += -Iconformance
$(B)/conformance/stress/%.o: CPPFLAGS += -Iconformance
