// SPDX-License-Identifier: BSD-3-Clause
/*
 * The set-ups that need a fault: the command given with --ctl brings it about
 * with the words of hfi1-emu ctl.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../lib/calls.h"
#include "../lib/context.h"
#include "../lib/ctl.h"
#include "../lib/wire.h"
#include "world.h"
#include "unit.h"

/* Longer than any case lasts. */
#define NOTICE_MS 100
#define HOLD_NS	  3600000000000ULL

#define FAULT(ident, name_, state_, build_)                    \
	const struct hfi1c_scenario hfi1c_scenario_##ident = { \
		.name = name_,                                 \
		.state = HFI1C_STATE_##state_,                 \
		.needs = HFI1C_NEEDS_CTL,                      \
		.build = build_,                               \
	}

static void fresh(struct hfi1c_world *w)
{
	w->fd = hfi1c_world_open(w->access);
}

static void bound(struct hfi1c_world *w)
{
	struct hfi1_user_info info = hfi1c_user_info();

	fresh(w);
	hfi1c_world_assign(w, &info);
}

static void hold_freeze(void)
{
	hfi1c_unit_fault("hold-freeze", "on");
	hfi1c_unit_fault("freeze", "driver");
}

static void halt(const struct hfi1c_world *w)
{
	hfi1c_unit_fault("halt-send-context", "%u",
			 hfi1c_own(w)->ctxt_info.send_ctxt);
}

static void device_frozen(struct hfi1c_world *w)
{
	fresh(w);
	hold_freeze();
}
FAULT(device_frozen, "device-frozen", UNASSIGNED, device_frozen);

static void send_init_stuck(struct hfi1c_world *w)
{
	fresh(w);
	hfi1c_unit_fault("sticky", "pio-init");
}
FAULT(send_init_stuck, "send-init-stuck", UNASSIGNED, send_init_stuck);

static void send_init_error(struct hfi1c_world *w)
{
	fresh(w);
	hfi1c_unit_fault("fail-pio-init", "%s", "");
}
FAULT(send_init_error, "send-init-error", UNASSIGNED, send_init_error);

static void send_context_halted(struct hfi1c_world *w)
{
	bound(w);
	halt(w);
}
FAULT(send_context_halted, "send-context-halted", ASSIGNED,
      send_context_halted);

static void halted_init_stuck(struct hfi1c_world *w)
{
	send_context_halted(w);
	hfi1c_unit_fault("sticky", "pio-init");
}
FAULT(halted_init_stuck, "halted-init-stuck", ASSIGNED, halted_init_stuck);

static void halted_init_error(struct hfi1c_world *w)
{
	send_context_halted(w);
	hfi1c_unit_fault("fail-pio-init", "%s", "");
}
FAULT(halted_init_error, "halted-init-error", ASSIGNED, halted_init_error);

static void frozen_for_good(struct hfi1c_world *w)
{
	bound(w);
	hold_freeze();
}
FAULT(frozen_for_good, "frozen-for-good", ASSIGNED, frozen_for_good);

static void halt_not_shown(struct hfi1c_world *w)
{
	bound(w);
	hfi1c_unit_fault("sticky", "halted");
	halt(w);
}
FAULT(halt_not_shown, "halt-not-shown", ASSIGNED, halt_not_shown);

static void link_down(struct hfi1c_world *w)
{
	bound(w);
	hfi1c_unit_fault("link", "down");
	usleep(NOTICE_MS * 1000);
}
FAULT(link_down, "link-down", ASSIGNED, link_down);

/* Requests without data, so that nothing but the engine holds them up. */
static void submit(struct hfi1c_world *w, unsigned int slots)
{
	struct hfi1c_context self = { .fd = w->fd,
				      .info = hfi1c_own(w)->ctxt_info,
				      .base = hfi1c_own(w)->base_info };
	struct hfi1c_wire wire = { .c = &self,
				   .lid = hfi1c_port_number("lid") };
	struct hfi1c_packet packet = hfi1c_packet_to(&wire, &self);
	struct {
		struct sdma_req_info info;
		struct hfi1_pkt_header hdr;
	} __attribute__((packed))
	first = { .info = {
			  .ctrl = WFR_PREP(WFR_SDMA_REQ_CTRL_OPCODE, EAGER) |
				  WFR_PREP(WFR_SDMA_REQ_CTRL_IOVCNT, 1),
			  .npkts = 1,
			  .fragsize = 64,
		  } };
	struct iovec v = { &first, sizeof(first) };
	unsigned int i;
	long result;

	hfi1c_packet_header(&packet, &first.hdr);
	for (i = 0; i < slots; i++) {
		first.info.comp_idx = i;
		result = hfi1c_writev(w->fd, &v, 1);
		hfi1c_setup(result == 1, "writev() of a request gives %ld",
			    result);
		hfi1c_own(w)->known.fd_sdma_inflight++;
	}
}

static void bound_with_sdma(struct hfi1c_world *w)
{
	bound(w);
	if (!hfi1c_cap(w, HFI1_CAP_SDMA))
		hfi1c_not_supported("the driver was loaded without SDMA");
}

static void sdma_slot_busy(struct hfi1c_world *w)
{
	bound_with_sdma(w);
	hfi1c_unit_fault("delay", "%llu", HOLD_NS);
	submit(w, 1);
}
FAULT(sdma_slot_busy, "sdma-slot-busy", ASSIGNED, sdma_slot_busy);

static void sdma_ring_full(struct hfi1c_world *w)
{
	bound_with_sdma(w);
	hfi1c_unit_fault("delay", "%llu", HOLD_NS);
	submit(w, hfi1c_own(w)->ctxt_info.sdma_ring_size);
}
FAULT(sdma_ring_full, "sdma-ring-full", ASSIGNED, sdma_ring_full);

/*
 * The founder sleeps in its set-up in a process of its own; who joins it
 * waits, and gets a signal soon after.
 */
static void shared_leader_stalled(struct hfi1c_world *w)
{
	*hfi1c_join() = hfi1c_group_info(2, 0);
	hfi1c_unit_fault("stall-assign", "on");
	hfi1c_unit_background(*hfi1c_join(), false);
	fresh(w);
	hfi1c_unit_signal_soon();
}
FAULT(shared_leader_stalled, "shared-leader-stalled", UNASSIGNED,
      shared_leader_stalled);

/* Whoever waits for a founder that is no more is told that it failed. */
static void shared_leader_dies(struct hfi1c_world *w)
{
	*hfi1c_join() = hfi1c_group_info(2, 0);
	hfi1c_unit_fault("stall-assign", "on");
	hfi1c_unit_background(*hfi1c_join(), true);
	fresh(w);
}
FAULT(shared_leader_dies, "shared-leader-dies", UNASSIGNED, shared_leader_dies);
