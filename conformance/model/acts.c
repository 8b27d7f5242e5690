// SPDX-License-Identifier: BSD-3-Clause
/*
 * What actors do.  Each act is a system call, or a few that look at what the
 * device did.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../lib/buffers.h"
#include "../lib/calls.h"
#include "../lib/regions.h"
#include "model.h"

#define WAIT_MS 2000

long model_act_open(struct model_call *c)
{
	long fd = hfi1c_open(hfi1c_device(), c->a[0] | O_CLOEXEC);

	model_set_fd(c->slot, fd);
	return fd < 0 ? fd : 0;
}

long model_act_close(struct model_call *c)
{
	return hfi1c_close(model_fd(c->slot));
}

long model_act_dup(struct model_call *c)
{
	int from = model_fd(c->slot), fd = dup(from);

	model_set_fd(c->other_slot, fd);
	snprintf(c->text, sizeof(c->text), "dup(%d) = %d", from, fd);
	return fd < 0 ? -errno : 0;
}

/* a[0]: request, a[1]: pointer */
long model_act_ioctl(struct model_call *c)
{
	return hfi1c_ioctl(model_fd(c->slot), c->a[0],
			   (void *)(uintptr_t)c->a[1]);
}

long model_act_infos(struct model_call *c)
{
	int fd = model_fd(c->slot);
	long result;

	memset(&c->info, 0xff, sizeof(c->info));
	memset(&c->base, 0xff, sizeof(c->base));
	result = hfi1c_ioctl(fd, HFI1_IOCTL_CTXT_INFO, &c->info);
	return result ?: hfi1c_ioctl(fd, HFI1_IOCTL_USER_INFO, &c->base);
}

/* a[]: offset, length, protection, flags */
long model_act_mmap(struct model_call *c)
{
	void *address = NULL;
	long result;

	result = hfi1c_mmap(model_fd(c->slot), c->a[0], c->a[1], c->a[2],
			    c->a[3], &address);
	c->value[0] = (uintptr_t)address;
	return result;
}

long model_act_munmap(struct model_call *c)
{
	return hfi1c_munmap((void *)(uintptr_t)c->a[0], c->a[1]);
}

static struct hfi1c_context own_context(const struct model_call *c)
{
	struct hfi1c_context ctxt = c->context;

	ctxt.fd = model_fd(c->slot);
	return ctxt;
}

/*
 * The event word, once no bit of a[0] is missing or the time is over; bits
 * may come late, for those who raise them are not asked to hurry.
 */
long model_act_event(struct model_call *c)
{
	struct hfi1c_context ctxt = own_context(c);
	const uint64_t *word;
	unsigned int i;

	word = hfi1c_region_map(&ctxt, WFR_MMAP_TOKEN_TYPE_EVENTS, PROT_READ,
				0);
	for (i = 0; i < WAIT_MS * 10; i++) {
		c->value[0] = __atomic_load_n(word, __ATOMIC_ACQUIRE);
		if ((c->value[0] & c->a[0]) == c->a[0])
			break;
		usleep(100);
	}
	hfi1c_region_unmap(&ctxt, WFR_MMAP_TOKEN_TYPE_EVENTS, word, 0);
	snprintf(c->text, sizeof(c->text), "event word of %d = %#llx", ctxt.fd,
		 (unsigned long long)c->value[0]);
	return 0;
}

/* a[0]: whether to wait, for the interrupt comes after its packet */
long model_act_poll(struct model_call *c)
{
	return hfi1c_poll(model_fd(c->slot), POLLIN | POLLRDNORM,
			  c->a[0] ? WAIT_MS : 0);
}

