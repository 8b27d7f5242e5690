// SPDX-License-Identifier: BSD-3-Clause
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../lib/buffers.h"
#include "../lib/calls.h"
#include "../lib/context.h"
#include "spec_rules.h"
#include "unit.h"
#include "world.h"

/* More than any context can register, so that limits are the driver's. */
#define SCRATCH_SIZE (32UL << 20)
#define LIST_SIZE    (64UL << 10)

#define BUSY_TRIES   50
#define BUSY_WAIT_US 20000

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
	w->fd = -1;
	w->join = hfi1c_user_info();
	if (scenario->needs & HFI1C_NEEDS_CTL)
		hfi1c_unit_guard();
	scenario->build(w);
	w->state = scenario->state;
}

void hfi1c_world_build(struct hfi1c_world *w,
		       const struct hfi1c_scenario *scenario)
{
	hfi1c_world_build_as(w, scenario, O_RDWR);
}

void hfi1c_world_close(struct hfi1c_world *w)
{
	unsigned int i;

	if (w->known.fd_sdma_inflight)
		hfi1c_unit_resume();
	close(w->fd);
	for (i = 0; i < w->peer_count; i++)
		close(w->peers[i]);
	w->peer_count = 0;
}

void hfi1c_world_observe(struct hfi1c_world *w)
{
	memset(&w->ctxt_info, 0, sizeof(w->ctxt_info));
	memset(&w->base_info, 0, sizeof(w->base_info));
	hfi1c_setup(!hfi1c_ioctl(w->fd, HFI1_IOCTL_CTXT_INFO, &w->ctxt_info),
		    "CTXT_INFO failed");
	hfi1c_setup(!hfi1c_ioctl(w->fd, HFI1_IOCTL_USER_INFO, &w->base_info),
		    "USER_INFO failed");
}

/* The last holder's end may still be on its way through the driver. */
static long assign_soon(int fd, const struct hfi1_user_info *info)
{
	long result = hfi1c_assign(fd, info);
	unsigned int tries;

	for (tries = 0; result == -EBUSY && tries < BUSY_TRIES; tries++) {
		usleep(BUSY_WAIT_US);
		result = hfi1c_assign(fd, info);
	}
	return result;
}

void hfi1c_world_assign(struct hfi1c_world *w,
			const struct hfi1_user_info *info)
{
	long result = assign_soon(w->fd, info);

	hfi1c_setup(!result, "ASSIGN_CTXT failed: %s", strerror(-result));
	w->known.ctxt_subctxt_cnt = info->subctxt_cnt;
	hfi1c_world_observe(w);
}

static long add_peer(struct hfi1c_world *w, int fd, long result)
{
	if (result) {
		close(fd);
		return result;
	}
	hfi1c_setup(w->peer_count < HFI1C_COUNT(w->peers),
		    "more contexts than any adapter has");
	w->peers[w->peer_count++] = fd;
	return 0;
}

long hfi1c_world_peer(struct hfi1c_world *w, const struct hfi1_user_info *info)
{
	int fd = hfi1c_world_open(O_RDWR);

	return add_peer(w, fd, hfi1c_assign(fd, info));
}

long hfi1c_world_peer_soon(struct hfi1c_world *w,
			   const struct hfi1_user_info *info)
{
	int fd = hfi1c_world_open(O_RDWR);

	return add_peer(w, fd, assign_soon(fd, info));
}

/* num_active counts other units, which may come and go meanwhile. */
static void expect_same_info(const struct hfi1c_world *w)
{
	struct hfi1_ctxt_info now;
	long result = hfi1c_ioctl(w->fd, HFI1_IOCTL_CTXT_INFO, &now);

	hfi1c_expect(!result, "CTXT_INFO fails after the refused call: %s",
		     strerror(-result));
	now.num_active = w->ctxt_info.num_active;
	hfi1c_expect(!memcmp(&now, &w->ctxt_info, sizeof(now)),
		     "the refused call changed what CTXT_INFO reports");
}

/* One more TID than the scenario registered: refused unless one was leaked. */
static void expect_same_tids(const struct hfi1c_world *w)
{
	struct hfi1_tid_info arg = {
		.tidlist = hfi1c_buffer_list(w),
		.tidcnt = w->known.fd_tid_used + 1,
	};
	long result = hfi1c_ioctl(w->fd, HFI1_IOCTL_TID_FREE, &arg);

	hfi1c_expect(
		result == -EINVAL,
		"the refused call left a buffer registered: TID_FREE of %u words gives %ld",
		arg.tidcnt, result);
}

void hfi1c_world_intact(const struct hfi1c_world *w)
{
	struct hfi1_ctxt_info info;
	int version;
	long result;

	result = hfi1c_ioctl(w->fd, HFI1_IOCTL_GET_VERS, &version);
	hfi1c_expect(!result, "GET_VERS fails after the refused call: %s",
		     strerror(-result));
	if (w->state == HFI1C_STATE_ASSIGNED) {
		expect_same_info(w);
		expect_same_tids(w);
		return;
	}
	result = hfi1c_ioctl(w->fd, HFI1_IOCTL_CTXT_INFO, &info);
	hfi1c_expect(
		result == -hfi1c_wrong_state.error,
		"the refused call left the file in another state: CTXT_INFO gives %ld",
		result);
}

void hfi1c_world_personalise(const struct hfi1c_world *w, uint32_t cmd,
			     void *arg)
{
	struct hfi1_user_info *info = arg, own = hfi1c_group_info(0, 0);

	if (cmd != HFI1_IOCTL_ASSIGN_CTXT)
		return;
	memcpy(info->uuid, own.uuid, sizeof(info->uuid));
	info->subctxt_cnt = w->join.subctxt_cnt;
	info->subctxt_id = w->join.subctxt_id;
}

/* Capabilities are the driver's, so a file of one's own tells them as well. */
static uint64_t flags_of_driver(void)
{
	struct hfi1_user_info info = hfi1c_user_info();
	struct hfi1c_world other = { .fd = hfi1c_world_open(O_RDWR) };

	hfi1c_world_assign(&other, &info);
	close(other.fd);
	return other.ctxt_info.runtime_flags;
}

bool hfi1c_cap(const struct hfi1c_world *w, uint64_t flag)
{
	static uint64_t flags;

	if (w->state == HFI1C_STATE_ASSIGNED)
		return w->ctxt_info.runtime_flags & flag;
	if (!flags)
		flags = flags_of_driver();
	return flags & flag;
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
