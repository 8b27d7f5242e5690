// SPDX-License-Identifier: BSD-3-Clause
/*
 * Halts, freezes and lost links, brought about from outside, and what users
 * see of them.
 */
#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <wfr_words.h>

#include "../hfi1/unit.h"
#include "../lib/buffers.h"
#include "../lib/calls.h"
#include "../lib/context.h"
#include "../lib/regions.h"
#include "../lib/sdma.h"
#include "../lib/wire.h"
#include "groups.h"
#include "sdma_bench.h"

#define WAIT_MS	    5000
#define FAULT_NEEDS (HFI1C_NEEDS_CTL | HFI1C_EXCLUSIVE)

static bool becomes(const volatile uint64_t *word, uint64_t mask,
		    uint64_t value)
{
	int i;

	for (i = 0; i < WAIT_MS; i++) {
		if ((*word & mask) == value)
			return true;
		usleep(1000);
	}
	return false;
}

static const volatile uint64_t *
map_word(const struct hfi1c_context *c, unsigned int type, unsigned int members)
{
	return hfi1c_region_map(c, type, PROT_READ, members);
}

static void expect_events(const volatile uint64_t *word, uint64_t bits)
{
	hfi1c_expect(becomes(word, bits, bits),
		     "the event word is %#llx and lacks %#llx",
		     (unsigned long long)*word, (unsigned long long)bits);
}

/* What libpsm2 does after a freeze: try until the chip is back. */
static void recover(int fd)
{
	long ret;
	int i;

	for (i = 0; i < 10; i++) {
		ret = hfi1c_ioctl(fd, HFI1_IOCTL_CTXT_RESET, NULL);
		if (ret != -ENOLCK)
			break;
	}
	hfi1c_expect_result(ret, 0, "CTXT_RESET after a fault");
}

static void wait_for_link(const volatile uint64_t *status)
{
	uint64_t up = HFI1_STATUS_IB_READY | HFI1_STATUS_IB_CONF;

	hfi1c_expect(becomes(status + 1, up, up),
		     "the port word is %#llx after the link came back",
		     (unsigned long long)status[1]);
}

static void halt_is_recovered(const struct hfi1c_case *c)
{
	struct hfi1c_context ctxt;
	struct hfi1c_wire w;
	int i;

	(void)c;
	hfi1c_unit_guard();
	hfi1c_open_context(&ctxt);
	hfi1c_wire_open(&w, &ctxt, 0);
	for (i = 0; i < 3; i++) {
		hfi1c_wire_works(&w, WAIT_MS);
		hfi1c_unit_fault("halt-send-context", "%u",
				 ctxt.info.send_ctxt);
		hfi1c_expect(hfi1c_halts(&w, WAIT_MS),
			     "the credit word shows no halt");
		hfi1c_expect_ok(
			hfi1c_ioctl(ctxt.fd, HFI1_IOCTL_CTXT_RESET, NULL));
		hfi1c_expect_u64(*w.credit & (WFR_CREDIT_COUNTER |
					      WFR_CREDIT_STATUS),
				 0, "counter and halt after CTXT_RESET");
		w.block = 0;
		w.fill = 0;
	}
	close(ctxt.fd);
}

static void freeze_tells_everybody(const struct hfi1c_case *c)
{
	const volatile uint64_t *a, *b, *own;
	struct hfi1c_context one, two, private;

	(void)c;
	hfi1c_unit_guard();
	hfi1c_open_pair(&one, &two);
	hfi1c_open_context(&private);
	a = map_word(&one, WFR_MMAP_TOKEN_TYPE_EVENTS, 2);
	b = map_word(&two, WFR_MMAP_TOKEN_TYPE_EVENTS, 2);
	own = map_word(&private, WFR_MMAP_TOKEN_TYPE_EVENTS, 0);
	hfi1c_unit_fault("freeze", "driver");
	expect_events(a, HFI1_EVENT_FROZEN);
	expect_events(b, HFI1_EVENT_FROZEN);
	expect_events(own, HFI1_EVENT_FROZEN);
	hfi1c_expect_u64(*own & HFI1_EVENT_LINKDOWN, 0,
			 "LINKDOWN after a mere freeze");
	recover(one.fd);
	recover(private.fd);
	close(one.fd);
	close(two.fd);
	close(private.fd);
}

