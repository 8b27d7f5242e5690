/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a case must not leave behind.
 */
#ifndef HFI1C_RUNNER_LEAKS_H
#define HFI1C_RUNNER_LEAKS_H

/* hfi1c_leaks_begin() - in the case's process, before the case. */
void hfi1c_leaks_begin(void);

/* hfi1c_leaks_end() - after it passed: fails it when something is left. */
void hfi1c_leaks_end(void);

#endif
