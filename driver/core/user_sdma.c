// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
/*
 * writev(): send requests of users.
 *
 * A request claims the completion slot it names, and from then on ends there
 * with COMPLETE or ERROR, whatever happens.  Slots in use are known from a
 * bitmap of the driver, not from the ring, which the process may scribble on.
 *
 * The thread that submits and each packet in the engine hold the request; who
 * drops the last reference reports it, except that a thread that is to return
 * an errno waits for the packets and reports it itself.  Pages are given back before that, so
 * that a process that sees the end may free its buffer.
 *
 * Locks: fd->req_lock for slots, ring and count.  A slot is free before its
 * status can be seen to have changed: whoever claims it takes the lock.
 */
#include <linux/uio.h>

#include "csr.h"
#include "sdma.h"

/**
 * hfi1u_sdma_fd_init - give a file its completion ring
 * @fd: file with a context
 *
 * Return: 0 or -ENOMEM; hfi1u_sdma_fd_exit() cleans up after both.
 */
int hfi1u_sdma_fd_init(struct hfi1u_fd *fd)
{
	unsigned int size = fd->dd->params.sdma_comp_size;

	fd->comps = vmalloc_user(PAGE_ALIGN(size * sizeof(*fd->comps)));
	fd->slots = bitmap_zalloc(size, GFP_KERNEL);
	fd->ring_size = size;
	fd->inflight = 0;
	return fd->comps && fd->slots ? 0 : -ENOMEM;
}

/**
 * hfi1u_sdma_fd_exit - wait for a file's requests and free its ring
 * @fd: file, prepared or not
 */
void hfi1u_sdma_fd_exit(struct hfi1u_fd *fd)
{
	wait_event(fd->drain_wait, !READ_ONCE(fd->inflight));
	/* the one who took the count to 0 may still hold the lock */
	spin_lock_irq(&fd->req_lock);
	spin_unlock_irq(&fd->req_lock);
	hfi1u_pins_exit(fd);
	vfree(fd->comps);
	bitmap_free(fd->slots);
	fd->comps = NULL;
	fd->slots = NULL;
}

static bool claim_slot(struct hfi1u_fd *fd, unsigned int slot)
{
	unsigned long flags;
	bool mine;

	spin_lock_irqsave(&fd->req_lock, flags);
	mine = !__test_and_set_bit(slot, fd->slots);
	if (mine) {
		WRITE_ONCE(fd->inflight, fd->inflight + 1);
		atomic_inc(&fd->dd->sdma_requests);
	}
	spin_unlock_irqrestore(&fd->req_lock, flags);
	return mine;
}

static void set_queued(struct hfi1u_fd *fd, unsigned int slot)
{
	unsigned long flags;

	spin_lock_irqsave(&fd->req_lock, flags);
	WRITE_ONCE(fd->comps[slot].status, QUEUED);
	spin_unlock_irqrestore(&fd->req_lock, flags);
}

/* Report the end of a request; @fd may be gone when this returns. */
static void end_slot(struct hfi1u_fd *fd, unsigned int slot, u32 status,
		     u32 errcode)
{
	unsigned long flags;

	spin_lock_irqsave(&fd->req_lock, flags);
	atomic_dec(&fd->dd->sdma_requests);
	WRITE_ONCE(fd->inflight, fd->inflight - 1);
	__clear_bit(slot, fd->slots);
	if (status == ERROR)
		WRITE_ONCE(fd->comps[slot].errcode, errcode);
	/* pages and code before the status that makes them valid */
	smp_store_release(&fd->comps[slot].status, status);
	wake_up_all(&fd->drain_wait);
	spin_unlock_irqrestore(&fd->req_lock, flags);
}

