// SPDX-License-Identifier: BSD-3-Clause
/*
 * Cases of traffic: on one unit or two, with and without faults.
 */
#include <sys/mman.h>

#include "../case.h"
#include "../hfi1/unit.h"
#include "../groups/groups.h"
#include "../lib/calls.h"
#include "traffic.h"

#define ALL_KINDS  (1U << TRAFFIC_PIO | 1U << TRAFFIC_SDMA | 1U << TRAFFIC_TID)
#define ALL_FAULTS ((1U << TRAFFIC_FAULTS) - 1)

/** struct plan - what a case sends */
struct plan {
	unsigned int workers;
	unsigned int kinds;
	unsigned int packets;
	bool two_units;
	unsigned int faults;
	bool ahg;
};

static void report(const struct traffic *t, uint64_t ms)
{
	hfi1c_note("%llu packets by PIO, %llu by eager and %llu by expected "
		   "requests in %llu ms; %u contexts halted, %u freezes by the "
		   "driver, %u by the chip, %u links lost, %u processes killed",
		   (unsigned long long)traffic_received(t, TRAFFIC_PIO),
		   (unsigned long long)traffic_received(t, TRAFFIC_SDMA),
		   (unsigned long long)traffic_received(t, TRAFFIC_TID),
		   (unsigned long long)ms, t->counts[TRAFFIC_HALT],
		   t->counts[TRAFFIC_FREEZE], t->counts[TRAFFIC_CHIP_FREEZE],
		   t->counts[TRAFFIC_FLAP], t->counts[TRAFFIC_KILL]);
}

static void run_traffic(const struct hfi1c_case *c)
{
	const struct plan *plan = c->data;
	uint64_t start;
	struct traffic *t;

	if (plan->faults && plan->two_units)
		hfi1c_unit_guard_both();
	else if (plan->faults)
		hfi1c_unit_guard();
	if (plan->ahg) {
		hfi1c_unit_guard();
		hfi1c_unit_fault("ahg", "on");
	}
	t = mmap(NULL, sizeof(*t), PROT_READ | PROT_WRITE,
		 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	hfi1c_setup(t != MAP_FAILED, "cannot map shared memory");
	t->workers = plan->workers;
	t->kinds = plan->kinds;
	t->two_units = plan->two_units;
	t->faults = plan->faults;
	t->target = hfi1c_steps(plan->packets);
	start = traffic_ms();
	traffic_run(t);
	report(t, traffic_ms() - start);
	munmap(t, sizeof(*t));
}

#define PLAN(name_, workers_, kinds_, packets_, ...)            \
	static const struct plan name_ = { .workers = workers_, \
					   .kinds = kinds_,     \
					   .packets = packets_, \
					   __VA_ARGS__ }

PLAN(pio, 2, 1U << TRAFFIC_PIO, 3000, .two_units = false);
PLAN(sdma, 2, 1U << TRAFFIC_SDMA, 3000, .two_units = false);
PLAN(expected, 2, 1U << TRAFFIC_TID, 2000, .two_units = false);
PLAN(mixed, 4, ALL_KINDS, 4000, .two_units = false);
PLAN(generated, 4, ALL_KINDS & ~(1U << TRAFFIC_PIO), 20000, .ahg = true);
PLAN(pio_across, 2, 1U << TRAFFIC_PIO, 3000, .two_units = true);
PLAN(sdma_across, 2, 1U << TRAFFIC_SDMA, 3000, .two_units = true);
PLAN(expected_across, 2, 1U << TRAFFIC_TID, 2000, .two_units = true);
PLAN(mixed_across, 4, ALL_KINDS, 4000, .two_units = true);
PLAN(flap_across, 4, ALL_KINDS, 8000, .two_units = true,
     .faults = 1U << TRAFFIC_FLAP);
PLAN(faulty, 4, ALL_KINDS, 20000, .faults = ALL_FAULTS);
PLAN(faulty_across, 4, ALL_KINDS, 20000, .two_units = true,
     .faults = ALL_FAULTS);

#define TRAFFIC(name_, clause_, doc_, plan_, needs_)                \
	{                                                           \
		.name = name_, .clause = clause_, .doc = doc_,      \
		.run = run_traffic, .data = plan_, .needs = needs_, \
		.timeout = 60,                                      \
	}

static const struct hfi1c_case data_cases[] = {
	TRAFFIC("data.pio", "mmap.PIO_BUFS mmap.RCV_EGRBUF",
		"two processes send each other packets by PIO", &pio, 0),
	TRAFFIC("data.eager", "mmap.SDMA_COMP mmap.RCV_EGRBUF",
		"two processes send each other eager requests", &sdma, 0),
	TRAFFIC("data.expected", "TID_UPDATE mmap.SDMA_COMP",
		"two processes send each other messages into registered "
		"buffers",
		&expected, 0),
	TRAFFIC("data.mixed", "mmap.PIO_BUFS mmap.SDMA_COMP TID_UPDATE",
		"four processes send each other packets of all kinds", &mixed,
		0),
	TRAFFIC("data.ahg", "mmap.SDMA_COMP TID_UPDATE",
		"the same by requests whose headers the engines make",
		&generated, HFI1C_NEEDS_CTL | HFI1C_EXCLUSIVE),
};

HFI1C_GROUP(data, "data", "Traffic between processes, every byte checked.",
	    data_cases);

#define ACROSS_FAULTS \
	(HFI1C_NEEDS_TWO_UNITS | HFI1C_NEEDS_CTL | HFI1C_EXCLUSIVE)

static const struct hfi1c_case across_cases[] = {
	TRAFFIC("across.pio", "mmap.PIO_BUFS mmap.RCV_EGRBUF",
		"two units send each other packets by PIO, both at once",
		&pio_across, HFI1C_NEEDS_TWO_UNITS),
	TRAFFIC("across.eager", "mmap.SDMA_COMP mmap.RCV_EGRBUF",
		"two units send each other eager requests, both at once",
		&sdma_across, HFI1C_NEEDS_TWO_UNITS),
	TRAFFIC("across.expected", "TID_UPDATE mmap.SDMA_COMP",
		"two units send each other messages into registered buffers",
		&expected_across, HFI1C_NEEDS_TWO_UNITS),
	TRAFFIC("across.mixed", "mmap.PIO_BUFS mmap.SDMA_COMP TID_UPDATE",
		"packets of all kinds cross between two units and stay in them",
		&mixed_across, HFI1C_NEEDS_TWO_UNITS),
	TRAFFIC("across.link", "CTXT_RESET mmap.EVENTS",
		"a link lost on one side is told there alone, and traffic "
		"between the sides goes on when it is back",
		&flap_across, ACROSS_FAULTS),
};

HFI1C_GROUP(across, "across", "Traffic between two units, every byte checked.",
	    across_cases);

static const struct hfi1c_case stress_cases[] = {
	TRAFFIC("stress.traffic", "CTXT_RESET file.release TID_UPDATE",
		"traffic survives halts, freezes, link losses and kills",
		&faulty, HFI1C_NEEDS_CTL | HFI1C_EXCLUSIVE),
	TRAFFIC("stress.across", "CTXT_RESET file.release TID_UPDATE",
		"traffic between two units survives them on either side",
		&faulty_across, ACROSS_FAULTS),
};

HFI1C_GROUP(stress, "stress", "Traffic with faults in between.", stress_cases);
