// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
/*
 * Parameters: defaults and limits.
 *
 * A value out of range is brought into range with a warning: a machine with
 * an odd modprobe.d line should still boot with a working adapter.
 */
#include <linux/cpumask.h>
#include <linux/log2.h>

#include "priv.h"

#define HFI1U_MIN_HDRQ_ENTRIES 32
#define HFI1U_MAX_VLS	       8
#define HFI1U_MIN_EAGER_TOTAL  (32 * 1024)
#define HFI1U_MIN_MTU	       2048
#define HFI1U_MAX_MTU	       10240

/**
 * hfi1u_params_default - fill in the values of a driver loaded without options
 * @params: to be filled
 */
void hfi1u_params_default(struct hfi1u_params *params)
{
	*params = (struct hfi1u_params){
		.cap_mask = hfi1u_caps_default(),
		.num_user_contexts = -1,
		.krcvqs = 2,
		.num_vls = HFI1U_MAX_VLS,
		.rcvarray_split = HFI1U_LIMIT_EAGER_SPLIT_PERCENT,
		.rcvhdrcnt = HFI1U_LIMIT_DEFAULT_RCVHDRQ_ENTRIES,
		.hdrq_entsize = HFI1U_LIMIT_DEFAULT_RCVHDRQ_ENTSIZE / 4,
		.eager_buffer_size = HFI1U_LIMIT_DEFAULT_EAGER_BYTES,
		.max_mtu = HFI1U_MAX_MTU,
		.rcv_intr_timeout = 824,
		.rcv_intr_count = 16,
		.sdma_comp_size = HFI1U_LIMIT_DEFAULT_SDMA_RING,
		.sdma_descq_cnt = HFI1U_LIMIT_DEFAULT_SDMA_DESCRIPTORS,
		.piothreshold = 256,
		.user_credit_return_threshold =
			HFI1U_LIMIT_DEFAULT_CREDIT_THRESHOLD,
		.cache_size = HFI1U_LIMIT_DEFAULT_PIN_CACHE_BYTES >> 20,
	};
}

static void bring_into(struct hfi1u_dev *dd, const char *name,
		       unsigned int *value, unsigned int want)
{
	if (*value == want)
		return;
	dev_warn(dd->dev, "%s %u is not possible, using %u\n", name, *value,
		 want);
	*value = want;
}

static unsigned int hdrq_entries(unsigned int entries)
{
	entries = clamp_t(unsigned int, entries, HFI1U_MIN_HDRQ_ENTRIES,
			  HFI1U_LIMIT_RCVHDRQ_ENTRIES_MAX);
	return round_down(entries, WFR_HDRQ_CNT_UNIT);
}

static unsigned int hdrq_entsize(unsigned int dwords)
{
	return dwords == 2 || dwords == 16 ? dwords : 32;
}

/* The fabric knows no others: clients cut messages by what sysfs shows. */
static unsigned int link_mtu(unsigned int bytes)
{
	if (bytes >= HFI1U_MAX_MTU)
		return HFI1U_MAX_MTU;
	return rounddown_pow_of_two(max_t(unsigned int, bytes, HFI1U_MIN_MTU));
}

static unsigned int power_of_two(unsigned int value, unsigned int low,
				 unsigned int high)
{
	return roundup_pow_of_two(clamp_t(unsigned int, value, low, high));
}

/**
 * hfi1u_params_check - bring all parameters of a device into range
 * @dd: device whose parameters are set
 *
 * Return: 0, or -EINVAL for a completion ring without slots.
 */
int hfi1u_params_check(struct hfi1u_dev *dd)
{
	struct hfi1u_params *p = &dd->params;

	if (!p->sdma_comp_size || p->sdma_comp_size > U16_MAX) {
		dev_err(dd->dev, "sdma_comp_size %u is not possible\n",
			p->sdma_comp_size);
		return -EINVAL;
	}
	if (p->num_user_contexts < 0)
		p->num_user_contexts = num_online_cpus();
	bring_into(dd, "rcvhdrcnt", &p->rcvhdrcnt, hdrq_entries(p->rcvhdrcnt));
	bring_into(dd, "hdrq_entsize", &p->hdrq_entsize,
		   hdrq_entsize(p->hdrq_entsize));
	bring_into(dd, "num_vls", &p->num_vls,
		   rounddown_pow_of_two(clamp_t(unsigned int, p->num_vls, 1,
						HFI1U_MAX_VLS)));
	bring_into(dd, "rcvarray_split", &p->rcvarray_split,
		   clamp_t(unsigned int, p->rcvarray_split, 1, 99));
	bring_into(dd, "max_mtu", &p->max_mtu, link_mtu(p->max_mtu));
	bring_into(dd, "eager_buffer_size", &p->eager_buffer_size,
		   power_of_two(p->eager_buffer_size, HFI1U_MIN_EAGER_TOTAL,
				WFR_EGR_TOTAL_MAX));
	bring_into(dd, "sdma_descq_cnt", &p->sdma_descq_cnt,
		   power_of_two(p->sdma_descq_cnt, WFR_SDMA_RING_UNIT,
				WFR_SDMA_RING_MAX));
	bring_into(dd, "user_credit_return_threshold",
		   &p->user_credit_return_threshold,
		   min_t(unsigned int, p->user_credit_return_threshold, 100));
	bring_into(dd, "rcv_intr_count", &p->rcv_intr_count,
		   clamp_t(unsigned int, p->rcv_intr_count, 1, U8_MAX));
	return 0;
}
