// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
/*
 * Commands that steer an assigned context: RECV_CTRL, POLL_TYPE, CREDIT_UPD,
 * CTXT_RESET.
 *
 * Locks: uctxt->reset_lock, so that an enable never falls between the two
 * halves of a reset.
 */
#include <linux/delay.h>
#include <linux/jiffies.h>

#include "csr.h"
#include "priv.h"
#include "rcv_ctxt.h"

#define HFI1U_HALT_POLLS 100

/**
 * hfi1u_do_recv_ctrl - RECV_CTRL
 * @fd: assigned file of a leader
 * @in: 0 to disable the receive context
 *
 * Return: 0.
 */
int hfi1u_do_recv_ctrl(struct hfi1u_fd *fd, int in)
{
	struct hfi1u_ctxt *uctxt = fd->uctxt;

	mutex_lock(&uctxt->reset_lock);
	hfi1u_rcv_control(uctxt, in ? HFI1U_RCV_ENABLE : HFI1U_RCV_DISABLE);
	mutex_unlock(&uctxt->reset_lock);
	return 0;
}

/**
 * hfi1u_do_poll_type - POLL_TYPE
 * @fd: assigned file
 * @in: what to wait for; the upper half is dropped
 *
 * Return: 0.
 */
int hfi1u_do_poll_type(struct hfi1u_fd *fd, int in)
{
	WRITE_ONCE(fd->uctxt->poll_type, (u16)in);
	return 0;
}

/**
 * hfi1u_do_credit_upd - CREDIT_UPD
 * @fd: assigned file
 *
 * Return: 0.
 */
int hfi1u_do_credit_upd(struct hfi1u_fd *fd)
{
	hfi1u_sc_return_credits(fd->uctxt->sc);
	return 0;
}

static unsigned long reset_wait(void)
{
	return msecs_to_jiffies(HFI1U_LIMIT_RESET_WAIT_MS);
}

static enum hfi1u_check wait_halted(struct hfi1u_send_ctxt *sc)
{
	/* a time-out and a signal are the same here: look at the flag */
	wait_event_interruptible_timeout(sc->halt_wait,
					 test_bit(HFI1U_SC_HALTED, &sc->flags),
					 reset_wait());
	if (!test_bit(HFI1U_SC_HALTED, &sc->flags))
		return HFI1U_CHECK_CTXT_RESET_NOT_HALTED;
	return HFI1U_CHECK_NONE;
}

static enum hfi1u_check wait_unfrozen(struct hfi1u_dev *dd)
{
	wait_event_interruptible_timeout(
		dd->freeze_wait, !test_bit(HFI1U_DEV_FROZEN, &dd->flags),
		reset_wait());
	if (test_bit(HFI1U_DEV_FROZEN, &dd->flags))
		return HFI1U_CHECK_CTXT_RESET_STILL_FROZEN;
	if (test_bit(HFI1U_DEV_FORCED_FREEZE, &dd->flags))
		return HFI1U_CHECK_CTXT_RESET_FORCED_FREEZE;
	return HFI1U_CHECK_NONE;
}

/* The same failure has a name of its own in each command. */
static enum hfi1u_check reenable(struct hfi1u_send_ctxt *sc)
{
	hfi1u_sc_disable(sc);
	switch (hfi1u_sc_enable(sc)) {
	case HFI1U_CHECK_NONE:
		return HFI1U_CHECK_NONE;
	case HFI1U_CHECK_ASSIGN_CTXT_SEND_INIT_STUCK:
		return HFI1U_CHECK_CTXT_RESET_SEND_INIT_STUCK;
	default:
		return HFI1U_CHECK_CTXT_RESET_SEND_INIT_ERROR;
	}
}

static bool halt_shown(struct hfi1u_send_ctxt *sc)
{
	int polls = HFI1U_HALT_POLLS;

	while (!(hfi1u_read(sc->dd, WFR_SEND_CTXT_STATUS(sc->hw)) &
		 WFR_SEND_CTXT_STATUS_HALTED)) {
		if (!polls--)
			return false;
		udelay(1);
	}
	return true;
}

/* Another member may have been faster: then there is nothing left to do. */
static enum hfi1u_check restart(struct hfi1u_ctxt *uctxt)
{
	struct hfi1u_send_ctxt *sc = uctxt->sc;
	enum hfi1u_check check;

	if (!test_bit(HFI1U_SC_HALTED, &sc->flags))
		return HFI1U_CHECK_NONE;
	if (test_bit(HFI1U_SC_FROZEN, &sc->flags)) {
		check = reenable(sc);
		hfi1u_rcv_control(uctxt, HFI1U_RCV_ENABLE);
		return check;
	}
	return halt_shown(sc) ? reenable(sc) :
				HFI1U_CHECK_CTXT_RESET_HALT_NOT_SHOWN;
}

static enum hfi1u_check reset(struct hfi1u_ctxt *uctxt)
{
	struct hfi1u_send_ctxt *sc = uctxt->sc;
	enum hfi1u_check check = wait_halted(sc);

	if (check == HFI1U_CHECK_NONE && test_bit(HFI1U_SC_FROZEN, &sc->flags))
		check = wait_unfrozen(uctxt->dd);
	if (check != HFI1U_CHECK_NONE)
		return check;
	if (test_bit(HFI1U_SC_IN_FREE, &sc->flags))
		return HFI1U_CHECK_CTXT_RESET_NO_SEND_CONTEXT;
	mutex_lock(&uctxt->reset_lock);
	check = restart(uctxt);
	mutex_unlock(&uctxt->reset_lock);
	return check;
}

/**
 * hfi1u_do_ctxt_reset - CTXT_RESET
 * @fd: assigned file; its processes have stopped writing packets
 *
 * Return: 0 or a negative errno.
 */
int hfi1u_do_ctxt_reset(struct hfi1u_fd *fd)
{
	enum hfi1u_check check = reset(fd->uctxt);

	if (check != HFI1U_CHECK_NONE)
		return hfi1u_refuse(fd, check);
	hfi1u_sc_return_credits(fd->uctxt->sc);
	return 0;
}
