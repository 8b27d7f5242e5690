/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * An open file with a context, which most cases start from.
 */
#ifndef HFI1C_LIB_CONTEXT_H
#define HFI1C_LIB_CONTEXT_H

#include <stdbool.h>
#include <rdma/hfi/hfi1_cmds.h>
#include <rdma/hfi/hfi1_user.h>

/**
 * struct hfi1c_context - an open file and what the driver said about it
 * @fd:   the file
 * @info: CTXT_INFO after ASSIGN_CTXT
 * @base: USER_INFO after ASSIGN_CTXT
 */
struct hfi1c_context {
	int fd;
	struct hfi1_ctxt_info info;
	struct hfi1_base_info base;
};

/** hfi1c_open_device() - open the device read-write, or the case is broken. */
int hfi1c_open_device(void);

/** hfi1c_user_info() - a valid argument for a private context. */
struct hfi1_user_info hfi1c_user_info(void);

/** hfi1c_group_info() - a valid argument for a shared context of @count. */
struct hfi1_user_info hfi1c_group_info(unsigned int count, unsigned int id);

/** hfi1c_assign() - ASSIGN_CTXT as given; the result of the call. */
long hfi1c_assign(int fd, const struct hfi1_user_info *info);

/** hfi1c_open_context() - open, assign a private context, read both infos. */
void hfi1c_open_context(struct hfi1c_context *c);

/** hfi1c_join_context() - the same with an argument of one's own. */
void hfi1c_join_context(struct hfi1c_context *c,
			const struct hfi1_user_info *info);

/** hfi1c_open_pair() - found a group of two, and its other member. */
void hfi1c_open_pair(struct hfi1c_context *one, struct hfi1c_context *two);

/** hfi1c_read_infos() - refresh @info and @base, or the case is broken. */
void hfi1c_read_infos(struct hfi1c_context *c);

/** hfi1c_has_cap() - whether runtime_flags show all bits of @flags. */
bool hfi1c_has_cap(const struct hfi1c_context *c, uint64_t flags);

/** hfi1c_require_cap() - not supported unless runtime_flags show @flags. */
void hfi1c_require_cap(const struct hfi1c_context *c, uint64_t flags,
		       const char *name);

#endif
