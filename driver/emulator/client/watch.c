// SPDX-License-Identifier: BSD-3-Clause
/*
 * Telling the emulator what this process unmaps, once it cares: when it has
 * notifiers or pinned pages here.
 */
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "emu.h"

#define PAGE 4096UL

#ifndef UFFD_USER_MODE_ONLY
#define UFFD_USER_MODE_ONLY 1
#endif

static bool watched;

bool emu_is_watched(void)
{
	return __atomic_load_n(&watched, __ATOMIC_RELAXED);
}

/* A forked child has no ranges yet, and no userfaultfd. */
void emu_watch_forked(void)
{
	watched = false;
}

/* Let the emulator hear of unmaps we do not see, where the system allows. */
static void offer_uffd(int control)
{
	struct uffdio_api api = { .api = UFFD_API,
				  .features = UFFD_FEATURE_EVENT_UNMAP |
					      UFFD_FEATURE_EVENT_REMAP };
	struct emu_request req = { .op = EMU_UFFD };
	int fd = RAW(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		fd = RAW(SYS_userfaultfd,
			 O_CLOEXEC | O_NONBLOCK | UFFD_USER_MODE_ONLY);
	if (fd < 0)
		return;
	if (RAW(SYS_ioctl, fd, UFFDIO_API, &api) >= 0)
		emu_call(control, &req, fd, NULL);
	RAW(SYS_close, fd);
}

/* The emulator has begun to care about what this process unmaps. */
void emu_watched(void)
{
	int control;

	if (__atomic_exchange_n(&watched, true, __ATOMIC_SEQ_CST))
		return;
	control = emu_control();
	if (control >= 0)
		offer_uffd(control);
}

/*
 * Before a range goes away: the emulator runs its notifiers now, and saves
 * what pinned pages hold.
 */
void emu_unmapping(uintptr_t start, size_t len)
{
	int control;

	if (!emu_is_watched() || !len || (start & (PAGE - 1)))
		return;
	control = emu_control();
	if (control >= 0)
		emu_simple(control, EMU_UNMAP, start,
			   (len + PAGE - 1) & ~(PAGE - 1), 0);
}
