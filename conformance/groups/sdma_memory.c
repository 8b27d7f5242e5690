// SPDX-License-Identifier: BSD-3-Clause
/*
 * The memory that SDMA requests send from: what is sent is what the process
 * has there, however often it was sent before and whatever became of it.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "../hfi1/unit.h"
#include "../lib/buffers.h"
#include "../lib/calls.h"
#include "../lib/context.h"
#include "../lib/process.h"
#include "../lib/sdma.h"
#include "groups.h"
#include "sdma_bench.h"

#define WAIT_MS 2000
#define LENGTH	2048

static void set_up(struct hfi1c_bench *b)
{
	hfi1c_bench_open(b);
	b->p.length = LENGTH;
}

static void submit(struct hfi1c_bench *b, const void *from)
{
	b->p.payload = from;
	hfi1c_sdma_eager(&b->r, &b->p, LENGTH, 0);
	hfi1c_expect_result(hfi1c_sdma_submit(b->ctxt.fd, &b->r, 1), 1,
			    "writev()");
}

static void expect_sent(struct hfi1c_bench *b, const void *what)
{
	struct hfi1c_arrival a;

	hfi1c_expect(hfi1c_sdma_ends(b->ring, 0, WAIT_MS),
		     "the slot stays QUEUED");
	hfi1c_expect_u64(b->ring[0].status, COMPLETE, "status of the slot");
	hfi1c_expect(hfi1c_arrives(&b->w, &a, WAIT_MS), "nothing arrives");
	hfi1c_expect(a.length == LENGTH && !memcmp(a.payload, what, LENGTH),
		     "what arrives is not what was there");
}

static void *page_of(int byte)
{
	void *page = hfi1c_pages(1);

	memset(page, byte, hfi1c_page_size());
	return page;
}

static void rewritten(const struct hfi1c_case *c)
{
	unsigned char *page = page_of(0);
	struct hfi1c_bench b;
	int i;

	(void)c;
	set_up(&b);
	for (i = 1; i < 10; i++) {
		memset(page, i, hfi1c_page_size());
		submit(&b, page + i * 16);
		expect_sent(&b, page + i * 16);
	}
	close(b.ctxt.fd);
}

static void remapped(const struct hfi1c_case *c)
{
	size_t size = hfi1c_page_size();
	void *page = page_of(0x11);
	struct hfi1c_bench b;
	int i;

	(void)c;
	set_up(&b);
	for (i = 0x20; i < 0x24; i++) {
		submit(&b, page);
		expect_sent(&b, page);
		hfi1c_setup(!munmap(page, size), "cannot unmap a page");
		hfi1c_setup(mmap(page, size, PROT_READ | PROT_WRITE,
				 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
				 0) == page,
			    "cannot map a page again");
		memset(page, i, size);
	}
	close(b.ctxt.fd);
}

/* Mapped over without an unmap in between. */
static void replaced(const struct hfi1c_case *c)
{
	size_t size = hfi1c_page_size();
	void *page = page_of(0x31);
	struct hfi1c_bench b;

	(void)c;
	set_up(&b);
	submit(&b, page);
	expect_sent(&b, page);
	hfi1c_setup(mmap(page, size, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
			 0) == page,
		    "cannot map over a page");
	memset(page, 0x32, size);
	submit(&b, page);
	expect_sent(&b, page);
	close(b.ctxt.fd);
}

