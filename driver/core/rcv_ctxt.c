// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
/*
 * Receive contexts: queue memory, set-up, enable and disable.
 *
 * The chip may still write a queue's tail shortly after a context was
 * disabled.  A disabled context therefore points at the device's dummy tail,
 * and only then may its memory go.
 *
 * Locks: uctxt->rcv_lock serialises RcvCtxtCtrl; dd->irq_lock nests inside.
 */
#include <linux/log2.h>

#include "csr.h"
#include "priv.h"
#include "rcv_ctxt.h"

/* Head written twice to free a queue that stays blocked after no-drop mode */
#define HFI1U_UNSTICK_HEAD 0x10

static u64 entry_size_code(unsigned int dwords)
{
	switch (dwords) {
	case 2:
		return WFR_RCV_HDR_ENT_SIZE_ENT_SIZE_2DW;
	case 16:
		return WFR_RCV_HDR_ENT_SIZE_ENT_SIZE_16DW;
	default:
		return WFR_RCV_HDR_ENT_SIZE_ENT_SIZE_32DW;
	}
}

static void describe_queue(struct hfi1u_ctxt *uctxt)
{
	struct hfi1u_dev *dd = uctxt->dd;
	unsigned int n = uctxt->num;
	u64 count = dd->params.rcvhdrcnt / WFR_HDRQ_CNT_UNIT;

	hfi1u_write(dd, WFR_RCV_HDR_CNT(n),
		    WFR_PREP(WFR_RCV_HDR_CNT_CNT, count));
	hfi1u_write(dd, WFR_RCV_HDR_ENT_SIZE(n),
		    entry_size_code(dd->params.hdrq_entsize));
	hfi1u_write(dd, WFR_RCV_HDR_SIZE(n), WFR_KDETH_DWS);
	hfi1u_write(dd, WFR_RCV_HDR_TAIL_ADDR(n), dd->dummy_tail_dma);
}

/**
 * hfi1u_rcv_alloc - allocate a context's queues and describe them to the chip
 * @uctxt: context that was never enabled
 *
 * Return: 0 or -ENOMEM; hfi1u_rcv_free() cleans up after both.
 */
int hfi1u_rcv_alloc(struct hfi1u_ctxt *uctxt)
{
	struct hfi1u_dev *dd = uctxt->dd;

	uctxt->hdrq_size = PAGE_ALIGN(dd->params.rcvhdrcnt *
				      dd->params.hdrq_entsize * sizeof(u32));
	uctxt->hdrq = dma_alloc_coherent(dd->dev, uctxt->hdrq_size,
					 &uctxt->hdrq_dma, GFP_KERNEL);
	if (!uctxt->hdrq)
		return -ENOMEM;
	if (hfi1u_caps_test_user(uctxt->caps, HFI1_CAP_DMA_RTAIL)) {
		uctxt->tail = dma_alloc_coherent(dd->dev, PAGE_SIZE,
						 &uctxt->tail_dma, GFP_KERNEL);
		if (!uctxt->tail)
			return -ENOMEM;
	}
	describe_queue(uctxt);
	return hfi1u_eager_alloc(uctxt);
}

/**
 * hfi1u_rcv_free - free a context's queues
 * @uctxt: context, stopped or never started
 */
void hfi1u_rcv_free(struct hfi1u_ctxt *uctxt)
{
	struct device *dev = uctxt->dd->dev;

	hfi1u_eager_free(uctxt);
	if (uctxt->tail)
		dma_free_coherent(dev, PAGE_SIZE, uctxt->tail, uctxt->tail_dma);
	uctxt->tail = NULL;
	if (uctxt->hdrq)
		dma_free_coherent(dev, uctxt->hdrq_size, uctxt->hdrq,
				  uctxt->hdrq_dma);
	uctxt->hdrq = NULL;
}

