// SPDX-License-Identifier: BSD-3-Clause
/*
 * Receiving into header queue and eager buffers, and steering it.
 */
#include <endian.h>
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include <wfr_regs.h>
#include <wfr_words.h>

#include "../lib/buffers.h"
#include "../lib/calls.h"
#include "../lib/context.h"
#include "../lib/regions.h"
#include "../lib/wire.h"
#include "groups.h"

#define ARRIVE_MS  2000
#define NOTHING_MS 50

static void start(struct hfi1c_context *ctxt, struct hfi1c_wire *w)
{
	hfi1c_open_context(ctxt);
	hfi1c_wire_open(w, ctxt, 0);
	hfi1c_wire_allow(w);
}

static long control(int fd, int value)
{
	return hfi1c_ioctl(fd, HFI1_IOCTL_RECV_CTRL, &value);
}

static void fill(unsigned char *data, size_t size)
{
	size_t i;

	for (i = 0; i < size; i++)
		data[i] = hfi1c_random();
}

static void payload_arrives(const struct hfi1c_case *c)
{
	size_t length = *(const size_t *)c->data;
	unsigned char data[8192];
	struct hfi1c_context ctxt;
	struct hfi1c_arrival a;
	struct hfi1c_packet p;
	struct hfi1c_wire w;

	start(&ctxt, &w);
	fill(data, length);
	p = hfi1c_packet_to(&w, &ctxt);
	p.payload = data;
	p.length = length;
	hfi1c_send(&w, &p);
	hfi1c_expect(hfi1c_arrives(&w, &a, ARRIVE_MS), "nothing arrives");
	hfi1c_expect(!(a.rhf & WFR_RHF_ERRORS), "the RHF %#llx shows errors",
		     (unsigned long long)a.rhf);
	hfi1c_expect_u64(WFR_GET(WFR_RHF_TYPE, a.rhf), WFR_RHF_TYPE_EAGER,
			 "type of the packet");
	hfi1c_expect_u64(a.length, length, "length of the payload");
	hfi1c_expect(!length || a.payload, "the payload is nowhere");
	hfi1c_expect(!length || !memcmp(a.payload, data, length),
		     "the payload is not what was sent");
	close(ctxt.fd);
}

static void header_arrives(const struct hfi1c_case *c)
{
	struct hfi1_pkt_header sent;
	struct hfi1c_context ctxt;
	struct hfi1c_arrival a;
	struct hfi1c_packet p;
	struct hfi1c_wire w;

	(void)c;
	start(&ctxt, &w);
	p = hfi1c_packet_to(&w, &ctxt);
	p.psn = 0x123456;
	hfi1c_packet_header(&p, &sent);
	hfi1c_send(&w, &p);
	hfi1c_expect(hfi1c_arrives(&w, &a, ARRIVE_MS), "nothing arrives");
	hfi1c_expect(!memcmp(a.header, sent.lrh,
			     sizeof(sent) - sizeof(sent.pbc)),
		     "the headers are not what was sent");
	close(ctxt.fd);
}

static void order_is_kept(const struct hfi1c_case *c)
{
	struct hfi1c_context ctxt;
	struct hfi1c_arrival a;
	struct hfi1c_packet p;
	struct hfi1c_wire w;
	uint32_t psn;
	int i;

	(void)c;
	start(&ctxt, &w);
	p = hfi1c_packet_to(&w, &ctxt);
	for (i = 0; i < 20; i++) {
		p.psn = i;
		hfi1c_send(&w, &p);
	}
	for (i = 0; i < 20; i++) {
		hfi1c_expect(hfi1c_arrives(&w, &a, ARRIVE_MS),
			     "packet %d does not arrive", i);
		memcpy(&psn, a.header + 16, sizeof(psn));
		hfi1c_expect_u64(be32toh(psn), i, "sequence number");
	}
	close(ctxt.fd);
}

static void queue_wraps(const struct hfi1c_case *c)
{
	struct hfi1c_context ctxt;
	struct hfi1c_arrival a;
	struct hfi1c_packet p;
	struct hfi1c_wire w;
	unsigned int i;

	(void)c;
	start(&ctxt, &w);
	p = hfi1c_packet_to(&w, &ctxt);
	p.credit_return = true;
	for (i = 0; i < ctxt.info.rcvhdrq_cnt + 20u; i++) {
		hfi1c_send(&w, &p);
		hfi1c_expect(hfi1c_arrives(&w, &a, ARRIVE_MS),
			     "packet %u does not arrive", i);
		hfi1c_release(&w);
		hfi1c_expect(hfi1c_credits_become(&w, w.fill % 2048, ARRIVE_MS),
			     "no credits for packet %u", i);
	}
	close(ctxt.fd);
}

