// SPDX-License-Identifier: BSD-3-Clause
/* Fault injection, see wfr.h. */
#include "wfr_priv.h"

int wfr_fault_send_ctxt(struct wfr_device *dev, unsigned int hw_ctxt,
			uint64_t bits)
{
	int err = 0;

	if (hw_ctxt >= dev->cfg.send_contexts || !bits ||
	    (bits & ~WFR_SEND_CTXT_ERR_STATUS_ALL))
		return -EINVAL;
	pthread_mutex_lock(&dev->lock);
	if (dev->sctxt[hw_ctxt].enabled)
		wfr_pio_fail(dev, hw_ctxt, bits);
	else
		err = -ENXIO;
	pthread_mutex_unlock(&dev->lock);
	return err;
}

int wfr_fault_sdma(struct wfr_device *dev, unsigned int engine, uint64_t bits)
{
	if (engine >= dev->cfg.sdma_engines || !bits)
		return -EINVAL;
	pthread_mutex_lock(&dev->lock);
	wfr_sdma_fail(dev, engine, bits);
	pthread_mutex_unlock(&dev->lock);
	return 0;
}

int wfr_fault_raise(struct wfr_device *dev, enum wfr_fault_block block,
		    uint64_t bits)
{
	if (block >= WFR_FAULT_BLOCKS || !bits)
		return -EINVAL;
	pthread_mutex_lock(&dev->lock);
	wfr_err_raise(dev, block, bits);
	pthread_mutex_unlock(&dev->lock);
	return 0;
}

void wfr_fault_freeze(struct wfr_device *dev)
{
	pthread_mutex_lock(&dev->lock);
	wfr_freeze(dev);
	pthread_mutex_unlock(&dev->lock);
}

void wfr_fault_temperature(struct wfr_device *dev)
{
	pthread_mutex_lock(&dev->lock);
	wfr_int_raise(dev, WFR_IS_TCRIT);
	pthread_mutex_unlock(&dev->lock);
}

int wfr_fault_drop_credits(struct wfr_device *dev, unsigned int hw_ctxt,
			   unsigned int count)
{
	if (hw_ctxt >= dev->cfg.send_contexts)
		return -EINVAL;
	pthread_mutex_lock(&dev->lock);
	dev->sctxt[hw_ctxt].drop_credits = count;
	pthread_mutex_unlock(&dev->lock);
	return 0;
}

void wfr_fault_delay(struct wfr_device *dev, uint64_t ns)
{
	struct wfr_packet *pkt;

	pthread_mutex_lock(&dev->lock);
	dev->faults.delay_ns = ns;
	/* The end of a delay lets go of what it has held. */
	for (pkt = ns ? NULL : dev->out.head; pkt; pkt = pkt->next)
		pkt->ready_ns = 0;
	pthread_mutex_unlock(&dev->lock);
	wfr_kick(dev);
}

int wfr_fault_corrupt_next(struct wfr_device *dev, enum wfr_corruption how,
			   unsigned int skip)
{
	int err = 0;

	pthread_mutex_lock(&dev->lock);
	if (dev->faults.corrupt) {
		err = -EBUSY;
	} else {
		dev->faults.corrupt = true;
		dev->faults.how = how;
		dev->faults.skip = skip;
	}
	pthread_mutex_unlock(&dev->lock);
	return err;
}

/* Whether the packet being sent is to be damaged, and how. */
enum wfr_corruption wfr_fault_take(struct wfr_device *dev, bool *hit)
{
	*hit = dev->faults.corrupt && !dev->faults.skip;
	if (*hit)
		dev->faults.corrupt = false;
	else if (dev->faults.corrupt)
		dev->faults.skip--;
	return dev->faults.how;
}

void wfr_fault_pio_init(struct wfr_device *dev)
{
	pthread_mutex_lock(&dev->lock);
	dev->faults.pio_init = true;
	pthread_mutex_unlock(&dev->lock);
}

void wfr_fault_sticky(struct wfr_device *dev, unsigned int what)
{
	pthread_mutex_lock(&dev->lock);
	dev->faults.sticky = what;
	if (dev->faults.unfreeze_due)
		wfr_unfreeze(dev);
	pthread_mutex_unlock(&dev->lock);
	wfr_kick(dev);
}