static void program_areas(struct hfi1u_ctxt *uctxt)
{
	struct hfi1u_dev *dd = uctxt->dd;
	unsigned int n = uctxt->num;

	hfi1u_write(dd, WFR_RCV_EGR_CTRL(n),
		    WFR_PREP(WFR_RCV_EGR_CTRL_EGR_CNT,
			     uctxt->eager.entries / WFR_RCV_GROUP) |
			    WFR_PREP(WFR_RCV_EGR_CTRL_EGR_BASE_INDEX,
				     uctxt->rcv_base / WFR_RCV_GROUP));
	hfi1u_write(dd, WFR_RCV_TID_CTRL(n),
		    WFR_PREP(WFR_RCV_TID_CTRL_TID_PAIR_CNT,
			     uctxt->exp_count / WFR_RCV_GROUP) |
			    WFR_PREP(WFR_RCV_TID_CTRL_TID_BASE_INDEX,
				     uctxt->exp_base / WFR_RCV_GROUP));
}

/* Point the chip at fresh queues.  Takes effect with the enable bit. */
static u64 begin_enable(struct hfi1u_ctxt *uctxt, u64 ctrl)
{
	struct hfi1u_dev *dd = uctxt->dd;
	unsigned int n = uctxt->num;
	u64 size_code = ilog2(uctxt->eager.entry_size / WFR_EGR_BUF_MIN) + 1;

	hfi1u_write(dd, WFR_RCV_HDR_ADDR(n), uctxt->hdrq_dma);
	if (uctxt->tail) {
		WRITE_ONCE(*uctxt->tail, 0);
		hfi1u_write(dd, WFR_RCV_HDR_TAIL_ADDR(n), uctxt->tail_dma);
	}
	/* no stale sequence number may look like a new entry */
	memset(uctxt->hdrq, 0, uctxt->hdrq_size);
	hfi1u_write(dd, WFR_RCV_HDR_HEAD(n), 0);
	hfi1u_write(dd, WFR_RCV_EGR_INDEX_HEAD(n), 0);
	program_areas(uctxt);
	ctrl = WFR_SET(ctrl, WFR_RCV_CTXT_CTRL_EGR_BUF_SIZE, size_code);
	return ctrl | WFR_RCV_CTXT_CTRL_ENABLE;
}

static void finish_enable(struct hfi1u_ctxt *uctxt, u64 ctrl)
{
	struct hfi1u_dev *dd = uctxt->dd;
	unsigned int n = uctxt->num;

	if ((ctrl & WFR_RCV_CTXT_CTRL_DONT_DROP_RHQ_FULL) &&
	    hfi1u_read(dd, WFR_RCV_CTXT_STATUS(n))) {
		hfi1u_read(dd, WFR_RCV_HDR_HEAD(n));
		hfi1u_write(dd, WFR_RCV_HDR_HEAD(n), HFI1U_UNSTICK_HEAD);
		hfi1u_write(dd, WFR_RCV_HDR_HEAD(n), 0);
		hfi1u_read(dd, WFR_RCV_HDR_HEAD(n));
	}
	/* interrupt settings count only once the context is enabled */
	hfi1u_write(dd, WFR_RCV_AVAIL_TIME_OUT(n),
		    WFR_PREP(WFR_RCV_AVAIL_TIME_OUT_TIME_OUT_RELOAD,
			     dd->avail_timeout));
	hfi1u_write(dd, WFR_RCV_HDR_HEAD(n),
		    WFR_PREP(WFR_RCV_HDR_HEAD_COUNTER,
			     dd->params.rcv_intr_count));
}

static u64 apply(u64 ctrl, u32 op, u32 on, u32 off, u64 bit)
{
	if (op & on)
		ctrl |= bit;
	if (op & off)
		ctrl &= ~bit;
	return ctrl;
}