static void others_get_nothing(const struct hfi1c_case *c)
{
	struct hfi1c_context one, two;
	struct hfi1c_wire w, v;
	struct hfi1c_arrival a;
	struct hfi1c_packet p;

	(void)c;
	start(&one, &w);
	start(&two, &v);
	p = hfi1c_packet_to(&w, &two);
	hfi1c_send(&w, &p);
	hfi1c_expect(hfi1c_arrives(&v, &a, ARRIVE_MS),
		     "the other context gets nothing");
	hfi1c_expect(!hfi1c_arrives(&w, &a, NOTHING_MS),
		     "the sender gets its own packet");
	hfi1c_expect_u64(v.regs[ur_rcvhdrtail], two.info.rcvhdrq_entsize / 4,
			 "header tail of the receiver");
	hfi1c_expect_u64(w.regs[ur_rcvhdrtail], 0, "header tail of the sender");
	close(one.fd);
	close(two.fd);
}

static void foreign_key_is_dropped(const struct hfi1c_case *c)
{
	struct hfi1c_context ctxt;
	struct hfi1c_arrival a;
	struct hfi1c_packet p;
	struct hfi1c_wire w;

	(void)c;
	start(&ctxt, &w);
	p = hfi1c_packet_to(&w, &ctxt);
	p.jkey ^= 0x100;
	hfi1c_send(&w, &p);
	hfi1c_expect(!hfi1c_arrives(&w, &a, NOTHING_MS),
		     "a packet with another job key arrives");
	hfi1c_expect(hfi1c_halts(&w, ARRIVE_MS),
		     "a packet with another job key does not halt its sender");
	close(ctxt.fd);
}

static void any_value_enables(const struct hfi1c_case *c)
{
	static const int values[] = { 1, 2, -1, INT_MIN, 0x10000 };
	struct hfi1c_context ctxt;
	struct hfi1c_arrival a;
	struct hfi1c_packet p;
	struct hfi1c_wire w;
	unsigned int i;

	(void)c;
	start(&ctxt, &w);
	p = hfi1c_packet_to(&w, &ctxt);
	for (i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		hfi1c_expect_ok(control(ctxt.fd, 0));
		hfi1c_expect_ok(control(ctxt.fd, values[i]));
		/* Or the last packet might be taken for the next one. */
		hfi1c_expect(hfi1c_is_zero(w.queue, 256),
			     "RECV_CTRL %d does not enable", values[i]);
		w.entry = 0;
		w.sequence = 1;
		hfi1c_send(&w, &p);
		hfi1c_expect(hfi1c_arrives(&w, &a, ARRIVE_MS),
			     "RECV_CTRL %d does not enable", values[i]);
	}
	close(ctxt.fd);
}

static void disabled_is_deaf(const struct hfi1c_case *c)
{
	struct hfi1c_context ctxt;
	struct hfi1c_arrival a;
	struct hfi1c_packet p;
	struct hfi1c_wire w;

	(void)c;
	start(&ctxt, &w);
	p = hfi1c_packet_to(&w, &ctxt);
	hfi1c_expect_ok(control(ctxt.fd, 0));
	hfi1c_expect_ok(control(ctxt.fd, 0));
	hfi1c_send(&w, &p);
	hfi1c_expect(!hfi1c_arrives(&w, &a, NOTHING_MS),
		     "a disabled context receives");
	hfi1c_expect_ok(control(ctxt.fd, 1));
	hfi1c_expect(!hfi1c_arrives(&w, &a, NOTHING_MS),
		     "a packet from before arrives after all");
	hfi1c_send(&w, &p);
	hfi1c_expect(hfi1c_arrives(&w, &a, ARRIVE_MS),
		     "an enabled context receives nothing");
	close(ctxt.fd);
}

/* Leaves a pattern in the queue's unused end, to see whether it is zeroed. */
static unsigned char *scribble(const struct hfi1c_context *c)
{
	unsigned char *queue, *end;

	queue = hfi1c_region_map(c, WFR_MMAP_TOKEN_TYPE_RCV_HDRQ,
				 PROT_READ | PROT_WRITE, 0);
	end = queue + (size_t)c->info.rcvhdrq_cnt * c->info.rcvhdrq_entsize;
	hfi1c_poison(end - 256, 256);
	return end - 256;
}

