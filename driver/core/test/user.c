// SPDX-License-Identifier: BSD-3-Clause
#include <check.h>
#include <sys/mman.h>
#include <unistd.h>

#include "user.h"

#define RHF_DWS 2
#define MAX_SEQ 13

static void *map(struct user *u, u64 token, size_t len, int prot)
{
	unsigned int i = u->maps++;
	u8 *mem;

	ck_assert_uint_lt(i, USER_MAPS);
	mem = rig_map(u->file, token, len, prot, &u->vmas[i]);
	ck_assert_ptr_nonnull(mem);
	u->mems[i] = mem - (token & WFR_MMAP_TOKEN_OFFSET);
	u->lens[i] = len;
	return mem;
}

void user_start(struct user *u, struct rig *rig)
{
	size_t pio, hdrq, eager;

	memset(u, 0, sizeof(*u));
	u->rig = rig;
	u->file = rig_open_assigned(rig);
	u->ctxt = rig_ctxt_info(u->file);
	u->base = rig_base_info(u->file);
	pio = u->ctxt.credits * 64;
	hdrq = u->ctxt.rcvhdrq_cnt * u->ctxt.rcvhdrq_entsize;
	eager = (size_t)u->ctxt.egrtids * u->ctxt.rcvegr_size;
	u->sop = map(u, u->base.pio_bufbase_sop, pio, PROT_WRITE);
	u->pio = map(u, u->base.pio_bufbase, pio, PROT_WRITE);
	u->credit = map(u, u->base.sc_credits_addr, 4096, PROT_READ);
	u->hdrq = map(u, u->base.rcvhdr_bufbase, hdrq, PROT_READ);
	u->eager = map(u, u->base.rcvegr_bufbase, eager, PROT_READ);
	u->uregs = map(u, u->base.user_regbase, 4096, PROT_READ | PROT_WRITE);
	u->event = map(u, u->base.events_bufbase, 4096, PROT_READ);
	u->comps = map(u, u->base.sdma_comp_bufbase, 4096, PROT_READ);
	u->seq = 1;
}

void user_stop(struct user *u)
{
	while (u->maps--) {
		munmap(u->mems[u->maps], u->lens[u->maps]);
		hosted_munmap(u->vmas[u->maps]);
	}
	fput(u->file);
}

int user_set_pkey(struct user *u)
{
	u16 pkey = RIG_PKEY;

	return rig_ioctl(u->file, HFI1_IOCTL_SET_PKEY, &pkey);
}

void user_pio(struct user *u, const struct hfi1_pkt_header *hdr,
	      const void *payload, size_t len)
{
	u8 block[64];
	size_t at;

	memcpy(u->sop + u->block * 64, hdr, sizeof(*hdr));
	u->block = (u->block + 1) % u->ctxt.credits;
	for (at = 0; at < len; at += 64) {
		memset(block, 0, sizeof(block));
		memcpy(block, (const u8 *)payload + at,
		       len - at < 64 ? len - at : 64);
		memcpy(u->pio + u->block * 64, block, 64);
		u->block = (u->block + 1) % u->ctxt.credits;
	}
}

u64 user_receive(struct user *u)
{
	size_t at = u->entry * u->ctxt.rcvhdrq_entsize +
		    u->ctxt.rcvhdrq_entsize - RHF_DWS * 4;
	volatile u64 *rhf = (volatile u64 *)(u->hdrq + at);

	if (!rig_wait(WFR_GET(WFR_RHF_RCV_SEQ,
			      __atomic_load_n(rhf, __ATOMIC_ACQUIRE)) ==
		      u->seq))
		return 0;
	u->seq = u->seq % MAX_SEQ + 1;
	u->entry = (u->entry + 1) % u->ctxt.rcvhdrq_cnt;
	return *rhf;
}

const u8 *user_payload(const struct user *u, u64 rhf)
{
	return u->eager +
	       WFR_GET(WFR_RHF_EGR_INDEX, rhf) * u->ctxt.rcvegr_size +
	       WFR_GET(WFR_RHF_EGR_OFFSET, rhf) * 64;
}

void user_req(struct user *u, struct user_req *req, unsigned int slot,
	      unsigned int npkts, unsigned int fragsize, size_t payload)
{
	size_t first = payload < fragsize ? payload : fragsize;

	memset(req, 0, sizeof(*req));
	req->info.ctrl = WFR_PREP(WFR_SDMA_REQ_CTRL_OPCODE, EAGER) |
			 WFR_PREP(WFR_SDMA_REQ_CTRL_IOVCNT, payload ? 2 : 1);
	req->info.npkts = npkts;
	req->info.fragsize = fragsize;
	req->info.comp_idx = slot;
	rig_header(u->file, &req->hdr, first);
}

ssize_t user_writev(struct user *u, struct user_req *req, const void *payload,
		    size_t len)
{
	struct iovec iov[2] = {
		{ req, sizeof(*req) },
		{ (void *)payload, len },
	};

	return hosted_writev(u->file, iov, len ? 2 : 1);
}

u32 user_completion(struct user *u, unsigned int slot)
{
	u32 status;

	ck_assert(rig_wait((status = __atomic_load_n(&u->comps[slot].status,
						     __ATOMIC_ACQUIRE)) !=
			   QUEUED));
	return status;
}

void user_restart(struct user *u)
{
	u->block = 0;
	u->entry = 0;
	u->seq = 1;
}
