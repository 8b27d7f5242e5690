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

WFR_TESTS := csr pio rcv expected sdma link fabric scan fuzz

$(B)/driver/device/test/%.o: CPPFLAGS += -Idriver/device/test
$(foreach t,$(WFR_TESTS),$(eval $(call c-test,wfr-$(t), \
	$(addprefix driver/device/test/,test_$(t).c harness.c \
	$(if $(filter rcv expected,$(t)),receive.c)),wfr)))