/* Report and free a request that nobody else knows any more. */
static void end_req(struct hfi1u_sdma_req *req)
{
	struct hfi1u_fd *fd = req->fd;
	unsigned int slot = req->info.comp_idx;
	u32 status = COMPLETE;
	u32 errcode = 0;

	if (req->error)
		errcode = req->error;
	else if (req->status != HFI1U_SDMA_OK)
		errcode = -req->status;
	if (errcode)
		status = ERROR;
	hfi1u_req_unmap(req);
	if (req->ahg != HFI1U_SDMA_NO_AHG)
		hfi1u_sdma_ahg_put(req->sde, req->ahg);
	kfree(req->tids);
	kfree(req);
	end_slot(fd, slot, status, errcode);
}

/**
 * hfi1u_req_put - drop a reference to a request
 * @req: request; with the last one it is reported and freed
 */
void hfi1u_req_put(struct hfi1u_sdma_req *req)
{
	if (!atomic_dec_and_test(&req->refs))
		return;
	if (req->refused)
		complete(&req->drained);
	else
		end_req(req);
}

/*
 * End a request with an errno.  What the engine has must not outlive the
 * verdict: its packets are waited for, and who sees the errno sees the slot's
 * end.
 */
static void refuse_req(struct hfi1u_sdma_req *req, int error)
{
	req->refused = true;
	if (!atomic_dec_and_test(&req->refs))
		wait_for_completion(&req->drained);
	req->error = error;
	end_req(req);
}

static bool lane_fits(struct hfi1u_dev *dd, const struct hfi1_pkt_header *hdr)
{
	u64 pbc = (u64)le16_to_cpu(hdr->pbc[1]) << 16 |
		  le16_to_cpu(hdr->pbc[0]);
	unsigned int sc = WFR_GET(WFR_LRH0_SC, be16_to_cpu(hdr->lrh[0])) |
			  WFR_GET(WFR_PBC_DC_INFO, pbc) << 4;
	unsigned int vl = WFR_GET(WFR_PBC_VL, pbc);

	return vl < READ_ONCE(dd->port.vls) &&
	       vl == READ_ONCE(dd->port.sc2vl[sc]);
}

#define HFI1U_PKEY_FULL	  0x8000
#define HFI1U_PKEY_NUMBER 0x7fff

/* Two limited members of a partition do not talk to each other. */
static bool keys_match(u16 key, u16 entry)
{
	return (key & HFI1U_PKEY_NUMBER) == (entry & HFI1U_PKEY_NUMBER) &&
	       (!(key & HFI1U_PKEY_FULL) || (entry & HFI1U_PKEY_FULL));
}

static bool pkey_allowed(struct hfi1u_dev *dd,
			 const struct hfi1_pkt_header *hdr)
{
	u16 key = WFR_GET(WFR_BTH0_PKEY, be32_to_cpu(hdr->bth[0]));
	unsigned long flags;
	bool found = false;
	unsigned int i;

	if (!READ_ONCE(dd->port.egress_pkey_check))
		return true;
	if (!(key & HFI1U_PKEY_NUMBER))
		return false;
	spin_lock_irqsave(&dd->port_lock, flags);
	for (i = 0; i < HFI1U_NUM_PKEYS; i++)
		found |= keys_match(key, dd->port.pkeys[i]);
	spin_unlock_irqrestore(&dd->port_lock, flags);
	return found;
}

static int check_header(struct hfi1u_sdma_req *req)
{
	struct hfi1u_write_header_locals locals = { .hdr = &req->hdr };
	struct hfi1u_fd *fd = req->fd;
	int ret = hfi1u_check_write_header(fd, &locals);

	if (ret)
		return ret;
	if (!lane_fits(fd->dd, &req->hdr))
		return hfi1u_refuse(fd, HFI1U_CHECK_WRITE_HEADER_VL);
	if (!pkey_allowed(fd->dd, &req->hdr))
		return hfi1u_refuse(fd, HFI1U_CHECK_WRITE_HEADER_PKEY);
	return hfi1u_check_write_header_after_pkey(fd, &locals);
}

