// SPDX-License-Identifier: BSD-3-Clause
/*
 * TID flows: the order of expected packets as the chip keeps it, headers that
 * are not wanted, and what the table says of packets out of order.
 */
#include <string.h>
#include <unistd.h>

#include <wfr_words.h>

#include "../lib/buffers.h"
#include "../lib/calls.h"
#include "../lib/context.h"
#include "../lib/tids.h"
#include "../lib/wire.h"
#include "groups.h"

#define WAIT_MS	   2000
#define NOTHING_MS 50
#define CHUNK	   128
#define FLOWS	   32

/* Large, so not on the stack of a case. */
static struct hfi1c_tids one;

/* A context with a registered page that receives packets to itself. */
struct bench {
	struct hfi1c_context ctxt;
	struct hfi1c_wire w;
	struct hfi1c_packet p;
	unsigned char *page;
	unsigned char data[CHUNK];
};

static void set_up(struct bench *b)
{
	unsigned int i;

	hfi1c_open_context(&b->ctxt);
	hfi1c_require_cap(&b->ctxt, HFI1_CAP_HDRSUPP, "HDRSUPP");
	hfi1c_wire_open(&b->w, &b->ctxt, 0);
	hfi1c_wire_allow(&b->w);
	b->page = hfi1c_pages(1);
	hfi1c_setup(!hfi1c_tid_update(b->ctxt.fd, b->page, hfi1c_page_size(),
				      &one),
		    "TID_UPDATE failed");
	for (i = 0; i < CHUNK; i++)
		b->data[i] = hfi1c_random() | 1;
	b->p = hfi1c_packet_to(&b->w, &b->ctxt);
	b->p.payload = b->data;
	b->p.length = CHUNK;
	b->p.tid = WFR_GET(WFR_TIDINFO_IDX, one.words[0]);
	b->p.tidctrl = WFR_GET(WFR_TIDINFO_CTRL, one.words[0]);
}

static volatile uint64_t *flow(struct bench *b, unsigned int n)
{
	return &b->w.regs[ur_rcvtidflowtable + n];
}

static uint64_t expects(uint32_t gen, uint32_t seq)
{
	return WFR_TID_FLOW_FLOW_VALID | WFR_PREP(WFR_TID_FLOW_GEN_VAL, gen) |
	       WFR_PREP(WFR_TID_FLOW_SEQ_NUM, seq) | WFR_TID_FLOW_SEQ_MISMATCH |
	       WFR_TID_FLOW_GEN_MISMATCH;
}

/* To chunk @at of the page, with this place in the flow. */
static void send(struct bench *b, unsigned int at, uint32_t gen, uint32_t seq,
		 bool sh)
{
	b->p.offset = at * CHUNK / 4;
	b->p.psn = WFR_PREP(WFR_BTH2_GEN, gen) | WFR_PREP(WFR_BTH2_SEQ, seq);
	b->p.sh = sh;
	hfi1c_send(&b->w, &b->p);
}

/* A header arrives with this error, or none with 0. */
static void expect_header(struct bench *b, unsigned int error, const char *what)
{
	struct hfi1c_arrival a;

	hfi1c_expect(hfi1c_arrives(&b->w, &a, WAIT_MS), "no header arrives: %s",
		     what);
	hfi1c_expect_u64(WFR_GET(WFR_RHF_TYPE, a.rhf), WFR_RHF_TYPE_EXPECTED,
			 "type of the packet: %s", what);
	hfi1c_expect_u64(WFR_GET(WFR_RHF_RCV_TYPE_ERR, a.rhf), error,
			 "receive type error: %s", what);
	hfi1c_expect_u64(a.rhf & WFR_RHF_ERRORS & ~WFR_RHF_RCV_TYPE_ERR, 0,
			 "other errors: %s", what);
}

static void expect_nothing(struct bench *b, const char *what)
{
	struct hfi1c_arrival a;

	hfi1c_expect(!hfi1c_arrives(&b->w, &a, NOTHING_MS),
		     "a header arrives: %s", what);
}

