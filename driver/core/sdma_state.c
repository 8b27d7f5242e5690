// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
/*
 * The life of an SDMA engine.
 *
 *	start:	HW_DOWN -> START_HALT_WAIT -> START_CLEAN_WAIT -> IDLE
 *	link:	IDLE -> RUNNING, and back by
 *		RUNNING -> IDLE_HALT_WAIT -> SW_CLEAN -> HW_CLEAN_WAIT -> IDLE
 *	error:	RUNNING -> HW_HALT_WAIT -> SW_CLEAN -> HW_CLEAN_WAIT -> RUNNING
 *	freeze:	any -> FREEZE -> FREEZE_SW_CLEAN -> HW_CLEAN_WAIT -> RUNNING
 *		or IDLE
 *
 * Software cleans before hardware does, because the hardware's clean-up
 * resets the head, which tells what has been sent.
 *
 * What sleeps is in the engine's work item.  It looks at the state under the
 * lock after each wait: if somebody else (a freeze, a stop) moved the engine
 * on, the work is over.
 *
 * Locks: sde->lock for the state.
 */
#include <linux/delay.h>

#include "csr.h"
#include "sdma.h"

#define HFI1U_SDMA_POLL_US     10
#define HFI1U_SDMA_CLEAN_POLLS 10000
#define HFI1U_SDMA_HALT_POLLS  1000

static const u64 controls[HFI1U_SDMA_NUM_STATES] = {
	[HFI1U_SDMA_START_HALT_WAIT] = WFR_SEND_DMA_CTRL_HALT,
	[HFI1U_SDMA_START_CLEAN_WAIT] = WFR_SEND_DMA_CTRL_INT_ENABLE |
					WFR_SEND_DMA_CTRL_CLEANUP,
	[HFI1U_SDMA_IDLE] = WFR_SEND_DMA_CTRL_INT_ENABLE,
	[HFI1U_SDMA_HW_CLEAN_WAIT] = WFR_SEND_DMA_CTRL_CLEANUP,
	[HFI1U_SDMA_IDLE_HALT_WAIT] = WFR_SEND_DMA_CTRL_HALT,
	[HFI1U_SDMA_RUNNING] = WFR_SEND_DMA_CTRL_ENABLE |
			       WFR_SEND_DMA_CTRL_INT_ENABLE,
};

static void enter(struct hfi1u_sdma_engine *sde, enum hfi1u_sdma_state state)
{
	lockdep_assert_held(&sde->lock);
	WRITE_ONCE(sde->state, state);
	hfi1u_write(sde->dd, WFR_SEND_DMA_CTRL(sde->num), controls[state]);
}

/* Move on, unless somebody else has moved the engine meanwhile. */
static bool advance(struct hfi1u_sdma_engine *sde, enum hfi1u_sdma_state from,
		    enum hfi1u_sdma_state to)
{
	unsigned long flags;
	bool mine;

	spin_lock_irqsave(&sde->lock, flags);
	mine = sde->state == from;
	if (mine)
		enter(sde, to);
	spin_unlock_irqrestore(&sde->lock, flags);
	return mine;
}

/* The chip is clean: begin anew, and run if that is wanted. */
static void begin(struct hfi1u_sdma_engine *sde)
{
	lockdep_assert_held(&sde->lock);
	hfi1u_sdma_ring_reset(sde);
	enter(sde, sde->go ? HFI1U_SDMA_RUNNING : HFI1U_SDMA_IDLE);
}

static void begin_from(struct hfi1u_sdma_engine *sde,
		       enum hfi1u_sdma_state from)
{
	unsigned long flags;

	spin_lock_irqsave(&sde->lock, flags);
	if (sde->state == from)
		begin(sde);
	spin_unlock_irqrestore(&sde->lock, flags);
}

