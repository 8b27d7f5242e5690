// SPDX-License-Identifier: BSD-3-Clause
/*
 * Sending by SDMA: what writev() returns, what the completion ring says and
 * what arrives.
 */
#include <endian.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <wfr_regs.h>
#include <wfr_words.h>

#include "../lib/buffers.h"
#include "../lib/calls.h"
#include "../lib/context.h"
#include "../lib/regions.h"
#include "../lib/sdma.h"
#include "../lib/tids.h"
#include "groups.h"
#include "sdma_bench.h"

/* a multiple of 64 that does not fit into a packet */
#define LONG_FRAGMENT 16384

static void fill(unsigned char *data, size_t size)
{
	while (size--)
		*data++ = hfi1c_random();
}

static void header_only(const struct hfi1c_case *c)
{
	struct hfi1c_bench b;

	(void)c;
	hfi1c_bench_open(&b);
	hfi1c_expect_u64(b.ring[3].status, FREE, "status of a fresh slot");
	hfi1c_bench_usable(&b, 3);
	hfi1c_expect_u64(b.ring[2].status | b.ring[4].status, FREE,
			 "status of the slots beside it");
	close(b.ctxt.fd);
}

/* Collects the payload of @count packets. */
static size_t collect(struct hfi1c_bench *b, unsigned int count,
		      unsigned char *data, size_t room)
{
	struct hfi1c_arrival a;
	size_t at = 0;

	while (count--) {
		hfi1c_expect(hfi1c_arrives(&b->w, &a, HFI1C_BENCH_MS),
			     "%u packets are missing", count + 1);
		hfi1c_expect(!(a.rhf & WFR_RHF_ERRORS),
			     "the RHF %#llx shows errors",
			     (unsigned long long)a.rhf);
		hfi1c_expect(at + a.length <= room, "too much data arrives");
		memcpy(data + at, a.payload, a.length);
		at += a.length;
	}
	return at;
}

static void payload_arrives(const struct hfi1c_case *c)
{
	size_t length = *(const size_t *)c->data, padded = (length + 3) & ~3ul;
	static unsigned char data[65536], got[65536 + 4];
	struct hfi1c_bench b;

	hfi1c_bench_open(&b);
	fill(data, length);
	b.p.payload = data;
	b.p.length = length;
	hfi1c_sdma_eager(&b.r, &b.p, HFI1C_BENCH_FRAGMENT, 0);
	hfi1c_expect_result(hfi1c_sdma_submit(b.ctxt.fd, &b.r, 1), 1,
			    "writev()");
	hfi1c_bench_expect(&b, 0, COMPLETE);
	hfi1c_expect_u64(collect(&b, b.r.header.info.npkts, got, sizeof(got)),
			 padded, "bytes that arrive");
	hfi1c_expect(!memcmp(got, data, length),
		     "the payload is not what was sent");
	hfi1c_expect(hfi1c_is_zero(got + length, padded - length),
		     "the padding is not zero");
	close(b.ctxt.fd);
}

static void vectors_are_joined(const struct hfi1c_case *c)
{
	static unsigned char data[4096], got[4096 + 4];
	struct hfi1c_bench b;
	int i;

	(void)c;
	hfi1c_bench_open(&b);
	fill(data, sizeof(data));
	b.p.payload = data;
	b.p.length = sizeof(data);
	hfi1c_sdma_eager(&b.r, &b.p, HFI1C_BENCH_FRAGMENT, 0);
	b.r.count = 1;
	for (i = 0; i < 8; i++)
		hfi1c_sdma_add(&b.r, data + i * 512, 512);
	hfi1c_expect_result(hfi1c_sdma_submit(b.ctxt.fd, &b.r, 1), 1,
			    "writev() of 8 data vectors");
	hfi1c_bench_expect(&b, 0, COMPLETE);
	hfi1c_expect_u64(collect(&b, 2, got, sizeof(got)), 4096, "bytes");
	hfi1c_expect(!memcmp(got, data, sizeof(data)),
		     "the payload is not what was sent");
	close(b.ctxt.fd);
}

