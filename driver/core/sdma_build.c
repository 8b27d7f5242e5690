// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
/*
 * From a request to packets.
 *
 * The caller's header is the header of the first packet.  For the others the
 * driver counts on: sequence number, bytes sent so far (the last software
 * word), and for an expected request the TID and the offset in its buffer.
 */
#include "csr.h"
#include "sdma.h"

#define HFI1U_PSN_BITS_24     0xffffffU
#define HFI1U_OM_LARGE_FROM   (128 * 1024)
#define HFI1U_SH_MIN_BYTES    32
#define HFI1U_INTERRUPT_EVERY 32

/* A packet of a user: its header, and the way back to the request. */
struct hfi1u_user_tx {
	struct hfi1u_sdma_tx tx;
	struct hfi1u_sdma_req *req;
	struct hfi1_pkt_header hdr;
	dma_addr_t hdr_dma;
	bool mapped;
};

static u32 tid_bytes(u32 word)
{
	return WFR_GET(WFR_TIDINFO_LEN, word) * WFR_PAGE_SIZE;
}

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
	if ((u64)req->tid_offset + first_len(req) > tid_bytes(word) ||
	    WFR_GET(WFR_KDETH0_TIDCTRL, kdeth) !=
		    WFR_GET(WFR_TIDINFO_CTRL, word) ||
	    WFR_GET(WFR_KDETH0_TID, kdeth) != WFR_GET(WFR_TIDINFO_IDX, word))
		return HFI1U_CHECK_WRITE_PAYLOAD_TID_WORDS;
	return HFI1U_CHECK_NONE;
}

/* The next packet goes to the next TID when the buffer of this one is full. */
static bool next_tid(struct hfi1u_sdma_req *req)
{
	while (req->tid_offset >= tid_bytes(req->tids[req->tid])) {
		if (++req->tid == req->ntids)
			return false;
		req->tid_offset = 0;
		if (!tid_bytes(req->tids[req->tid]))
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
			    tid_bytes(req->tids[req->tid]) - req->tid_offset);
	return len;
}

static void set_lengths(struct hfi1_pkt_header *hdr, u32 len)
{
	u32 dwords =
		(WFR_PKT_OVERHEAD + round_up(len, sizeof(u32))) / sizeof(u32);
	u16 pbc = le16_to_cpu(hdr->pbc[0]);

	/* the PBC counts itself but not the ICRC */
	pbc = WFR_SET(pbc, WFR_PBC_LENGTH_DWS,
		      dwords + WFR_PBC_DWS - WFR_ICRC_DWS);
	hdr->pbc[0] = cpu_to_le16(pbc);
	hdr->lrh[2] = cpu_to_be16(dwords);
}

static void set_psn(const struct hfi1u_sdma_req *req,
		    struct hfi1_pkt_header *hdr)
{
	u64 caps = hfi1u_caps(req->fd->dd);
	u32 mask = hfi1u_caps_test_kernel(caps, HFI1_CAP_EXTENDED_PSN) ?
			   (u32)WFR_BTH2_PSN :
			   HFI1U_PSN_BITS_24;
	u32 psn = be32_to_cpu(hdr->bth[2]);

	/* the generation of an expected flow does not change by counting */
	if (req->expected)
		mask = WFR_BTH2_SEQ;
	psn = (psn & ~mask) | ((psn + req->seq) & mask);
	if (req->seq == req->info.npkts - 1U)
		psn |= WFR_BTH2_ACK_REQ;
	hdr->bth[2] = cpu_to_be32(psn);
}

static void set_kdeth(const struct hfi1u_sdma_req *req,
		      struct hfi1_pkt_header *hdr, u32 len)
{
	u32 kdeth = le32_to_cpu(hdr->kdeth.ver_tid_offset);
	u32 word = req->tids[req->tid];
	bool large = tid_bytes(word) >= HFI1U_OM_LARGE_FROM;
	unsigned int shift = large ? WFR_KDETH_OM_LARGE_SHIFT :
				     WFR_KDETH_OM_SMALL_SHIFT;

	kdeth = WFR_SET(kdeth, WFR_KDETH0_TIDCTRL,
			WFR_GET(WFR_TIDINFO_CTRL, word));
	kdeth = WFR_SET(kdeth, WFR_KDETH0_TID, WFR_GET(WFR_TIDINFO_IDX, word));
	kdeth = WFR_SET(kdeth, WFR_KDETH0_OFFSET, req->tid_offset >> shift);
	kdeth = WFR_SET(kdeth, WFR_KDETH0_OM, large);
	/* the receiver must see the end, and small packets whole */
	if (req->seq == req->info.npkts - 1U || len <= HFI1U_SH_MIN_BYTES)
		kdeth &= ~WFR_KDETH0_SH;
	hdr->kdeth.ver_tid_offset = cpu_to_le32(kdeth);
}

