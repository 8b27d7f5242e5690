// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
/*
 * Commands that report: GET_VERS, CTXT_INFO, USER_INFO.
 */
#include "csr.h"
#include "priv.h"

/**
 * hfi1u_do_get_vers - GET_VERS
 * @fd: file in any state
 * @out: version
 *
 * Return: 0.
 */
int hfi1u_do_get_vers(struct hfi1u_fd *fd, int *out)
{
	*out = HFI1U_VERSION;
	return 0;
}

/**
 * hfi1u_do_ctxt_info - CTXT_INFO
 * @fd: assigned file
 * @out: description of the context
 *
 * Return: 0.
 */
int hfi1u_do_ctxt_info(struct hfi1u_fd *fd, struct hfi1_ctxt_info *out)
{
	const struct hfi1u_ctxt *uctxt = fd->uctxt;
	struct hfi1u_dev *dd = fd->dd;

	out->runtime_flags = hfi1u_caps_runtime_flags(uctxt->caps);
	if (!fd->tid_caching)
		out->runtime_flags |= HFI1_CAP_TID_UNMAP;
	out->rcvegr_size = uctxt->eager.entry_size;
	out->num_active = hfi1u_units_active();
	out->unit = dd->unit;
	out->ctxt = uctxt->num;
	out->subctxt = fd->subctxt;
	out->rcvtids = round_up(uctxt->eager.entries, WFR_RCV_GROUP) +
		       uctxt->exp_count;
	out->credits = uctxt->sc->credits;
	out->numa_node = uctxt->numa_node;
	out->rec_cpu = fd->rec_cpu;
	out->send_ctxt = uctxt->sc->hw;
	out->egrtids = uctxt->eager.entries;
	out->rcvhdrq_cnt = dd->params.rcvhdrcnt;
	out->rcvhdrq_entsize = dd->params.hdrq_entsize * sizeof(u32);
	out->sdma_ring_size = fd->ring_size;
	return 0;
}

static u64 token(const struct hfi1u_fd *fd, unsigned int type)
{
	return hfi1u_token(fd, type, 0);
}

static void shared_tokens(const struct hfi1u_fd *fd, struct hfi1_base_info *out)
{
	if (!fd->uctxt->subctxt_cnt)
		return;
	out->subctxt_uregbase = token(fd, HFI1U_REGION_SUBCTXT_UREGS);
	out->subctxt_rcvhdrbuf = token(fd, HFI1U_REGION_SUBCTXT_RCV_HDRQ);
	out->subctxt_rcvegrbuf = token(fd, HFI1U_REGION_SUBCTXT_EGRBUF);
}

/**
 * hfi1u_do_user_info - USER_INFO
 * @fd: assigned file
 * @out: keys, and tokens for mmap()
 *
 * Return: 0.
 */
int hfi1u_do_user_info(struct hfi1u_fd *fd, struct hfi1_base_info *out)
{
	struct hfi1u_dev *dd = fd->dd;
	size_t credit = (u8 *)fd->uctxt->sc->credit - (u8 *)dd->credit_lines;
	size_t event = (u8 *)hfi1u_event_word(fd) - (u8 *)dd->events;

	out->hw_version = lower_32_bits(dd->chip.revision);
	out->sw_version = HFI1U_VERSION;
	out->jkey = fd->uctxt->jkey;
	out->bthqp = WFR_KDETH_QP_PREFIX;
	out->sc_credits_addr = hfi1u_token(fd, HFI1U_REGION_PIO_CRED, credit);
	out->pio_bufbase = token(fd, HFI1U_REGION_PIO_BUFS);
	out->pio_bufbase_sop = token(fd, HFI1U_REGION_PIO_BUFS_SOP);
	out->rcvhdr_bufbase = token(fd, HFI1U_REGION_RCV_HDRQ);
	out->rcvegr_bufbase = token(fd, HFI1U_REGION_RCV_EGRBUF);
	out->sdma_comp_bufbase = token(fd, HFI1U_REGION_SDMA_COMP);
	out->user_regbase = token(fd, HFI1U_REGION_UREGS);
	out->events_bufbase = hfi1u_token(fd, HFI1U_REGION_EVENTS, event);
	out->status_bufbase = token(fd, HFI1U_REGION_STATUS);
	if (hfi1u_cap_user(fd, HFI1_CAP_DMA_RTAIL))
		out->rcvhdrtail_base = token(fd, HFI1U_REGION_RTAIL);
	shared_tokens(fd, out);
	return 0;
}
