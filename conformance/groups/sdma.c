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

#define WAIT_MS	 2000
#define FRAGMENT 2048
/* a multiple of 64 that does not fit into a packet */
#define LONG_FRAGMENT 16384

/* A context that is ready to send to itself. */
struct bench {
	struct hfi1c_context ctxt;
	struct hfi1c_wire w;
	struct hfi1_sdma_comp_entry *ring;
	struct hfi1c_packet p;
	struct hfi1c_sdma_request r;
};

static void set_up(struct bench *b)
{
	hfi1c_open_context(&b->ctxt);
	b->ring = hfi1c_sdma_ring(&b->ctxt, 0);
	hfi1c_wire_open(&b->w, &b->ctxt, 0);
	b->p = hfi1c_packet_to(&b->w, &b->ctxt);
}

static void fill(unsigned char *data, size_t size)
{
	while (size--)
		*data++ = hfi1c_random();
}

static void expect_slot(struct bench *b, unsigned int slot, unsigned int status)
{
	hfi1c_expect(hfi1c_sdma_ends(b->ring, slot, WAIT_MS),
		     "slot %u stays QUEUED", slot);
	hfi1c_expect_u64(b->ring[slot].status, status, "status of slot %u",
			 slot);
}

static void expect_usable(struct bench *b, unsigned int slot)
{
	struct hfi1c_arrival a;

	hfi1c_sdma_eager(&b->r, &b->p, FRAGMENT, slot);
	hfi1c_expect_result(hfi1c_sdma_submit(b->ctxt.fd, &b->r, 1), 1,
			    "writev() of a good request");
	expect_slot(b, slot, COMPLETE);
	hfi1c_expect(hfi1c_arrives(&b->w, &a, WAIT_MS),
		     "the packet of a good request does not arrive");
}

static void header_only(const struct hfi1c_case *c)
{
	struct bench b;

	(void)c;
	set_up(&b);
	hfi1c_expect_u64(b.ring[3].status, FREE, "status of a fresh slot");
	expect_usable(&b, 3);
	hfi1c_expect_u64(b.ring[2].status | b.ring[4].status, FREE,
			 "status of the slots beside it");
	close(b.ctxt.fd);
}