static int read_header(struct hfi1u_sdma_req *req, const struct iovec *iov,
		       unsigned int data_vectors)
{
	struct hfi1u_write_data_locals locals = {
		.req = &req->info,
		.data_vectors = data_vectors,
	};
	struct hfi1u_fd *fd = req->fd;
	int ret = hfi1u_check_write_data(fd, &locals);

	if (ret)
		return ret;
	if (copy_from_user(&req->hdr, iov->iov_base + sizeof(req->info),
			   sizeof(req->hdr)))
		return hfi1u_refuse(fd, HFI1U_CHECK_WRITE_DATA_HEADER_FAULT);
	/* where rate control is off the count has no meaning */
	if (!hfi1u_cap_user(fd, HFI1_CAP_STATIC_RATE_CTRL))
		req->hdr.pbc[2] = 0;
	return check_header(req);
}

/* Note the data vectors; true if one of them is empty. */
static bool note_vectors(struct hfi1u_sdma_req *req, const struct iovec *iov,
			 unsigned int count)
{
	bool empty = false;
	unsigned int i;

	for (i = 0; i < count; i++) {
		req->vecs[i].base = (unsigned long)iov[i].iov_base;
		req->vecs[i].len = iov[i].iov_len;
		req->total += iov[i].iov_len;
		empty |= !iov[i].iov_len;
	}
	req->nvecs = count;
	return empty;
}

static enum hfi1u_check read_tids(struct hfi1u_sdma_req *req,
				  const struct iovec *iov)
{
	u32 *tids = memdup_user(iov->iov_base, req->ntids * sizeof(*tids));

	if (!IS_ERR(tids)) {
		req->tids = tids;
		return HFI1U_CHECK_NONE;
	}
	return PTR_ERR(tids) == -ENOMEM ?
		       HFI1U_CHECK_WRITE_PAYLOAD_NO_MEMORY :
		       HFI1U_CHECK_WRITE_PAYLOAD_TID_LIST_FAULT;
}

static enum hfi1u_check select_engine(struct hfi1u_sdma_req *req)
{
	u16 dlid = be16_to_cpu(req->hdr.lrh[1]);
	unsigned int vl = WFR_GET(WFR_PBC_VL, le16_to_cpu(req->hdr.pbc[0]));

	req->sde = hfi1u_sdma_select(req->fd, dlid, vl);
	if (!req->sde || !hfi1u_sdma_running(req->sde))
		return HFI1U_CHECK_WRITE_PAYLOAD_ENGINE;
	return HFI1U_CHECK_NONE;
}

static int read_payload(struct hfi1u_sdma_req *req, const struct iovec *iov,
			unsigned int data_vectors)
{
	unsigned int tid_vectors = req->expected ? 1 : 0;
	const struct iovec *list = &iov[data_vectors - tid_vectors];
	struct hfi1u_write_payload_locals locals = {
		.req = &req->info,
		.hdr = &req->hdr,
		.expected = req->expected,
	};
	struct hfi1u_fd *fd = req->fd;
	enum hfi1u_check check = HFI1U_CHECK_NONE;
	int ret;

	locals.empty_vector =
		note_vectors(req, iov, data_vectors - tid_vectors);
	locals.total = req->total;
	if (req->expected)
		locals.tid_words = list->iov_len / sizeof(u32);
	ret = hfi1u_check_write_payload(fd, &locals);
	if (ret)
		return ret;
	req->ntids = locals.tid_words;
	if (req->expected)
		check = read_tids(req, list);
	if (check == HFI1U_CHECK_NONE)
		check = select_engine(req);
	if (check != HFI1U_CHECK_NONE)
		return hfi1u_refuse(fd, check);
	set_queued(fd, req->info.comp_idx);
	ret = hfi1u_check_write_payload_after_engine(fd, &locals);
	if (ret)
		return ret;
	if (req->expected)
		check = hfi1u_req_check_tid(req);
	if (check == HFI1U_CHECK_NONE)
		check = hfi1u_req_map(req);
	if (check == HFI1U_CHECK_NONE)
		check = hfi1u_req_send(req);
	return check == HFI1U_CHECK_NONE ? 0 : hfi1u_refuse(fd, check);
}

