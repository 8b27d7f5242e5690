// SPDX-License-Identifier: BSD-3-Clause
/*
 * What the engine leaves to the device, for hfi1.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "../lib/calls.h"
#include "../lib/context.h"
#include "unit.h"
#include "world.h"

#define BUSY_TRIES   50
#define BUSY_WAIT_US 20000

/* A case builds one world at a time, and has a process of its own. */
static struct hfi1_user_info join;

struct hfi1_user_info *hfi1c_join(void)
{
	return &join;
}

static void begin(struct hfi1c_world *w)
{
	join = hfi1c_user_info();
	if (w->scenario->needs & HFI1C_NEEDS_CTL)
		hfi1c_unit_guard();
}

static void end(struct hfi1c_world *w)
{
	if (hfi1c_own(w)->known.fd_sdma_inflight)
		hfi1c_unit_resume();
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
	hfi1c_own(w)->known.ctxt_subctxt_cnt = info->subctxt_cnt;
	hfi1c_world_observe(w);
}

static long add_peer(struct hfi1c_world *w, int fd, long result)
{
	if (result)
		close(fd);
	else
		hfi1c_world_keep(w, fd);
	return result;
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
static void steady(const struct hfi1c_rules *rules, void *now,
		   const void *before)
{
	const struct hfi1_ctxt_info *was = before;
	struct hfi1_ctxt_info *is = now;

	if (rules == &hfi1c_rules_CTXT_INFO)
		is->num_active = was->num_active;
}

/* One more TID than the scenario registered: refused unless one was leaked. */
static void intact(const struct hfi1c_world *w)
{
	struct hfi1_tid_info arg = {
		.tidlist = hfi1c_buffer_list(w),
		.tidcnt = hfi1c_attr_fd_tid_used(w) + 1,
	};
	long result;

	if (w->state != HFI1C_STATE_ASSIGNED)
		return;
	result = hfi1c_ioctl(w->fd, HFI1_IOCTL_TID_FREE, &arg);
	hfi1c_expect(
		result == -EINVAL,
		"the refused call left a buffer registered: TID_FREE of %u words gives %ld",
		arg.tidcnt, result);
}

static void personalise(const struct hfi1c_world *w,
			const struct hfi1c_rules *rules, void *arg)
{
	struct hfi1_user_info *info = arg, own = hfi1c_group_info(0, 0);

	(void)w;
	if (rules != &hfi1c_rules_ASSIGN_CTXT)
		return;
	memcpy(info->uuid, own.uuid, sizeof(info->uuid));
	info->subctxt_cnt = join.subctxt_cnt;
	info->subctxt_id = join.subctxt_id;
}

const struct hfi1c_provider hfi1c_provider = {
	.begin = begin,
	.personalise = personalise,
	.steady = steady,
	.intact = intact,
	.end = end,
};

/* Capabilities are the driver's, so a file of one's own tells them as well. */
static uint64_t flags_of_driver(void)
{
	struct hfi1_user_info info = hfi1c_user_info();
	struct hfi1c_world other = { .fd = hfi1c_world_open(O_RDWR),
				     .state = HFI1C_STATE_ASSIGNED };

	hfi1c_world_assign(&other, &info);
	close(other.fd);
	return hfi1c_own(&other)->ctxt_info.runtime_flags;
}

bool hfi1c_cap(const struct hfi1c_world *w, uint64_t flag)
{
	static uint64_t flags;

	if (w->state == HFI1C_STATE_ASSIGNED)
		return hfi1c_own(w)->ctxt_info.runtime_flags & flag;
	if (!flags)
		flags = flags_of_driver();
	return flags & flag;
}
