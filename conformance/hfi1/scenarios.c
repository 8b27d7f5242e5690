// SPDX-License-Identifier: BSD-3-Clause
/*
 * The set-ups the spec names, as far as plain calls bring them about.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "../lib/buffers.h"
#include "../lib/calls.h"
#include "../lib/context.h"
#include "world.h"

#define GROUP_SIZE 2
#define NOBODY	   65534

#define SCENARIO(ident, name_, state_, build_)                 \
	const struct hfi1c_scenario hfi1c_scenario_##ident = { \
		.name = name_,                                 \
		.state = HFI1C_STATE_##state_,                 \
		.build = build_,                               \
	}

static void unassigned(struct hfi1c_world *w)
{
	w->fd = hfi1c_world_open(w->access);
}
SCENARIO(unassigned, "unassigned", UNASSIGNED, unassigned);

static void assigned(struct hfi1c_world *w)
{
	struct hfi1_user_info info = hfi1c_user_info();

	unassigned(w);
	hfi1c_world_assign(w, &info);
}
SCENARIO(assigned, "assigned", ASSIGNED, assigned);

static void found_group(struct hfi1c_world *w)
{
	long result = hfi1c_world_peer_soon(w, hfi1c_join());

	hfi1c_setup(!result, "the group's founder gets no context: %s",
		    strerror(-result));
}

static void shared_follower(struct hfi1c_world *w)
{
	*hfi1c_join() = hfi1c_group_info(GROUP_SIZE, 0);
	found_group(w);
	unassigned(w);
	hfi1c_world_assign(w, hfi1c_join());
	hfi1c_setup(hfi1c_own(w)->ctxt_info.subctxt == 1,
		    "the second member has place %u",
		    hfi1c_own(w)->ctxt_info.subctxt);
}
SCENARIO(shared_follower, "shared-follower", ASSIGNED, shared_follower);

static void shared_other_version(struct hfi1c_world *w)
{
	*hfi1c_join() = hfi1c_group_info(GROUP_SIZE, 0);
	hfi1c_join()->userversion++;
	found_group(w);
	unassigned(w);
}
SCENARIO(shared_other_version, "shared-other-version", UNASSIGNED,
	 shared_other_version);

static void shared_group_full(struct hfi1c_world *w)
{
	int i;

	*hfi1c_join() = hfi1c_group_info(GROUP_SIZE, 0);
	for (i = 0; i < GROUP_SIZE; i++)
		found_group(w);
	unassigned(w);
}
SCENARIO(shared_group_full, "shared-group-full", UNASSIGNED, shared_group_full);

/* What ends the supply is the check under test, so any refusal will do. */
static void contexts_exhausted(struct hfi1c_world *w)
{
	struct hfi1_user_info info = hfi1c_user_info();

	while (!hfi1c_world_peer(w, &info))
		continue;
	hfi1c_setup(w->peer_count, "not even one context can be had");
	unassigned(w);
}
SCENARIO(contexts_exhausted, "contexts-exhausted", UNASSIGNED,
	 contexts_exhausted);

static void register_pages(struct hfi1c_world *w, uint64_t at, uint64_t pages)
{
	struct hfi1_tid_info arg = {
		.vaddr = at,
		.tidlist = hfi1c_buffer_list(w) +
			   hfi1c_own(w)->known.fd_tid_used * sizeof(uint32_t),
		.length = pages * WFR_PAGE_SIZE,
	};
	long result = hfi1c_ioctl(w->fd, HFI1_IOCTL_TID_UPDATE, &arg);

	hfi1c_setup(!result, "TID_UPDATE failed: %s", strerror(-result));
	hfi1c_own(w)->known.fd_tid_used += arg.tidcnt;
}

static void tids_registered(struct hfi1c_world *w)
{
	assigned(w);
	register_pages(w, hfi1c_buffer_scratch(w), 1);
}
SCENARIO(tids_registered, "tids-registered", ASSIGNED, tids_registered);

static void tids_invalidated(struct hfi1c_world *w)
{
	void *page = hfi1c_pages(1);

	assigned(w);
	if (!hfi1c_attr_fd_tid_caching(w))
		hfi1c_not_supported("the driver was loaded with TID_UNMAP");
	register_pages(w, (uintptr_t)page, 1);
	hfi1c_setup(!munmap(page, hfi1c_page_size()), "cannot unmap a page");
}
SCENARIO(tids_invalidated, "tids-invalidated", ASSIGNED, tids_invalidated);

/*
 * Every other page, so that neighbours do not share an entry; then whole
 * stretches, should the pages not have sufficed.
 */
static void tids_exhausted(struct hfi1c_world *w)
{
	uint64_t at, limit;

	assigned(w);
	limit = hfi1c_attr_ctxt_expected_count(w);
	at = hfi1c_buffer_scratch(w) + WFR_PAGE_SIZE;
	while (hfi1c_own(w)->known.fd_tid_used < limit) {
		register_pages(w, at, 1);
		at += 2 * WFR_PAGE_SIZE;
	}
}
SCENARIO(tids_exhausted, "tids-exhausted", ASSIGNED, tids_exhausted);

/* Root may lock what it likes, so root becomes nobody first. */
static void drop_privileges(void)
{
	if (geteuid())
		return;
	if (setgroups(0, NULL) || setresgid(NOBODY, NOBODY, NOBODY) ||
	    setresuid(NOBODY, NOBODY, NOBODY))
		hfi1c_skip("cannot become an unprivileged user");
}

static void memlock_limit(struct hfi1c_world *w)
{
	const struct rlimit none = { 0, 0 };

	hfi1c_setup(!setrlimit(RLIMIT_MEMLOCK, &none), "cannot lower a limit");
	drop_privileges();
	assigned(w);
}
SCENARIO(memlock_limit, "memlock-limit", ASSIGNED, memlock_limit);

static void caching_off(struct hfi1c_world *w)
{
	assigned(w);
	if (hfi1c_attr_fd_tid_caching(w))
		hfi1c_not_supported("the driver was loaded without TID_UNMAP");
}
SCENARIO(caching_off, "caching-off", ASSIGNED, caching_off);

static void pkey_check_off(struct hfi1c_world *w)
{
	assigned(w);
	if (hfi1c_cap(w, HFI1_CAP_PKEY_CHECK))
		hfi1c_not_supported("the driver checks partition keys");
}
SCENARIO(pkey_check_off, "pkey-check-off", ASSIGNED, pkey_check_off);

static void sdma_off(struct hfi1c_world *w)
{
	assigned(w);
	if (hfi1c_cap(w, HFI1_CAP_SDMA))
		hfi1c_not_supported("the driver was loaded with SDMA");
}
SCENARIO(sdma_off, "sdma-off", ASSIGNED, sdma_off);