static void enabling_twice_keeps(const struct hfi1c_case *c)
{
	struct hfi1c_context ctxt;
	struct hfi1c_arrival a;
	struct hfi1c_packet p;
	struct hfi1c_wire w;
	unsigned char *mark;

	(void)c;
	start(&ctxt, &w);
	mark = scribble(&ctxt);
	p = hfi1c_packet_to(&w, &ctxt);
	hfi1c_send(&w, &p);
	hfi1c_expect(hfi1c_arrives(&w, &a, ARRIVE_MS), "nothing arrives");
	hfi1c_expect_ok(control(ctxt.fd, 1));
	hfi1c_expect(hfi1c_is_poison(mark, 256),
		     "enabling an enabled context clears its queue");
	hfi1c_send(&w, &p);
	hfi1c_expect(hfi1c_arrives(&w, &a, ARRIVE_MS),
		     "the queue does not go on where it was");
	close(ctxt.fd);
}

static void enabling_restarts(const struct hfi1c_case *c)
{
	struct hfi1c_context ctxt;
	struct hfi1c_arrival a;
	struct hfi1c_packet p;
	struct hfi1c_wire w;
	unsigned char *mark;
	int i;

	(void)c;
	start(&ctxt, &w);
	mark = scribble(&ctxt);
	p = hfi1c_packet_to(&w, &ctxt);
	for (i = 0; i < 3; i++) {
		hfi1c_send(&w, &p);
		hfi1c_expect(hfi1c_arrives(&w, &a, ARRIVE_MS),
			     "packet %d does not arrive", i);
	}
	hfi1c_release(&w);
	hfi1c_expect_ok(control(ctxt.fd, 0));
	hfi1c_expect_ok(control(ctxt.fd, 1));
	hfi1c_expect(hfi1c_is_zero(mark, 256), "the queue is not zeroed");
	hfi1c_expect(hfi1c_is_zero(w.queue, 256), "the queue is not zeroed");
	hfi1c_expect_u64(w.regs[ur_rcvhdrtail], 0, "header tail");
	hfi1c_expect_u64(w.regs[ur_rcvhdrhead] & 0x7ffff, 0, "header head");
	w.entry = 0;
	w.sequence = 1;
	hfi1c_send(&w, &p);
	hfi1c_expect(hfi1c_arrives(&w, &a, ARRIVE_MS),
		     "the queue does not start anew with sequence 1");
	close(ctxt.fd);
}

static void member_changes_nothing(const struct hfi1c_case *c)
{
	struct hfi1c_context one, two;
	struct hfi1c_arrival a;
	struct hfi1c_packet p;
	struct hfi1c_wire w;

	(void)c;
	hfi1c_open_pair(&one, &two);
	hfi1c_wire_open(&w, &one, 2);
	hfi1c_wire_allow(&w);
	hfi1c_expect_ok(control(two.fd, 0));
	hfi1c_expect_ok(hfi1c_ioctl(two.fd, HFI1_IOCTL_RECV_CTRL, NULL));
	hfi1c_expect_ok(hfi1c_ioctl(two.fd, HFI1_IOCTL_RECV_CTRL,
				    hfi1c_bad_pointer(HFI1C_BAD_KERNEL, NULL,
						      sizeof(int))));
	p = hfi1c_packet_to(&w, &two);
	hfi1c_send(&w, &p);
	hfi1c_expect(hfi1c_arrives(&w, &a, ARRIVE_MS),
		     "a member that is not the founder disabled the context");
	close(one.fd);
	close(two.fd);
}

static void bad_pointer_keeps(const struct hfi1c_case *c)
{
	struct hfi1c_context ctxt;
	struct hfi1c_arrival a;
	struct hfi1c_packet p;
	struct hfi1c_wire w;

	(void)c;
	start(&ctxt, &w);
	hfi1c_expect_errno(hfi1c_ioctl(ctxt.fd, HFI1_IOCTL_RECV_CTRL, NULL),
			   EFAULT);
	p = hfi1c_packet_to(&w, &ctxt);
	hfi1c_send(&w, &p);
	hfi1c_expect(hfi1c_arrives(&w, &a, ARRIVE_MS),
		     "a refused RECV_CTRL disabled the context");
	close(ctxt.fd);
}

