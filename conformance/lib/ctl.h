/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Faults on demand: the command given with --ctl.
 */
#ifndef HFI1C_LIB_CTL_H
#define HFI1C_LIB_CTL_H

#include <stdbool.h>
#include <stddef.h>

/** hfi1c_ctl_available() - whether --ctl was given and answers. */
bool hfi1c_ctl_available(void);

/**
 * hfi1c_ctl() - run the command with these words behind it.
 *
 * Returns its exit status; a case that needs the fault is skipped by the
 * runner before it starts when there is no command.
 */
int hfi1c_ctl(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/** hfi1c_ctl_output() - the same, keeping what it prints. */
int hfi1c_ctl_output(char *buffer, size_t size, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
