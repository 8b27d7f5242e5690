// SPDX-License-Identifier: BSD-3-Clause
/*
 * The regions as memory: what is in them, who else sees it, and what can be
 * done to a mapping afterwards.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <wfr_regs.h>
#include <wfr_words.h>

#include "../lib/buffers.h"
#include "../lib/calls.h"
#include "../lib/context.h"
#include "../lib/process.h"
#include "../lib/regions.h"
#include "groups.h"

/* A context that has the region of a case: a group of one if need be. */
static void open_with(struct hfi1c_context *c, const struct hfi1c_region *r)
{
	struct hfi1_user_info info = hfi1c_group_info(r->group ? 1 : 0, 0);

	hfi1c_join_context(c, &info);
	if (!hfi1c_region_token(c, r))
		hfi1c_not_supported("the context has no %s", r->name);
}

static const struct hfi1c_region *region_of(const struct hfi1c_case *c)
{
	return hfi1c_region(*(const unsigned int *)c->data);
}

static void maps_twice(const struct hfi1c_case *c)
{
	const struct hfi1c_region *r = region_of(c);
	volatile uint64_t *a, *b;
	struct hfi1c_context ctxt;
	/* Behind a word that the token leads to the page may end. */
	int i = r->offset ? 0 : 1;

	open_with(&ctxt, r);
	a = hfi1c_region_map(&ctxt, r->type, hfi1c_region_prot(r), 1);
	b = hfi1c_region_map(&ctxt, r->type, hfi1c_region_prot(r), 1);
	hfi1c_expect(a != b, "two mappings have one address");
	if (r->write == HFI1C_WRITE_ONLY) {
		close(ctxt.fd);
		return;
	}
	if (r->write == HFI1C_WRITE_ALLOWED &&
	    r->type != WFR_MMAP_TOKEN_TYPE_UREGS)
		a[i] = 0x55aa;
	hfi1c_expect_u64(b[i], a[i], "%s seen through another mapping",
			 r->name);
	close(ctxt.fd);
}

static void whole_length_is_there(const struct hfi1c_case *c)
{
	const struct hfi1c_region *r = region_of(c);
	volatile char *at;
	struct hfi1c_context ctxt;
	size_t length, i;
	char sum = 0;

	open_with(&ctxt, r);
	length = hfi1c_region_length(&ctxt, r, 1);
	at = hfi1c_region_map(&ctxt, r->type, hfi1c_region_prot(r), 1);
	at = (char *)((uintptr_t)at & ~(hfi1c_page_size() - 1));
	for (i = 0; i < length; i += hfi1c_page_size())
		sum |= at[i] | at[i + hfi1c_page_size() - 1];
	hfi1c_note("bytes seen: %#x", sum);
	close(ctxt.fd);
}

static void no_escalation(const struct hfi1c_case *c)
{
	const struct hfi1c_region *r = region_of(c);
	struct hfi1c_context ctxt;
	uintptr_t at;

	open_with(&ctxt, r);
	at = (uintptr_t)hfi1c_region_map(&ctxt, r->type, PROT_READ, 1);
	at &= ~(hfi1c_page_size() - 1);
	hfi1c_expect_errno(hfi1c_mprotect((void *)at, hfi1c_page_size(),
					  PROT_READ | PROT_WRITE),
			   EACCES);
	hfi1c_expect_ok(
		hfi1c_mprotect((void *)at, hfi1c_page_size(), PROT_NONE));
	hfi1c_expect_ok(
		hfi1c_mprotect((void *)at, hfi1c_page_size(), PROT_READ));
	close(ctxt.fd);
}

/* PIO buffers are for writing; reading back must not become possible. */
static void no_reading(const struct hfi1c_case *c)
{
	const struct hfi1c_region *r = region_of(c);
	struct hfi1c_context ctxt;
	void *at;

	open_with(&ctxt, r);
	at = hfi1c_region_map(&ctxt, r->type, PROT_WRITE, 0);
	hfi1c_expect_errno(hfi1c_mprotect(at, hfi1c_page_size(),
					  PROT_READ | PROT_WRITE),
			   EACCES);
	close(ctxt.fd);
}

