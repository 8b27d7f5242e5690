# SPDX-License-Identifier: BSD-3-Clause
# hfi1-perf, and the transport on the user interface that it is built on.

PERF := driver/perf
PERF_TRANSPORT_SRCS := $(addprefix $(PERF)/,expected.c packet.c pio.c \
	receive.c sdma.c transport.c)
PERF_TOOL_SRCS := $(sort $(wildcard $(PERF)/tool/*.c))

$(B)/$(PERF)/%.o: CPPFLAGS += -D_GNU_SOURCE -Igenerated/lib

$(eval $(call c-lib,hfi1t,$(PERF_TRANSPORT_SRCS)))
$(eval $(call c-prog,hfi1-perf,$(PERF_TOOL_SRCS),hfi1t hfi1u,-lm))
$(eval $(call c-prog,hfi1t-example,$(PERF)/example.c,hfi1t hfi1u,))

# On the emulated adapter; the test starts it itself.
PERF_TEST_SRCS := $(sort $(wildcard $(PERF)/test/*.c)) \
	$(PERF)/tool/clock.c $(PERF)/tool/content.c
$(eval $(call c-test,perf,$(PERF_TEST_SRCS),hfi1t hfi1u,))
$(B)/test/perf: | $(addprefix $(B)/bin/,hfi1-emu hfi1-perf hfi1t-example) \
	$(B)/lib/libhfi1-emu.so
