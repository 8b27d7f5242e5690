/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where the kernel reads a header of events again to make their code;
 * <linux/tracepoint.h> has done everything the first time.
 */
