// SPDX-License-Identifier: BSD-3-Clause
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "../case.h"
#include "calls.h"
#include "context.h"

int hfi1c_open_device(void)
{
	long fd = hfi1c_open(hfi1c_device(), O_RDWR | O_CLOEXEC);

	hfi1c_setup(fd >= 0, "cannot open %s: %s", hfi1c_device(),
		    strerror(-fd));
	return fd;
}

struct hfi1_user_info hfi1c_user_info(void)
{
	struct hfi1_user_info info = {
		.userversion = (HFI1_USER_SWMAJOR << HFI1_SWMAJOR_SHIFT) |
			       HFI1_USER_SWMINOR,
	};

	return info;
}

/*
 * The uuid carries the process and the case's seed, so that neither cases
 * side by side nor two runs on one device meet in a group.
 */
struct hfi1_user_info hfi1c_group_info(unsigned int count, unsigned int id)
{
	struct hfi1_user_info info = hfi1c_user_info();
	uint64_t seed = hfi1c_seed();
	pid_t group = getpgrp();

	info.subctxt_cnt = count;
	info.subctxt_id = id;
	memcpy(info.uuid, &seed, sizeof(seed));
	memcpy(info.uuid + sizeof(seed), &group, sizeof(group));
	return info;
}

long hfi1c_assign(int fd, const struct hfi1_user_info *info)
{
	struct hfi1_user_info copy = *info;

	return hfi1c_ioctl(fd, HFI1_IOCTL_ASSIGN_CTXT, &copy);
}

void hfi1c_read_infos(struct hfi1c_context *c)
{
	memset(&c->info, 0, sizeof(c->info));
	memset(&c->base, 0, sizeof(c->base));
	hfi1c_setup(!hfi1c_ioctl(c->fd, HFI1_IOCTL_CTXT_INFO, &c->info),
		    "CTXT_INFO failed");
	hfi1c_setup(!hfi1c_ioctl(c->fd, HFI1_IOCTL_USER_INFO, &c->base),
		    "USER_INFO failed");
}

void hfi1c_join_context(struct hfi1c_context *c,
			const struct hfi1_user_info *info)
{
	c->fd = hfi1c_open_device();
	hfi1c_setup(!hfi1c_assign(c->fd, info), "ASSIGN_CTXT failed");
	hfi1c_read_infos(c);
}

void hfi1c_open_pair(struct hfi1c_context *one, struct hfi1c_context *two)
{
	struct hfi1_user_info info = hfi1c_group_info(2, 0);

	hfi1c_join_context(one, &info);
	hfi1c_join_context(two, &info);
}

void hfi1c_open_context(struct hfi1c_context *c)
{
	struct hfi1_user_info info = hfi1c_user_info();

	hfi1c_join_context(c, &info);
}

bool hfi1c_has_cap(const struct hfi1c_context *c, uint64_t flags)
{
	return (c->info.runtime_flags & flags) == flags;
}

void hfi1c_require_cap(const struct hfi1c_context *c, uint64_t flags,
		       const char *name)
{
	if (!hfi1c_has_cap(c, flags))
		hfi1c_not_supported("runtime_flags do not show %s", name);
}
