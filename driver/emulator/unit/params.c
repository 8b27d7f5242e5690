// SPDX-License-Identifier: BSD-3-Clause
/* The driver's parameters, by the names the kernel module has. */
#include <linux/kernel.h>
#include <linux/module.h>
#include "unit.h"

struct hfi1u_params unit_params;

/* Before anyone sets one. */
static void __attribute__((__constructor__)) defaults(void)
{
	hfi1u_params_default(&unit_params);
}

static int set_cap_mask(const char *val, const struct kernel_param *kp)
{
	struct unit *u;
	unsigned int i;
	u64 value;
	int err = kstrtou64(val, 0, &value);

	(void)kp;
	if (err)
		return err;
	unit_params.cap_mask = value;
	for (i = 0; (u = unit_get(i)) != NULL; i++)
		hfi1u_caps_write(u->dd, value);
	return 0;
}

static int get_cap_mask(char *buf, const struct kernel_param *kp)
{
	struct unit *u = unit_get(0);
	u64 value = u ? hfi1u_caps_read(u->dd) : unit_params.cap_mask;

	(void)kp;
	return scnprintf(buf, 32, "0x%llx\n", value);
}

static const struct kernel_param_ops cap_mask_ops = {
	.set = set_cap_mask,
	.get = get_cap_mask,
};

#define HFI1U_PARAM(name, field, type, desc)                     \
	module_param_named(name, unit_params.field, type, 0444); \
	MODULE_PARM_DESC(name, desc)

module_param_cb(cap_mask, &cap_mask_ops, &unit_params.cap_mask, 0644);
MODULE_PARM_DESC(cap_mask, "capability word, both halves");
#include "params_list.h"
