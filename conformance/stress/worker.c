// SPDX-License-Identifier: BSD-3-Clause
/*
 * A worker: sends, receives, and recovers from what is done to it.
 */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <wfr_regs.h>
#include <wfr_words.h>

#include "../case.h"
#include "../lib/buffers.h"
#include "../lib/calls.h"
#include "../lib/regions.h"
#include "traffic.h"

#define RESET_MS  10000
#define ASSIGN_MS 5000
#define DRAIN_MS  5000

static unsigned int unit_of(const struct traffic *t, unsigned int number)
{
	return t->two_units ? number % 2 : 0;
}

/* --- set-up --------------------------------------------------------------- */

/* A killed worker's context may still be on its way back, or a freeze on. */
static void open_context(struct traffic_worker *w)
{
	struct hfi1_user_info info = hfi1c_user_info();
	uint64_t end = traffic_ms() + ASSIGN_MS;
	long result;

	w->ctxt.fd = hfi1c_open_device();
	do {
		result = hfi1c_assign(w->ctxt.fd, &info);
		if (result)
			usleep(1000);
	} while ((result == -EIO || result == -EBUSY || result == -ETIMEDOUT) &&
		 traffic_ms() < end);
	hfi1c_expect_result(result, 0, "ASSIGN_CTXT of a worker");
	hfi1c_read_infos(&w->ctxt);
}

static void map_everything(struct traffic_worker *w)
{
	struct traffic_buffer *b;
	struct traffic_slot *s;

	hfi1c_wire_open(&w->w, &w->ctxt, 0);
	hfi1c_wire_allow(&w->w);
	w->ring = hfi1c_sdma_ring(&w->ctxt, 0);
	hfi1c_setup(w->ctxt.info.sdma_ring_size >= TRAFFIC_SLOTS,
		    "the completion ring is too small");
	w->events = hfi1c_region_map(&w->ctxt, WFR_MMAP_TOKEN_TYPE_EVENTS,
				     PROT_READ, 0);
	w->plain = hfi1c_packet_to(&w->w, &w->ctxt);
	for (s = w->slots; s < w->slots + TRAFFIC_SLOTS; s++)
		s->data = hfi1c_pages(TRAFFIC_PAGES);
	for (b = w->buffers; b < w->buffers + w->t->workers; b++) {
		b->data = hfi1c_pages(TRAFFIC_PAGES);
		b->tids = calloc(1, sizeof(*b->tids));
		hfi1c_setup(b->tids, "no memory");
		/* no two lives count the same messages */
		b->generation = (w->self->life + 1) << 10;
	}
}

static void publish(struct traffic_worker *w)
{
	unsigned int life = w->self->life + 1;

	w->self->unit = unit_of(w->t, w->number);
	w->self->lid = w->w.lid;
	w->self->info = w->ctxt.info;
	w->self->jkey = w->ctxt.base.jkey;
	__atomic_store_n(&w->self->life, life, __ATOMIC_RELEASE);
}

/* --- recovery ------------------------------------------------------------- */

static bool halted(const struct traffic_worker *w)
{
	return __atomic_load_n(w->w.credit, __ATOMIC_ACQUIRE) &
	       WFR_CREDIT_STATUS;
}

static bool frozen(const struct traffic_worker *w)
{
	return *w->events & HFI1_EVENT_FROZEN;
}

/* Whether there was something to recover from. */
static bool reset(struct traffic_worker *w)
{
	uint64_t end = traffic_ms() + RESET_MS;
	long result;

	do
		result = hfi1c_ioctl(w->ctxt.fd, HFI1_IOCTL_CTXT_RESET, NULL);
	while (result == -ENOLCK && (halted(w) || frozen(w)) &&
	       traffic_ms() < end);
	/* the flag of a freeze that another reset has met already */
	if (result == -ENOLCK && !halted(w))
		return false;
	hfi1c_expect_result(result, 0, "CTXT_RESET");
	w->w.block = 0;
	w->w.fill = 0;
	return true;
}