static void psn_counts_up(const struct hfi1c_case *c)
{
	static unsigned char data[4 * HFI1C_BENCH_FRAGMENT];
	struct hfi1c_arrival a;
	uint32_t word, moved;
	struct hfi1c_bench b;
	int i;

	(void)c;
	hfi1c_bench_open(&b);
	b.p.payload = data;
	b.p.length = sizeof(data);
	b.p.psn = 0x10;
	hfi1c_sdma_eager(&b.r, &b.p, HFI1C_BENCH_FRAGMENT, 0);
	hfi1c_expect_result(hfi1c_sdma_submit(b.ctxt.fd, &b.r, 1), 1,
			    "writev()");
	for (i = 0; i < 4; i++) {
		hfi1c_expect(hfi1c_arrives(&b.w, &a, HFI1C_BENCH_MS),
			     "packet %d is missing", i);
		memcpy(&word, a.header + 16, sizeof(word));
		memcpy(&moved, a.header + 52, sizeof(moved));
		hfi1c_expect_u64(WFR_GET(WFR_BTH2_PSN, be32toh(word)), 0x10 + i,
				 "PSN of packet %d", i);
		hfi1c_expect_u64(WFR_GET(WFR_BTH2_ACK_REQ, be32toh(word)),
				 i == 3, "ACK request of packet %d", i);
		hfi1c_expect_u64(le32toh(moved), i * HFI1C_BENCH_FRAGMENT,
				 "offset in the last software word");
	}
	close(b.ctxt.fd);
}

static void requests_are_counted(const struct hfi1c_case *c)
{
	struct hfi1c_sdma_request r[5];
	struct hfi1c_arrival a;
	struct hfi1c_bench b;
	int i;

	(void)c;
	hfi1c_bench_open(&b);
	for (i = 0; i < 5; i++)
		hfi1c_sdma_eager(&r[i], &b.p, HFI1C_BENCH_FRAGMENT, i);
	hfi1c_expect_result(hfi1c_sdma_submit(b.ctxt.fd, r, 5), 5,
			    "writev() of 5 requests");
	for (i = 0; i < 5; i++) {
		hfi1c_bench_expect(&b, i, COMPLETE);
		hfi1c_expect(hfi1c_arrives(&b.w, &a, HFI1C_BENCH_MS),
			     "packet %d does not arrive", i);
	}
	close(b.ctxt.fd);
}

/* What was taken is told, so that nobody submits it twice. */
static void good_ones_before_a_bad_one(const struct hfi1c_case *c)
{
	struct hfi1c_sdma_request r[4];
	struct hfi1c_bench b;
	int i;

	(void)c;
	hfi1c_bench_open(&b);
	for (i = 0; i < 4; i++)
		hfi1c_sdma_eager(&r[i], &b.p, HFI1C_BENCH_FRAGMENT, i);
	r[2].header.info.fragsize = 0;
	hfi1c_expect_result(hfi1c_sdma_submit(b.ctxt.fd, r, 4), 2,
			    "writev() whose third request is bad");
	hfi1c_bench_expect(&b, 0, COMPLETE);
	hfi1c_bench_expect(&b, 1, COMPLETE);
	hfi1c_expect_u64(b.ring[2].status, FREE, "status of the bad one");
	hfi1c_expect_u64(b.ring[3].status, FREE, "status of the one behind");
	close(b.ctxt.fd);
}

static void every_slot_works(const struct hfi1c_case *c)
{
	struct hfi1c_bench b;
	unsigned int i;

	(void)c;
	hfi1c_bench_open(&b);
	for (i = 0; i < b.ctxt.info.sdma_ring_size; i++)
		hfi1c_bench_usable(&b, i);
	/* And again: a finished slot is as good as a fresh one. */
	for (i = 0; i < 10; i++)
		hfi1c_bench_usable(&b, 0);
	close(b.ctxt.fd);
}

/* The ring is for reading by programs; the driver keeps its own states. */
static void scribbling_hurts_nobody(const struct hfi1c_case *c)
{
	struct hfi1c_bench b;

	(void)c;
	hfi1c_bench_open(&b);
	b.ring[7].status = QUEUED;
	hfi1c_bench_usable(&b, 7);
	b.ring[7].status = 99;
	hfi1c_bench_usable(&b, 7);
	close(b.ctxt.fd);
}

