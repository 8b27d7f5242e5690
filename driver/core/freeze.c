// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
/*
 * Freeze: the chip stops all its engines after an error inside it, or because
 * the driver asked it to (a link that went down must leave egress clean).  A
 * chip that is too hot stays frozen; its packets end all the same.
 *
 * What the interrupt handler does is small: nobody submits any more, and every
 * process knows.  The rest sleeps and is a work item.  Contexts of users stay
 * off until their process calls CTXT_RESET.
 *
 * Locks: the work takes dd->assign_lock.
 */
#include <linux/delay.h>

#include "csr.h"
#include "priv.h"
#include "rcv_ctxt.h"

#define HFI1U_FREEZE_TIMEOUT_US 20000
#define HFI1U_FREEZE_POLL_US	100

static void halt_senders(struct hfi1u_dev *dd)
{
	unsigned int i;

	for (i = 0; i < dd->part.num_user; i++)
		hfi1u_sc_frozen(&dd->scs[i]);
}

/**
 * hfi1u_freeze_start - the chip is freezing, or has to
 * @dd: device
 * @flags: HFI1U_DEV_SELF_FREEZE to ask the chip for it,
 *	HFI1U_DEV_FORCED_FREEZE to stay frozen
 *
 * Context: any.
 */
void hfi1u_freeze_start(struct hfi1u_dev *dd, unsigned long flags)
{
	if (flags & BIT(HFI1U_DEV_FORCED_FREEZE))
		set_bit(HFI1U_DEV_FORCED_FREEZE, &dd->flags);
	if (test_and_set_bit(HFI1U_DEV_FROZEN, &dd->flags)) {
		/* unless the chip is still frozen it will have to be again */
		if (flags & BIT(HFI1U_DEV_SELF_FREEZE))
			set_bit(HFI1U_DEV_FREEZE_AGAIN, &dd->flags);
		return;
	}
	if (flags & BIT(HFI1U_DEV_SELF_FREEZE))
		hfi1u_write(dd, WFR_CCE_CTRL, WFR_CCE_CTRL_SPC_FREEZE);
	hfi1u_sdma_freeze(dd);
	halt_senders(dd);
	hfi1u_event_all(dd, _HFI1_EVENT_FROZEN_BIT);
	if (flags & BIT(HFI1U_DEV_FORCED_FREEZE))
		dev_err(dd->dev, "chip frozen for good, reload the driver\n");
	queue_work(dd->wq, &dd->freeze_work);
}

/**
 * hfi1u_dev_freeze - freeze a device on request
 * @dd: device
 * @forced: for good, as the thermal alarm does
 */
void hfi1u_dev_freeze(struct hfi1u_dev *dd, bool forced)
{
	hfi1u_freeze_start(dd,
			   BIT(HFI1U_DEV_SELF_FREEZE) |
				   (forced ? BIT(HFI1U_DEV_FORCED_FREEZE) : 0));
}

static bool wait_status(struct hfi1u_dev *dd, u64 want)
{
	int left = HFI1U_FREEZE_TIMEOUT_US / HFI1U_FREEZE_POLL_US;

	while ((hfi1u_read(dd, WFR_CCE_STATUS) & WFR_CCE_STATUS_ALL_FROZE) !=
	       want) {
		if (!left--)
			return false;
		usleep_range(HFI1U_FREEZE_POLL_US, 2 * HFI1U_FREEZE_POLL_US);
	}
	return true;
}

/* A chip that does not show that it froze may have done so all the same. */
static void wait_frozen(struct hfi1u_dev *dd)
{
	if (!wait_status(dd, WFR_CCE_STATUS_ALL_FROZE))
		dev_err(dd->dev, "the chip does not freeze, going on\n");
}

/*
 * End the freeze.  A chip that stays frozen takes no user: there is nothing
 * to go on with until it gives in, or goes.
 */
static bool thaw(struct hfi1u_dev *dd)
{
	bool told = false;

	while (hfi1u_present(dd) && !test_bit(HFI1U_DEV_STOPPING, &dd->flags)) {
		hfi1u_write(dd, WFR_CCE_CTRL, WFR_CCE_CTRL_SPC_UNFREEZE);
		if (wait_status(dd, 0))
			return true;
		if (!told)
			dev_err(dd->dev, "the chip stays frozen\n");
		told = true;
	}
	return false;
}

static void stop_receivers(struct hfi1u_dev *dd)
{
	unsigned int i;

	hfi1u_port_rcv_enable(dd, false);
	mutex_lock(&dd->assign_lock);
	for (i = dd->part.first_user; i < dd->part.num_rcv; i++)
		if (dd->ctxts[i])
			hfi1u_rcv_control(dd->ctxts[i], HFI1U_RCV_DISABLE);
	mutex_unlock(&dd->assign_lock);
}

static bool unfreeze(struct hfi1u_dev *dd)
{
	bool done = thaw(dd);

	/* first steppings need a second round */
	if (done && hfi1u_chip_is_a_step(dd)) {
		hfi1u_write(dd, WFR_CCE_CTRL, WFR_CCE_CTRL_SPC_FREEZE);
		wait_frozen(dd);
		done = thaw(dd);
	}
	return done;
}

/* What came between the thaw and the end of the freeze was not served. */
static void freeze_again(struct hfi1u_dev *dd)
{
	/* the freeze was declared over before the late request is looked for */
	smp_mb__after_atomic();
	if (test_bit(HFI1U_DEV_FREEZE_AGAIN, &dd->flags))
		hfi1u_freeze_start(dd, BIT(HFI1U_DEV_SELF_FREEZE));
	else if (hfi1u_present(dd) &&
		 (hfi1u_read(dd, WFR_CCE_STATUS) & WFR_CCE_STATUS_ALL_FROZE))
		hfi1u_freeze_start(dd, 0);
}

/**
 * hfi1u_freeze_work - follow the chip through a freeze
 * @work: freeze_work of the device
 */
void hfi1u_freeze_work(struct work_struct *work)
{
	struct hfi1u_dev *dd =
		container_of(work, struct hfi1u_dev, freeze_work);

	wait_frozen(dd);
	hfi1u_sdma_frozen(dd);
	stop_receivers(dd);
	/* requests up to here are served by this freeze */
	clear_bit(HFI1U_DEV_FREEZE_AGAIN, &dd->flags);
	if (test_bit(HFI1U_DEV_FORCED_FREEZE, &dd->flags) || !unfreeze(dd))
		return;
	hfi1u_sdma_unfreeze(dd);
	hfi1u_port_rcv_enable(dd, true);
	clear_bit(HFI1U_DEV_FROZEN, &dd->flags);
	wake_up_all(&dd->freeze_wait);
	freeze_again(dd);
}
