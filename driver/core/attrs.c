// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
/*
 * What the spec's conditions read, and where refusals are reported.
 *
 * Accessors of ctxt.* are only called once the file is assigned, as the order
 * of the checks guarantees.
 */
#include "priv.h"

/**
 * hfi1u_fd_state - state of a file
 * @fd: file
 *
 * Whoever sees HFI1U_STATE_ASSIGNED here sees a complete context as well.
 *
 * Return: one of HFI1U_STATE_*.
 */
enum hfi1u_state hfi1u_fd_state(struct hfi1u_fd *fd)
{
	/* pairs with the release in hfi1u_do_assign_ctxt() */
	return smp_load_acquire(&fd->state);
}

u64 hfi1u_attr_fd_subctxt(struct hfi1u_fd *fd)
{
	return fd->subctxt;
}

u64 hfi1u_attr_fd_tid_used(struct hfi1u_fd *fd)
{
	return READ_ONCE(fd->tid_used);
}

u64 hfi1u_attr_fd_tid_caching(struct hfi1u_fd *fd)
{
	return fd->tid_caching;
}

u64 hfi1u_attr_fd_sdma_inflight(struct hfi1u_fd *fd)
{
	return READ_ONCE(fd->inflight);
}

u64 hfi1u_attr_fd_sdma_ring_size(struct hfi1u_fd *fd)
{
	return fd->ring_size;
}

u64 hfi1u_attr_ctxt_number(struct hfi1u_fd *fd)
{
	return fd->uctxt->num;
}

u64 hfi1u_attr_ctxt_expected_count(struct hfi1u_fd *fd)
{
	return fd->uctxt->exp_count;
}

u64 hfi1u_attr_ctxt_credits(struct hfi1u_fd *fd)
{
	return fd->uctxt->sc->credits;
}

u64 hfi1u_attr_ctxt_egrtids(struct hfi1u_fd *fd)
{
	return fd->uctxt->eager.entries;
}

u64 hfi1u_attr_ctxt_rcvegr_size(struct hfi1u_fd *fd)
{
	return fd->uctxt->eager.entry_size;
}

u64 hfi1u_attr_ctxt_rcvhdrq_cnt(struct hfi1u_fd *fd)
{
	return fd->dd->params.rcvhdrcnt;
}

u64 hfi1u_attr_ctxt_rcvhdrq_entsize(struct hfi1u_fd *fd)
{
	return fd->dd->params.hdrq_entsize * sizeof(u32);
}

u64 hfi1u_attr_ctxt_subctxt_cnt(struct hfi1u_fd *fd)
{
	return fd->uctxt->subctxt_cnt;
}

/**
 * hfi1u_trace_name - who a file is, for tracepoints
 * @fd: file
 * @name: where to put "hfi1_UNIT", or "hfi1_UNIT/CTXT.SUBCTXT" with a context
 * @size: of @name
 */
void hfi1u_trace_name(struct hfi1u_fd *fd, char *name, size_t size)
{
	if (hfi1u_fd_state(fd) == HFI1U_STATE_ASSIGNED)
		snprintf(name, size, "hfi1_%u/%u.%u", fd->dd->unit,
			 fd->uctxt->num, fd->subctxt);
	else
		snprintf(name, size, "hfi1_%u", fd->dd->unit);
}
