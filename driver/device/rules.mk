# SPDX-License-Identifier: BSD-3-Clause
#
# libwfr, the device model, and its unit tests.

WFR_SRCS := generated/hw/wfr_regtable.c $(addprefix driver/device/, \
	ahg.c asic.c cce.c counters.c credits.c csr.c dc8051.c device.c \
	egress.c errors.c fabric.c faults.c integrity.c interrupts.c link.c \
	packet.c pio.c rcv_eager.c rcv_expected.c rcv_hdrq.c rcvarray.c \
	rxe.c scan.c sdma.c sdma_fetch.c tidflow.c timer.c trace.c)

$(B)/driver/device/%.o: CPPFLAGS += -Idriver/device -Idriver/device/include

$(eval $(call c-lib,wfr,$(WFR_SRCS)))

WFR_TESTS := csr pio pio_checks rcv expected sdma link fabric scan scan_threads \
	windows fuzz
# What tests share, beside the harness.
WFR_TEST_pio := sending.c
WFR_TEST_pio_checks := sending.c
WFR_TEST_rcv := receive.c
WFR_TEST_expected := receive.c
WFR_TEST_scan := windows.c
WFR_TEST_scan_threads := windows.c
WFR_TEST_windows := windows.c

$(B)/driver/device/test/%.o: CPPFLAGS += -Idriver/device/test
$(foreach t,$(WFR_TESTS),$(eval $(call c-test,wfr-$(subst _,-,$(t)), \
	$(addprefix driver/device/test/,test_$(t).c harness.c $(WFR_TEST_$(t))),wfr)))
