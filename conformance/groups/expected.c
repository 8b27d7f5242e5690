// SPDX-License-Identifier: BSD-3-Clause
/*
 * Expected receive on the wire: where packets go that name an entry.
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

#define WAIT_MS 2000

/* Large, so not on the stack of a case. */
static struct hfi1c_tids one;

static void data_is_placed(const struct hfi1c_case *c)
{
	size_t page = hfi1c_page_size(), offset = 256, i;
	unsigned char data[512];
	struct hfi1c_context ctxt;
	struct hfi1c_arrival a;
	struct hfi1c_packet p;
	struct hfi1c_wire w;
	unsigned char *buffer;

	(void)c;
	hfi1c_open_context(&ctxt);
	hfi1c_wire_open(&w, &ctxt, 0);
	hfi1c_wire_allow(&w);
	buffer = hfi1c_pages(1);
	hfi1c_expect_ok(hfi1c_tid_update(ctxt.fd, buffer, page, &one));
	for (i = 0; i < sizeof(data); i++)
		data[i] = hfi1c_random();
	p = hfi1c_packet_to(&w, &ctxt);
	p.payload = data;
	p.length = sizeof(data);
	p.tid = WFR_GET(WFR_TIDINFO_IDX, one.words[0]);
	p.tidctrl = WFR_GET(WFR_TIDINFO_CTRL, one.words[0]);
	p.offset = offset / 4;
	/* Flow 0 expects generation 0, sequence 0: this packet. */
	w.regs[ur_rcvtidflowtable] = WFR_TID_FLOW_FLOW_VALID;
	hfi1c_send(&w, &p);
	hfi1c_expect(hfi1c_arrives(&w, &a, WAIT_MS), "no header arrives");
	hfi1c_expect_u64(WFR_GET(WFR_RHF_TYPE, a.rhf), WFR_RHF_TYPE_EXPECTED,
			 "type of the packet");
	hfi1c_expect(!(a.rhf & WFR_RHF_ERRORS), "the RHF %#llx shows errors",
		     (unsigned long long)a.rhf);
	hfi1c_expect(!memcmp(buffer + offset, data, sizeof(data)),
		     "the data is not at its offset in the buffer");
	hfi1c_expect(hfi1c_is_zero(buffer, offset) &&
			     hfi1c_is_zero(buffer + offset + sizeof(data),
					   page - offset - sizeof(data)),
		     "the buffer was written elsewhere");
	close(ctxt.fd);
}

static void freed_entry_takes_nothing(const struct hfi1c_case *c)
{
	static const unsigned char data[64] = { 1, 2, 3 };
	struct hfi1c_context ctxt;
	struct hfi1c_arrival a;
	struct hfi1c_packet p;
	struct hfi1c_wire w;
	unsigned char *buffer;

	(void)c;
	hfi1c_open_context(&ctxt);
	hfi1c_wire_open(&w, &ctxt, 0);
	hfi1c_wire_allow(&w);
	buffer = hfi1c_pages(1);
	hfi1c_expect_ok(
		hfi1c_tid_update(ctxt.fd, buffer, hfi1c_page_size(), &one));
	hfi1c_expect_u64(hfi1c_tid_free(ctxt.fd, one.words, 1), 1, "freed");
	p = hfi1c_packet_to(&w, &ctxt);
	p.payload = data;
	p.length = sizeof(data);
	p.tid = WFR_GET(WFR_TIDINFO_IDX, one.words[0]);
	p.tidctrl = WFR_GET(WFR_TIDINFO_CTRL, one.words[0]);
	w.regs[ur_rcvtidflowtable] = WFR_TID_FLOW_FLOW_VALID;
	hfi1c_send(&w, &p);
	if (hfi1c_arrives(&w, &a, 200))
		hfi1c_expect(a.rhf & WFR_RHF_ERRORS,
			     "a packet to a freed entry shows no error");
	hfi1c_expect(hfi1c_is_zero(buffer, hfi1c_page_size()),
		     "a packet to a freed entry reached its buffer");
	close(ctxt.fd);
}

/* The pages may belong to anybody by now. */
static void unmapped_entry_takes_nothing(const struct hfi1c_case *c)
{
	static const unsigned char data[64] = { 1, 2, 3 };
	struct hfi1c_context ctxt;
	struct hfi1c_arrival a;
	struct hfi1c_packet p;
	struct hfi1c_wire w;
	void *buffer;

	(void)c;
	hfi1c_open_context(&ctxt);
	if (hfi1c_has_cap(&ctxt, HFI1_CAP_TID_UNMAP))
		hfi1c_not_supported("the driver was loaded with TID_UNMAP");
	hfi1c_wire_open(&w, &ctxt, 0);
	hfi1c_wire_allow(&w);
	buffer = hfi1c_pages(1);
	hfi1c_expect_ok(
		hfi1c_tid_update(ctxt.fd, buffer, hfi1c_page_size(), &one));
	hfi1c_expect_ok(hfi1c_munmap(buffer, hfi1c_page_size()));
	p = hfi1c_packet_to(&w, &ctxt);
	p.payload = data;
	p.length = sizeof(data);
	p.tid = WFR_GET(WFR_TIDINFO_IDX, one.words[0]);
	p.tidctrl = WFR_GET(WFR_TIDINFO_CTRL, one.words[0]);
	w.regs[ur_rcvtidflowtable] = WFR_TID_FLOW_FLOW_VALID;
	hfi1c_send(&w, &p);
	if (hfi1c_arrives(&w, &a, 200))
		hfi1c_expect(a.rhf & WFR_RHF_ERRORS,
			     "a packet to an unmapped buffer shows no error");
	close(ctxt.fd);
}

static const struct hfi1c_case cases[] = {
	CASE("expected.unmapped", "TID_UPDATE TID_INVAL_READ",
	     unmapped_entry_takes_nothing,
	     "an entry whose memory was unmapped receives nothing"),
	CASE("expected.placed", "TID_UPDATE", data_is_placed,
	     "expected data lands at its offset in the buffer"),
	CASE("expected.freed", "TID_FREE", freed_entry_takes_nothing,
	     "a freed entry receives nothing"),
};

HFI1C_GROUP(expected, "expected", "Packets into registered buffers.", cases);
