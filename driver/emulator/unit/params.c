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

#define UNIT_PARAM(name, field, type, desc)                      \
	module_param_named(name, unit_params.field, type, 0444); \
	MODULE_PARM_DESC(name, desc)

module_param_cb(cap_mask, &cap_mask_ops, &unit_params.cap_mask, 0644);
MODULE_PARM_DESC(cap_mask, "capability word, both halves");
UNIT_PARAM(num_user_contexts, num_user_contexts, uint,
	   "user contexts, 0: one per CPU");
UNIT_PARAM(krcvqs, krcvqs, uint, "receive queues kept for kernel traffic");
UNIT_PARAM(num_vls, num_vls, uint, "virtual lanes, a power of two up to 8");
UNIT_PARAM(rcvarr_split, rcvarray_split, uint,
	   "percent of a context's RcvArray share for eager buffers");
UNIT_PARAM(rcvhdrcnt, rcvhdrcnt, uint, "receive header queue entries");
UNIT_PARAM(hdrq_entsize, hdrq_entsize, uint,
	   "dwords of a header queue entry: 2, 16 or 32");
UNIT_PARAM(eager_buffer_size, eager_buffer_size, uint,
	   "bytes of a context's eager buffers");
UNIT_PARAM(max_mtu, max_mtu, uint, "largest payload of a packet in bytes");
UNIT_PARAM(rcv_intr_timeout, rcv_intr_timeout, uint,
	   "receive interrupt mitigation, nanoseconds");
UNIT_PARAM(rcv_intr_count, rcv_intr_count, uint,
	   "receive interrupt mitigation, packets");
UNIT_PARAM(sdma_comp_size, sdma_comp_size, uint,
	   "slots of a file's SDMA completion ring");
UNIT_PARAM(sdma_descq_cnt, sdma_descq_cnt, uint,
	   "descriptors of an SDMA engine's ring");
UNIT_PARAM(num_sdma, num_sdma, uint, "SDMA engines to use, 0: all");
UNIT_PARAM(piothreshold, piothreshold, uint,
	   "largest kernel packet sent by PIO");
UNIT_PARAM(user_credit_return_threshold, user_credit_return_threshold, uint,
	   "percent of the credits that may be unreturned");
UNIT_PARAM(cache_size, cache_size, ulong,
	   "MiB of user memory one file may keep pinned");