/* The header says how much the first packet carries. */
static void first_packet_may_be_short(const struct hfi1c_case *c)
{
	static unsigned char data[64 + HFI1C_BENCH_FRAGMENT], got[sizeof(data)];
	struct hfi1c_packet first;
	struct hfi1c_arrival a;
	struct hfi1c_bench b;

	(void)c;
	hfi1c_bench_open(&b);
	fill(data, sizeof(data));
	b.p.payload = data;
	b.p.length = sizeof(data);
	hfi1c_sdma_eager(&b.r, &b.p, HFI1C_BENCH_FRAGMENT, 0);
	first = b.p;
	first.length = 64;
	hfi1c_packet_header(&first, &b.r.header.packet);
	hfi1c_expect_result(hfi1c_sdma_submit(b.ctxt.fd, &b.r, 1), 1,
			    "writev()");
	hfi1c_bench_expect(&b, 0, COMPLETE);
	hfi1c_expect(hfi1c_arrives(&b.w, &a, HFI1C_BENCH_MS),
		     "nothing arrives");
	hfi1c_expect_u64(a.length, 64, "bytes of the first packet");
	memcpy(got, a.payload, 64);
	collect(&b, 1, got + 64, HFI1C_BENCH_FRAGMENT);
	hfi1c_expect(!memcmp(got, data, sizeof(data)),
		     "the payload is not what was sent");
	close(b.ctxt.fd);
}

static void fewer_packets_than_data(const struct hfi1c_case *c)
{
	static unsigned char data[4 * HFI1C_BENCH_FRAGMENT],
		got[4 * HFI1C_BENCH_FRAGMENT];
	struct hfi1c_arrival a;
	struct hfi1c_bench b;

	(void)c;
	hfi1c_bench_open(&b);
	fill(data, sizeof(data));
	b.p.payload = data;
	b.p.length = sizeof(data);
	hfi1c_sdma_eager(&b.r, &b.p, HFI1C_BENCH_FRAGMENT, 0);
	b.r.header.info.npkts = 2;
	hfi1c_expect_result(hfi1c_sdma_submit(b.ctxt.fd, &b.r, 1), 1,
			    "writev()");
	hfi1c_bench_expect(&b, 0, COMPLETE);
	hfi1c_expect_u64(collect(&b, 2, got, sizeof(got)),
			 2 * HFI1C_BENCH_FRAGMENT, "bytes of 2 packets");
	hfi1c_expect(!hfi1c_arrives(&b.w, &a, 20), "a third packet came");
	close(b.ctxt.fd);
}

/* Fragments longer than a packet may be: it is the packets that count. */
static void packets_are_measured(const struct hfi1c_case *c)
{
	static unsigned char data[HFI1C_BENCH_FRAGMENT + LONG_FRAGMENT];
	struct hfi1c_bench b;

	(void)c;
	hfi1c_bench_open(&b);
	b.p.payload = data;
	b.p.length = HFI1C_BENCH_FRAGMENT;
	hfi1c_sdma_eager(&b.r, &b.p, HFI1C_BENCH_FRAGMENT, 3);
	b.r.header.info.fragsize = LONG_FRAGMENT;
	hfi1c_expect_result(hfi1c_sdma_submit(b.ctxt.fd, &b.r, 1), 1,
			    "writev() of a short packet");
	hfi1c_bench_expect(&b, 3, COMPLETE);
	b.r.header.info.npkts = 2;
	b.r.vectors[1].iov_len = sizeof(data);
	hfi1c_expect_errno(hfi1c_sdma_submit(b.ctxt.fd, &b.r, 1), EMSGSIZE);
	hfi1c_bench_expect(&b, 3, ERROR);
	hfi1c_expect_u64(b.ring[3].errcode, EMSGSIZE, "errcode");
	b.p.length = 0;
	hfi1c_bench_usable(&b, 3);
	close(b.ctxt.fd);
}

static struct hfi1c_tids tids;

