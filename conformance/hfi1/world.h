/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The world of a case on an hfi1: contexts, and groups that share one.
 */
#ifndef HFI1C_HFI1_WORLD_H
#define HFI1C_HFI1_WORLD_H

#include <rdma/hfi/hfi1_user.h>
#include <rdma/rdma_user_ioctl.h>

#include "spec_rules.h"

/** hfi1c_join() - argument with which ASSIGN_CTXT meets the scenario's group. */
struct hfi1_user_info *hfi1c_join(void);

/** hfi1c_world_assign() - bind a private context to the file under test. */
void hfi1c_world_assign(struct hfi1c_world *w,
			const struct hfi1_user_info *info);

/** hfi1c_world_peer() - keep another file open; it has @info's context. */
long hfi1c_world_peer(struct hfi1c_world *w, const struct hfi1_user_info *info);

/** hfi1c_world_peer_soon() - the same, waiting a while for a free context. */
long hfi1c_world_peer_soon(struct hfi1c_world *w,
			   const struct hfi1_user_info *info);

#endif
