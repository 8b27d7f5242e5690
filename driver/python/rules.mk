# SPDX-License-Identifier: BSD-3-Clause
#
# The generated Python module, and hfi1ctl which is made of it.
.PHONY: test-python
test-python: ## the Python module and hfi1ctl on the emulated device
	@$(MAKE) -j$(JOBS) VARIANT=gcc build/gcc/bin/hfi1-emu build/gcc/lib/libhfi1-emu.so
	@build/gcc/bin/hfi1-emu run -- $(PYTHON) -m pytest -q -p no:cacheprovider driver/python/test