static void expected_data_lands(const struct hfi1c_case *c)
{
	size_t page = hfi1c_page_size(), length = 4 * page;
	unsigned char *buffer, *data;
	struct hfi1c_arrival a;
	struct hfi1c_bench b;

	(void)c;
	hfi1c_bench_open(&b);
	buffer = hfi1c_pages(4);
	data = hfi1c_pages(4);
	fill(data, length);
	hfi1c_setup(!hfi1c_tid_update(b.ctxt.fd, buffer, length, &tids) &&
			    tids.length == length,
		    "TID_UPDATE failed");
	b.w.regs[ur_rcvtidflowtable] = WFR_TID_FLOW_FLOW_VALID;
	b.p.payload = data;
	b.p.length = length;
	b.p.tid = WFR_GET(WFR_TIDINFO_IDX, tids.words[0]);
	b.p.tidctrl = WFR_GET(WFR_TIDINFO_CTRL, tids.words[0]);
	hfi1c_sdma_eager(&b.r, &b.p, page, 0);
	b.r.header.info.ctrl &=
		~(HFI1_SDMA_REQ_OPCODE_MASK << HFI1_SDMA_REQ_OPCODE_SHIFT);
	hfi1c_sdma_add(&b.r, tids.words, tids.count * sizeof(tids.words[0]));
	hfi1c_expect_result(hfi1c_sdma_submit(b.ctxt.fd, &b.r, 1), 1,
			    "writev() of an EXPECTED request");
	hfi1c_bench_expect(&b, 0, COMPLETE);
	do {
		hfi1c_expect(hfi1c_arrives(&b.w, &a, HFI1C_BENCH_MS),
			     "the last packet does not arrive");
		hfi1c_expect(!(a.rhf & WFR_RHF_ERRORS),
			     "the RHF %#llx shows errors",
			     (unsigned long long)a.rhf);
	} while (memcmp(buffer, data, length) && hfi1c_arrives(&b.w, &a, 100));
	hfi1c_expect(!memcmp(buffer, data, length),
		     "the data is not in the registered buffer");
	close(b.ctxt.fd);
}

static void members_have_own_rings(const struct hfi1c_case *c)
{
	struct hfi1_sdma_comp_entry *other;
	struct hfi1c_context two;
	struct hfi1c_bench b;

	(void)c;
	hfi1c_open_pair(&b.ctxt, &two);
	b.ring = hfi1c_sdma_ring(&b.ctxt, 2);
	other = hfi1c_sdma_ring(&two, 2);
	hfi1c_wire_open(&b.w, &b.ctxt, 2);
	b.p = hfi1c_packet_to(&b.w, &b.ctxt);
	hfi1c_bench_usable(&b, 0);
	hfi1c_expect_u64(other[0].status, FREE, "another member's slot");
	close(b.ctxt.fd);
	close(two.fd);
}

/* close() waits for the requests, so their memory is not pulled away. */
static void close_with_requests(const struct hfi1c_case *c)
{
	static unsigned char data[65536];
	struct hfi1c_context ctxt;
	struct hfi1c_bench b;
	int i, j;

	(void)c;
	for (i = 0; i < 10; i++) {
		hfi1c_bench_open(&b);
		b.p.payload = data;
		b.p.length = sizeof(data);
		for (j = 0; j < 8; j++) {
			hfi1c_sdma_eager(&b.r, &b.p, HFI1C_BENCH_FRAGMENT, j);
			hfi1c_expect_result(hfi1c_sdma_submit(b.ctxt.fd, &b.r,
							      1),
					    1, "writev()");
		}
		hfi1c_wire_close(&b.w);
		hfi1c_region_unmap(&b.ctxt, WFR_MMAP_TOKEN_TYPE_SDMA_COMP,
				   b.ring, 0);
		hfi1c_expect_ok(hfi1c_close(b.ctxt.fd));
	}
	hfi1c_open_context(&ctxt);
	close(ctxt.fd);
}

#define LENGTH(name_, doc_, size_)                                        \
	CASE_DATA("sdma.payload." name_,                                  \
		  "write_info.slot-busy mmap.SDMA_COMP", payload_arrives, \
		  doc_, &size_)
#define SPOILED(name_, clause_, how_)                                      \
	CASE_DATA("sdma.error." name_, clause_ " mmap.SDMA_COMP",          \
		  hfi1c_sdma_bad_frees_slot,                               \
		  "a refused request sets its slot to ERROR and frees it", \
		  &(const enum hfi1c_spoil){ how_ })

static const size_t four = 4, odd = 33, block = 64, one = HFI1C_BENCH_FRAGMENT,
		    two = HFI1C_BENCH_FRAGMENT + 1, many = 65536,
		    uneven = 10001;

