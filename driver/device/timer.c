// SPDX-License-Identifier: BSD-3-Clause
/* The clock of a device and the few things that happen later. */
#include <time.h>

#include "wfr_priv.h"

uint64_t wfr_now(struct wfr_device *dev)
{
	struct timespec ts;

	if (dev->ops->now_ns)
		return dev->ops->now_ns(dev->host);
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

void wfr_timer_set(struct wfr_device *dev, enum wfr_timer_id id,
		   uint64_t delay_ns)
{
	/* 0 means off, and a virtual clock may well start there. */
	dev->timer[id] = wfr_now(dev) + delay_ns + 1;
	wfr_kick(dev);
}

void wfr_timer_stop(struct wfr_device *dev, enum wfr_timer_id id)
{
	dev->timer[id] = 0;
}

static void wfr_timer_fire(struct wfr_device *dev, enum wfr_timer_id id)
{
	switch (id) {
	case WFR_TIMER_LINK:
		wfr_link_due(dev);
		break;
	case WFR_TIMER_8051_MSG:
		wfr_8051_messages_due(dev);
		break;
	case WFR_TIMER_RBUF_INIT:
		wfr_put(dev, WFR_RCV_STATUS,
			wfr_get(dev, WFR_RCV_STATUS) |
				WFR_RCV_STATUS_RX_RBUF_INIT_DONE);
		break;
	default:
		break;
	}
}

bool wfr_timers_run(struct wfr_device *dev, uint64_t now)
{
	bool ran = false;
	int id;

	for (id = 0; id < WFR_TIMERS; id++) {
		if (!dev->timer[id] || dev->timer[id] > now + 1)
			continue;
		dev->timer[id] = 0;
		wfr_timer_fire(dev, id);
		ran = true;
	}
	return ran;
}

/* When the next one is due, WFR_STEP_IDLE for never. */
uint64_t wfr_timers_next(const struct wfr_device *dev)
{
	uint64_t next = WFR_STEP_IDLE;
	int id;

	for (id = 0; id < WFR_TIMERS; id++)
		if (dev->timer[id] && dev->timer[id] - 1 < next)
			next = dev->timer[id] - 1;
	return next;
}