static void wait_status(struct hfi1u_sdma_engine *sde, u64 bit, int polls,
			enum hfi1u_sdma_state state)
{
	while (!(hfi1u_read(sde->dd, WFR_SEND_DMA_STATUS(sde->num)) & bit)) {
		if (READ_ONCE(sde->state) != state)
			return;
		if (!polls--) {
			dev_err(sde->dd->dev, "SDMA engine %u stuck in %d\n",
				sde->num, state);
			return;
		}
		usleep_range(HFI1U_SDMA_POLL_US, 2 * HFI1U_SDMA_POLL_US);
	}
}

static void wait_halted(struct hfi1u_sdma_engine *sde,
			enum hfi1u_sdma_state state)
{
	wait_status(sde, WFR_SEND_DMA_STATUS_ENG_HALTED, HFI1U_SDMA_HALT_POLLS,
		    state);
}

static void wait_cleaned(struct hfi1u_sdma_engine *sde,
			 enum hfi1u_sdma_state state)
{
	wait_status(sde, WFR_SEND_DMA_STATUS_ENG_CLEANED_UP,
		    HFI1U_SDMA_CLEAN_POLLS, state);
}

static void work_start(struct hfi1u_sdma_engine *sde)
{
	wait_halted(sde, HFI1U_SDMA_START_HALT_WAIT);
	if (!advance(sde, HFI1U_SDMA_START_HALT_WAIT,
		     HFI1U_SDMA_START_CLEAN_WAIT))
		return;
	wait_cleaned(sde, HFI1U_SDMA_START_CLEAN_WAIT);
	begin_from(sde, HFI1U_SDMA_START_CLEAN_WAIT);
}

static void work_halted(struct hfi1u_sdma_engine *sde,
			enum hfi1u_sdma_state state)
{
	wait_halted(sde, state);
	if (!advance(sde, state, HFI1U_SDMA_SW_CLEAN))
		return;
	hfi1u_sdma_abort(sde);
	if (!advance(sde, HFI1U_SDMA_SW_CLEAN, HFI1U_SDMA_HW_CLEAN_WAIT))
		return;
	wait_cleaned(sde, HFI1U_SDMA_HW_CLEAN_WAIT);
	begin_from(sde, HFI1U_SDMA_HW_CLEAN_WAIT);
}

/**
 * hfi1u_sdma_work - the part of the state machine that sleeps
 * @work: of the engine
 */
void hfi1u_sdma_work(struct work_struct *work)
{
	struct hfi1u_sdma_engine *sde =
		container_of(work, struct hfi1u_sdma_engine, work);
	enum hfi1u_sdma_state state = READ_ONCE(sde->state);

	if (state == HFI1U_SDMA_START_HALT_WAIT)
		work_start(sde);
	else if (state == HFI1U_SDMA_HW_HALT_WAIT ||
		 state == HFI1U_SDMA_IDLE_HALT_WAIT)
		work_halted(sde, state);
	/* a move that came during the waits and needs us has queued us again */
}

static void queue(struct hfi1u_sdma_engine *sde)
{
	queue_work(sde->dd->wq, &sde->work);
}

/**
 * hfi1u_sdma_state_start - start an engine that was programmed
 * @sde: engine
 */
void hfi1u_sdma_state_start(struct hfi1u_sdma_engine *sde)
{
	if (advance(sde, HFI1U_SDMA_HW_DOWN, HFI1U_SDMA_START_HALT_WAIT))
		queue(sde);
}

/**
 * hfi1u_sdma_state_error - take note of an engine's errors
 * @sde: engine; each error halts it
 *
 * The errors are read under the lock under which a ring begins anew: an
 * interrupt that is late cannot stop an engine that has started since.
 *
 * Return: the errors.
 */
u64 hfi1u_sdma_state_error(struct hfi1u_sdma_engine *sde)
{
	struct hfi1u_dev *dd = sde->dd;
	unsigned long flags;
	bool halted;
	u64 errors;

	spin_lock_irqsave(&sde->lock, flags);
	errors = hfi1u_read(dd, WFR_SEND_DMA_ENG_ERR_STATUS(sde->num));
	hfi1u_write(dd, WFR_SEND_DMA_ENG_ERR_CLEAR(sde->num), errors);
	halted = errors && sde->state == HFI1U_SDMA_RUNNING;
	if (halted)
		enter(sde, HFI1U_SDMA_HW_HALT_WAIT);
	spin_unlock_irqrestore(&sde->lock, flags);
	if (halted) {
		wake_up_all(&sde->space_wait);
		queue(sde);
	}
	return errors;
}