static u64 apply_options(struct hfi1u_ctxt *uctxt, u64 ctrl, u32 op)
{
	struct hfi1u_dev *dd = uctxt->dd;

	if (op & (HFI1U_RCV_AVAIL_ON | HFI1U_RCV_AVAIL_OFF))
		hfi1u_irq_mask(dd, WFR_IS_RCVAVAIL_BASE + uctxt->num,
			       op & HFI1U_RCV_AVAIL_ON);
	if (op & (HFI1U_RCV_URGENT_ON | HFI1U_RCV_URGENT_OFF))
		hfi1u_irq_mask(dd, WFR_IS_RCVURGENT_BASE + uctxt->num,
			       op & HFI1U_RCV_URGENT_ON);
	ctrl = apply(ctrl, op, HFI1U_RCV_AVAIL_ON, HFI1U_RCV_AVAIL_OFF,
		     WFR_RCV_CTXT_CTRL_INTR_AVAIL);
	/* while disabled the tail keeps going to the dummy */
	if (!(op & HFI1U_RCV_DISABLE))
		ctrl = apply(ctrl, op, HFI1U_RCV_TAIL_ON, HFI1U_RCV_TAIL_OFF,
			     WFR_RCV_CTXT_CTRL_TAIL_UPD);
	ctrl = apply(ctrl, op, HFI1U_RCV_FLOW_ON, HFI1U_RCV_FLOW_OFF,
		     WFR_RCV_CTXT_CTRL_TID_FLOW_ENABLE);
	ctrl = apply(ctrl, op, HFI1U_RCV_ONE_PKT_ON, HFI1U_RCV_ONE_PKT_OFF,
		     WFR_RCV_CTXT_CTRL_ONE_PACKET_PER_EGR_BUFFER);
	ctrl = apply(ctrl, op, HFI1U_RCV_KEEP_RHQ_ON, HFI1U_RCV_KEEP_RHQ_OFF,
		     WFR_RCV_CTXT_CTRL_DONT_DROP_RHQ_FULL);
	ctrl = apply(ctrl, op, HFI1U_RCV_KEEP_EGR_ON, HFI1U_RCV_KEEP_EGR_OFF,
		     WFR_RCV_CTXT_CTRL_DONT_DROP_EGR_FULL);
	/* in one-packet mode the size comes from the RcvArray entry */
	if (ctrl & WFR_RCV_CTXT_CTRL_ONE_PACKET_PER_EGR_BUFFER)
		ctrl &= ~WFR_RCV_CTXT_CTRL_EGR_BUF_SIZE;
	return ctrl;
}

/**
 * hfi1u_rcv_control_locked - change a receive context's control register
 * @uctxt: context, rcv_lock held
 * @op: HFI1U_RCV_* bits; enabling what is enabled resets nothing
 */
void hfi1u_rcv_control_locked(struct hfi1u_ctxt *uctxt, u32 op)
{
	struct hfi1u_dev *dd = uctxt->dd;
	unsigned int n = uctxt->num;
	bool enable = (op & HFI1U_RCV_ENABLE) &&
		      !(uctxt->rcvctrl & WFR_RCV_CTXT_CTRL_ENABLE);
	u64 ctrl = uctxt->rcvctrl;

	lockdep_assert_held(&uctxt->rcv_lock);
	if (enable)
		ctrl = begin_enable(uctxt, ctrl);
	if (op & HFI1U_RCV_DISABLE) {
		hfi1u_write(dd, WFR_RCV_HDR_TAIL_ADDR(n), dd->dummy_tail_dma);
		ctrl |= WFR_RCV_CTXT_CTRL_TAIL_UPD;
		ctrl &= ~WFR_RCV_CTXT_CTRL_ENABLE;
	}
	/* a disable has left the tail going to the dummy */
	if (enable && !(op & (HFI1U_RCV_TAIL_ON | HFI1U_RCV_TAIL_OFF)))
		op |= uctxt->tail ? HFI1U_RCV_TAIL_ON : HFI1U_RCV_TAIL_OFF;
	ctrl = apply_options(uctxt, ctrl, op);
	uctxt->rcvctrl = ctrl;
	hfi1u_write(dd, WFR_RCV_CTXT_CTRL(n), ctrl);
	if (enable)
		finish_enable(uctxt, ctrl);
	if (op & (HFI1U_RCV_DISABLE | HFI1U_RCV_TAIL_OFF))
		hfi1u_write(dd, WFR_RCV_HDR_TAIL_ADDR(n), dd->dummy_tail_dma);
}

/**
 * hfi1u_rcv_control - hfi1u_rcv_control_locked() for callers without the lock
 * @uctxt: context
 * @op: HFI1U_RCV_* bits
 */
void hfi1u_rcv_control(struct hfi1u_ctxt *uctxt, u32 op)
{
	unsigned long flags;

	spin_lock_irqsave(&uctxt->rcv_lock, flags);
	hfi1u_rcv_control_locked(uctxt, op);
	spin_unlock_irqrestore(&uctxt->rcv_lock, flags);
}

