// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
/*
 * How the chip is divided among its users.
 *
 * Receive contexts are numbered kernel first, then users.  Send contexts are
 * numbered in software in the order kernel, acknowledge, user, VL15, and the
 * other way round on the chip, so that a send context and a receive context
 * never carry the same number by accident.  A context's part of the RcvArray
 * and of the PIO memory follows from its number alone: nothing has to be
 * searched or compacted at run time.
 *
 * This driver serves users only.  Contexts for kernel traffic are counted as
 * if they were there, so that users find the resources that they would find
 * beside a full driver.
 */
#include "csr.h"
#include "priv.h"

#define HFI1U_KERNEL_SENDS_PER_VL 2
#define HFI1U_ACK_BLOCKS	  32
#define HFI1U_VL15_BLOCKS	  102
#define HFI1U_VL15_CONTEXTS	  1
#define HFI1U_MAX_PIO_THRESHOLD	  4096
#define HFI1U_PIO_HEADER_BYTES	  128
#define HFI1U_PIO_PACKETS	  3

/**
 * hfi1u_chip_read - read the constants of the chip
 * @dd: device
 *
 * Return: 0, or -ENODEV when nothing answers or the answer is nonsense.
 */
int hfi1u_chip_read(struct hfi1u_dev *dd)
{
	struct hfi1u_chip *c = &dd->chip;

	c->revision = hfi1u_read(dd, WFR_CCE_REVISION);
	if (c->revision == ~0ULL) {
		dev_err(dd->dev, "the chip does not answer\n");
		return -ENODEV;
	}
	c->revision2 = hfi1u_read(dd, WFR_CCE_REVISION2);
	c->rcv_contexts = hfi1u_read(dd, WFR_RCV_CONTEXTS);
	c->rcv_array = hfi1u_read(dd, WFR_RCV_ARRAY_CNT);
	c->send_contexts = hfi1u_read(dd, WFR_SEND_CONTEXTS);
	c->sdma_engines = hfi1u_read(dd, WFR_SEND_DMA_ENGINES);
	c->pio_blocks =
		hfi1u_read(dd, WFR_SEND_PIO_MEM_SIZE) / WFR_PIO_BLOCK_SIZE;
	c->sdma_blocks =
		hfi1u_read(dd, WFR_SEND_DMA_MEM_SIZE) / WFR_SDMA_BLOCK_SIZE;
	if (!c->rcv_contexts || c->rcv_contexts > WFR_RCV_CTXTS_MAX ||
	    !c->send_contexts || c->send_contexts > WFR_SEND_CTXTS_MAX ||
	    c->sdma_engines > WFR_SDMA_ENGINES_MAX) {
		dev_err(dd->dev,
			"impossible chip: %u/%u contexts, %u engines\n",
			c->rcv_contexts, c->send_contexts, c->sdma_engines);
		return -ENODEV;
	}
	return 0;
}

/**
 * hfi1u_chip_is_a_step - is this a chip of the first stepping?
 * @dd: device
 *
 * Such chips do not check job keys on egress and freeze in two rounds.
 *
 * Return: true if it is.
 */
bool hfi1u_chip_is_a_step(const struct hfi1u_dev *dd)
{
	return !(WFR_GET(WFR_CCE_REVISION_CHIP_REV_MINOR, dd->chip.revision) &
		 0xf0);
}

static int divide_receive(struct hfi1u_dev *dd)
{
	struct hfi1u_partition *p = &dd->part;
	unsigned int groups = dd->chip.rcv_array / WFR_RCV_GROUP;
	unsigned int most = WFR_RCV_CTXT_ENTRIES_MAX / WFR_RCV_GROUP;

	p->first_user = 1 + dd->params.krcvqs;
	if (p->first_user >= dd->chip.rcv_contexts)
		return -EINVAL;
	p->num_user = min_t(unsigned int, dd->params.num_user_contexts,
			    dd->chip.rcv_contexts - p->first_user);
	p->num_rcv = p->first_user + p->num_user;
	p->group_share = groups / p->num_rcv;
	p->group_extra = groups % p->num_rcv;
	if (p->group_share > most) {
		p->group_share = most;
		p->group_extra = 0;
	}
	return p->group_share ? 0 : -EINVAL;
}

static unsigned int kernel_send_blocks(const struct hfi1u_dev *dd)
{
	unsigned int bytes = min_t(unsigned int, dd->params.piothreshold,
				   HFI1U_MAX_PIO_THRESHOLD);

	return HFI1U_PIO_PACKETS * (bytes + HFI1U_PIO_HEADER_BYTES) /
	       WFR_PIO_BLOCK_SIZE;
}

static int divide_send(struct hfi1u_dev *dd)
{
	struct hfi1u_partition *p = &dd->part;
	unsigned int kernel = HFI1U_KERNEL_SENDS_PER_VL * dd->params.num_vls;
	unsigned int ack = p->first_user;
	unsigned int before =
		kernel * kernel_send_blocks(dd) + ack * HFI1U_ACK_BLOCKS;
	/* block 0 is never handed out */
	unsigned int fixed =
		1 + before + HFI1U_VL15_CONTEXTS * HFI1U_VL15_BLOCKS;
	unsigned int each;

	p->num_send = kernel + ack + p->num_user + HFI1U_VL15_CONTEXTS;
	if (p->num_send > dd->chip.send_contexts) {
		unsigned int over = p->num_send - dd->chip.send_contexts;

		if (over >= p->num_user)
			return -EINVAL;
		p->num_user -= over;
		p->num_send -= over;
	}
	if (dd->chip.pio_blocks < fixed + p->num_user)
		return -EINVAL;
	p->user_send_base = kernel + ack;
	p->user_send_block = 1 + before;
	each = (dd->chip.pio_blocks - fixed) / max(p->num_user, 1U);
	p->user_credits = min_t(unsigned int, WFR_PIO_CTXT_BLOCKS_MAX, each);
	return 0;
}

/**
 * hfi1u_partition - decide who gets what
 * @dd: device whose chip constants and parameters are known
 *
 * Return: 0, or -EINVAL when not a single user of those wanted fits in.
 */
int hfi1u_partition(struct hfi1u_dev *dd)
{
	int ret = divide_receive(dd);

	if (!ret)
		ret = divide_send(dd);
	if (ret)
		dev_err(dd->dev, "no room for user contexts\n");
	return ret;
}

/**
 * hfi1u_rcv_array_base - a context's part of the RcvArray
 * @dd: device
 * @ctxt: receive context number
 * @entries: set to the number of entries
 *
 * The groups left over by an even division go to the first user contexts, one
 * each, and to kernel contexts only when all users have one.
 *
 * Return: index of the first entry.
 */
unsigned int hfi1u_rcv_array_base(const struct hfi1u_dev *dd, unsigned int ctxt,
				  unsigned int *entries)
{
	const struct hfi1u_partition *p = &dd->part;
	unsigned int users = p->num_rcv - p->first_user;
	unsigned int user_extra = min(p->group_extra, users);
	unsigned int kernel_extra = p->group_extra - user_extra;
	unsigned int groups = p->group_share;
	unsigned int base = ctxt * p->group_share;

	if (ctxt < p->first_user) {
		groups += ctxt < kernel_extra;
		base += min(ctxt, kernel_extra);
	} else {
		groups += ctxt - p->first_user < user_extra;
		base += kernel_extra + min(ctxt - p->first_user, user_extra);
	}
	*entries = groups * WFR_RCV_GROUP;
	return base * WFR_RCV_GROUP;
}
