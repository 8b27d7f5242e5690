// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
/*
 * From a request to packets: what each carries, and to where.
 */
#include "csr.h"
#include "sdma.h"

#define HFI1U_INTERRUPT_EVERY 32

/* A packet of a user: its header, and the way back to the request. */
struct hfi1u_user_tx {
	struct hfi1u_sdma_tx tx;
	struct hfi1u_sdma_req *req;
	struct hfi1_pkt_header hdr;
};

static u32 kdeth_offset(u32 kdeth)
{
	unsigned int shift = kdeth & WFR_KDETH0_OM ? WFR_KDETH_OM_LARGE_SHIFT :
						     WFR_KDETH_OM_SMALL_SHIFT;

	return WFR_GET(WFR_KDETH0_OFFSET, kdeth) << shift;
}

/* Payload of the first packet: what its header says. */
static u32 first_len(const struct hfi1u_sdma_req *req)
{
	u32 len = be16_to_cpu(req->hdr.lrh[2]) * sizeof(u32) - WFR_PKT_OVERHEAD;

	/* a header cannot say less than a dword */
	return min_t(u64, len, req->total);
}

/**
 * hfi1u_req_check_tid - does an expected request's header fit its TID list?
 * @req: request; its place in the list is set
 *
 * Return: HFI1U_CHECK_NONE or the check that failed.
 */
enum hfi1u_check hfi1u_req_check_tid(struct hfi1u_sdma_req *req)
{
	u32 kdeth = le32_to_cpu(req->hdr.kdeth.ver_tid_offset);
	u32 word = req->tids[0];

	req->tid_offset = kdeth_offset(kdeth);
	if ((u64)req->tid_offset + first_len(req) > hfi1u_tid_bytes(word) ||
	    WFR_GET(WFR_KDETH0_TIDCTRL, kdeth) !=
		    WFR_GET(WFR_TIDINFO_CTRL, word) ||
	    WFR_GET(WFR_KDETH0_TID, kdeth) != WFR_GET(WFR_TIDINFO_IDX, word))
		return HFI1U_CHECK_WRITE_PAYLOAD_TID_MISMATCH;
	return HFI1U_CHECK_NONE;
}

/* The next packet goes to the next TID when the buffer of this one is full. */
static bool next_tid(struct hfi1u_sdma_req *req)
{
	while (req->tid_offset >= hfi1u_tid_bytes(req->tids[req->tid])) {
		if (++req->tid == req->ntids)
			return false;
		req->tid_offset = 0;
		if (!hfi1u_tid_bytes(req->tids[req->tid]))
			return false;
	}
	return true;
}

static u32 payload_len(const struct hfi1u_sdma_req *req)
{
	u64 len = min_t(u64, req->total - req->sent, req->info.fragsize);

	if (!req->seq)
		return first_len(req);
	if (req->expected)
		len = min_t(u64, len,
			    hfi1u_tid_bytes(req->tids[req->tid]) -
				    req->tid_offset);
	return len;
}

static void add_piece(struct hfi1u_sdma_tx *tx, dma_addr_t addr, u32 len)
{
	tx->addr[tx->npieces] = addr;
	tx->len[tx->npieces] = len;
	tx->npieces++;
}

/* Add payload from where the request stands, run by run. */
static void add_payload(struct hfi1u_sdma_req *req, struct hfi1u_sdma_tx *tx,
			u32 len)
{
	while (len) {
		struct hfi1u_sdma_vec *vec = &req->vecs[req->vec];
		struct hfi1u_sdma_run *run = &vec->runs[req->run];
		u32 piece = min(len, run->len - req->run_offset);

		add_piece(tx, run->dma + run->skip + req->run_offset, piece);
		len -= piece;
		req->run_offset += piece;
		if (req->run_offset < run->len)
			continue;
		req->run_offset = 0;
		if (++req->run < vec->nruns)
			continue;
		req->run = 0;
		req->vec++;
	}
}

static void packet_done(struct hfi1u_sdma_tx *tx, enum hfi1u_sdma_status status)
{
	struct hfi1u_user_tx *utx = container_of(tx, struct hfi1u_user_tx, tx);
	struct hfi1u_sdma_req *req = utx->req;

	if (status != HFI1U_SDMA_OK)
		cmpxchg(&req->status, HFI1U_SDMA_OK, status);
	kfree(utx);
	hfi1u_req_put(req);
}

