// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
/*
 * Event words and the status page.
 *
 * Every place in every user context has a word of its own, so an event reaches
 * each process once and each acknowledges for itself.  Processes map these
 * words writable: they are hints, and nothing in the driver depends on them.
 *
 * Words are changed with atomic bit operations and need no lock.
 */
#include "priv.h"

/**
 * hfi1u_events_init - allocate the pages that all users see
 * @dd: device with a partition
 *
 * Return: 0 or -ENOMEM; hfi1u_events_exit() cleans up after both.
 */
int hfi1u_events_init(struct hfi1u_dev *dd)
{
	dd->events_size =
		PAGE_ALIGN(dd->chip.rcv_contexts * HFI1_MAX_SHARED_CTXTS *
			   sizeof(*dd->events));
	dd->events = vmalloc_user(dd->events_size);
	dd->status = vmalloc_user(PAGE_SIZE);
	return dd->events && dd->status ? 0 : -ENOMEM;
}

/**
 * hfi1u_events_exit - undo hfi1u_events_init(), also when it failed
 * @dd: device without open files
 */
void hfi1u_events_exit(struct hfi1u_dev *dd)
{
	vfree(dd->events);
	vfree(dd->status);
	dd->events = NULL;
	dd->status = NULL;
}

static unsigned long *word(struct hfi1u_dev *dd, const struct hfi1u_ctxt *uctxt,
			   unsigned int place)
{
	unsigned int index = uctxt->num - dd->part.first_user;

	return &dd->events[index * HFI1_MAX_SHARED_CTXTS + place];
}

/**
 * hfi1u_event_word - the event word of a file
 * @fd: file with a context
 *
 * Return: the word, valid as long as the device.
 */
unsigned long *hfi1u_event_word(const struct hfi1u_fd *fd)
{
	return word(fd->dd, fd->uctxt, fd->subctxt);
}

/**
 * hfi1u_event_clear - nobody is there to see a file's events any more
 * @fd: file about to give its place up
 */
void hfi1u_event_clear(struct hfi1u_fd *fd)
{
	WRITE_ONCE(*hfi1u_event_word(fd), 0);
}

/**
 * hfi1u_event_clear_all - nobody is left to see a context's events
 * @uctxt: context that hfi1u_event_all() does not find any more
 *
 * Places nobody took have words as well.
 */
void hfi1u_event_clear_all(struct hfi1u_ctxt *uctxt)
{
	unsigned int place;

	for (place = 0; place < HFI1_MAX_SHARED_CTXTS; place++)
		WRITE_ONCE(*word(uctxt->dd, uctxt, place), 0);
}

/**
 * hfi1u_event_all - tell all users of a device
 * @dd: device
 * @bit: _HFI1_EVENT_*_BIT
 *
 * Places that are not taken yet get the bit as well: their future owner joins
 * a context to which it happened.
 */
void hfi1u_event_all(struct hfi1u_dev *dd, unsigned int bit)
{
	unsigned int i, place;
	unsigned long flags;

	spin_lock_irqsave(&dd->ctxts_lock, flags);
	for (i = dd->part.first_user; i < dd->part.num_rcv; i++) {
		const struct hfi1u_ctxt *uctxt = dd->ctxts[i];

		if (!uctxt)
			continue;
		set_bit(bit, word(dd, uctxt, 0));
		for (place = 1; place < uctxt->subctxt_cnt; place++)
			set_bit(bit, word(dd, uctxt, place));
	}
	spin_unlock_irqrestore(&dd->ctxts_lock, flags);
}

/**
 * hfi1u_do_ack_event - ACK_EVENT
 * @fd: assigned file
 * @in: bits to clear
 *
 * Return: 0.
 */
int hfi1u_do_ack_event(struct hfi1u_fd *fd, unsigned long in)
{
	unsigned long *events = hfi1u_event_word(fd);
	unsigned int bit;

	for (bit = 0; bit <= _HFI1_MAX_EVENT_BIT; bit++)
		if (in & BIT(bit))
			clear_bit(bit, events);
	return 0;
}