static void does_not_grow(const struct hfi1c_case *c)
{
	const struct hfi1c_region *r = region_of(c);
	struct hfi1c_context ctxt;
	uintptr_t at;
	size_t length;
	void *grown;

	open_with(&ctxt, r);
	length = hfi1c_region_length(&ctxt, r, 1);
	at = (uintptr_t)hfi1c_region_map(&ctxt, r->type, hfi1c_region_prot(r),
					 1);
	at &= ~(hfi1c_page_size() - 1);
	grown = mremap((void *)at, length, length + hfi1c_page_size(),
		       MREMAP_MAYMOVE);
	hfi1c_expect(grown == MAP_FAILED, "%s can be made longer", r->name);
	hfi1c_expect_u64(errno, EFAULT, "errno of mremap()");
	close(ctxt.fd);
}

static void say_whether_mapped(struct hfi1c_peer *parent, void *data)
{
	hfi1c_tell(parent, hfi1c_is_mapped(data));
}

static void child_has_it(const struct hfi1c_case *c)
{
	const struct hfi1c_region *r = region_of(c);
	struct hfi1c_context ctxt;
	struct hfi1c_peer child;
	void *at;

	open_with(&ctxt, r);
	at = hfi1c_region_map(&ctxt, r->type, hfi1c_region_prot(r), 1);
	hfi1c_fork(&child, say_whether_mapped, at);
	hfi1c_expect_u64(hfi1c_hear(&child), !r->dontcopy,
			 "whether a child of fork() has %s", r->name);
	hfi1c_reap(&child);
	close(ctxt.fd);
}

static void child_reads(struct hfi1c_peer *parent, void *data)
{
	volatile uint64_t *at = data;

	hfi1c_hear(parent);
	hfi1c_tell(parent, at[2]);
}

/* What is written after fork() shows that the memory is not a copy. */
static void child_shares_it(const struct hfi1c_case *c)
{
	const struct hfi1c_region *r = region_of(c);
	volatile uint64_t *at;
	struct hfi1c_context ctxt;
	struct hfi1c_peer child;

	open_with(&ctxt, r);
	at = hfi1c_region_map(&ctxt, r->type, PROT_READ | PROT_WRITE, 1);
	hfi1c_fork(&child, child_reads, (void *)at);
	at[2] = 0xfeed;
	hfi1c_tell(&child, 0);
	hfi1c_expect_u64(hfi1c_hear(&child), 0xfeed, "%s in a child", r->name);
	hfi1c_reap(&child);
	close(ctxt.fd);
}

static void starts_zeroed(const struct hfi1c_case *c)
{
	const struct hfi1c_region *r = region_of(c);
	struct hfi1c_context ctxt;
	void *at;

	open_with(&ctxt, r);
	at = hfi1c_region_map(&ctxt, r->type, PROT_READ, 1);
	hfi1c_expect(hfi1c_is_zero(at, hfi1c_region_length(&ctxt, r, 1)),
		     "%s of a new context is not zero", r->name);
	close(ctxt.fd);
}

static void status_page_is_sane(const struct hfi1c_case *c)
{
	const struct hfi1_status *status;
	struct hfi1c_context ctxt;
	size_t room;

	(void)c;
	hfi1c_open_context(&ctxt);
	status = hfi1c_region_map(&ctxt, WFR_MMAP_TOKEN_TYPE_STATUS, PROT_READ,
				  0);
	hfi1c_expect((status->dev & HFI1_STATUS_CHIP_PRESENT) &&
			     (status->dev & HFI1_STATUS_INITTED),
		     "the device word %#llx lacks CHIP_PRESENT or INITTED",
		     (unsigned long long)status->dev);
	hfi1c_expect(!(status->dev & HFI1_STATUS_HWERROR),
		     "the device word shows HWERROR");
	hfi1c_expect(!(status->port & HFI1_STATUS_IB_READY) ||
			     (status->port & HFI1_STATUS_IB_CONF),
		     "the port word %#llx is READY, but not CONF",
		     (unsigned long long)status->port);
	room = hfi1c_page_size() - offsetof(struct hfi1_status, freezemsg);
	hfi1c_expect(strnlen(status->freezemsg, room) < room,
		     "freezemsg has no end");
	close(ctxt.fd);
}