/* Serve a request whose slot is claimed; it is reported in every case. */
static int serve(struct hfi1u_sdma_req *req, const struct iovec *iov,
		 unsigned int data_vectors)
{
	int ret = read_header(req, iov, data_vectors);

	if (!ret)
		ret = read_payload(req, iov + 1, data_vectors);
	if (ret)
		refuse_req(req, -ret);
	else
		hfi1u_req_put(req);
	return ret;
}

static struct hfi1u_sdma_req *make_req(struct hfi1u_fd *fd,
				       const struct sdma_req_info *info)
{
	struct hfi1u_sdma_req *req = kzalloc(sizeof(*req), GFP_KERNEL);

	if (!req)
		return NULL;
	req->fd = fd;
	req->info = *info;
	req->expected = WFR_GET(WFR_SDMA_REQ_CTRL_OPCODE, info->ctrl) ==
			EXPECTED;
	req->ahg = HFI1U_SDMA_NO_AHG;
	atomic_set(&req->refs, 1);
	init_completion(&req->drained);
	return req;
}

/* Return: vectors used, or a negative errno. */
static int submit_one(struct hfi1u_fd *fd, const struct iovec *iov,
		      unsigned int remaining)
{
	struct hfi1u_write_request_locals first = { .first_len = iov->iov_len };
	struct sdma_req_info info;
	struct hfi1u_write_info_locals locals = {
		.req = &info,
		.remaining = remaining,
	};
	struct hfi1u_sdma_req *req;
	unsigned int vectors;
	int ret = hfi1u_check_write_request(fd, &first);

	if (ret)
		return ret;
	if (copy_from_user(&info, iov->iov_base, sizeof(info)))
		return hfi1u_refuse(fd, HFI1U_CHECK_WRITE_REQUEST_INFO_FAULT);
	ret = hfi1u_check_write_info(fd, &locals);
	if (ret)
		return ret;
	vectors = WFR_GET(WFR_SDMA_REQ_CTRL_IOVCNT, info.ctrl);
	req = make_req(fd, &info);
	if (!req)
		return hfi1u_refuse(fd, HFI1U_CHECK_WRITE_PAYLOAD_NO_MEMORY);
	if (!claim_slot(fd, info.comp_idx)) {
		kfree(req);
		return hfi1u_refuse(fd, HFI1U_CHECK_WRITE_INFO_SLOT_BUSY);
	}
	ret = serve(req, iov, vectors - 1);
	return ret ? ret : vectors;
}

/**
 * hfi1u_write_iter - the write_iter file operation
 * @iocb: the call
 * @from: requests, one after another
 *
 * Return: number of requests that were accepted, or a negative errno if the
 * first one was not.
 */
ssize_t hfi1u_write_iter(struct kiocb *iocb, struct iov_iter *from)
{
	struct hfi1u_fd *fd = iocb->ki_filp->private_data;
	/* a single buffer has no vectors before it became one of length 1 */
	const struct iovec *iov = user_backed_iter(from) ? iter_iov(from) :
							   NULL;
	struct hfi1u_write_entry_locals locals = {
		.vectored = iov,
		.segments = from->nr_segs,
	};
	unsigned int remaining = from->nr_segs;
	ssize_t done = 0;
	int ret = hfi1u_check_write_entry(fd, &locals);

	if (ret)
		return ret;
	hfi1u_pins_reap(fd);
	while (remaining) {
		ret = submit_one(fd, iov, remaining);
		if (ret < 0)
			break;
		iov += ret;
		remaining -= ret;
		done++;
	}
	return done ? done : ret;
}
