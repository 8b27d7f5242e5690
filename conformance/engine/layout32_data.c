// SPDX-License-Identifier: BSD-3-Clause
/*
 * The numbers a 32-bit compiler made of the published headers, as a blob: a
 * 64-bit program cannot link what that compiler makes.
 */
#include "form.h"

__asm__(".pushsection .rodata\n"
	"	.balign 4\n"
	"	.globl hfi1c_layout32_start\n"
	"hfi1c_layout32_start:\n"
	"	.incbin \"" LAYOUT32_FILE "\"\n"
	"	.globl hfi1c_layout32_end\n"
	"hfi1c_layout32_end:\n"
	"	.byte 0\n"
	"	.popsection\n");