static void make_header(const struct hfi1u_sdma_req *req,
			struct hfi1_pkt_header *hdr, u32 len)
{
	*hdr = req->hdr;
	set_lengths(hdr, len);
	if (!req->seq)
		return;
	set_psn(req, hdr);
	hdr->kdeth.swdata[6] = cpu_to_le32(
		le32_to_cpu(req->hdr.kdeth.swdata[6]) + (u32)req->sent);
	if (req->expected)
		set_kdeth(req, hdr, len);
}

static void add_piece(struct hfi1u_sdma_tx *tx, dma_addr_t addr, u32 len)
{
	tx->addr[tx->ndescs] = addr;
	tx->len[tx->ndescs] = len;
	tx->ndescs++;
}

/* Add payload from where the request stands, a page at a time. */
static void add_payload(struct hfi1u_sdma_req *req, struct hfi1u_sdma_tx *tx,
			u32 len)
{
	while (len) {
		struct hfi1u_sdma_vec *vec = &req->vecs[req->vec];
		size_t at = offset_in_page(vec->base) + req->vec_offset;
		u32 piece = min_t(u64, len, PAGE_SIZE - at % PAGE_SIZE);

		piece = min_t(u64, piece, vec->len - req->vec_offset);
		add_piece(tx, vec->dma[at / PAGE_SIZE] + at % PAGE_SIZE, piece);
		len -= piece;
		req->vec_offset += piece;
		if (req->vec_offset == vec->len) {
			req->vec++;
			req->vec_offset = 0;
		}
	}
}

static void free_tx(struct hfi1u_user_tx *utx)
{
	if (utx->mapped)
		dma_unmap_single(utx->req->fd->dd->dev, utx->hdr_dma,
				 sizeof(utx->hdr), DMA_TO_DEVICE);
	kfree(utx);
}

static void packet_done(struct hfi1u_sdma_tx *tx, enum hfi1u_sdma_status status)
{
	struct hfi1u_user_tx *utx = container_of(tx, struct hfi1u_user_tx, tx);
	struct hfi1u_sdma_req *req = utx->req;

	if (status != HFI1U_SDMA_OK)
		cmpxchg(&req->status, HFI1U_SDMA_OK, status);
	free_tx(utx);
	if (atomic_dec_and_test(&req->packets))
		wake_up_all(&req->packets_wait);
	hfi1u_req_put(req);
}

static struct hfi1u_user_tx *make_packet(struct hfi1u_sdma_req *req, u32 len)
{
	struct hfi1u_dev *dd = req->fd->dd;
	u32 pad = round_up(len, sizeof(u32)) - len;
	struct hfi1u_user_tx *utx;

	utx = kzalloc(sizeof(*utx), GFP_KERNEL);
	if (!utx)
		return NULL;
	utx->req = req;
	utx->tx.done = packet_done;
	utx->tx.interrupt = req->seq == req->info.npkts - 1U ||
			    req->seq % HFI1U_INTERRUPT_EVERY == 0;
	make_header(req, &utx->hdr, len);
	utx->hdr_dma = dma_map_single(dd->dev, &utx->hdr, sizeof(utx->hdr),
				      DMA_TO_DEVICE);
	if (dma_mapping_error(dd->dev, utx->hdr_dma)) {
		free_tx(utx);
		return NULL;
	}
	utx->mapped = true;
	add_piece(&utx->tx, utx->hdr_dma, sizeof(utx->hdr));
	add_payload(req, &utx->tx, len);
	if (pad)
		add_piece(&utx->tx, dd->sdma_pad_dma, pad);
	return utx;
}

static enum hfi1u_check submit(struct hfi1u_sdma_req *req,
			       struct hfi1u_user_tx *utx)
{
	int ret;

	atomic_inc(&req->refs);
	atomic_inc(&req->packets);
	while ((ret = hfi1u_sdma_submit(req->sde, &utx->tx)) == -EBUSY)
		if (!hfi1u_sdma_wait_space(req->sde, utx->tx.ndescs))
			break;
	if (!ret)
		return HFI1U_CHECK_NONE;
	/* not accepted: nobody but us knows the packet */
	free_tx(utx);
	atomic_dec(&req->packets);
	atomic_dec(&req->refs);
	return HFI1U_CHECK_WRITE_PAYLOAD_ENGINE;
}

static enum hfi1u_check send_packet(struct hfi1u_sdma_req *req)
{
	struct hfi1u_user_tx *utx;
	enum hfi1u_check check;
	u32 len;

	if (READ_ONCE(req->status) != HFI1U_SDMA_OK)
		return HFI1U_CHECK_WRITE_PAYLOAD_DATA_FAULT;
	if (req->expected && req->seq && !next_tid(req))
		return HFI1U_CHECK_WRITE_PAYLOAD_TID_WORDS;
	len = payload_len(req);
	if (req->total && !len)
		return HFI1U_CHECK_WRITE_PAYLOAD_DATA_FAULT;
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

	while (req->seq < req->info.npkts && check == HFI1U_CHECK_NONE)
		check = send_packet(req);
	return check;
}