static bool placed(struct bench *b, unsigned int at)
{
	return !memcmp(b->page + at * CHUNK, b->data, CHUNK);
}

static bool untouched(struct bench *b, unsigned int at)
{
	return hfi1c_is_zero(b->page + at * CHUNK, CHUNK);
}

static void counts_up(const struct hfi1c_case *c)
{
	struct bench b;
	unsigned int i;

	(void)c;
	set_up(&b);
	*flow(&b, 0) = expects(9, 0x7fe);
	for (i = 0; i < 4; i++) {
		send(&b, i, 9, (0x7fe + i) & 0x7ff, false);
		expect_header(&b, 0, "in order");
		hfi1c_expect(placed(&b, i), "packet %u is not placed", i);
	}
	hfi1c_expect_u64(WFR_GET(WFR_TID_FLOW_SEQ_NUM, *flow(&b, 0)), 2,
			 "sequence expected after the wrap");
	hfi1c_expect_u64(WFR_GET(WFR_TID_FLOW_GEN_VAL, *flow(&b, 0)), 9,
			 "generation after the wrap");
	close(b.ctxt.fd);
}

static void headers_are_suppressed(const struct hfi1c_case *c)
{
	struct bench b;
	unsigned int i;

	(void)c;
	set_up(&b);
	*flow(&b, 0) = expects(1, 0) | WFR_TID_FLOW_HDR_SUPP_ENABLED;
	for (i = 0; i < 5; i++)
		send(&b, i, 1, i, i != 4);
	expect_header(&b, 0, "the one that did not ask for suppression");
	for (i = 0; i < 5; i++)
		hfi1c_expect(placed(&b, i), "packet %u is not placed", i);
	expect_nothing(&b, "of a packet that asked for none");
	close(b.ctxt.fd);
}

/* Both must want it: the flow and the packet. */
static void flow_decides_too(const struct hfi1c_case *c)
{
	struct bench b;

	(void)c;
	set_up(&b);
	*flow(&b, 0) = expects(1, 0);
	send(&b, 0, 1, 0, true);
	expect_header(&b, 0, "the flow does not suppress");
	close(b.ctxt.fd);
}

static void gap_is_reported(const struct hfi1c_case *c)
{
	struct bench b;

	(void)c;
	set_up(&b);
	*flow(&b, 0) = expects(3, 0) | WFR_TID_FLOW_HDR_SUPP_ENABLED;
	send(&b, 0, 3, 1, true);
	expect_header(&b, WFR_RHF_RCV_TYPE_ERR_FLOW_SEQ, "a gap");
	hfi1c_expect(*flow(&b, 0) & WFR_TID_FLOW_SEQ_MISMATCH,
		     "the table does not show the mismatch");
	send(&b, 1, 3, 0, true);
	expect_nothing(&b, "behind a reported gap");
	hfi1c_expect(untouched(&b, 1), "a packet is placed after a gap");
	/* What libpsm2 does: a new generation, the mismatch taken back. */
	*flow(&b, 0) = expects(4, 0);
	send(&b, 2, 4, 0, false);
	expect_header(&b, 0, "after the flow was set anew");
	hfi1c_expect(placed(&b, 2), "the flow does not go on");
	hfi1c_expect(!(*flow(&b, 0) & WFR_TID_FLOW_SEQ_MISMATCH),
		     "the mismatch was not taken back");
	close(b.ctxt.fd);
}

static void gap_can_be_forgiven(const struct hfi1c_case *c)
{
	struct bench b;

	(void)c;
	set_up(&b);
	*flow(&b, 0) = expects(3, 0) | WFR_TID_FLOW_KEEP_AFTER_SEQ_ERR;
	send(&b, 0, 3, 1, false);
	expect_header(&b, WFR_RHF_RCV_TYPE_ERR_FLOW_SEQ, "a gap");
	send(&b, 1, 3, 0, false);
	expect_header(&b, 0, "the missing packet");
	hfi1c_expect(placed(&b, 1), "the missing packet is not placed");
	close(b.ctxt.fd);
}

