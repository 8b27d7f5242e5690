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
$(B)/test/perf: $(B)/$(PERF)/example.shown
$(B)/test/perf: | $(addprefix $(B)/bin/,hfi1-emu hfi1-perf hfi1t-example) \
	$(B)/lib/libhfi1-emu.so

# The emulator's library is loaded first, even before TSan's runtime, which a
# program does not survive.  What threads do is in the daemon, which has TSan.
ifeq ($(VARIANT),tsan)
$(B)/$(PERF)/%.o $(B)/generated/lib/%.o $(B)/test/perf $(B)/bin/hfi1-perf \
	$(B)/bin/hfi1t-example: private SAN :=
endif

.PHONY: bench-wire curves
bench-wire: $(B)/bin/hfi1-perf $(B)/bin/hfi1-emu $(B)/lib/libhfi1-emu.so
	@$(PYTHON) $(PERF)/bench.py $(B)/bin | $(call put,performance,wire)

# A chip of 160 contexts keeps at least 4 for kernel traffic, so 160 for users
# are those of two chips, in turn.  Few contexts for the registrations, so that each has the
# RcvArray entries for 2048 pages even if no two lie side by side.
CURVES := docs/curves
CURVE = $(B)/bin/hfi1-perf -f csv
curves: setup $(B)/bin/hfi1-perf $(B)/bin/hfi1-emu $(B)/lib/libhfi1-emu.so ## draw docs/curves anew (gnuplot)
	@mkdir -p $(CURVES)
	@$(B)/bin/hfi1-emu --units 2 -c 160 run -- \
		$(CURVE) -t contexts --contexts 160 -D /dev/hfi1_1 \
		-o $(CURVES)/contexts.csv --plot $(CURVES)/contexts.svg
	@$(B)/bin/hfi1-emu -c 4 run -- $(CURVE) -t tids --pages 2048 \
		-o $(CURVES)/tids.csv --plot $(CURVES)/tids.svg
	@$(B)/bin/hfi1-emu run -- $(CURVE) --fork \
		-m pio,sdma,expected,memcpy -t latency,bandwidth,rate \
		-o $(CURVES)/wire.csv --plot $(CURVES)/wire.svg

# The program in the manual is the one that is built and run.
$(B)/$(PERF)/example.shown: $(PERF)/example.c docs/performance.md
	@mkdir -p $(@D)
	@sed -n '/^```c$$/,/^```$$/{/^```/d;p}' docs/performance.md | \
		diff - <(tail -n +2 $(PERF)/example.c) >&2
	@touch $@
