# SPDX-License-Identifier: BSD-3-Clause
#
# hfi1-vfio serves the device model to QEMU; vm/ boots guests on it.

VFIO_SRCS := $(addprefix driver/vfio/, adapter.c ctl.c dma.c faults.c irq.c \
	log.c pciconf.c protocol.c server.c session.c sock.c transport.c)

$(B)/driver/vfio/%.o: CPPFLAGS += -Idriver/vfio -Idriver/device/include

$(eval $(call c-lib,vfio,$(VFIO_SRCS)))
$(eval $(call c-prog,hfi1-vfio,driver/vfio/main.c,vfio wfr,-lpthread))

# Programs for the guest are static: the C library stays at home.
$(eval $(call c-prog,hfi1-fm,driver/vfio/vm/guest/fm.c,,-static))
$(eval $(call c-prog,hfi1-vfio-ctl,driver/vfio/vm/guest/ctl.c,,-static))
