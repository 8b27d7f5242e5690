# SPDX-License-Identifier: BSD-3-Clause
#
# Unmodified clients on the emulated adapter.  Their packages are not needed
# for anything else, so they are installed by these targets alone.

CLIENTS := driver/emulator/clients
CLIENT_PACKAGES := libpsm2-2:client libpsm2-dev:client-programs \
	libfabric1:client libfabric-bin:fi_pingpong openmpi-bin:mpirun \
	libopenmpi-dev:client-programs netpipe-openmpi:MPI-benchmark
CLIENT_PROGS := $(addprefix $(B)/clients/,psm2-pair mpi-ring mpi-alltoall \
	mpi-pair)
CLIENT_CFLAGS := -std=gnu11 -D_GNU_SOURCE $(WARN) -O2 -g -MMD -MP
-include $(CLIENT_PROGS:=.d)

$(B)/clients/mpi-%: $(CLIENTS)/mpi_%.c
	@mkdir -p $(@D)
	@echo "  MPICC   $@"
	@mpicc $(CLIENT_CFLAGS) -o $@ $<

$(B)/clients/psm2-%: $(CLIENTS)/psm2_%.c
	@mkdir -p $(@D)
	@echo "  CC      $@"
	@$(VCC) $(CLIENT_CFLAGS) -o $@ $< -lpsm2

.PHONY: clients-setup clients test-clients test-clients-long
clients-setup: ## install libpsm2, libfabric and Open MPI
	@$(MAKE) PACKAGES="$(CLIENT_PACKAGES)" setup

clients: clients-setup
	@$(MAKE) -j$(JOBS) $(B)/bin/hfi1-emu $(B)/lib/libhfi1-emu.so
	@$(MAKE) -j$(JOBS) $(CLIENT_PROGS)

test-clients: clients ## run libpsm2, libfabric and Open MPI on the emulated device
	@$(CLIENTS)/clients.py --build $(B) "$(CLIENTS_ARGS)"

test-clients-long: clients ## the same with what takes minutes
	@$(CLIENTS)/clients.py --build $(B) --long "$(CLIENTS_ARGS)"

.PHONY: bench-clients
bench-clients: clients ## libfabric psm2 on the emulated device, beside shm and tcp
	@$(CLIENTS)/bench_clients.py --build $(B) | $(call put,clients,speed)

# The same clients in a guest, on a kernel driver.
MPI_LIB = /usr/lib/$(shell gcc -print-multiarch)
CLIENTS_GUEST = --smp 2 $(addprefix --program ,$(CLIENT_PROGS) \
	$(shell command -v fi_pingpong) $(shell command -v mpirun) \
	$(CLIENTS)/pingpong.sh driver/vfio/vm/guest/clients.sh) \
	$(addprefix --tree ,$(MPI_LIB)/openmpi/lib/openmpi3 $(MPI_LIB)/pmix2 \
	/usr/share/openmpi /etc/openmpi) --timeout 600 clients.sh

TWO_PAIRS ?= ours-ours upstream-ours upstream-upstream

.PHONY: test-vm-two
test-vm-two: clients vm-module $(VM_PROGS) $(B)/bin/hfi1-perf ## two guests on one fabric: packets between all pairs of drivers
	@driver/vfio/vm/two.py --cache $(VM_CACHE) --build $(B) --logs $(VM_LOGS) \
		--module $(VM_MODULE) --program $(B)/clients/psm2-pair \
		--program "$$(command -v fi_pingpong)" $(TWO_PAIRS)

.PHONY: test-vm-clients test-upstream-clients
test-vm-clients: clients vm-module $(VM_PROGS) ## run libpsm2, libfabric and Open MPI on our module in a VM
	@$(VM_RUN)/clients --lane ours --module $(VM_MODULE) $(CLIENTS_GUEST)

test-upstream-clients: clients vm-setup $(VM_PROGS) ## run libpsm2, libfabric and Open MPI on upstream hfi1.ko in a VM
	@$(VM_RUN)/clients --lane upstream $(CLIENTS_GUEST)