/* The first packet leaves its header with the engine, the others edit it. */
static void use_ahg(struct hfi1u_sdma_req *req, struct hfi1u_user_tx *utx)
{
	struct hfi1u_sdma_tx *tx = &utx->tx;

	tx->ahg = req->ahg;
	if (!req->seq) {
		req->first = utx->hdr;
		return;
	}
	tx->nedits = hfi1u_req_edits(req, &utx->hdr, tx->edits);
	tx->hdr = NULL;
}

static struct hfi1u_user_tx *make_packet(struct hfi1u_sdma_req *req, u32 len)
{
	u32 pad = round_up(len, sizeof(u32)) - len;
	struct hfi1u_user_tx *utx;

	utx = kzalloc(sizeof(*utx), GFP_KERNEL);
	if (!utx)
		return NULL;
	utx->req = req;
	utx->tx.done = packet_done;
	utx->tx.interrupt = req->seq == req->info.npkts - 1U ||
			    req->seq % HFI1U_INTERRUPT_EVERY == 0;
	hfi1u_req_header(req, &utx->hdr, len);
	utx->tx.hdr = &utx->hdr;
	utx->tx.ahg = HFI1U_SDMA_NO_AHG;
	if (req->ahg != HFI1U_SDMA_NO_AHG)
		use_ahg(req, utx);
	add_payload(req, &utx->tx, len);
	if (pad)
		add_piece(&utx->tx, req->fd->dd->sdma_pad_dma, pad);
	return utx;
}

static enum hfi1u_check submit(struct hfi1u_sdma_req *req,
			       struct hfi1u_user_tx *utx)
{
	int ret;

	atomic_inc(&req->refs);
	while ((ret = hfi1u_sdma_submit(req->sde, &utx->tx, &req->epoch)) ==
	       -EBUSY)
		if (!hfi1u_sdma_wait_space(req->sde, &utx->tx))
			break;
	if (!ret)
		return HFI1U_CHECK_NONE;
	/* not accepted: nobody but us knows the packet */
	kfree(utx);
	atomic_dec(&req->refs);
	return HFI1U_CHECK_WRITE_PAYLOAD_ENGINE_LOST;
}

static enum hfi1u_check send_packet(struct hfi1u_sdma_req *req)
{
	struct hfi1u_user_tx *utx;
	enum hfi1u_check check;
	u32 len;

	if (READ_ONCE(req->status) != HFI1U_SDMA_OK)
		return HFI1U_CHECK_WRITE_PAYLOAD_ABORTED;
	if (req->expected && req->seq && !next_tid(req))
		return HFI1U_CHECK_WRITE_PAYLOAD_TIDS_EXHAUSTED;
	len = payload_len(req);
	if (req->total && !len)
		return HFI1U_CHECK_WRITE_PAYLOAD_DATA_EXHAUSTED;
	if (len > WFR_SDMA_PKT_BYTES_MAX - sizeof(req->hdr))
		return HFI1U_CHECK_WRITE_PAYLOAD_PACKET_TOO_LONG;
	utx = make_packet(req, len);
	if (!utx)
		return HFI1U_CHECK_WRITE_PAYLOAD_NO_MEMORY;
	check = submit(req, utx);
	if (check != HFI1U_CHECK_NONE)
		return check;
	req->sent += len;
	req->tid_offset += len;
	req->seq++;
	return HFI1U_CHECK_NONE;
}

/**
 * hfi1u_req_send - give all packets of a request to its engine
 * @req: request that was checked and pinned
 *
 * Blocks until the engine has taken the last one, or one could not be made.
 *
 * Return: HFI1U_CHECK_NONE or the check that failed.
 */
enum hfi1u_check hfi1u_req_send(struct hfi1u_sdma_req *req)
{
	enum hfi1u_check check = HFI1U_CHECK_NONE;

	if (req->info.npkts > 1 && hfi1u_cap_user(req->fd, HFI1_CAP_SDMA_AHG))
		req->ahg = hfi1u_sdma_ahg_get(req->sde);
	while (req->seq < req->info.npkts && check == HFI1U_CHECK_NONE)
		check = send_packet(req);
	return check;
}