/* A full queue drops what comes; reading makes room again. */
static void full_queue_recovers(const struct hfi1c_case *c)
{
	struct hfi1c_context ctxt;
	struct hfi1c_arrival a;
	struct hfi1c_packet p;
	struct hfi1c_wire w;
	unsigned int i, n = 0;

	(void)c;
	start(&ctxt, &w);
	if (hfi1c_has_cap(&ctxt, HFI1_CAP_NODROP_RHQ_FULL))
		hfi1c_not_supported("NODROP_RHQ_FULL: a full queue waits");
	p = hfi1c_packet_to(&w, &ctxt);
	p.credit_return = true;
	for (i = 0; i < ctxt.info.rcvhdrq_cnt + 10u; i++) {
		hfi1c_send(&w, &p);
		hfi1c_expect(hfi1c_credits_become(&w, w.fill % 2048, ARRIVE_MS),
			     "no credits for packet %u", i);
	}
	while (hfi1c_arrives(&w, &a, n ? NOTHING_MS : ARRIVE_MS))
		n++;
	hfi1c_expect(n < ctxt.info.rcvhdrq_cnt,
		     "%u packets are in a queue of %u entries", n,
		     ctxt.info.rcvhdrq_cnt);
	hfi1c_release(&w);
	hfi1c_send(&w, &p);
	hfi1c_expect(hfi1c_arrives(&w, &a, ARRIVE_MS),
		     "nothing arrives after the queue was read");
	close(ctxt.fd);
}

static const size_t none = 0, one_dword = 4, odd = 60, one_block = 64,
		    beyond = 68, some = 1024, page = 4096, large = 8192;

#define LENGTH(name_, doc_, size_)                                           \
	CASE_DATA("receive.payload." name_, "mmap.RCV_EGRBUF mmap.PIO_BUFS", \
		  payload_arrives, doc_, &size_)

static const struct hfi1c_case cases[] = {
	LENGTH("none", "a packet without payload arrives", none),
	LENGTH("dword", "4 bytes arrive as they were sent", one_dword),
	LENGTH("odd", "60 bytes arrive as they were sent", odd),
	LENGTH("block", "64 bytes arrive as they were sent", one_block),
	LENGTH("beyond", "68 bytes arrive as they were sent", beyond),
	LENGTH("1k", "1 KiB arrives as it was sent", some),
	LENGTH("4k", "4 KiB arrive as they were sent", page),
	LENGTH("8k", "8 KiB arrive as they were sent", large),
	CASE("receive.header", "mmap.RCV_HDRQ", header_arrives,
	     "the header queue shows the headers as they were sent"),
	CASE("receive.order", "mmap.RCV_HDRQ", order_is_kept,
	     "packets arrive in the order in which they were sent"),
	{ .name = "receive.wrap",
	  .clause = "mmap.RCV_HDRQ mmap.UREGS",
	  .doc = "the header queue goes on at its start",
	  .run = queue_wraps,
	  .timeout = 30 },
	{ .name = "receive.full",
	  .clause = "mmap.RCV_HDRQ cap.NODROP_RHQ_FULL",
	  .doc = "a full header queue drops packets, and works again when read",
	  .run = full_queue_recovers,
	  .timeout = 30 },
	CASE("receive.apart", "mmap.RCV_HDRQ", others_get_nothing,
	     "a packet arrives at the context it names, and only there"),
	CASE("receive.foreign-key", "ASSIGN_CTXT", foreign_key_is_dropped,
	     "a packet with a foreign job key is neither sent nor received"),
	CASE("receive.control.any-value", "RECV_CTRL", any_value_enables,
	     "any value but 0 enables"),
	CASE("receive.control.disabled", "RECV_CTRL", disabled_is_deaf,
	     "a disabled context receives nothing until it is enabled"),
	CASE("receive.control.enable-enabled", "RECV_CTRL",
	     enabling_twice_keeps,
	     "enabling an enabled context changes nothing"),
	CASE("receive.control.restart", "RECV_CTRL", enabling_restarts,
	     "enabling a disabled context zeroes queue, heads and sequence"),
	CASE("receive.control.member",
	     "RECV_CTRL.subcontext quirk.recv-ctrl-silent",
	     member_changes_nothing,
	     "a call of another member succeeds unread and changes nothing"),
	CASE("receive.control.bad-pointer", "RECV_CTRL.copy-in",
	     bad_pointer_keeps, "a refused call changes nothing"),
};

HFI1C_GROUP(receive, "receive", "Header queue, eager buffers, RECV_CTRL.",
	    cases);
