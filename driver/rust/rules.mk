# SPDX-License-Identifier: BSD-3-Clause
#
# The generated Rust module, compiled and tried on the emulated device.
RUSTC ?= rustc

.PHONY: test-rust
test-rust: ## the Rust module on the emulated device
	@$(MAKE) -j$(JOBS) VARIANT=gcc build/gcc/bin/hfi1-emu build/gcc/lib/libhfi1-emu.so
	@mkdir -p build/rust
	@echo "  RUSTC   build/rust/emulated"
	@$(RUSTC) --edition 2021 -D warnings --test -o build/rust/emulated driver/rust/test/emulated.rs
	@build/gcc/bin/hfi1-emu --contexts 16 run -- build/rust/emulated