static void status_page_is_common(const struct hfi1c_case *c)
{
	struct hfi1c_context one, two;
	const uint64_t *a, *b;

	(void)c;
	hfi1c_open_context(&one);
	hfi1c_open_context(&two);
	a = hfi1c_region_map(&one, WFR_MMAP_TOKEN_TYPE_STATUS, PROT_READ, 0);
	b = hfi1c_region_map(&two, WFR_MMAP_TOKEN_TYPE_STATUS, PROT_READ, 0);
	hfi1c_expect(!memcmp(a, b, hfi1c_page_size()),
		     "two contexts see different status pages");
	close(one.fd);
	close(two.fd);
}

static void event_word_is_own(const struct hfi1c_case *c)
{
	struct hfi1c_context one, two;
	volatile uint64_t *a, *b;

	(void)c;
	hfi1c_open_context(&one);
	hfi1c_open_context(&two);
	a = hfi1c_region_map(&one, WFR_MMAP_TOKEN_TYPE_EVENTS,
			     PROT_READ | PROT_WRITE, 0);
	b = hfi1c_region_map(&two, WFR_MMAP_TOKEN_TYPE_EVENTS, PROT_READ, 0);
	a[0] = 1ULL << 40;
	hfi1c_expect_u64(b[0], 0, "another context's event word");
	a[0] = 0;
	close(one.fd);
	close(two.fd);
}

static sigjmp_buf after_signal;
static volatile sig_atomic_t caught;

static void catch_signal(int signal)
{
	caught = signal;
	siglongjmp(after_signal, 1);
}

/* The signal that reading @at raises, 0 if none. */
static int signal_of_reading(const volatile char *at)
{
	struct sigaction action = { .sa_handler = catch_signal };
	struct sigaction old_bus, old_segv;

	caught = 0;
	sigaction(SIGBUS, &action, &old_bus);
	sigaction(SIGSEGV, &action, &old_segv);
	if (!sigsetjmp(after_signal, 1))
		(void)*at;
	sigaction(SIGBUS, &old_bus, NULL);
	sigaction(SIGSEGV, &old_segv, NULL);
	return caught;
}

/* USER_INFO mints no such token for a private context, so build it. */
static void unshared_uregs_bus(const struct hfi1c_case *c)
{
	struct hfi1c_context ctxt;
	uint64_t token;
	void *at;

	(void)c;
	hfi1c_open_context(&ctxt);
	token = WFR_SET(ctxt.base.user_regbase, WFR_MMAP_TOKEN_TYPE,
			WFR_MMAP_TOKEN_TYPE_SUBCTXT_UREGS);
	hfi1c_expect_ok(hfi1c_mmap(ctxt.fd, hfi1c_token_offset(token),
				   hfi1c_page_size(), PROT_READ, MAP_SHARED,
				   &at));
	hfi1c_expect_u64(signal_of_reading(at), SIGBUS,
			 "signal of touching what is not there");
	close(ctxt.fd);
}

static void unshared_areas_refused(const struct hfi1c_case *c)
{
	unsigned int type = *(const unsigned int *)c->data;
	struct hfi1c_context ctxt;
	uint64_t token;
	void *at;

	hfi1c_open_context(&ctxt);
	token = WFR_SET(ctxt.base.user_regbase, WFR_MMAP_TOKEN_TYPE, type);
	hfi1c_expect_errno(
		hfi1c_mmap(ctxt.fd, hfi1c_token_offset(token),
			   hfi1c_region_length(&ctxt, hfi1c_region(type), 1),
			   PROT_READ, MAP_SHARED, &at),
		EINVAL);
	close(ctxt.fd);
}

