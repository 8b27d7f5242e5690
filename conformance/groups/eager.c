// SPDX-License-Identifier: BSD-3-Clause
/*
 * Eager buffers: where payload lies in them, and what happens when they are
 * full; packets that arrive damaged.
 */
#include <string.h>
#include <unistd.h>

#include <wfr_regs.h>
#include <wfr_words.h>

#include "../hfi1/unit.h"
#include "../lib/calls.h"
#include "../lib/context.h"
#include "../lib/sdma.h"
#include "../lib/wire.h"
#include "groups.h"

#define WAIT_MS	   2000
#define NOTHING_MS 50
#define LARGE	   8192

static unsigned char data[LARGE];

struct bench {
	struct hfi1c_context ctxt;
	struct hfi1c_wire w;
	struct hfi1c_packet p;
	const struct hfi1_sdma_comp_entry *ring; /* NULL: no SDMA */
};

static void set_up(struct bench *b)
{
	size_t i;

	hfi1c_open_context(&b->ctxt);
	hfi1c_wire_open(&b->w, &b->ctxt, 0);
	hfi1c_wire_allow(&b->w);
	for (i = 0; i < sizeof(data); i++)
		data[i] = hfi1c_random();
	b->p = hfi1c_packet_to(&b->w, &b->ctxt);
	b->p.payload = data;
	b->p.length = LARGE;
	b->p.credit_return = true;
	b->ring = hfi1c_has_cap(&b->ctxt, HFI1_CAP_SDMA) ?
			  hfi1c_sdma_ring(&b->ctxt, 0) :
			  NULL;
}

static void send_request(struct bench *b)
{
	struct hfi1c_sdma_request r;

	hfi1c_sdma_eager(&r, &b->p, LARGE, 0);
	hfi1c_expect_result(hfi1c_sdma_submit(b->ctxt.fd, &r, 1), 1,
			    "writev() of a request");
	hfi1c_expect(hfi1c_sdma_ends(b->ring, 0, WAIT_MS),
		     "a request does not end");
	hfi1c_expect_u64(b->ring[0].status, COMPLETE, "status of a request");
}

/* In a guest each store into a send buffer costs as much as a request. */
static void send(struct bench *b)
{
	if (b->ring && b->p.length == LARGE) {
		send_request(b);
		return;
	}
	hfi1c_send(&b->w, &b->p);
	hfi1c_expect(hfi1c_credits_become(&b->w, b->w.fill % 2048, WAIT_MS),
		     "no credits after %u blocks", b->w.fill);
}

static unsigned int index_of(const struct hfi1c_arrival *a)
{
	return WFR_GET(WFR_RHF_EGR_INDEX, a->rhf);
}

static size_t offset_of(const struct hfi1c_arrival *a)
{
	return WFR_GET(WFR_RHF_EGR_OFFSET, a->rhf) * WFR_EGR_OFFSET_UNIT;
}

static void expect_payload(struct bench *b, struct hfi1c_arrival *a)
{
	hfi1c_expect(hfi1c_arrives(&b->w, a, WAIT_MS), "nothing arrives");
	hfi1c_expect(a->payload && a->length == b->p.length &&
			     !memcmp(a->payload, data, b->p.length),
		     "the payload is not what was sent");
}

static void packets_are_packed(const struct hfi1c_case *c)
{
	static const size_t lengths[] = { 4, 64, 68, 128, 4096, 60 };
	struct hfi1c_arrival a;
	size_t at = 0;
	struct bench b;
	unsigned int i;

	(void)c;
	set_up(&b);
	hfi1c_require_cap(&b.ctxt, HFI1_CAP_MULTI_PKT_EGR, "MULTI_PKT_EGR");
	for (i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		b.p.length = lengths[i];
		send(&b);
		expect_payload(&b, &a);
		hfi1c_expect_u64(index_of(&a), 0, "buffer of packet %u", i);
		hfi1c_expect_u64(offset_of(&a), at, "offset of packet %u", i);
		at += (lengths[i] + 63) & ~63ul;
	}
	close(b.ctxt.fd);
}

