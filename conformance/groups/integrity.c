// SPDX-License-Identifier: BSD-3-Clause
/*
 * Packets that the chip must not let out of a user's send context.
 */
#include <string.h>
#include <unistd.h>

#include <wfr_words.h>

#include "../lib/calls.h"
#include "../lib/context.h"
#include "../lib/wire.h"
#include "groups.h"

#define WAIT_MS	   2000
#define NOTHING_MS 50

#define MANAGEMENT_LANE 15

static void foreign_opcode(struct hfi1c_packet *p)
{
	p->opcode = 0x04; /* of verbs */
}

static void foreign_source(struct hfi1c_packet *p)
{
	p->slid ^= 0x0100;
}

static void foreign_key(struct hfi1c_packet *p)
{
	p->jkey ^= 1;
}

static void global_header(struct hfi1c_packet *p)
{
	p->lnh = WFR_LRH0_LNH_GRH;
}

static void management_lane(struct hfi1c_packet *p)
{
	p->vl = MANAGEMENT_LANE;
	p->sc = MANAGEMENT_LANE;
}

static void foreign_partition(struct hfi1c_packet *p)
{
	p->pkey ^= 0x0010;
}

struct violation {
	void (*commit)(struct hfi1c_packet *p);
};

/* The context halts, nothing arrives, and a reset makes it sound again. */
static void halts_and_recovers(const struct hfi1c_case *c)
{
	const struct violation *v = c->data;
	struct hfi1c_context ctxt;
	struct hfi1c_arrival a;
	struct hfi1c_packet p;
	struct hfi1c_wire w;

	hfi1c_open_context(&ctxt);
	hfi1c_wire_open(&w, &ctxt, 0);
	hfi1c_wire_allow(&w);
	p = hfi1c_packet_to(&w, &ctxt);
	v->commit(&p);
	hfi1c_send(&w, &p);
	hfi1c_expect(hfi1c_halts(&w, WAIT_MS),
		     "the send context does not halt");
	hfi1c_expect(!hfi1c_arrives(&w, &a, NOTHING_MS),
		     "the packet arrives all the same");
	hfi1c_expect_ok(hfi1c_ioctl(ctxt.fd, HFI1_IOCTL_CTXT_RESET, NULL));
	w.block = 0;
	w.fill = 0;
	p = hfi1c_packet_to(&w, &ctxt);
	hfi1c_send(&w, &p);
	hfi1c_expect(hfi1c_arrives(&w, &a, WAIT_MS),
		     "a good packet does not arrive after CTXT_RESET");
	close(ctxt.fd);
}

#define VIOLATION(name_, clause_, doc_, commit_)                         \
	CASE_DATA("integrity." name_, clause_, halts_and_recovers, doc_, \
		  (&(const struct violation){ commit_ }))

static const struct hfi1c_case cases[] = {
	VIOLATION("opcode", "mmap.PIO_BUFS_SOP CTXT_RESET",
		  "no packet leaves with an opcode of verbs", foreign_opcode),
	VIOLATION("source", "mmap.PIO_BUFS_SOP CTXT_RESET",
		  "no packet leaves with another port's address",
		  foreign_source),
	VIOLATION("job-key", "mmap.PIO_BUFS_SOP ASSIGN_CTXT",
		  "no packet leaves with another job's key", foreign_key),
	VIOLATION("global-header", "mmap.PIO_BUFS_SOP CTXT_RESET",
		  "no packet leaves with a global route header", global_header),
	VIOLATION("management-lane", "mmap.PIO_BUFS_SOP CTXT_RESET",
		  "no packet leaves on the management lane", management_lane),
	VIOLATION("partition", "SET_PKEY CTXT_RESET",
		  "no packet leaves with another partition's key",
		  foreign_partition),
};

HFI1C_GROUP(integrity, "integrity", "What may not leave a send context.",
	    cases);