/* Bits 31:28 of a token have no meaning. */
static void unused_bits_ignored(const struct hfi1c_case *c)
{
	struct hfi1c_context ctxt;
	void *at;

	(void)c;
	hfi1c_open_context(&ctxt);
	hfi1c_expect_ok(hfi1c_mmap(
		ctxt.fd,
		hfi1c_token_offset(ctxt.base.status_bufbase) | 0xf0000000,
		hfi1c_page_size(), PROT_READ, MAP_SHARED, &at));
	close(ctxt.fd);
}

static void write_only_pio(const struct hfi1c_case *c)
{
	const struct hfi1c_region *r = region_of(c);
	struct hfi1c_context ctxt;
	void *at;

	open_with(&ctxt, r);
	hfi1c_expect_ok(hfi1c_mmap(
		ctxt.fd, hfi1c_token_offset(hfi1c_region_token(&ctxt, r)),
		hfi1c_region_length(&ctxt, r, 0), PROT_READ | PROT_WRITE,
		MAP_SHARED, &at));
	close(ctxt.fd);
}

static void registers_work(const struct hfi1c_case *c)
{
	volatile uint64_t *regs;
	struct hfi1c_context ctxt;

	(void)c;
	hfi1c_open_context(&ctxt);
	regs = hfi1c_region_map(&ctxt, WFR_MMAP_TOKEN_TYPE_UREGS,
				PROT_READ | PROT_WRITE, 0);
	hfi1c_expect_u64(regs[ur_rcvhdrtail], 0, "header tail at the start");
	hfi1c_expect_u64(regs[ur_rcvegrindextail], 0, "eager tail");
	regs[ur_rcvhdrhead] = ctxt.info.rcvhdrq_entsize / 4;
	hfi1c_expect_u64(regs[ur_rcvhdrhead] & 0x7ffff,
			 ctxt.info.rcvhdrq_entsize / 4, "header head written");
	regs[ur_rcvhdrhead] = 0;
	close(ctxt.fd);
}

static void registers_are_own(const struct hfi1c_case *c)
{
	struct hfi1c_context one, two;
	volatile uint64_t *a, *b;

	(void)c;
	hfi1c_open_context(&one);
	hfi1c_open_context(&two);
	a = hfi1c_region_map(&one, WFR_MMAP_TOKEN_TYPE_UREGS,
			     PROT_READ | PROT_WRITE, 0);
	b = hfi1c_region_map(&two, WFR_MMAP_TOKEN_TYPE_UREGS,
			     PROT_READ | PROT_WRITE, 0);
	a[ur_rcvtidflowtable + 3] = 0x123;
	hfi1c_expect_u64(b[ur_rcvtidflowtable + 3] & 0x7ff, 0,
			 "another context's flow table");
	a[ur_rcvtidflowtable + 3] = 0;
	close(one.fd);
	close(two.fd);
}