/* Every buffer in turn, again and again; none is split. */
static void buffers_go_round(const struct hfi1c_case *c)
{
	struct hfi1c_arrival a;
	struct bench b;
	unsigned int last = 0, turns = 0, i;

	(void)c;
	set_up(&b);
	for (i = 0; turns < b.ctxt.info.egrtids + 2u; i++) {
		send(&b);
		expect_payload(&b, &a);
		hfi1c_expect(offset_of(&a) + LARGE <= b.ctxt.info.rcvegr_size,
			     "a packet leaves its buffer");
		if (index_of(&a) != last) {
			hfi1c_expect_u64(index_of(&a),
					 (last + 1) % b.ctxt.info.egrtids,
					 "buffer after %u", last);
			hfi1c_expect_u64(offset_of(&a), 0,
					 "offset of the first packet");
			turns++;
		}
		last = index_of(&a);
		hfi1c_release(&b.w);
	}
	close(b.ctxt.fd);
}

static void one_packet_each(const struct hfi1c_case *c)
{
	struct hfi1c_arrival a;
	struct bench b;
	unsigned int i;

	(void)c;
	set_up(&b);
	if (hfi1c_has_cap(&b.ctxt, HFI1_CAP_MULTI_PKT_EGR))
		hfi1c_not_supported("MULTI_PKT_EGR: buffers are shared");
	b.p.length = 64;
	for (i = 0; i < 2u * b.ctxt.info.egrtids; i++) {
		send(&b);
		expect_payload(&b, &a);
		hfi1c_expect_u64(index_of(&a), i % b.ctxt.info.egrtids,
				 "buffer of packet %u", i);
		hfi1c_expect_u64(offset_of(&a), 0, "offset of packet %u", i);
		hfi1c_release(&b.w);
	}
	close(b.ctxt.fd);
}

/* Packets until the buffers are full; how many were sent. */
static unsigned int fill_buffers(struct bench *b)
{
	unsigned int each = hfi1c_has_cap(&b->ctxt, HFI1_CAP_MULTI_PKT_EGR) ?
				    b->ctxt.info.rcvegr_size / LARGE :
				    1;
	unsigned int count = b->ctxt.info.egrtids * each, i;

	if (count + 10 >= b->ctxt.info.rcvhdrq_cnt)
		hfi1c_skip("the header queue is full before the buffers");
	for (i = 0; i < count + 5; i++)
		send(b);
	return i;
}

static void full_drops(const struct hfi1c_case *c)
{
	struct hfi1c_arrival a;
	unsigned int sent, n = 0;
	struct bench b;
	size_t length;

	(void)c;
	set_up(&b);
	if (hfi1c_has_cap(&b.ctxt, HFI1_CAP_NODROP_EGR_FULL))
		hfi1c_not_supported("NODROP_EGR_FULL: packets wait");
	sent = fill_buffers(&b);
	while (hfi1c_arrives(&b.w, &a, n ? NOTHING_MS : WAIT_MS))
		n++;
	hfi1c_expect(n && n < sent, "%u of %u packets arrive", n, sent);
	/* Without payload there is no need of a buffer. */
	length = b.p.length;
	b.p.length = 0;
	send(&b);
	hfi1c_expect(hfi1c_arrives(&b.w, &a, WAIT_MS),
		     "a packet without payload needs a buffer");
	b.p.length = length;
	hfi1c_release(&b.w);
	send(&b);
	expect_payload(&b, &a);
	close(b.ctxt.fd);
}

static void full_waits(const struct hfi1c_case *c)
{
	struct hfi1c_arrival a;
	unsigned int sent, n = 0;
	struct bench b;

	(void)c;
	set_up(&b);
	hfi1c_require_cap(&b.ctxt, HFI1_CAP_NODROP_EGR_FULL, "NODROP_EGR_FULL");
	sent = fill_buffers(&b);
	while (hfi1c_arrives(&b.w, &a, n ? NOTHING_MS : WAIT_MS))
		n++;
	hfi1c_expect(n && n < sent, "%u of %u packets arrive", n, sent);
	hfi1c_release(&b.w);
	for (; n < sent; n++)
		expect_payload(&b, &a);
	close(b.ctxt.fd);
}