static void freeze_is_acknowledged(const struct hfi1c_case *c)
{
	unsigned long bits = HFI1_EVENT_FROZEN;
	const volatile uint64_t *a, *b;
	struct hfi1c_context one, two;

	(void)c;
	hfi1c_unit_guard();
	hfi1c_open_context(&one);
	hfi1c_open_context(&two);
	a = map_word(&one, WFR_MMAP_TOKEN_TYPE_EVENTS, 0);
	b = map_word(&two, WFR_MMAP_TOKEN_TYPE_EVENTS, 0);
	hfi1c_unit_fault("freeze", "driver");
	expect_events(a, HFI1_EVENT_FROZEN);
	expect_events(b, HFI1_EVENT_FROZEN);
	hfi1c_expect_ok(hfi1c_ioctl(one.fd, HFI1_IOCTL_ACK_EVENT, &bits));
	hfi1c_expect_u64(*a, 0, "the acknowledged word");
	hfi1c_expect_u64(*b, HFI1_EVENT_FROZEN, "the other word");
	recover(one.fd);
	recover(two.fd);
	close(one.fd);
	close(two.fd);
}

/* Receive and send side are back, from the beginning. */
static void freeze_is_recovered(const struct hfi1c_case *c)
{
	unsigned long bits = HFI1_EVENT_FROZEN;
	const volatile uint64_t *word;
	struct hfi1c_context ctxt;
	struct hfi1c_wire w;
	int i;

	hfi1c_unit_guard();
	hfi1c_open_context(&ctxt);
	hfi1c_wire_open(&w, &ctxt, 0);
	word = map_word(&ctxt, WFR_MMAP_TOKEN_TYPE_EVENTS, 0);
	for (i = 0; i < 3; i++) {
		hfi1c_wire_works(&w, WAIT_MS);
		hfi1c_unit_fault("freeze", "%s", (const char *)c->data);
		expect_events(word, HFI1_EVENT_FROZEN);
		hfi1c_expect_ok(
			hfi1c_ioctl(ctxt.fd, HFI1_IOCTL_ACK_EVENT, &bits));
		recover(ctxt.fd);
		hfi1c_expect_u64(*w.credit & (WFR_CREDIT_COUNTER |
					      WFR_CREDIT_STATUS),
				 0, "counter and halt after CTXT_RESET");
		hfi1c_expect(hfi1c_is_zero(w.queue, 256),
			     "the header queue still shows old entries");
		hfi1c_wire_restart(&w);
	}
	hfi1c_wire_works(&w, WAIT_MS);
	close(ctxt.fd);
}

/* What is halted already freezes with the rest. */
static void freeze_of_the_halted(const struct hfi1c_case *c)
{
	struct hfi1c_context ctxt;
	struct hfi1c_wire w;

	(void)c;
	hfi1c_unit_guard();
	hfi1c_open_context(&ctxt);
	hfi1c_wire_open(&w, &ctxt, 0);
	hfi1c_wire_works(&w, WAIT_MS);
	hfi1c_unit_fault("halt-send-context", "%u", ctxt.info.send_ctxt);
	hfi1c_expect(hfi1c_halts(&w, WAIT_MS), "the credit word shows no halt");
	hfi1c_unit_fault("freeze", "driver");
	expect_events(map_word(&ctxt, WFR_MMAP_TOKEN_TYPE_EVENTS, 0),
		      HFI1_EVENT_FROZEN);
	hfi1c_expect(!hfi1c_unit_thaws(), "the freeze does not end");
	recover(ctxt.fd);
	hfi1c_wire_restart(&w);
	/* twice: the first to be seen may be the one of before */
	hfi1c_wire_works(&w, WAIT_MS);
	hfi1c_wire_works(&w, WAIT_MS);
	close(ctxt.fd);
}

static void frozen_chip_assigns_nothing(const struct hfi1c_case *c)
{
	struct hfi1_user_info info = hfi1c_user_info();
	int fd = hfi1c_open_device();

	(void)c;
	hfi1c_unit_guard();
	hfi1c_unit_fault("sticky", "unfreeze");
	hfi1c_unit_fault("freeze", "driver");
	hfi1c_expect_errno(hfi1c_assign(fd, &info), EIO);
	hfi1c_expect_errno(hfi1c_assign(fd, &info), EIO);
	close(fd);
}