/* Registers show the next owner nothing of the one before. */
static void registers_are_fresh(const struct hfi1c_case *c)
{
	struct hfi1c_context ctxt;
	volatile uint64_t *regs;
	unsigned int number = 0, i, flow;

	(void)c;
	for (i = 0; i < 4; i++) {
		hfi1c_open_context(&ctxt);
		regs = hfi1c_region_map(&ctxt, WFR_MMAP_TOKEN_TYPE_UREGS,
					PROT_READ | PROT_WRITE, 0);
		for (flow = 0;
		     i && ctxt.info.ctxt == number && flow < WFR_TID_FLOWS;
		     flow++)
			hfi1c_expect_u64(regs[ur_rcvtidflowtable + flow], 0,
					 "flow %u of the next owner", flow);
		hfi1c_expect_u64(regs[ur_rcvhdrhead] & WFR_RCV_HDR_HEAD_HEAD, 0,
				 "header head of the next owner");
		hfi1c_expect_u64(regs[ur_rcvegrindexhead] & 0x7ff, 0,
				 "eager head of the next owner");
		number = ctxt.info.ctxt;
		for (flow = 0; flow < WFR_TID_FLOWS; flow++)
			regs[ur_rcvtidflowtable + flow] =
				WFR_TID_FLOW_FLOW_VALID | flow;
		regs[ur_rcvhdrhead] = ctxt.info.rcvhdrq_entsize / 4;
		regs[ur_rcvegrindexhead] = 3;
		hfi1c_region_unmap(&ctxt, WFR_MMAP_TOKEN_TYPE_UREGS, regs, 0);
		close(ctxt.fd);
	}
}

/* A mapping stays good whatever happens to the descriptor. */
static void outlives_descriptor(const struct hfi1c_case *c)
{
	const struct hfi1c_region *r = region_of(c);
	volatile uint64_t *at;
	struct hfi1c_context ctxt;
	uint64_t before;

	open_with(&ctxt, r);
	at = hfi1c_region_map(&ctxt, r->type, PROT_READ, 1);
	before = at[0];
	close(ctxt.fd);
	hfi1c_expect_u64(at[0], before, "%s after close", r->name);
}

#define TYPE(name) static const unsigned int name

TYPE(pio) = WFR_MMAP_TOKEN_TYPE_PIO_BUFS;
TYPE(sop) = WFR_MMAP_TOKEN_TYPE_PIO_BUFS_SOP;
TYPE(credits) = WFR_MMAP_TOKEN_TYPE_PIO_CRED;
TYPE(headers) = WFR_MMAP_TOKEN_TYPE_RCV_HDRQ;
TYPE(eager) = WFR_MMAP_TOKEN_TYPE_RCV_EGRBUF;
TYPE(uregs) = WFR_MMAP_TOKEN_TYPE_UREGS;
TYPE(events) = WFR_MMAP_TOKEN_TYPE_EVENTS;
TYPE(status) = WFR_MMAP_TOKEN_TYPE_STATUS;
TYPE(tail) = WFR_MMAP_TOKEN_TYPE_RTAIL;
TYPE(ring) = WFR_MMAP_TOKEN_TYPE_SDMA_COMP;
TYPE(group_uregs) = WFR_MMAP_TOKEN_TYPE_SUBCTXT_UREGS;
TYPE(group_headers) = WFR_MMAP_TOKEN_TYPE_SUBCTXT_RCV_HDRQ;
TYPE(group_eager) = WFR_MMAP_TOKEN_TYPE_SUBCTXT_EGRBUF;

#define REGION_CASE(what_, name_, region_, run_, doc_, type_)         \
	CASE_DATA("mappings." what_ "." name_, "mmap." region_, run_, \
		  region_ " " doc_, &type_)

#define TWICE(name_, region_, type_)                     \
	REGION_CASE("twice", name_, region_, maps_twice, \
		    "can be mapped twice and is one memory", type_)
#define WHOLE(name_, region_, type_)                                \
	REGION_CASE("whole", name_, region_, whole_length_is_there, \
		    "is there in its whole length", type_)
#define NO_ESCALATION(name_, region_, type_)                        \
	REGION_CASE("no-escalation", name_, region_, no_escalation, \
		    "mapped for reading cannot be made writable", type_)
#define NO_GROWTH(name_, region_, type_)                        \
	REGION_CASE("no-growth", name_, region_, does_not_grow, \
		    "cannot be made longer by mremap()", type_)
#define IN_CHILD(name_, region_, type_)                       \
	REGION_CASE("in-child", name_, region_, child_has_it, \
		    "is in a child of fork() as the spec says", type_)
