// SPDX-License-Identifier: BSD-3-Clause
/*
 * SDMA requests that are under way, or being handed over, when the engine
 * stops.
 */
#include <errno.h>
#include <pthread.h>
#include <unistd.h>

#include "../hfi1/unit.h"
#include "../lib/calls.h"
#include "../lib/context.h"
#include "../lib/sdma.h"
#include "groups.h"
#include "sdma_bench.h"

#define WAIT_MS	 5000
#define TRIES	 200
#define FRAGMENT 64
#define ENGINES	 16
#define HELD	 "60000000000"
/* More than any ring has descriptors for. */
#define PACKETS 40000

static void set_up(struct hfi1c_bench *b)
{
	hfi1c_unit_guard();
	hfi1c_bench_open(b);
}

static void expect_aborted(struct hfi1c_bench *b, unsigned int slot)
{
	hfi1c_expect(hfi1c_sdma_ends(b->ring, slot, WAIT_MS),
		     "slot %u stays QUEUED", slot);
	hfi1c_expect_u64(b->ring[slot].status, ERROR, "status of slot %u",
			 slot);
	hfi1c_expect_u64(b->ring[slot].errcode, (uint32_t)-2,
			 "errcode of slot %u", slot);
}

/* Engines come back by themselves, a moment after the fault. */
static void expect_back(struct hfi1c_bench *b)
{
	long result = -ECOMM;
	unsigned int i;

	hfi1c_unit_resume();
	hfi1c_sdma_eager(&b->r, &b->p, FRAGMENT, 7);
	for (i = 0; i < TRIES && result == -ECOMM; i++) {
		usleep(10000);
		result = hfi1c_sdma_submit(b->ctxt.fd, &b->r, 1);
	}
	hfi1c_expect_result(result, 1, "writev() after the fault");
	hfi1c_expect(hfi1c_sdma_ends(b->ring, 7, WAIT_MS),
		     "the slot stays QUEUED");
	hfi1c_expect_u64(b->ring[7].status, COMPLETE, "status of the slot");
}

static void halt_engines(void)
{
	unsigned int e;

	for (e = 0; e < ENGINES; e++)
		hfi1c_unit_fault("halt-sdma", "%u", e);
}

static void queue_some(struct hfi1c_bench *b)
{
	unsigned int i;

	hfi1c_unit_fault("delay", HELD);
	for (i = 0; i < 4; i++) {
		hfi1c_sdma_eager(&b->r, &b->p, FRAGMENT, i);
		b->r.header.info.npkts = i + 1;
		hfi1c_expect_result(hfi1c_sdma_submit(b->ctxt.fd, &b->r, 1), 1,
				    "writev()");
		hfi1c_expect_u64(b->ring[i].status, QUEUED, "status of slot %u",
				 i);
	}
}

static void halt_aborts(const struct hfi1c_case *c)
{
	struct hfi1c_bench b;
	unsigned int i;

	(void)c;
	set_up(&b);
	queue_some(&b);
	halt_engines();
	for (i = 0; i < 4; i++)
		expect_aborted(&b, i);
	expect_back(&b);
	close(b.ctxt.fd);
}

static void freeze_aborts(const struct hfi1c_case *c)
{
	struct hfi1c_bench b;
	unsigned int i;

	(void)c;
	set_up(&b);
	queue_some(&b);
	hfi1c_unit_fault("freeze", "driver");
	for (i = 0; i < 4; i++)
		expect_aborted(&b, i);
	expect_back(&b);
	close(b.ctxt.fd);
}

static void *submit_many(void *data)
{
	struct hfi1c_bench *b = data;
	long result = hfi1c_sdma_submit(b->ctxt.fd, &b->r, 1);

	/* whoever sees the errno sees the end of the slot */
	hfi1c_expect_u64(b->ring[3].status, ERROR, "status of the slot");
	hfi1c_expect_u64(b->ring[3].errcode, -result, "errcode");
	return (void *)result;
}

/*
 * The call waits for descriptors when the engine stops.  It may find out from
 * the engine, or from packets of its own that have failed meanwhile.
 */
static void halt_ends_a_call(const struct hfi1c_case *c)
{
	pthread_t thread;
	struct hfi1c_bench b;
	void *result;

	(void)c;
	set_up(&b);
	hfi1c_unit_fault("delay", HELD);
	hfi1c_sdma_eager(&b.r, &b.p, FRAGMENT, 3);
	b.r.header.info.npkts = PACKETS;
	hfi1c_setup(!pthread_create(&thread, NULL, submit_many, &b),
		    "cannot start a thread");
	usleep(200000);
	hfi1c_expect_u64(b.ring[3].status, QUEUED, "status of the slot");
	halt_engines();
	pthread_join(thread, &result);
	hfi1c_expect((long)result == -ECOMM || (long)result == -EFAULT,
		     "writev() returns %ld", (long)result);
	expect_back(&b);
	close(b.ctxt.fd);
}

#define FAULT(name_, clause_, run_, doc_)                                     \
	{                                                                     \
		.name = "send-faults." name_, .clause = clause_, .doc = doc_, \
		.run = run_, .needs = HFI1C_NEEDS_CTL | HFI1C_EXCLUSIVE,      \
		.timeout = 30                                                 \
	}

static const struct hfi1c_case cases[] = {
	FAULT("halt", "mmap.SDMA_COMP", halt_aborts,
	      "an engine that halts aborts its requests and comes back"),
	FAULT("freeze", "mmap.SDMA_COMP", freeze_aborts,
	      "a freeze aborts the requests under way"),
	FAULT("hand-over", "write_payload.engine-lost write_payload.aborted",
	      halt_ends_a_call,
	      "a call that waits for an engine ends when that stops"),
};

HFI1C_GROUP(send_faults, "send-faults", "Requests and engines that stop.",
	    cases);