static void held_freeze_is_waited_for(const struct hfi1c_case *c)
{
	const volatile uint64_t *word;
	struct hfi1c_context ctxt;
	struct timespec a, b;
	double took;

	(void)c;
	hfi1c_unit_guard();
	hfi1c_open_context(&ctxt);
	word = map_word(&ctxt, WFR_MMAP_TOKEN_TYPE_EVENTS, 0);
	hfi1c_unit_fault("sticky", "unfreeze");
	hfi1c_unit_fault("freeze", "driver");
	expect_events(word, HFI1_EVENT_FROZEN);
	clock_gettime(CLOCK_MONOTONIC, &a);
	hfi1c_expect_errno(hfi1c_ioctl(ctxt.fd, HFI1_IOCTL_CTXT_RESET, NULL),
			   ENOLCK);
	clock_gettime(CLOCK_MONOTONIC, &b);
	took = b.tv_sec - a.tv_sec + (b.tv_nsec - a.tv_nsec) / 1e9;
	hfi1c_expect(took < 3, "it took %.1f s", took);
	hfi1c_unit_fault("sticky", "none");
	recover(ctxt.fd);
	close(ctxt.fd);
}

static void link_tells_everybody(const struct hfi1c_case *c)
{
	uint64_t both = HFI1_EVENT_FROZEN | HFI1_EVENT_LINKDOWN;
	const volatile uint64_t *a, *b, *status;
	struct hfi1c_context one, two;
	unsigned int active;

	(void)c;
	hfi1c_unit_guard();
	hfi1c_open_context(&one);
	hfi1c_open_context(&two);
	a = map_word(&one, WFR_MMAP_TOKEN_TYPE_EVENTS, 0);
	b = map_word(&two, WFR_MMAP_TOKEN_TYPE_EVENTS, 0);
	status = map_word(&one, WFR_MMAP_TOKEN_TYPE_STATUS, 0);
	wait_for_link(status);
	hfi1c_read_infos(&one);
	active = one.info.num_active;
	hfi1c_unit_fault("link", "down");
	expect_events(a, both);
	expect_events(b, both);
	hfi1c_expect(becomes(status + 1,
			     HFI1_STATUS_IB_READY | HFI1_STATUS_IB_CONF, 0),
		     "the port word is %#llx without a link",
		     (unsigned long long)status[1]);
	hfi1c_read_infos(&one);
	hfi1c_expect(one.info.num_active < active,
		     "%u units are active, as before the link was lost",
		     active);
	hfi1c_unit_fault("link", "up");
	wait_for_link(status);
	recover(one.fd);
	recover(two.fd);
	close(one.fd);
	close(two.fd);
}

static void link_is_recovered(const struct hfi1c_case *c)
{
	const volatile uint64_t *status;
	struct hfi1c_context ctxt;
	struct hfi1c_wire w;

	(void)c;
	hfi1c_unit_guard();
	hfi1c_open_context(&ctxt);
	hfi1c_wire_open(&w, &ctxt, 0);
	status = map_word(&ctxt, WFR_MMAP_TOKEN_TYPE_STATUS, 0);
	hfi1c_wire_works(&w, WAIT_MS);
	hfi1c_unit_fault("link", "down");
	hfi1c_unit_fault("link", "up");
	wait_for_link(status);
	recover(ctxt.fd);
	hfi1c_wire_restart(&w);
	hfi1c_wire_works(&w, WAIT_MS);
	close(ctxt.fd);
}