static void moved(const struct hfi1c_case *c)
{
	size_t size = hfi1c_page_size();
	void *page = page_of(0x41), *there = hfi1c_pages(1), *other;
	struct hfi1c_bench b;

	(void)c;
	set_up(&b);
	submit(&b, page);
	expect_sent(&b, page);
	there = mremap(page, size, size, MREMAP_MAYMOVE | MREMAP_FIXED, there);
	hfi1c_setup(there != MAP_FAILED, "cannot move a page");
	other = mmap(page, size, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	hfi1c_setup(other == page, "cannot map the old place");
	memset(other, 0x42, size);
	submit(&b, other);
	expect_sent(&b, other);
	submit(&b, there);
	expect_sent(&b, there);
	close(b.ctxt.fd);
}

static void unmapped_is_refused(const struct hfi1c_case *c)
{
	void *page = page_of(0x51);
	struct hfi1c_bench b;

	(void)c;
	set_up(&b);
	submit(&b, page);
	expect_sent(&b, page);
	hfi1c_setup(!munmap(page, hfi1c_page_size()), "cannot unmap a page");
	hfi1c_expect_errno(hfi1c_sdma_submit(b.ctxt.fd, &b.r, 1), EFAULT);
	hfi1c_expect_u64(b.ring[0].status, ERROR, "status of the slot");
	close(b.ctxt.fd);
}

/* A request under way keeps what it was given. */
static void unmapped_in_use(const struct hfi1c_case *c)
{
	unsigned char copy[LENGTH];
	void *page = page_of(0x61);
	struct hfi1c_bench b;

	(void)c;
	hfi1c_unit_guard();
	set_up(&b);
	memcpy(copy, page, LENGTH);
	hfi1c_unit_fault("delay", "60000000000");
	submit(&b, page);
	hfi1c_setup(!munmap(page, hfi1c_page_size()), "cannot unmap a page");
	hfi1c_expect_u64(b.ring[0].status, QUEUED, "status of the slot");
	hfi1c_unit_resume();
	expect_sent(&b, copy);
	close(b.ctxt.fd);
}

/* A large buffer, and then parts of it in any order. */
static void parts(const struct hfi1c_case *c)
{
	size_t pages = 16, size = pages * hfi1c_page_size(), i, at;
	unsigned char *all = hfi1c_pages(pages);
	struct hfi1c_bench b;

	(void)c;
	set_up(&b);
	for (i = 0; i < size; i++)
		all[i] = hfi1c_random();
	submit(&b, all + size - LENGTH);
	expect_sent(&b, all + size - LENGTH);
	for (i = 0; i < 50; i++) {
		at = hfi1c_random() % (size - LENGTH);
		submit(&b, all + at);
		expect_sent(&b, all + at);
	}
	close(b.ctxt.fd);
}

static void child_sends(struct hfi1c_peer *parent, void *data)
{
	struct hfi1c_bench *b = data;

	hfi1c_tell(parent, hfi1c_sdma_submit(b->ctxt.fd, &b->r, 1));
	b->p.length = 0;
	hfi1c_sdma_eager(&b->r, &b->p, LENGTH, 1);
	hfi1c_tell(parent, hfi1c_sdma_submit(b->ctxt.fd, &b->r, 1));
}

/* The child has memory of its own where its parent has what it sent. */
static void child_is_refused(const struct hfi1c_case *c)
{
	void *page = page_of(0x71);
	struct hfi1c_arrival a;
	struct hfi1c_peer child;
	struct hfi1c_bench b;

	(void)c;
	set_up(&b);
	submit(&b, page);
	expect_sent(&b, page);
	hfi1c_fork(&child, child_sends, &b);
	hfi1c_expect_result((long)hfi1c_hear(&child), -EPERM,
			    "writev() of a child");
	hfi1c_expect_result((long)hfi1c_hear(&child), 1,
			    "writev() of a child, without data");
	hfi1c_reap(&child);
	hfi1c_expect_u64(b.ring[0].status, ERROR, "status of the slot");
	hfi1c_expect_u64(b.ring[0].errcode, EPERM, "errcode");
	hfi1c_expect(hfi1c_arrives(&b.w, &a, WAIT_MS),
		     "the child's packet does not arrive");
	memset(page, 0x72, hfi1c_page_size());
	submit(&b, page);
	expect_sent(&b, page);
	close(b.ctxt.fd);
}

#define MEMORY(name_, run_, doc_) \
	CASE("send-memory." name_, "write_payload.data-fault", run_, doc_)

static const struct hfi1c_case cases[] = {
	MEMORY("rewritten", rewritten, "a buffer is sent as it is now"),
	MEMORY("remapped", remapped,
	       "memory mapped where other memory was is sent"),
	MEMORY("replaced", replaced, "memory mapped over other memory is sent"),
	MEMORY("moved", moved,
	       "memory that was moved is sent from both places"),
	MEMORY("unmapped", unmapped_is_refused,
	       "memory that was sent and unmapped gives EFAULT"),
	MEMORY("parts", parts, "any part of a buffer can be sent"),
	CASE_NEEDS("send-memory.in-use", "write_payload.data-fault",
		   unmapped_in_use,
		   "a request under way does not mind an unmap",
		   HFI1C_NEEDS_CTL | HFI1C_EXCLUSIVE),
	CASE("send-memory.child", "write_payload.other-mm", child_is_refused,
	     "a child can send headers, but not its memory"),
};

HFI1C_GROUP(send_memory, "send-memory", "Memory that requests send from.",
	    cases);
