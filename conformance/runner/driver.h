/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which driver answers.  Only the report and the table of known deviations
 * care; no case does.
 */
#ifndef HFI1C_RUNNER_DRIVER_H
#define HFI1C_RUNNER_DRIVER_H

#include <stdbool.h>

struct hfi1c_driver {
	char name[64]; /* of the module, or "unknown" */
	char version[64]; /* "" when nobody knows */
	char kernel[64]; /* release, if it is a kernel's module, else "" */
};

struct hfi1c_options;

/*
 * hfi1c_driver_find() - ask, in this order: the user (NAME[:VERSION[@KERNEL]]), the
 * module behind the device in sysfs, the command that injects faults, and
 * whether the @usual module is loaded, if there is such a one.
 */
void hfi1c_driver_find(struct hfi1c_driver *driver,
		       const struct hfi1c_options *options, const char *usual);

/*
 * hfi1c_driver_matches() - name and version constraint: "" for all, or
 * comparisons separated by commas that must all hold: ">=6.1,<6.4".
 *
 * The name "linux" is every module's, and its version the kernel's: what the
 * kernel does before it calls a driver.
 */
bool hfi1c_driver_matches(const struct hfi1c_driver *driver, const char *name,
			  const char *versions);

/* hfi1c_free_contexts() - as sysfs reports them, -1 if it does not. */
int hfi1c_free_contexts(const char *device);

/*
 * hfi1c_contexts_return() - whether @before contexts are free again.
 *
 * Waits a moment: the kernel may still be closing a killed process's files.
 * True when @before is -1, for then nobody counts.
 */
bool hfi1c_contexts_return(const char *device, int before);

#endif