static u32 initial_options(const struct hfi1u_ctxt *uctxt)
{
	u32 op = HFI1U_RCV_URGENT_ON;

	if (hfi1u_caps_test_user(uctxt->caps, HFI1_CAP_HDRSUPP))
		op |= HFI1U_RCV_FLOW_ON;
	if (!hfi1u_caps_test_user(uctxt->caps, HFI1_CAP_MULTI_PKT_EGR))
		op |= HFI1U_RCV_ONE_PKT_ON;
	if (hfi1u_caps_test_user(uctxt->caps, HFI1_CAP_NODROP_EGR_FULL))
		op |= HFI1U_RCV_KEEP_EGR_ON;
	if (hfi1u_caps_test_user(uctxt->caps, HFI1_CAP_NODROP_RHQ_FULL))
		op |= HFI1U_RCV_KEEP_RHQ_ON;
	return op;
}

static void set_jkey(struct hfi1u_ctxt *uctxt)
{
	hfi1u_sc_set_jkey(uctxt->sc, uctxt->jkey,
			  hfi1u_caps_test_user(uctxt->caps,
					       HFI1_CAP_ALLOW_PERM_JKEY));
	hfi1u_write(uctxt->dd, WFR_RCV_KEY_CTRL(uctxt->num),
		    WFR_PREP(WFR_RCV_KEY_CTRL_JOB_KEY_VALUE, uctxt->jkey) |
			    WFR_RCV_KEY_CTRL_JOB_KEY_ENABLE);
}

static void clear_flows(struct hfi1u_ctxt *uctxt)
{
	unsigned int i;

	/*
	 * The previous owner's flows are none of the next one's business.  What
	 * tells of errors is cleared by writing ones.
	 */
	for (i = 0; i < WFR_TID_FLOWS; i++)
		hfi1u_write(uctxt->dd, WFR_RCV_TID_FLOW_TABLE(uctxt->num, i),
			    WFR_TID_FLOW_SEQ_MISMATCH |
				    WFR_TID_FLOW_GEN_MISMATCH);
}

/**
 * hfi1u_rcv_start - enable a complete context
 * @uctxt: context with queues and an enabled send context
 */
void hfi1u_rcv_start(struct hfi1u_ctxt *uctxt)
{
	set_jkey(uctxt);
	clear_flows(uctxt);
	hfi1u_rcv_control(uctxt, HFI1U_RCV_ENABLE | initial_options(uctxt));
}

/**
 * hfi1u_rcv_stop - disable a context with all its options
 * @uctxt: context, started or not
 */
void hfi1u_rcv_stop(struct hfi1u_ctxt *uctxt)
{
	hfi1u_rcv_control(
		uctxt, HFI1U_RCV_DISABLE | HFI1U_RCV_TAIL_OFF |
			       HFI1U_RCV_AVAIL_OFF | HFI1U_RCV_URGENT_OFF |
			       HFI1U_RCV_FLOW_OFF | HFI1U_RCV_ONE_PKT_OFF |
			       HFI1U_RCV_KEEP_RHQ_OFF | HFI1U_RCV_KEEP_EGR_OFF);
	hfi1u_write(uctxt->dd, WFR_RCV_KEY_CTRL(uctxt->num), 0);
	/* flush what the chip was about to write to this context */
	hfi1u_read(uctxt->dd, WFR_RCV_CTXT_STATUS(uctxt->num));
}

/**
 * hfi1u_rcv_pending - is there an entry the process has not consumed?
 * @uctxt: context
 *
 * Return: true if there is.
 */
bool hfi1u_rcv_pending(struct hfi1u_ctxt *uctxt)
{
	struct hfi1u_dev *dd = uctxt->dd;
	u64 head = hfi1u_read(dd, WFR_RCV_HDR_HEAD(uctxt->num)) &
		   WFR_RCV_HDR_HEAD_HEAD;
	u64 tail;

	if (uctxt->tail)
		tail = le64_to_cpu(READ_ONCE(*uctxt->tail));
	else
		tail = hfi1u_read(dd, WFR_RCV_HDR_TAIL(uctxt->num));
	return head != (tail & WFR_RCV_HDR_TAIL_TAIL);
}
