// SPDX-License-Identifier: BSD-3-Clause
#include <wfr_regs.h>

#include "buffers.h"
#include "calls.h"
#include "tids.h"

long hfi1c_tid_update(int fd, const void *buffer, uint32_t length,
		      struct hfi1c_tids *t)
{
	struct hfi1_tid_info arg = {
		.vaddr = (uintptr_t)buffer,
		.tidlist = (uintptr_t)t->words,
		.length = length,
	};
	long ret;

	hfi1c_poison(t->words, sizeof(t->words));
	ret = hfi1c_ioctl(fd, HFI1_IOCTL_TID_UPDATE, &arg);
	t->count = arg.tidcnt;
	t->length = arg.length;
	return ret;
}

long hfi1c_tid_free(int fd, const uint32_t *words, uint32_t count)
{
	struct hfi1_tid_info arg = {
		.tidlist = (uintptr_t)words,
		.tidcnt = count,
	};
	long ret = hfi1c_ioctl(fd, HFI1_IOCTL_TID_FREE, &arg);

	return ret ? ret : (long)arg.tidcnt;
}

long hfi1c_tid_invalid(int fd, struct hfi1c_tids *t)
{
	struct hfi1_tid_info arg = { .tidlist = (uintptr_t)t->words };
	long ret;

	hfi1c_poison(t->words, sizeof(t->words));
	ret = hfi1c_ioctl(fd, HFI1_IOCTL_TID_INVAL_READ, &arg);
	t->count = arg.tidcnt;
	return ret;
}

uint32_t hfi1c_tid_expected(const struct hfi1c_context *c)
{
	uint32_t eager = c->info.egrtids;

	eager = (eager + WFR_RCV_GROUP - 1) / WFR_RCV_GROUP * WFR_RCV_GROUP;
	return c->info.rcvtids - eager;
}