static void renew_offers(struct traffic_worker *w)
{
	unsigned int from;

	for (from = 0; from < w->t->workers; from++)
		if (from != w->number)
			traffic_offer(w, from);
}

/* Whether users were told of a freeze, which they are not again then. */
static bool take_frozen(struct traffic_worker *w)
{
	unsigned long bits = HFI1_EVENT_FROZEN | HFI1_EVENT_LINKDOWN;

	if (!frozen(w))
		return false;
	hfi1c_expect_ok(hfi1c_ioctl(w->ctxt.fd, HFI1_IOCTL_ACK_EVENT, &bits));
	return true;
}

/* A reset after a freeze starts the queue anew; arrivals may fill it at once. */
static void restart_queue(struct traffic_worker *w)
{
	w->w.entry = 0;
	w->w.sequence = 1;
	w->eager = 0;
	renew_offers(w);
}

static void recover(struct traffic_worker *w)
{
	uint64_t end = traffic_ms() + DRAIN_MS;
	bool told;

	snprintf(w->self->at, sizeof(w->self->at), "recovers");
	hfi1c_expect(w->self->unit == w->t->struck,
		     "a fault of unit %u is told on unit %u", w->t->struck,
		     w->self->unit);
	while (traffic_receive(w))
		continue;
	/* the halt may show before the event; a reset waits for both */
	told = take_frozen(w);
	w->untried = true;
	if (reset(w) && (told || take_frozen(w)))
		restart_queue(w);
	while (traffic_ms() < end && !traffic_idle(w) && halted(w))
		traffic_reap(w);
	__atomic_add_fetch(&w->self->recovered, 1, __ATOMIC_ACQ_REL);
}

/* --- work ----------------------------------------------------------------- */

static void report_health(struct traffic_worker *w)
{
	unsigned int probe = __atomic_load_n(&w->t->probe, __ATOMIC_ACQUIRE);

	/* engines come back a moment after the port has */
	if (!halted(w) && !frozen(w) && !w->untried)
		__atomic_store_n(&w->self->healthy, probe, __ATOMIC_RELEASE);
}

static bool stopped(const struct traffic_worker *w)
{
	return __atomic_load_n(&w->t->stop, __ATOMIC_ACQUIRE);
}

static void step(struct traffic_worker *w, bool sends)
{
	unsigned int i;

	snprintf(w->self->at, sizeof(w->self->at), "works");
	if (w->t->faults && (halted(w) || frozen(w)))
		recover(w);
	report_health(w);
	for (i = 0; sends && i < 8; i++)
		traffic_send(w);
	traffic_reap(w);
	traffic_offers(w);
	if (!traffic_receive(w))
		sched_yield();
}

void traffic_work(struct traffic *t, unsigned int number)
{
	static struct traffic_worker w;
	char why[256];
	uint64_t end;

	w.t = t;
	w.number = number;
	w.self = &t->peers[number];
	if (unit_of(t, number))
		hfi1c_use_device(hfi1c_second_device());
	open_context(&w);
	map_everything(&w);
	publish(&w);
	while (!stopped(&w))
		step(&w, true);
	/* what is under way arrives before anybody leaves */
	for (end = traffic_ms() + DRAIN_MS;
	     !traffic_idle(&w) && traffic_ms() < end;)
		step(&w, false);
	traffic_describe(&w, why, sizeof(why));
	hfi1c_expect(traffic_idle(&w),
		     "packets do not arrive although nobody sends any more: %s",
		     why);
	__atomic_store_n(&w.self->healthy, ~0U, __ATOMIC_RELEASE);
	for (end = traffic_ms() + DRAIN_MS; traffic_ms() < end;) {
		unsigned int i, done = 0;

		for (i = 0; i < t->workers; i++)
			done += __atomic_load_n(&t->peers[i].healthy,
						__ATOMIC_ACQUIRE) == ~0U;
		if (done == t->workers)
			break;
		/* the others may wait for messages that a fault has met */
		traffic_receive(&w);
		traffic_offers(&w);
	}
}