static const struct hfi1c_case cases[] = {
	CASE("sdma.header-only", "write_info.slot-busy mmap.SDMA_COMP",
	     header_only, "a request without data is sent and completes"),
	LENGTH("4", "4 bytes arrive as they were sent", four),
	LENGTH("33", "33 bytes arrive, padded with zeros", odd),
	LENGTH("64", "64 bytes arrive as they were sent", block),
	LENGTH("fragment", "a full fragment arrives in one packet", one),
	LENGTH("fragment-and-byte", "a byte more makes a second packet", two),
	LENGTH("10001", "10001 bytes arrive in five packets", uneven),
	LENGTH("64k", "64 KiB arrive in 32 packets", many),
	CASE("sdma.vectors",
	     "write_data.too-many-vectors limit.sdma-data-vectors",
	     vectors_are_joined, "eight data vectors are sent as one"),
	CASE("sdma.headers", "write_header.opcode", psn_counts_up,
	     "the driver counts PSN and offset, and asks for one ACK"),
	CASE("sdma.several", "write_entry.not-vectored", requests_are_counted,
	     "writev() returns the number of requests"),
	CASE("sdma.partial", "write_info.fragsize-zero",
	     good_ones_before_a_bad_one,
	     "requests before a bad one are counted, it and the rest are not"),
	CASE("sdma.refused",
	     "write_request.short-header write_info.comp-idx "
	     "write_info.iovec-count write_info.fragsize-zero",
	     hfi1c_sdma_refused_leaves_ring,
	     "early refusals leave the completion ring alone"),
	CASE("sdma.every-slot", "mmap.SDMA_COMP", every_slot_works,
	     "every slot of the ring works, again and again"),
	CASE("sdma.scribbled", "quirk.sdma-comp-writable",
	     scribbling_hurts_nobody,
	     "what a program writes to the ring does not confuse the driver"),
	CASE("sdma.first-shorter", "write_payload.length-beyond-fragment",
	     first_packet_may_be_short,
	     "the first packet is as long as its header says"),
	CASE("sdma.fewer-packets", "write_data.npkts-zero",
	     fewer_packets_than_data,
	     "no more packets are sent than were asked for"),
	CASE("sdma.long-fragments", "write_payload.packet-too-long",
	     packets_are_measured,
	     "a fragment size may be too long for a packet, a packet may not"),
	CASE("sdma.expected", "write_payload.tid-words", expected_data_lands,
	     "an EXPECTED request fills the registered buffer"),
	CASE("sdma.own-rings", "mmap.SDMA_COMP", members_have_own_rings,
	     "each member has a completion ring of its own"),
	CASE("sdma.close", "file.release", close_with_requests,
	     "a file can be closed while its requests are under way"),
	SPOILED("npkts-zero", "write_data.npkts-zero", HFI1C_SPOIL_NPKTS_ZERO),
	SPOILED("opcode", "write_header.opcode", HFI1C_SPOIL_OPCODE),
	SPOILED("grh", "write_header.grh", HFI1C_SPOIL_GRH),
	SPOILED("length-too-small", "write_header.length-too-small",
		HFI1C_SPOIL_LENGTH_TOO_SMALL),
	SPOILED("length-beyond-data", "write_payload.length-beyond-data",
		HFI1C_SPOIL_LENGTH_BEYOND_DATA),
	SPOILED("length-beyond-fragment",
		"write_payload.length-beyond-fragment",
		HFI1C_SPOIL_LENGTH_BEYOND_FRAGMENT),
	SPOILED("fragsize-odd", "write_payload.fragsize-multiple",
		HFI1C_SPOIL_FRAGSIZE_ODD),
	SPOILED("empty-vector", "write_payload.empty-vector",
		HFI1C_SPOIL_EMPTY_VECTOR),
	SPOILED("data-fault", "write_payload.data-fault", HFI1C_SPOIL_DATA),
	SPOILED("too-many-vectors", "write_data.too-many-vectors",
		HFI1C_SPOIL_TOO_MANY_VECTORS),
	SPOILED("expected-without-tids", "write_data.expected-needs-tids",
		HFI1C_SPOIL_EXPECTED_WITHOUT_TIDS),
};

HFI1C_GROUP(sdma, "sdma", "Sending by SDMA and its completion ring.", cases);