static void no_link_no_sdma(const struct hfi1c_case *c)
{
	struct hfi1c_bench b;

	(void)c;
	hfi1c_unit_guard();
	hfi1c_bench_open(&b);
	hfi1c_unit_fault("link", "down");
	hfi1c_sdma_eager(&b.r, &b.p, 2048, 4);
	hfi1c_expect_errno(hfi1c_sdma_submit(b.ctxt.fd, &b.r, 1), ECOMM);
	hfi1c_expect(hfi1c_sdma_ends(b.ring, 4, WAIT_MS), "slot 4 is QUEUED");
	hfi1c_expect_u64(b.ring[4].status, ERROR, "status of the slot");
	hfi1c_unit_fault("link", "up");
	wait_for_link(map_word(&b.ctxt, WFR_MMAP_TOKEN_TYPE_STATUS, 0));
	hfi1c_expect_result(hfi1c_sdma_submit(b.ctxt.fd, &b.r, 1), 1,
			    "writev() after the link came back");
	hfi1c_expect(hfi1c_sdma_ends(b.ring, 4, WAIT_MS), "slot 4 is QUEUED");
	hfi1c_expect_u64(b.ring[4].status, COMPLETE, "status of the slot");
	close(b.ctxt.fd);
}

/* Requests under way end with the code that libpsm2 takes for "reset". */
static void lost_link_aborts(const struct hfi1c_case *c)
{
	struct hfi1c_bench b;

	(void)c;
	hfi1c_unit_guard();
	hfi1c_bench_open(&b);
	hfi1c_unit_fault("delay", "60000000000");
	hfi1c_sdma_eager(&b.r, &b.p, 2048, 4);
	hfi1c_expect_result(hfi1c_sdma_submit(b.ctxt.fd, &b.r, 1), 1,
			    "writev()");
	hfi1c_expect_u64(b.ring[4].status, QUEUED, "status of the slot");
	hfi1c_expect_errno(hfi1c_sdma_submit(b.ctxt.fd, &b.r, 1), EBADSLT);
	hfi1c_expect_u64(b.ring[4].status, QUEUED,
			 "status of the slot after EBADSLT");
	hfi1c_unit_fault("link", "down");
	hfi1c_expect(hfi1c_sdma_ends(b.ring, 4, WAIT_MS), "slot 4 is QUEUED");
	hfi1c_expect_u64(b.ring[4].status, ERROR, "status of the slot");
	hfi1c_expect_u64(b.ring[4].errcode, (uint32_t)-2, "errcode");
	close(b.ctxt.fd);
}

static unsigned int contexts_to_be_had(void)
{
	struct hfi1_user_info info = hfi1c_user_info();
	int fds[256];
	unsigned int n, i;

	for (n = 0; n < 255; n++) {
		fds[n] = hfi1c_open_device();
		if (hfi1c_assign(fds[n], &info))
			break;
	}
	for (i = 0; i <= n; i++)
		close(fds[i]);
	return n;
}

/* A failed ASSIGN_CTXT costs nothing, however often it is tried. */
static void failed_init_leaks_nothing(const struct hfi1c_case *c)
{
	struct hfi1_user_info info = hfi1c_user_info();
	unsigned int all;
	int fd = hfi1c_open_device(), i;

	(void)c;
	hfi1c_unit_guard();
	all = contexts_to_be_had();
	for (i = 0; i < 5; i++) {
		hfi1c_unit_fault("fail-pio-init", "%s", "");
		hfi1c_expect_errno(hfi1c_assign(fd, &info), EIO);
	}
	hfi1c_unit_fault("sticky", "pio-init");
	hfi1c_expect_errno(hfi1c_assign(fd, &info), ETIMEDOUT);
	hfi1c_unit_fault("sticky", "none");
	hfi1c_expect_u64(contexts_to_be_had(), all, "contexts afterwards");
	hfi1c_expect_ok(hfi1c_assign(fd, &info));
	close(fd);
}

static void lost_credits_can_be_forced(const struct hfi1c_case *c)
{
	struct hfi1c_context ctxt;
	struct hfi1c_packet p;
	struct hfi1c_wire w;

	(void)c;
	hfi1c_unit_guard();
	hfi1c_open_context(&ctxt);
	hfi1c_wire_open(&w, &ctxt, 0);
	hfi1c_wire_allow(&w);
	hfi1c_unit_fault("drop-credits", "%u 1", ctxt.info.send_ctxt);
	p = hfi1c_packet_to(&w, &ctxt);
	p.credit_return = true;
	hfi1c_send(&w, &p);
	hfi1c_expect(!hfi1c_credits_become(&w, 1, 50),
		     "credits came although they were lost");
	hfi1c_expect_ok(hfi1c_ioctl(ctxt.fd, HFI1_IOCTL_CREDIT_UPD, NULL));
	hfi1c_expect(hfi1c_credits_become(&w, 1, WAIT_MS),
		     "CREDIT_UPD does not bring lost credits");
	close(ctxt.fd);
}