/* Collects the payload of @count packets. */
static size_t collect(struct bench *b, unsigned int count, unsigned char *data,
		      size_t room)
{
	struct hfi1c_arrival a;
	size_t at = 0;

	while (count--) {
		hfi1c_expect(hfi1c_arrives(&b->w, &a, WAIT_MS),
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
	struct bench b;

	set_up(&b);
	fill(data, length);
	b.p.payload = data;
	b.p.length = length;
	hfi1c_sdma_eager(&b.r, &b.p, FRAGMENT, 0);
	hfi1c_expect_result(hfi1c_sdma_submit(b.ctxt.fd, &b.r, 1), 1,
			    "writev()");
	expect_slot(&b, 0, COMPLETE);
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
	struct bench b;
	int i;

	(void)c;
	set_up(&b);
	fill(data, sizeof(data));
	b.p.payload = data;
	b.p.length = sizeof(data);
	hfi1c_sdma_eager(&b.r, &b.p, FRAGMENT, 0);
	b.r.count = 1;
	for (i = 0; i < 8; i++)
		hfi1c_sdma_add(&b.r, data + i * 512, 512);
	hfi1c_expect_result(hfi1c_sdma_submit(b.ctxt.fd, &b.r, 1), 1,
			    "writev() of 8 data vectors");
	expect_slot(&b, 0, COMPLETE);
	hfi1c_expect_u64(collect(&b, 2, got, sizeof(got)), 4096, "bytes");
	hfi1c_expect(!memcmp(got, data, sizeof(data)),
		     "the payload is not what was sent");
	close(b.ctxt.fd);
}

static void psn_counts_up(const struct hfi1c_case *c)
{
	static unsigned char data[4 * FRAGMENT];
	struct hfi1c_arrival a;
	uint32_t word, moved;
	struct bench b;
	int i;

	(void)c;
	set_up(&b);
	b.p.payload = data;
	b.p.length = sizeof(data);
	b.p.psn = 0x10;
	hfi1c_sdma_eager(&b.r, &b.p, FRAGMENT, 0);
	hfi1c_expect_result(hfi1c_sdma_submit(b.ctxt.fd, &b.r, 1), 1,
			    "writev()");
	for (i = 0; i < 4; i++) {
		hfi1c_expect(hfi1c_arrives(&b.w, &a, WAIT_MS),
			     "packet %d is missing", i);
		memcpy(&word, a.header + 16, sizeof(word));
		memcpy(&moved, a.header + 52, sizeof(moved));
		hfi1c_expect_u64(WFR_GET(WFR_BTH2_PSN, be32toh(word)), 0x10 + i,
				 "PSN of packet %d", i);
		hfi1c_expect_u64(WFR_GET(WFR_BTH2_ACK_REQ, be32toh(word)),
				 i == 3, "ACK request of packet %d", i);
		hfi1c_expect_u64(le32toh(moved), i * FRAGMENT,
				 "offset in the last software word");
	}
	close(b.ctxt.fd);
}

static void requests_are_counted(const struct hfi1c_case *c)
{
	struct hfi1c_sdma_request r[5];
	struct hfi1c_arrival a;
	struct bench b;
	int i;

	(void)c;
	set_up(&b);
	for (i = 0; i < 5; i++)
		hfi1c_sdma_eager(&r[i], &b.p, FRAGMENT, i);
	hfi1c_expect_result(hfi1c_sdma_submit(b.ctxt.fd, r, 5), 5,
			    "writev() of 5 requests");
	for (i = 0; i < 5; i++) {
		expect_slot(&b, i, COMPLETE);
		hfi1c_expect(hfi1c_arrives(&b.w, &a, WAIT_MS),
			     "packet %d does not arrive", i);
	}
	close(b.ctxt.fd);
}

/* What was taken is told, so that nobody submits it twice. */
static void good_ones_before_a_bad_one(const struct hfi1c_case *c)
{
	struct hfi1c_sdma_request r[4];
	struct bench b;
	int i;

	(void)c;
	set_up(&b);
	for (i = 0; i < 4; i++)
		hfi1c_sdma_eager(&r[i], &b.p, FRAGMENT, i);
	r[2].header.info.fragsize = 0;
	hfi1c_expect_result(hfi1c_sdma_submit(b.ctxt.fd, r, 4), 2,
			    "writev() whose third request is bad");
	expect_slot(&b, 0, COMPLETE);
	expect_slot(&b, 1, COMPLETE);
	hfi1c_expect_u64(b.ring[2].status, FREE, "status of the bad one");
	hfi1c_expect_u64(b.ring[3].status, FREE, "status of the one behind");
	close(b.ctxt.fd);
}

/* Ways to spoil a request after which its slot reports an errno. */
enum spoil {
	NPKTS_ZERO,
	BAD_OPCODE,
	GRH,
	LENGTH_TOO_SMALL,
	LENGTH_BEYOND_DATA,
	LENGTH_BEYOND_FRAGMENT,
	FRAGSIZE_ODD,
	EMPTY_VECTOR,
	BAD_DATA,
	TOO_MANY_VECTORS,
	EXPECTED_WITHOUT_TIDS,
};

static void spoil(struct bench *b, enum spoil how)
{
	struct hfi1_pkt_header *h = &b->r.header.packet;
	int i;

	switch (how) {
	case NPKTS_ZERO:
		b->r.header.info.npkts = 0;
		break;
	case BAD_OPCODE:
		h->bth[0] &= ~htobe32(0x80000000);
		break;
	case GRH:
		h->lrh[0] |= htobe16(WFR_LRH0_LNH_GRH);
		break;
	case LENGTH_TOO_SMALL:
		h->lrh[2] = htobe16(14);
		break;
	case LENGTH_BEYOND_DATA:
		h->lrh[2] = htobe16(be16toh(h->lrh[2]) + 1);
		break;
	case LENGTH_BEYOND_FRAGMENT:
		h->lrh[2] = htobe16((WFR_PKT_OVERHEAD + FRAGMENT) / 4 + 1);
		break;
	case FRAGSIZE_ODD:
		b->r.header.info.fragsize = FRAGMENT + 4;
		break;
	case EMPTY_VECTOR:
		hfi1c_sdma_add(&b->r, b->p.payload, 0);
		break;
	case BAD_DATA:
		b->r.vectors[1].iov_base =
			hfi1c_bad_pointer(HFI1C_BAD_UNMAPPED, NULL, 64);
		break;
	case TOO_MANY_VECTORS:
		for (i = 0; i < 8; i++)
			hfi1c_sdma_add(&b->r, b->p.payload, 4);
		break;
	case EXPECTED_WITHOUT_TIDS:
		b->r.header.info.ctrl &= ~(HFI1_SDMA_REQ_OPCODE_MASK
					   << HFI1_SDMA_REQ_OPCODE_SHIFT);
		break;
	}
}

static void bad_one_frees_its_slot(const struct hfi1c_case *c)
{
	static const unsigned char data[256];
	enum spoil how = *(const enum spoil *)c->data;
	int error = how == BAD_DATA ? EFAULT : EINVAL, i;
	struct hfi1c_arrival a;
	struct bench b;

	set_up(&b);
	for (i = 0; i < 3; i++) {
		b.p.payload = data;
		b.p.length = sizeof(data);
		hfi1c_sdma_eager(&b.r, &b.p, FRAGMENT, 5);
		spoil(&b, how);
		hfi1c_expect_errno(hfi1c_sdma_submit(b.ctxt.fd, &b.r, 1),
				   error);
		expect_slot(&b, 5, ERROR);
		hfi1c_expect_u64(b.ring[5].errcode, error, "errcode");
	}
	hfi1c_expect(!hfi1c_arrives(&b.w, &a, 20), "a bad request was sent");
	b.p.payload = NULL;
	b.p.length = 0;
	expect_usable(&b, 5);
	close(b.ctxt.fd);
}

/* Refusals that come before the slot is claimed leave no trace in the ring. */
static void refused_leaves_the_ring(const struct hfi1c_case *c)
{
	struct bench b;

	(void)c;
	set_up(&b);
	hfi1c_sdma_eager(&b.r, &b.p, FRAGMENT, 1);
	b.r.vectors[0].iov_len = WFR_SDMA_REQ_HDR_BYTES - 1;
	hfi1c_expect_errno(hfi1c_sdma_submit(b.ctxt.fd, &b.r, 1), EINVAL);
	hfi1c_sdma_eager(&b.r, &b.p, FRAGMENT, b.ctxt.info.sdma_ring_size);
	hfi1c_expect_errno(hfi1c_sdma_submit(b.ctxt.fd, &b.r, 1), EINVAL);
	hfi1c_sdma_eager(&b.r, &b.p, FRAGMENT, 1);
	b.r.header.info.ctrl += 1 << HFI1_SDMA_REQ_IOVCNT_SHIFT;
	hfi1c_expect_errno(hfi1c_sdma_submit(b.ctxt.fd, &b.r, 1), EINVAL);
	b.r.header.info.ctrl -= 2 << HFI1_SDMA_REQ_IOVCNT_SHIFT;
	hfi1c_expect_errno(hfi1c_sdma_submit(b.ctxt.fd, &b.r, 1), EINVAL);
	hfi1c_sdma_eager(&b.r, &b.p, 64, 1);
	b.r.header.info.fragsize = 0;
	hfi1c_expect_errno(hfi1c_sdma_submit(b.ctxt.fd, &b.r, 1), EINVAL);
	hfi1c_expect(hfi1c_is_zero(b.ring, b.ctxt.info.sdma_ring_size *
						   sizeof(*b.ring)),
		     "a refused request left a trace in the ring");
	expect_usable(&b, 1);
	close(b.ctxt.fd);
}

static void every_slot_works(const struct hfi1c_case *c)
{
	struct bench b;
	unsigned int i;

	(void)c;
	set_up(&b);
	for (i = 0; i < b.ctxt.info.sdma_ring_size; i++)
		expect_usable(&b, i);
	/* And again: a finished slot is as good as a fresh one. */
	for (i = 0; i < 10; i++)
		expect_usable(&b, 0);
	close(b.ctxt.fd);
}

/* The ring is for reading by programs; the driver keeps its own states. */
static void scribbling_hurts_nobody(const struct hfi1c_case *c)
{
	struct bench b;

	(void)c;
	set_up(&b);
	b.ring[7].status = QUEUED;
	expect_usable(&b, 7);
	b.ring[7].status = 99;
	expect_usable(&b, 7);
	close(b.ctxt.fd);
}

/* The header says how much the first packet carries. */
static void first_packet_may_be_short(const struct hfi1c_case *c)
{
	static unsigned char data[64 + FRAGMENT], got[sizeof(data)];
	struct hfi1c_packet first;
	struct hfi1c_arrival a;
	struct bench b;

	(void)c;
	set_up(&b);
	fill(data, sizeof(data));
	b.p.payload = data;
	b.p.length = sizeof(data);
	hfi1c_sdma_eager(&b.r, &b.p, FRAGMENT, 0);
	first = b.p;
	first.length = 64;
	hfi1c_packet_header(&first, &b.r.header.packet);
	hfi1c_expect_result(hfi1c_sdma_submit(b.ctxt.fd, &b.r, 1), 1,
			    "writev()");
	expect_slot(&b, 0, COMPLETE);
	hfi1c_expect(hfi1c_arrives(&b.w, &a, WAIT_MS), "nothing arrives");
	hfi1c_expect_u64(a.length, 64, "bytes of the first packet");
	memcpy(got, a.payload, 64);
	collect(&b, 1, got + 64, FRAGMENT);
	hfi1c_expect(!memcmp(got, data, sizeof(data)),
		     "the payload is not what was sent");
	close(b.ctxt.fd);
}

static void fewer_packets_than_data(const struct hfi1c_case *c)
{
	static unsigned char data[4 * FRAGMENT], got[4 * FRAGMENT];
	struct hfi1c_arrival a;
	struct bench b;

	(void)c;
	set_up(&b);
	fill(data, sizeof(data));
	b.p.payload = data;
	b.p.length = sizeof(data);
	hfi1c_sdma_eager(&b.r, &b.p, FRAGMENT, 0);
	b.r.header.info.npkts = 2;
	hfi1c_expect_result(hfi1c_sdma_submit(b.ctxt.fd, &b.r, 1), 1,
			    "writev()");
	expect_slot(&b, 0, COMPLETE);
	hfi1c_expect_u64(collect(&b, 2, got, sizeof(got)), 2 * FRAGMENT,
			 "bytes of 2 packets");
	hfi1c_expect(!hfi1c_arrives(&b.w, &a, 20), "a third packet came");
	close(b.ctxt.fd);
}

/* Fragments longer than a packet may be: it is the packets that count. */
static void packets_are_measured(const struct hfi1c_case *c)
{
	static unsigned char data[FRAGMENT + LONG_FRAGMENT];
	struct bench b;

	(void)c;
	set_up(&b);
	b.p.payload = data;
	b.p.length = FRAGMENT;
	hfi1c_sdma_eager(&b.r, &b.p, FRAGMENT, 3);
	b.r.header.info.fragsize = LONG_FRAGMENT;
	hfi1c_expect_result(hfi1c_sdma_submit(b.ctxt.fd, &b.r, 1), 1,
			    "writev() of a short packet");
	expect_slot(&b, 3, COMPLETE);
	b.r.header.info.npkts = 2;
	b.r.vectors[1].iov_len = sizeof(data);
	hfi1c_expect_errno(hfi1c_sdma_submit(b.ctxt.fd, &b.r, 1), EMSGSIZE);
	expect_slot(&b, 3, ERROR);
	hfi1c_expect_u64(b.ring[3].errcode, EMSGSIZE, "errcode");
	b.p.length = 0;
	expect_usable(&b, 3);
	close(b.ctxt.fd);
}

static struct hfi1c_tids tids;

static void expected_data_lands(const struct hfi1c_case *c)
{
	size_t page = hfi1c_page_size(), length = 4 * page;
	unsigned char *buffer, *data;
	struct hfi1c_arrival a;
	struct bench b;

	(void)c;
	set_up(&b);
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
	expect_slot(&b, 0, COMPLETE);
	do {
		hfi1c_expect(hfi1c_arrives(&b.w, &a, WAIT_MS),
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
	struct hfi1_user_info info = hfi1c_group_info(2, 0);
	struct hfi1_sdma_comp_entry *other;
	struct hfi1c_context two;
	struct bench b;

	(void)c;
	hfi1c_join_context(&b.ctxt, &info);
	hfi1c_join_context(&two, &info);
	b.ring = hfi1c_sdma_ring(&b.ctxt, 2);
	other = hfi1c_sdma_ring(&two, 2);
	hfi1c_wire_open(&b.w, &b.ctxt, 2);
	b.p = hfi1c_packet_to(&b.w, &b.ctxt);
	expect_usable(&b, 0);
	hfi1c_expect_u64(other[0].status, FREE, "another member's slot");
	close(b.ctxt.fd);
	close(two.fd);
}

/* close() waits for the requests, so their memory is not pulled away. */
static void close_with_requests(const struct hfi1c_case *c)
{
	static unsigned char data[65536];
	struct hfi1c_context ctxt;
	struct bench b;
	int i, j;

	(void)c;
	for (i = 0; i < 10; i++) {
		set_up(&b);
		b.p.payload = data;
		b.p.length = sizeof(data);
		for (j = 0; j < 8; j++) {
			hfi1c_sdma_eager(&b.r, &b.p, FRAGMENT, j);
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
		  bad_one_frees_its_slot,                                  \
		  "a refused request sets its slot to ERROR and frees it", \
		  &(const enum spoil){ how_ })

static const size_t four = 4, odd = 33, block = 64, one = FRAGMENT,
		    two = FRAGMENT + 1, many = 65536, uneven = 10001;

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
	     refused_leaves_the_ring,
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
	SPOILED("npkts-zero", "write_data.npkts-zero", NPKTS_ZERO),
	SPOILED("opcode", "write_header.opcode", BAD_OPCODE),
	SPOILED("grh", "write_header.grh", GRH),
	SPOILED("length-too-small", "write_header.length-too-small",
		LENGTH_TOO_SMALL),
	SPOILED("length-beyond-data", "write_payload.length-beyond-data",
		LENGTH_BEYOND_DATA),
	SPOILED("length-beyond-fragment",
		"write_payload.length-beyond-fragment", LENGTH_BEYOND_FRAGMENT),
	SPOILED("fragsize-odd", "write_payload.fragsize-multiple",
		FRAGSIZE_ODD),
	SPOILED("empty-vector", "write_payload.empty-vector", EMPTY_VECTOR),
	SPOILED("data-fault", "write_payload.data-fault", BAD_DATA),
	SPOILED("too-many-vectors", "write_data.too-many-vectors",
		TOO_MANY_VECTORS),
	SPOILED("expected-without-tids", "write_data.expected-needs-tids",
		EXPECTED_WITHOUT_TIDS),
};

HFI1C_GROUP(sdma, "sdma", "Sending by SDMA and its completion ring.", cases);