#define SHARED_CHILD(name_, region_, type_)                               \
	REGION_CASE("shared-with-child", name_, region_, child_shares_it, \
		    "in a child is the same memory", type_)
#define ZEROED(name_, region_, type_)                                         \
	REGION_CASE("zeroed", name_, region_, starts_zeroed, "starts zeroed", \
		    type_)
#define OUTLIVES(name_, region_, type_)                              \
	REGION_CASE("outlives", name_, region_, outlives_descriptor, \
		    "stays readable after close", type_)

static const struct hfi1c_case cases[] = {
	TWICE("pio-bufs", "PIO_BUFS", pio),
	TWICE("pio-bufs-sop", "PIO_BUFS_SOP", sop),
	TWICE("pio-cred", "PIO_CRED", credits),
	TWICE("rcv-hdrq", "RCV_HDRQ", headers),
	TWICE("rcv-egrbuf", "RCV_EGRBUF", eager),
	TWICE("uregs", "UREGS", uregs),
	TWICE("events", "EVENTS", events),
	TWICE("status", "STATUS", status),
	TWICE("rtail", "RTAIL", tail),
	TWICE("sdma-comp", "SDMA_COMP", ring),
	TWICE("subctxt-uregs", "SUBCTXT_UREGS", group_uregs),
	TWICE("subctxt-rcv-hdrq", "SUBCTXT_RCV_HDRQ", group_headers),
	TWICE("subctxt-egrbuf", "SUBCTXT_EGRBUF", group_eager),
	WHOLE("pio-cred", "PIO_CRED", credits),
	WHOLE("rcv-hdrq", "RCV_HDRQ", headers),
	WHOLE("rcv-egrbuf", "RCV_EGRBUF", eager),
	WHOLE("events", "EVENTS", events),
	WHOLE("status", "STATUS", status),
	WHOLE("rtail", "RTAIL", tail),
	WHOLE("sdma-comp", "SDMA_COMP", ring),
	WHOLE("subctxt-uregs", "SUBCTXT_UREGS", group_uregs),
	WHOLE("subctxt-rcv-hdrq", "SUBCTXT_RCV_HDRQ", group_headers),
	WHOLE("subctxt-egrbuf", "SUBCTXT_EGRBUF", group_eager),
	NO_ESCALATION("pio-cred", "PIO_CRED", credits),
	NO_ESCALATION("rcv-egrbuf", "RCV_EGRBUF", eager),
	NO_ESCALATION("status", "STATUS", status),
	NO_ESCALATION("rtail", "RTAIL", tail),
	NO_ESCALATION("subctxt-egrbuf", "SUBCTXT_EGRBUF", group_eager),
	REGION_CASE("no-reading", "pio-bufs", "PIO_BUFS", no_reading,
		    "mapped for writing cannot be made readable", pio),
	REGION_CASE("no-reading", "pio-bufs-sop", "PIO_BUFS_SOP", no_reading,
		    "mapped for writing cannot be made readable", sop),
	REGION_CASE("read-write", "pio-bufs", "PIO_BUFS", write_only_pio,
		    "may be mapped for reading and writing at once", pio),
	REGION_CASE("read-write", "pio-bufs-sop", "PIO_BUFS_SOP",
		    write_only_pio,
		    "may be mapped for reading and writing at once", sop),
	NO_GROWTH("pio-bufs", "PIO_BUFS", pio),
	NO_GROWTH("pio-bufs-sop", "PIO_BUFS_SOP", sop),
	NO_GROWTH("pio-cred", "PIO_CRED", credits),
	NO_GROWTH("uregs", "UREGS", uregs),
	NO_GROWTH("events", "EVENTS", events),
	NO_GROWTH("status", "STATUS", status),
	NO_GROWTH("sdma-comp", "SDMA_COMP", ring),
	NO_GROWTH("subctxt-uregs", "SUBCTXT_UREGS", group_uregs),
	NO_GROWTH("subctxt-rcv-hdrq", "SUBCTXT_RCV_HDRQ", group_headers),
	NO_GROWTH("subctxt-egrbuf", "SUBCTXT_EGRBUF", group_eager),
	IN_CHILD("pio-bufs", "PIO_BUFS", pio),
	IN_CHILD("pio-bufs-sop", "PIO_BUFS_SOP", sop),
	IN_CHILD("pio-cred", "PIO_CRED", credits),
	IN_CHILD("rcv-hdrq", "RCV_HDRQ", headers),
	IN_CHILD("rcv-egrbuf", "RCV_EGRBUF", eager),
	IN_CHILD("uregs", "UREGS", uregs),
	IN_CHILD("events", "EVENTS", events),
	IN_CHILD("status", "STATUS", status),
	IN_CHILD("rtail", "RTAIL", tail),
	IN_CHILD("sdma-comp", "SDMA_COMP", ring),
	IN_CHILD("subctxt-uregs", "SUBCTXT_UREGS", group_uregs),
	IN_CHILD("subctxt-rcv-hdrq", "SUBCTXT_RCV_HDRQ", group_headers),
	IN_CHILD("subctxt-egrbuf", "SUBCTXT_EGRBUF", group_eager),
	SHARED_CHILD("rcv-hdrq", "RCV_HDRQ", headers),
	SHARED_CHILD("sdma-comp", "SDMA_COMP", ring),
	SHARED_CHILD("subctxt-uregs", "SUBCTXT_UREGS", group_uregs),
	ZEROED("rcv-hdrq", "RCV_HDRQ", headers),
	ZEROED("sdma-comp", "SDMA_COMP", ring),
	ZEROED("subctxt-uregs", "SUBCTXT_UREGS", group_uregs),
	ZEROED("subctxt-rcv-hdrq", "SUBCTXT_RCV_HDRQ", group_headers),
	OUTLIVES("pio-cred", "PIO_CRED", credits),
	OUTLIVES("rcv-hdrq", "RCV_HDRQ", headers),
	OUTLIVES("events", "EVENTS", events),
	OUTLIVES("status", "STATUS", status),
	OUTLIVES("sdma-comp", "SDMA_COMP", ring),
	CASE("mappings.status-page", "mmap.STATUS struct.hfi1_status",
	     status_page_is_sane,
	     "the status page shows an initialised chip and a terminated text"),
	CASE("mappings.status-common", "mmap.STATUS", status_page_is_common,
	     "every context sees the same status page"),
	CASE("mappings.events-own", "mmap.EVENTS quirk.events-writable",
	     event_word_is_own, "each context has an event word of its own"),
	CASE("mappings.unshared-uregs",
	     "mmap.SUBCTXT_UREGS quirk.unshared-uregs-map", unshared_uregs_bus,
	     "SUBCTXT_UREGS of a private context maps, and is SIGBUS"),
	CASE_DATA("mappings.unshared-headers", "mmap.SUBCTXT_RCV_HDRQ.length",
		  unshared_areas_refused,
		  "a private context has no SUBCTXT_RCV_HDRQ", &group_headers),
	CASE_DATA("mappings.unshared-eager", "mmap.SUBCTXT_EGRBUF.length",
		  unshared_areas_refused,
		  "a private context has no SUBCTXT_EGRBUF", &group_eager),
	CASE("mappings.unused-token-bits", "mmap_common.bad-magic",
	     unused_bits_ignored, "unused bits of a token are ignored"),
	CASE("mappings.registers", "mmap.UREGS", registers_work,
	     "registers read and write through the page"),
	CASE_NEEDS("mappings.registers-fresh", "mmap.UREGS file.release",
		   registers_are_fresh,
		   "registers show nothing of the context's last owner",
		   HFI1C_EXCLUSIVE),
	CASE("mappings.registers-own", "mmap.UREGS", registers_are_own,
	     "each context has registers of its own"),
};

HFI1C_GROUP(mappings, "mappings", "The regions of a context as memory.", cases);