/* --- damaged packets ------------------------------------------------------ */

/* How a packet is damaged, and what the RHF says of it. */
struct damage {
	const char *how;
	uint64_t bits;
	bool of_type; /* a value of the receive type error, not a bit */
};

static void damage_is_shown(const struct hfi1c_case *c)
{
	const struct damage *d = c->data;
	struct hfi1c_arrival a;
	struct bench b;
	int i;

	hfi1c_unit_guard();
	set_up(&b);
	b.p.length = 64;
	for (i = 0; i < 2; i++) {
		hfi1c_unit_fault("corrupt", "%s", d->how);
		send(&b);
		hfi1c_expect(hfi1c_arrives(&b.w, &a, WAIT_MS),
			     "a damaged packet leaves no header");
		if (d->of_type)
			hfi1c_expect_u64(WFR_GET(WFR_RHF_RCV_TYPE_ERR, a.rhf),
					 d->bits, "receive type error");
		else
			hfi1c_expect(a.rhf & d->bits,
				     "the RHF %#llx lacks the error",
				     (unsigned long long)a.rhf);
		send(&b);
		expect_payload(&b, &a);
		hfi1c_expect(!(a.rhf & WFR_RHF_ERRORS),
			     "the packet behind it shows errors");
	}
	close(b.ctxt.fd);
}

static const struct damage icrc = { "icrc", WFR_RHF_ICRC_ERR, false },
			   ecc = { "ecc", WFR_RHF_ECC_ERR, false },
			   length = { "length", WFR_RHF_LEN_ERR, false },
			   tid = { "tid", WFR_RHF_TID_ERR, false },
			   hcrc = { "hcrc", WFR_RHF_RCV_TYPE_ERR_KHDR_HCRC,
				    true },
			   kver = { "kver", WFR_RHF_RCV_TYPE_ERR_KHDR_KVER,
				    true };

#define DAMAGE(damage_)                                                       \
	{                                                                     \
		.name = "eager.damaged." #damage_, .clause = "mmap.RCV_HDRQ", \
		.doc = "the header queue shows a damaged packet and goes on", \
		.run = damage_is_shown, .data = &damage_,                     \
		.needs = HFI1C_NEEDS_CTL | HFI1C_EXCLUSIVE, .timeout = 30     \
	}

#define LONG(name_, clause_, run_, doc_)                                    \
	{                                                                   \
		.name = name_, .clause = clause_, .doc = doc_, .run = run_, \
		.timeout = 300                                              \
	}

static const struct hfi1c_case cases[] = {
	CASE("eager.packed", "cap.MULTI_PKT_EGR mmap.RCV_EGRBUF",
	     packets_are_packed,
	     "packets lie behind one another at multiples of 64 bytes"),
	LONG("eager.round", "mmap.RCV_EGRBUF mmap.UREGS", buffers_go_round,
	     "one buffer is filled after the other, and they go round"),
	LONG("eager.one-packet", "cap.MULTI_PKT_EGR mmap.RCV_EGRBUF",
	     one_packet_each, "without MULTI_PKT_EGR each has its own buffer"),
	LONG("eager.full.drops", "cap.NODROP_EGR_FULL mmap.UREGS", full_drops,
	     "full buffers drop packets, and work again when given back"),
	LONG("eager.full.waits", "cap.NODROP_EGR_FULL mmap.UREGS", full_waits,
	     "with NODROP_EGR_FULL packets wait for buffers"),
	DAMAGE(icrc),
	DAMAGE(ecc),
	DAMAGE(length),
	DAMAGE(tid),
	DAMAGE(hcrc),
	DAMAGE(kver),
};

HFI1C_GROUP(eager, "eager", "Eager buffers and damaged packets.", cases);
