// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
/*
 * poll(): waiting for packets.
 *
 * Processes normally watch their queues in memory.  One that would rather
 * sleep arms an interrupt here: the flag says that somebody waits, and the
 * interrupt takes it away again, so that an idle waiter costs one interrupt.
 *
 * Locks: uctxt->rcv_lock for the flags, the counters and the arming.  The
 * handler may run for a context that is just being taken down: that clears
 * the flags under the lock, after which the handler touches nothing.
 */
#include "priv.h"
#include "rcv_ctxt.h"

/* An urgent packet counts once, and only while somebody waits for it. */
static bool urgent_ready(struct hfi1u_ctxt *uctxt)
{
	unsigned long flags;
	bool ready;

	spin_lock_irqsave(&uctxt->rcv_lock, flags);
	ready = uctxt->urgent != uctxt->urgent_seen;
	if (ready)
		uctxt->urgent_seen = uctxt->urgent;
	else
		set_bit(HFI1U_CTXT_WAIT_URG, &uctxt->flags);
	spin_unlock_irqrestore(&uctxt->rcv_lock, flags);
	return ready;
}

static bool packet_ready(struct hfi1u_ctxt *uctxt)
{
	unsigned long flags;

	if (hfi1u_rcv_pending(uctxt))
		return true;
	spin_lock_irqsave(&uctxt->rcv_lock, flags);
	set_bit(HFI1U_CTXT_WAIT_RCV, &uctxt->flags);
	hfi1u_rcv_control_locked(uctxt, HFI1U_RCV_AVAIL_ON);
	spin_unlock_irqrestore(&uctxt->rcv_lock, flags);
	/* a packet that came before the arming raises no interrupt */
	return hfi1u_rcv_pending(uctxt);
}

/**
 * hfi1u_poll - the poll file operation
 * @file: open file
 * @pt: poll table
 *
 * Return: EPOLL* bits.
 */
__poll_t hfi1u_poll(struct file *file, struct poll_table_struct *pt)
{
	struct hfi1u_fd *fd = file->private_data;
	struct hfi1u_ctxt *uctxt;

	if (hfi1u_fd_state(fd) != HFI1U_STATE_ASSIGNED)
		return HFI1U_POLL_UNASSIGNED;
	uctxt = fd->uctxt;
	poll_wait(file, &uctxt->poll_wait, pt);
	switch (READ_ONCE(uctxt->poll_type)) {
	case HFI1_POLL_TYPE_URGENT:
		return urgent_ready(uctxt) ? HFI1U_POLL_URGENT_READY : 0;
	case HFI1_POLL_TYPE_ANYRCV:
		return packet_ready(uctxt) ? HFI1U_POLL_ANYRCV_READY : 0;
	default:
		return HFI1U_POLL_UNKNOWN_TYPE;
	}
}

/**
 * hfi1u_rcv_avail - a receive-available interrupt
 * @uctxt: context
 */
void hfi1u_rcv_avail(struct hfi1u_ctxt *uctxt)
{
	unsigned long flags;
	bool waited;

	spin_lock_irqsave(&uctxt->rcv_lock, flags);
	waited = test_and_clear_bit(HFI1U_CTXT_WAIT_RCV, &uctxt->flags);
	if (waited)
		hfi1u_rcv_control_locked(uctxt, HFI1U_RCV_AVAIL_OFF);
	spin_unlock_irqrestore(&uctxt->rcv_lock, flags);
	if (waited)
		wake_up_interruptible(&uctxt->poll_wait);
}

/**
 * hfi1u_rcv_urgent - a receive-urgent interrupt
 * @uctxt: context
 */
void hfi1u_rcv_urgent(struct hfi1u_ctxt *uctxt)
{
	unsigned long flags;
	bool waited;

	spin_lock_irqsave(&uctxt->rcv_lock, flags);
	waited = test_and_clear_bit(HFI1U_CTXT_WAIT_URG, &uctxt->flags);
	if (waited)
		uctxt->urgent++;
	spin_unlock_irqrestore(&uctxt->rcv_lock, flags);
	if (waited)
		wake_up_interruptible(&uctxt->poll_wait);
}
