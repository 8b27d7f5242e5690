/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A user of the rig: an assigned file with its queues mapped.
 */
#ifndef HFI1U_TEST_USER_H
#define HFI1U_TEST_USER_H

#include "rig.h"

#define USER_MAPS 8

struct user {
	struct rig *rig;
	struct file *file;
	struct hfi1_ctxt_info ctxt;
	struct hfi1_base_info base;
	u8 *sop, *pio;
	volatile u64 *credit;
	volatile u8 *hdrq;
	u8 *eager;
	volatile u64 *uregs;
	unsigned long *event;
	volatile struct hfi1_sdma_comp_entry *comps;
	unsigned int block; /* next PIO block */
	unsigned int entry; /* next header queue entry */
	unsigned int seq; /* its sequence number */

	struct vm_area_struct *vmas[USER_MAPS];
	void *mems[USER_MAPS];
	size_t lens[USER_MAPS];
	unsigned int maps;
};

/* What an SDMA request begins with. */
struct user_req {
	struct sdma_req_info info;
	struct hfi1_pkt_header hdr;
};

void user_start(struct user *u, struct rig *rig);
void user_stop(struct user *u);
int user_set_pkey(struct user *u);

/* Send a packet by PIO. */
void user_pio(struct user *u, const struct hfi1_pkt_header *hdr,
	      const void *payload, size_t len);

/* The next header queue entry's RHF, 0 if none came within a second. */
u64 user_receive(struct user *u);
/* Where the payload of that entry is. */
const u8 *user_payload(const struct user *u, u64 rhf);

/* An eager request for @payload bytes in @npkts packets. */
void user_req(struct user *u, struct user_req *req, unsigned int slot,
	      unsigned int npkts, unsigned int fragsize, size_t payload);
ssize_t user_writev(struct user *u, struct user_req *req, const void *payload,
		    size_t len);
/* The slot's status once it is not QUEUED any more. */
u32 user_completion(struct user *u, unsigned int slot);

/* After a CTXT_RESET: start again at block and entry 0. */
void user_restart(struct user *u);

#endif
