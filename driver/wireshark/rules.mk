# SPDX-License-Identifier: BSD-3-Clause
#
# The emulator's captures, read by Wireshark with the generated dissector.
.PHONY: test-wireshark
test-wireshark: ## captures of the emulated fabric, read by tshark
	@$(MAKE) -j$(JOBS) VARIANT=gcc $(addprefix build/gcc/,bin/hfi1-emu \
		bin/hfi1-perf lib/libhfi1-emu.so)
	@$(PYTHON) -m pytest -q -p no:cacheprovider driver/wireshark/test
