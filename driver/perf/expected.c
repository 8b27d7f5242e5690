// SPDX-License-Identifier: BSD-3-Clause
/*
 * Registering memory for expected receive.
 */
#include <errno.h>
#include <stdlib.h>

#include "endpoint.h"

/* Entries of the context for this; they come behind the eager ones. */
static unsigned int expected_entries(const struct hfi1t *t)
{
	unsigned int eager = t->info.egrtids;

	eager = (eager + WFR_RCV_GROUP - 1) / WFR_RCV_GROUP * WFR_RCV_GROUP;
	return t->info.rcvtids - eager;
}

/* One call; it may cover less than it was asked for. */
static int register_piece(struct hfi1t *t, const char *buffer, size_t length,
			  struct hfi1t_tids *tids)
{
	struct hfi1_tid_info arg = {
		.vaddr = (uintptr_t)buffer,
		.tidlist = (uintptr_t)&tids->words[tids->count],
	};
	size_t most = (size_t)expected_entries(t) * WFR_PAGE_SIZE;
	int ret;

	arg.length = length < most ? length : most;
	ret = hfi1u_tid_update(t->fd, &arg);
	if (ret)
		return ret;
	tids->count += arg.tidcnt;
	tids->length += arg.length;
	return 0;
}

int hfi1t_register(struct hfi1t *t, void *buffer, size_t length,
		   struct hfi1t_tids *tids)
{
	int ret = 0;

	tids->count = 0;
	tids->length = 0;
	/* The last call may find as many entries as there are. */
	tids->words = calloc(2 * expected_entries(t), sizeof(uint32_t));
	if (!tids->words)
		return -ENOMEM;
	while (!ret && tids->length < length)
		ret = register_piece(t, (char *)buffer + tids->length,
				     length - tids->length, tids);
	if (ret)
		hfi1t_unregister(t, tids);
	return ret;
}

int hfi1t_unregister(struct hfi1t *t, struct hfi1t_tids *tids)
{
	struct hfi1_tid_info arg = { .tidlist = (uintptr_t)tids->words,
				     .tidcnt = tids->count };
	int ret = hfi1u_tid_free(t->fd, &arg);

	free(tids->words);
	tids->words = NULL;
	return ret;
}