/* a[]: address, length, whether to map */
long model_act_memory(struct model_call *c)
{
	void *at = (void *)(uintptr_t)c->a[0];
	void *got;

	if (!c->a[2])
		return hfi1c_munmap(at, c->a[1]);
	got = mmap(at, c->a[1], PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	if (got == at)
		memset(at, 1, c->a[1]);
	snprintf(c->text, sizeof(c->text),
		 "mmap(%p, %llu, rw-, MAP_ANONYMOUS | MAP_FIXED)", at,
		 (unsigned long long)c->a[1]);
	return got == at ? 0 : -errno;
}

long model_act_writev(struct model_call *c)
{
	struct hfi1c_world w = { .fd = model_fd(c->slot) };

	return hfi1c_performer_write.perform(&w, c->plan);
}

/* The completion entry of slot a[0], once it is not QUEUED any more. */
long model_act_slot(struct model_call *c)
{
	struct hfi1c_context ctxt = own_context(c);
	const struct hfi1_sdma_comp_entry *ring;
	unsigned int i, status = QUEUED;

	ring = hfi1c_region_map(&ctxt, WFR_MMAP_TOKEN_TYPE_SDMA_COMP, PROT_READ,
				0);
	for (i = 0; i < WAIT_MS * 10 && status == QUEUED; i++) {
		status = __atomic_load_n(&ring[c->a[0]].status,
					 __ATOMIC_ACQUIRE);
		if (status == QUEUED)
			usleep(100);
	}
	c->value[0] = status;
	c->value[1] = ring[c->a[0]].errcode;
	hfi1c_region_unmap(&ctxt, WFR_MMAP_TOKEN_TYPE_SDMA_COMP, ring, 0);
	snprintf(c->text, sizeof(c->text),
		 "completion slot %llu of %d: status %u, errcode %d",
		 (unsigned long long)c->a[0], ctxt.fd, status,
		 (int)c->value[1]);
	return 0;
}

/* Maps the context's data path and goes on where @at was. */
static void wire_open(struct hfi1c_wire *w, const struct hfi1c_context *c,
		      const struct hfi1c_wire *at)
{
	hfi1c_wire_open(w, c, 0);
	w->block = at->block;
	w->fill = at->fill;
	w->entry = at->entry;
	w->sequence = at->sequence;
}

/* Sends a packet and waits until its header is in the other one's queue. */
long model_act_send(struct model_call *c)
{
	struct hfi1c_context from = own_context(c), to = c->other;
	struct hfi1c_wire w, there;
	struct hfi1c_arrival a;
	bool arrived;

	to.fd = model_fd(c->other_slot);
	wire_open(&w, &from, &c->wire);
	wire_open(&there, &to, &c->other_wire);
	c->packet.payload = c->payload;
	hfi1c_send(&w, &c->packet);
	arrived = hfi1c_arrives(&there, &a, WAIT_MS);
	c->wire.block = w.block;
	c->wire.fill = w.fill;
	hfi1c_wire_close(&w);
	hfi1c_wire_close(&there);
	snprintf(c->text, sizeof(c->text),
		 "a packet of %zu bytes from %d to %d%s: %s", c->packet.length,
		 from.fd, to.fd, c->packet.intr ? ", urgent" : "",
		 arrived ? "arrives" : "does not arrive");
	return arrived ? 0 : -ETIME;
}

/* Waits until the packet behind those that are known is in the queue. */
long model_act_arrival(struct model_call *c)
{
	struct hfi1c_context ctxt = own_context(c);
	struct hfi1c_arrival a;
	struct hfi1c_wire w;
	bool arrived;

	wire_open(&w, &ctxt, &c->other_wire);
	arrived = hfi1c_arrives(&w, &a, WAIT_MS);
	hfi1c_wire_close(&w);
	snprintf(c->text, sizeof(c->text), "header queue of %d: %s", ctxt.fd,
		 arrived ? "one more packet" : "nothing new");
	return arrived ? 0 : -ETIME;
}

/* Reads one packet: its length, and the start of its data. */
static bool read_one(struct hfi1c_wire *w, struct model_call *c)
{
	struct hfi1c_arrival a;

	if (!hfi1c_arrives(w, &a, c->a[0] ? WAIT_MS : 0))
		return false;
	hfi1c_expect(!(a.rhf & WFR_RHF_ERRORS),
		     "a packet arrives with errors: RHF %#llx",
		     (unsigned long long)a.rhf);
	c->value[0] = a.length;
	memset(c->payload, 0, sizeof(c->payload));
	if (a.payload && a.length <= sizeof(c->payload))
		memcpy(c->payload, a.payload, a.length);
	hfi1c_release(w);
	return true;
}

/* a[0]: whether there is one; value[1]: whether there was */
long model_act_receive(struct model_call *c)
{
	struct hfi1c_context ctxt = own_context(c);
	struct hfi1c_wire w;

	wire_open(&w, &ctxt, &c->wire);
	c->value[1] = read_one(&w, c);
	c->wire.entry = w.entry;
	c->wire.sequence = w.sequence;
	hfi1c_wire_close(&w);
	snprintf(c->text, sizeof(c->text), "header queue of %d: %s", ctxt.fd,
		 c->value[1] ? "a packet" : "empty");
	return 0;
}

/* Forces a credit return and waits for the counter to show all blocks. */
long model_act_credits(struct model_call *c)
{
	struct hfi1c_context ctxt = own_context(c);
	struct hfi1c_wire w;
	bool shown;
	long result;

	result = hfi1c_ioctl(ctxt.fd, HFI1_IOCTL_CREDIT_UPD, NULL);
	if (result)
		return result;
	wire_open(&w, &ctxt, &c->wire);
	shown = hfi1c_credits_become(&w, w.fill & WFR_CREDIT_COUNTER, WAIT_MS);
	c->value[0] = WFR_GET(WFR_CREDIT_COUNTER, *w.credit);
	hfi1c_wire_close(&w);
	snprintf(c->text, sizeof(c->text),
		 "ioctl(%d, HFI1_IOCTL_CREDIT_UPD) = 0, counter %llu", ctxt.fd,
		 (unsigned long long)c->value[0]);
	return shown ? 0 : -ETIME;
}

/* Waits until the credit word shows the halt. */
long model_act_halted(struct model_call *c)
{
	struct hfi1c_context ctxt = own_context(c);
	struct hfi1c_wire w;
	const volatile uint64_t *credit;
	bool halted;

	credit = hfi1c_region_map(&ctxt, WFR_MMAP_TOKEN_TYPE_PIO_CRED,
				  PROT_READ, 0);
	w.credit = credit;
	halted = hfi1c_halts(&w, WAIT_MS);
	hfi1c_region_unmap(&ctxt, WFR_MMAP_TOKEN_TYPE_PIO_CRED, credit, 0);
	snprintf(c->text, sizeof(c->text), "credit word of %d: %s", ctxt.fd,
		 halted ? "halted" : "not halted");
	return halted ? 0 : -ETIME;
}
