// SPDX-License-Identifier: BSD-3-Clause
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../lib/buffers.h"
#include "../lib/calls.h"
#include "rules.h"

/* More than any context can register, so that limits are the driver's. */
#define SCRATCH_SIZE (32UL << 20)
#define LIST_SIZE    (64UL << 10)

/* Below everything the kernel places by itself, so it stays unmapped. */
#define UNMAPPED_ADDRESS 0x20000UL

int hfi1c_world_open(int access)
{
	long fd = hfi1c_open(hfi1c_device(), access | O_CLOEXEC);

	hfi1c_setup(fd >= 0, "cannot open %s: %s", hfi1c_device(),
		    strerror(-fd));
	return fd;
}

void hfi1c_world_build_as(struct hfi1c_world *w,
			  const struct hfi1c_scenario *scenario, int access)
{
	memset(w, 0, sizeof(*w));
	w->scenario = scenario;
	w->access = access;
	w->state = scenario->state;
	w->fd = -1;
	hfi1c_own_begin(w);
	if (hfi1c_provider.begin)
		hfi1c_provider.begin(w);
	scenario->build(w);
}

void hfi1c_world_build(struct hfi1c_world *w,
		       const struct hfi1c_scenario *scenario)
{
	hfi1c_world_build_as(w, scenario, O_RDWR);
}

void hfi1c_world_close(struct hfi1c_world *w)
{
	unsigned int i;

	if (hfi1c_provider.end)
		hfi1c_provider.end(w);
	close(w->fd);
	for (i = 0; i < w->peer_count; i++)
		close(w->peers[i]);
	w->peer_count = 0;
}

void hfi1c_world_keep(struct hfi1c_world *w, int fd)
{
	hfi1c_setup(w->peer_count < HFI1C_COUNT(w->peers),
		    "more files than a world holds");
	w->peers[w->peer_count++] = fd;
}

static bool tells(const struct hfi1c_world *w, const struct hfi1c_report *r)
{
	return r->rules->states & (1U << w->state);
}

void hfi1c_world_observe(struct hfi1c_world *w)
{
	const struct hfi1c_report *r;
	unsigned int i;

	for (i = 0; i < hfi1c_report_count; i++) {
		r = &hfi1c_reports[i];
		if (!tells(w, r))
			continue;
		memset(w->own + r->offset, 0, r->rules->size);
		hfi1c_setup(!hfi1c_ioctl(w->fd, r->rules->cmd,
					 w->own + r->offset),
			    "%s failed", r->rules->name);
		w->seen |= 1U << i;
	}
}

static void expect_same_report(const struct hfi1c_world *w, unsigned int i)
{
	const struct hfi1c_report *r = &hfi1c_reports[i];
	unsigned char now[HFI1C_MAX_ARGUMENT] = { 0 };
	long result = hfi1c_ioctl(w->fd, r->rules->cmd, now);

	hfi1c_expect(!result, "%s fails after the refused call: %s",
		     r->rules->name, strerror(-result));
	if (!(w->seen & (1U << i)))
		return;
	if (hfi1c_provider.steady)
		hfi1c_provider.steady(r->rules, now, w->own + r->offset);
	hfi1c_expect(!memcmp(now, w->own + r->offset, r->rules->size),
		     "the refused call changed what %s reports",
		     r->rules->name);
}

static void expect_no_report(const struct hfi1c_world *w,
			     const struct hfi1c_report *r)
{
	unsigned char now[HFI1C_MAX_ARGUMENT];
	long result = hfi1c_ioctl(w->fd, r->rules->cmd, now);

	hfi1c_expect(
		result == -hfi1c_wrong_state.error,
		"the refused call left the file in another state: %s gives %ld",
		r->rules->name, result);
}

void hfi1c_world_intact(const struct hfi1c_world *w)
{
	unsigned int i;

	for (i = 0; i < hfi1c_report_count; i++)
		if (tells(w, &hfi1c_reports[i]))
			expect_same_report(w, i);
		else
			expect_no_report(w, &hfi1c_reports[i]);
	if (hfi1c_provider.intact)
		hfi1c_provider.intact(w);
}

static void *map(size_t size, int prot)
{
	void *p = mmap(NULL, size, prot,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	hfi1c_setup(p != MAP_FAILED, "cannot map %zu bytes", size);
	return p;
}

/*
 * An address is made when it is first asked for; that is no change a
 * condition could see, so the world stays const for those who ask.
 */
static uint64_t remember(const struct hfi1c_world *w, enum hfi1c_memory kind,
			 size_t size, int prot)
{
	uintptr_t *slot = (uintptr_t *)&w->memory[kind];

	if (!*slot)
		*slot = (uintptr_t)map(size, prot);
	return *slot;
}

uint64_t hfi1c_buffer_scratch(const struct hfi1c_world *w)
{
	return remember(w, HFI1C_MEMORY_SCRATCH, SCRATCH_SIZE,
			PROT_READ | PROT_WRITE);
}

uint64_t hfi1c_buffer_list(const struct hfi1c_world *w)
{
	return remember(w, HFI1C_MEMORY_LIST, LIST_SIZE,
			PROT_READ | PROT_WRITE);
}

uint64_t hfi1c_buffer_readonly(const struct hfi1c_world *w)
{
	return remember(w, HFI1C_MEMORY_READONLY, hfi1c_page_size(), PROT_READ);
}

uint64_t hfi1c_buffer_unmapped(const struct hfi1c_world *w)
{
	unsigned char there;

	(void)w;
	hfi1c_setup(mincore((void *)UNMAPPED_ADDRESS, 1, &there) &&
			    errno == ENOMEM,
		    "something is mapped at %#lx", UNMAPPED_ADDRESS);
	return UNMAPPED_ADDRESS;
}