#define FAULT(name_, clause_, run_, doc_)                                \
	{                                                                \
		.name = "faults." name_, .clause = clause_, .doc = doc_, \
		.run = run_, .needs = FAULT_NEEDS, .timeout = 30         \
	}

#define FREEZE(name_, who_, doc_)                                             \
	{                                                                     \
		.name = "faults." name_, .clause = "CTXT_RESET", .doc = doc_, \
		.run = freeze_is_recovered, .data = who_,                     \
		.needs = FAULT_NEEDS, .timeout = 30                           \
	}

/* A fabric manager may move the port; every user is told. */
static void new_address_is_told(const struct hfi1c_case *c)
{
	const volatile uint64_t *a, *b;
	struct hfi1c_context one, two;
	long lid = hfi1c_port_number("lid");

	(void)c;
	hfi1c_unit_guard();
	hfi1c_open_pair(&one, &two);
	a = map_word(&one, WFR_MMAP_TOKEN_TYPE_EVENTS, 2);
	b = map_word(&two, WFR_MMAP_TOKEN_TYPE_EVENTS, 2);
	hfi1c_unit_fault("lid", "%ld", lid + 1);
	expect_events(a, HFI1_EVENT_LID_CHANGE);
	expect_events(b, HFI1_EVENT_LID_CHANGE);
	hfi1c_unit_fault("lid", "%ld", lid);
	hfi1c_expect_u64((*a | *b) & ~HFI1_EVENT_LID_CHANGE, 0,
			 "other events of a new address");
	close(one.fd);
	close(two.fd);
}

static const struct hfi1c_case cases[] = {
	FAULT("halt", "CTXT_RESET", halt_is_recovered,
	      "a context halted by the chip is recovered, again and again"),
	FAULT("freeze.events", "mmap.EVENTS", freeze_tells_everybody,
	      "a freeze sets FROZEN for every member of every context"),
	FAULT("freeze.ack", "ACK_EVENT", freeze_is_acknowledged,
	      "each acknowledges a freeze for itself"),
	FREEZE("freeze.recovery", "driver",
	       "after a freeze CTXT_RESET brings both directions back"),
	FREEZE("freeze.by-chip", "chip",
	       "a chip that freezes by itself is noticed and recovered"),
	FAULT("freeze.halted", "CTXT_RESET", freeze_of_the_halted,
	      "after a freeze a context that was halted before is back too"),
	FAULT("freeze.assign", "ASSIGN_CTXT.frozen",
	      frozen_chip_assigns_nothing,
	      "a frozen chip assigns no context and says EIO"),
	FAULT("freeze.held", "CTXT_RESET.still-frozen",
	      held_freeze_is_waited_for,
	      "a freeze that does not end costs a second and gives ENOLCK"),
	FAULT("link.events", "mmap.EVENTS mmap.STATUS", link_tells_everybody,
	      "a lost link sets FROZEN and LINKDOWN, and shows in the status"),
	FAULT("link.recovery", "CTXT_RESET", link_is_recovered,
	      "after a lost link CTXT_RESET brings both directions back"),
	FAULT("link.sdma", "write_payload.engine", no_link_no_sdma,
	      "without a link writev() gives ECOMM, with it it works again"),
	FAULT("link.abort", "write_info.slot-busy mmap.SDMA_COMP",
	      lost_link_aborts,
	      "requests under way are busy, and aborted by a lost link"),
	FAULT("init", "ASSIGN_CTXT.send-init-error ASSIGN_CTXT.send-init-stuck",
	      failed_init_leaks_nothing,
	      "a failed initialisation costs no context"),
	FAULT("credits", "CREDIT_UPD", lost_credits_can_be_forced,
	      "CREDIT_UPD brings credits whose return was lost"),
	CASE_NEEDS("faults.new-address", "mmap.EVENTS", new_address_is_told,
		   "a new LID of the port is an event for every member",
		   FAULT_NEEDS),
};

HFI1C_GROUP(faults, "faults", "Halts, freezes and lost links.", cases);