static void old_generation_is_dropped(const struct hfi1c_case *c)
{
	struct bench b;

	(void)c;
	set_up(&b);
	*flow(&b, 0) = expects(5, 0);
	send(&b, 0, 4, 0, false);
	expect_nothing(&b, "of an old generation");
	hfi1c_expect(untouched(&b, 0), "a packet of an old generation lands");
	hfi1c_expect(*flow(&b, 0) & WFR_TID_FLOW_GEN_MISMATCH,
		     "the table does not show the mismatch");
	send(&b, 1, 5, 0, false);
	expect_header(&b, 0, "of the right generation");
	hfi1c_expect(placed(&b, 1), "the right generation is not placed");
	close(b.ctxt.fd);
}

static void old_generation_can_be_seen(const struct hfi1c_case *c)
{
	struct bench b;

	(void)c;
	set_up(&b);
	*flow(&b, 0) = expects(5, 0) | WFR_TID_FLOW_KEEP_ON_GEN_ERR;
	send(&b, 0, 4, 0, false);
	expect_header(&b, WFR_RHF_RCV_TYPE_ERR_FLOW_GEN, "an old generation");
	hfi1c_expect(untouched(&b, 0), "a packet of an old generation lands");
	close(b.ctxt.fd);
}

static void flows_are_apart(const struct hfi1c_case *c)
{
	struct bench b;
	unsigned int n;

	(void)c;
	set_up(&b);
	for (n = 0; n < FLOWS; n++)
		*flow(&b, n) = expects(n, 10 * n);
	for (n = FLOWS; n--;) {
		b.p.flow = n;
		send(&b, n % 32, n, 10 * n, false);
		expect_header(&b, 0, "of a flow of its own");
	}
	for (n = 0; n < FLOWS; n++)
		hfi1c_expect_u64(WFR_GET(WFR_TID_FLOW_SEQ_NUM, *flow(&b, n)),
				 10 * n + 1, "sequence of flow %u", n);
	close(b.ctxt.fd);
}

static void beyond_the_buffer(const struct hfi1c_case *c)
{
	struct hfi1c_arrival a;
	struct bench b;

	(void)c;
	set_up(&b);
	*flow(&b, 0) = expects(0, 0);
	b.p.offset = (hfi1c_page_size() - CHUNK / 2) / 4;
	b.p.psn = 0;
	hfi1c_send(&b.w, &b.p);
	hfi1c_expect(hfi1c_arrives(&b.w, &a, WAIT_MS), "no header arrives");
	hfi1c_expect(a.rhf & (WFR_RHF_TID_ERR | WFR_RHF_LEN_ERR),
		     "the RHF %#llx shows no error", (unsigned long long)a.rhf);
	hfi1c_expect(hfi1c_is_zero(b.page, hfi1c_page_size()),
		     "a packet that does not fit was placed in part");
	close(b.ctxt.fd);
}

#define FLOW(name_, run_, doc_) \
	CASE("flows." name_, "cap.HDRSUPP mmap.UREGS", run_, doc_)

static const struct hfi1c_case cases[] = {
	FLOW("counts", counts_up, "a flow counts its packets and wraps"),
	FLOW("suppressed", headers_are_suppressed,
	     "packets in order that ask for it leave no header"),
	FLOW("not-suppressed", flow_decides_too,
	     "a flow that does not suppress shows every header"),
	FLOW("gap", gap_is_reported,
	     "a gap is reported once and stops the flow until it is set anew"),
	FLOW("gap-kept", gap_can_be_forgiven,
	     "a flow that keeps after gaps goes on"),
	FLOW("generation", old_generation_is_dropped,
	     "an old generation is dropped and shown in the table"),
	FLOW("generation-kept", old_generation_can_be_seen,
	     "a flow that keeps old generations shows their headers"),
	FLOW("apart", flows_are_apart, "32 flows count for themselves"),
	CASE("flows.beyond", "TID_UPDATE cap.HDRSUPP", beyond_the_buffer,
	     "what does not fit its buffer is reported and not placed"),
};

HFI1C_GROUP(flows, "flows", "TID flows and header suppression.", cases);
