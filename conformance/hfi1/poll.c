// SPDX-License-Identifier: BSD-3-Clause
/*
 * poll() by the rules of the spec.
 */
#include <poll.h>

#include "../lib/calls.h"
#include "../lib/wire.h"
#include "world.h"

#define EVENTS	   (POLLIN | POLLRDNORM)
#define ARRIVAL_MS 2000
#define IDLE_MS	   20

void hfi1c_poll_idle(struct hfi1c_world *w, const struct hfi1c_probe *p);
void hfi1c_poll_anyrcv_ready(struct hfi1c_world *w,
			     const struct hfi1c_probe *p);
void hfi1c_poll_urgent_ready(struct hfi1c_world *w,
			     const struct hfi1c_probe *p);
void hfi1c_poll_unknown_type(struct hfi1c_world *w,
			     const struct hfi1c_probe *p);

static void expect(const struct hfi1c_world *w, int ms, unsigned int mask)
{
	hfi1c_expect_u64(hfi1c_poll(w->fd, EVENTS, ms), mask,
			 "events of poll()");
}

void hfi1c_poll_idle(struct hfi1c_world *w, const struct hfi1c_probe *p)
{
	expect(w, 0, p->mask);
	expect(w, IDLE_MS, p->mask);
}

static void set_type(const struct hfi1c_world *w, int type)
{
	hfi1c_setup(!hfi1c_ioctl(w->fd, HFI1_IOCTL_POLL_TYPE, &type),
		    "POLL_TYPE failed");
}

/* A packet from the context to itself. */
static void send(const struct hfi1c_world *w, bool urgent)
{
	struct hfi1c_context self = { .fd = w->fd,
				      .info = hfi1c_own(w)->ctxt_info,
				      .base = hfi1c_own(w)->base_info };
	struct hfi1c_packet packet;
	struct hfi1c_wire wire;

	hfi1c_wire_open(&wire, &self, 0);
	hfi1c_wire_allow(&wire);
	packet = hfi1c_packet_to(&wire, &self);
	packet.intr = urgent;
	hfi1c_send(&wire, &packet);
}

void hfi1c_poll_anyrcv_ready(struct hfi1c_world *w, const struct hfi1c_probe *p)
{
	expect(w, 0, 0);
	send(w, false);
	expect(w, ARRIVAL_MS, p->mask);
	expect(w, 0, p->mask);
}

/* The edge is remembered only once somebody has asked for it. */
void hfi1c_poll_urgent_ready(struct hfi1c_world *w, const struct hfi1c_probe *p)
{
	set_type(w, HFI1_POLL_TYPE_URGENT);
	expect(w, 0, 0);
	send(w, true);
	expect(w, ARRIVAL_MS, p->mask);
	expect(w, 0, 0);
}

void hfi1c_poll_unknown_type(struct hfi1c_world *w, const struct hfi1c_probe *p)
{
	set_type(w, HFI1_POLL_TYPE_URGENT + 1);
	expect(w, 0, p->mask);
}
