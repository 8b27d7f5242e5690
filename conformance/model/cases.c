// SPDX-License-Identifier: BSD-3-Clause
/*
 * The group of the model test: what is drawn how often.
 */
#include "../groups/groups.h"
#include "model.h"

static const struct model_profile files = {
	.steps = 500,
	.weight = {
		[MODEL_OPEN] = 14, [MODEL_CLOSE] = 8, [MODEL_DUP] = 5,
		[MODEL_FORK] = 3, [MODEL_EXIT] = 2, [MODEL_ASSIGN] = 12,
		[MODEL_IOCTL] = 12, [MODEL_UNKNOWN] = 6, [MODEL_MMAP] = 16,
		[MODEL_MUNMAP] = 8, [MODEL_EVENTS] = 3, [MODEL_POLL] = 5,
	},
};

static const struct model_profile sharing = {
	.steps = 400,
	.weight = {
		[MODEL_OPEN] = 14, [MODEL_CLOSE] = 10, [MODEL_FORK] = 1,
		[MODEL_EXIT] = 1, [MODEL_ASSIGN] = 24, [MODEL_IOCTL] = 14,
		[MODEL_EVENTS] = 4, [MODEL_POLL] = 4, [MODEL_MMAP] = 4,
		[MODEL_MUNMAP] = 4, [MODEL_REGISTER] = 10, [MODEL_FREE] = 8,
		[MODEL_SEND] = 6, [MODEL_RECEIVE] = 6,
	},
};

static const struct model_profile buffers = {
	.steps = 400,
	.weight = {
		[MODEL_OPEN] = 4, [MODEL_CLOSE] = 1, [MODEL_ASSIGN] = 5,
		[MODEL_DUP] = 1, [MODEL_FORK] = 1, [MODEL_EXIT] = 1,
		[MODEL_REGISTER] = 24, [MODEL_FREE] = 20, [MODEL_INVALID] = 8,
		[MODEL_MEMORY] = 20, [MODEL_EVENTS] = 8, [MODEL_IOCTL] = 4,
	},
};

static const struct model_profile traffic = {
	.steps = 400,
	.weight = {
		[MODEL_OPEN] = 6, [MODEL_CLOSE] = 1, [MODEL_ASSIGN] = 8,
		[MODEL_IOCTL] = 16, [MODEL_POLL] = 16, [MODEL_SEND] = 24,
		[MODEL_RECEIVE] = 20, [MODEL_WRITEV] = 20,
	},
};

static const struct model_profile everything = {
	.steps = 500,
	.weight = {
		[MODEL_OPEN] = 8, [MODEL_CLOSE] = 4, [MODEL_DUP] = 2,
		[MODEL_FORK] = 2, [MODEL_EXIT] = 2, [MODEL_ASSIGN] = 10,
		[MODEL_IOCTL] = 14, [MODEL_UNKNOWN] = 2, [MODEL_MMAP] = 6,
		[MODEL_MUNMAP] = 4, [MODEL_EVENTS] = 4, [MODEL_POLL] = 6,
		[MODEL_REGISTER] = 8, [MODEL_FREE] = 6, [MODEL_INVALID] = 3,
		[MODEL_MEMORY] = 6, [MODEL_WRITEV] = 10, [MODEL_SEND] = 10,
		[MODEL_RECEIVE] = 10,
	},
};

static const struct model_profile faults = {
	.steps = 200,
	.weight = {
		[MODEL_OPEN] = 8, [MODEL_CLOSE] = 3, [MODEL_FORK] = 1,
		[MODEL_EXIT] = 1, [MODEL_ASSIGN] = 10, [MODEL_IOCTL] = 30,
		[MODEL_EVENTS] = 8, [MODEL_POLL] = 4, [MODEL_REGISTER] = 4,
		[MODEL_FREE] = 2, [MODEL_WRITEV] = 8, [MODEL_SEND] = 14,
		[MODEL_RECEIVE] = 16, [MODEL_HALT] = 6, [MODEL_FREEZE] = 2,
		[MODEL_LINK] = 2,
	},
};

#define MODEL(name_, clause_, doc_, profile_, needs_)                \
	{                                                            \
		.name = name_, .clause = clause_, .doc = doc_,       \
		.run = hfi1c_run_model, .data = profile_,            \
		.needs = HFI1C_EXCLUSIVE | (needs_), .timeout = 120, \
	}

static const struct hfi1c_case cases[] = {
	MODEL("model.files",
	      "file.release file.open state.unassigned state.assigned",
	      "descriptors, processes and mappings hold files as the model says",
	      &files, 0),
	MODEL("model.sharing",
	      "ASSIGN_CTXT transition.assigning.ASSIGN_CTXT.assigned",
	      "groups are founded, joined and left as the model says", &sharing,
	      0),
	MODEL("model.buffers", "TID_UPDATE TID_FREE TID_INVAL_READ",
	      "buffers are registered, freed and unmapped as the model says",
	      &buffers, 0),
	MODEL("model.traffic", "poll.anyrcv-ready poll.urgent-ready",
	      "packets, poll() and requests behave as the model says", &traffic,
	      0),
	MODEL("model.everything", "file.release ASSIGN_CTXT TID_UPDATE",
	      "random calls of all kinds behave as the model says", &everything,
	      0),
	MODEL("model.faults", "CTXT_RESET",
	      "random calls with halts, freezes and link losses in between "
	      "behave as the model says",
	      &faults, HFI1C_NEEDS_CTL),
};

HFI1C_GROUP(model, "model", "Random sequences against the reference model.",
	    cases);