static void link_one(struct hfi1u_sdma_engine *sde, bool up)
{
	unsigned long flags;
	bool halt = false;

	spin_lock_irqsave(&sde->lock, flags);
	sde->go = up;
	if (up && sde->state == HFI1U_SDMA_IDLE) {
		enter(sde, HFI1U_SDMA_RUNNING);
	} else if (!up && sde->state == HFI1U_SDMA_RUNNING) {
		enter(sde, HFI1U_SDMA_IDLE_HALT_WAIT);
		halt = true;
	}
	spin_unlock_irqrestore(&sde->lock, flags);
	if (halt) {
		wake_up_all(&sde->space_wait);
		queue(sde);
	}
}

/**
 * hfi1u_sdma_link - the link can carry packets, or not any more
 * @dd: device
 * @up: it can
 */
void hfi1u_sdma_link(struct hfi1u_dev *dd, bool up)
{
	unsigned int i;

	for (i = 0; i < dd->num_engines; i++)
		link_one(&dd->engines[i], up);
}

/**
 * hfi1u_sdma_freeze - the chip is freezing
 * @dd: device
 */
void hfi1u_sdma_freeze(struct hfi1u_dev *dd)
{
	unsigned long flags;
	unsigned int i;

	for (i = 0; i < dd->num_engines; i++) {
		struct hfi1u_sdma_engine *sde = &dd->engines[i];

		spin_lock_irqsave(&sde->lock, flags);
		if (sde->state != HFI1U_SDMA_HW_DOWN)
			enter(sde, HFI1U_SDMA_FREEZE);
		spin_unlock_irqrestore(&sde->lock, flags);
		wake_up_all(&sde->space_wait);
	}
}

/**
 * hfi1u_sdma_frozen - the chip is frozen: nothing more is sent
 * @dd: device
 */
void hfi1u_sdma_frozen(struct hfi1u_dev *dd)
{
	unsigned int i;

	for (i = 0; i < dd->num_engines; i++)
		if (advance(&dd->engines[i], HFI1U_SDMA_FREEZE,
			    HFI1U_SDMA_FREEZE_SW_CLEAN))
			hfi1u_sdma_abort(&dd->engines[i]);
}

/**
 * hfi1u_sdma_unfreeze - the freeze is over
 * @dd: device
 */
void hfi1u_sdma_unfreeze(struct hfi1u_dev *dd)
{
	unsigned int i;

	for (i = 0; i < dd->num_engines; i++) {
		struct hfi1u_sdma_engine *sde = &dd->engines[i];

		/* the clean-up takes the hardware's head back to the start */
		if (!advance(sde, HFI1U_SDMA_FREEZE_SW_CLEAN,
			     HFI1U_SDMA_HW_CLEAN_WAIT))
			continue;
		wait_cleaned(sde, HFI1U_SDMA_HW_CLEAN_WAIT);
		begin_from(sde, HFI1U_SDMA_HW_CLEAN_WAIT);
	}
}

/**
 * hfi1u_sdma_stop - stop all engines for good
 * @dd: device without open files
 */
void hfi1u_sdma_stop(struct hfi1u_dev *dd)
{
	unsigned long flags;
	unsigned int i;

	for (i = 0; i < dd->num_engines; i++) {
		struct hfi1u_sdma_engine *sde = &dd->engines[i];

		spin_lock_irqsave(&sde->lock, flags);
		sde->go = false;
		enter(sde, HFI1U_SDMA_HW_DOWN);
		spin_unlock_irqrestore(&sde->lock, flags);
		cancel_work_sync(&sde->work);
		hfi1u_sdma_abort(sde);
	}
}
