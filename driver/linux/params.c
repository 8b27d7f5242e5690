// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
/*
 * Module parameters, by the names hfi1 has.
 *
 * The core knows the defaults, but parameters are read before the module's
 * own code runs: whoever comes first fills them in.  The kernel serialises
 * all access to a module's parameters, and that before init.
 */
#include <linux/module.h>
#include <linux/moduleparam.h>

#include "module.h"

static struct hfi1u_params params;
static bool have_defaults;
static unsigned int port_lid;

static void need_defaults(void)
{
	if (!have_defaults)
		hfi1u_params_default(&params);
	have_defaults = true;
}

/**
 * hfi1u_module_params - what the module was loaded with
 *
 * Return: the parameters, not yet brought into range.
 */
const struct hfi1u_params *hfi1u_module_params(void)
{
	need_defaults();
	return &params;
}

/**
 * hfi1u_port_lid_param - the address that a unit's port is to have
 * @unit: unit
 *
 * Return: the address, or 0 if the module shall leave the port alone.
 */
unsigned int hfi1u_port_lid_param(const struct hfi1u_unit *unit)
{
	return port_lid ? port_lid + unit->number : 0;
}

/* What the kernel has for a type, on top of the defaults. */
#define PARAM_OPS(type)                                                       \
	static int set_##type(const char *val, const struct kernel_param *kp) \
	{                                                                     \
		need_defaults();                                              \
		return param_set_##type(val, kp);                             \
	}                                                                     \
	static int get_##type(char *buf, const struct kernel_param *kp)       \
	{                                                                     \
		need_defaults();                                              \
		return param_get_##type(buf, kp);                             \
	}                                                                     \
	static const struct kernel_param_ops type##_ops = {                   \
		.set = set_##type,                                            \
		.get = get_##type,                                            \
	}

PARAM_OPS(int);
PARAM_OPS(uint);
PARAM_OPS(ulong);

static int set_cap_mask(const char *val, const struct kernel_param *kp)
{
	u64 value;
	int ret = kstrtou64(val, 0, &value);

	if (ret)
		return ret;
	need_defaults();
	params.cap_mask = value;
	hfi1u_units_set_caps(value);
	return 0;
}

static int get_cap_mask(char *buf, const struct kernel_param *kp)
{
	u64 value;

	need_defaults();
	if (!hfi1u_units_get_caps(&value))
		value = params.cap_mask;
	return sysfs_emit(buf, "0x%llx\n", value);
}

static const struct kernel_param_ops cap_mask_ops = {
	.set = set_cap_mask,
	.get = get_cap_mask,
};

static int set_port_lid(const char *val, const struct kernel_param *kp)
{
	int ret = param_set_uint(val, kp);

	if (!ret)
		hfi1u_units_set_lids();
	return ret;
}

static const struct kernel_param_ops port_lid_ops = {
	.set = set_port_lid,
	.get = param_get_uint,
};

/* For the compiler to see that the type is the field's. */
#define HFI1U_PARAM(name, field, type, desc)                     \
	static_assert(__same_type(params.field, type));          \
	module_param_cb(name, &type##_ops, &params.field, 0444); \
	MODULE_PARM_DESC(name, desc)

module_param_cb(cap_mask, &cap_mask_ops, NULL, 0644);
MODULE_PARM_DESC(cap_mask, "capability word, both halves");
#include "params_list.h"

module_param_cb(port_lid, &port_lid_ops, &port_lid, 0644);
MODULE_PARM_DESC(port_lid,
		 "LID of unit 0's port, the next ones count up, and each port "
		 "is taken to ACTIVE without a fabric manager; 0: ports stay "
		 "as they are");
