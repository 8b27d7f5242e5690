// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
/*
 * ASSIGN_CTXT, and how a context goes away again.
 *
 * The call claims the file by moving fd->state from unassigned to assigning;
 * whoever loses that race is refused.  Everything below the file is then built
 * by this thread alone, and published in one step at the end.
 *
 * A context is in dd->ctxts[] from its creation until nothing of it is left on
 * the chip, so its number is not reused before.  It belongs to the members
 * whose bits are set in uctxt->in_use; who clears the last one takes it down.
 *
 * Locks: dd->assign_lock, and dd->ctxts_lock around changes of dd->ctxts[].
 */
#include <linux/sched/mm.h>
#include <linux/topology.h>

#include "csr.h"
#include "priv.h"
#include "rcv_ctxt.h"

static void ctxt_release(struct kref *ref)
{
	struct hfi1u_ctxt *uctxt = container_of(ref, struct hfi1u_ctxt, ref);

	mutex_destroy(&uctxt->exp_lock);
	mutex_destroy(&uctxt->reset_lock);
	kfree(uctxt);
}

/**
 * hfi1u_ctxt_put - drop a reference to a context
 * @uctxt: context
 *
 * The last reference frees the memory of the object only: queues and hardware
 * went with the last member.
 */
void hfi1u_ctxt_put(struct hfi1u_ctxt *uctxt)
{
	kref_put(&uctxt->ref, ctxt_release);
}

/**
 * hfi1u_ctxt_get - look a context up from an interrupt
 * @dd: device
 * @num: receive context number
 *
 * Return: the context with a reference, or NULL.
 */
struct hfi1u_ctxt *hfi1u_ctxt_get(struct hfi1u_dev *dd, unsigned int num)
{
	struct hfi1u_ctxt *uctxt = NULL;
	unsigned long flags;

	spin_lock_irqsave(&dd->ctxts_lock, flags);
	if (num < dd->part.num_rcv)
		uctxt = dd->ctxts[num];
	if (uctxt)
		kref_get(&uctxt->ref);
	spin_unlock_irqrestore(&dd->ctxts_lock, flags);
	return uctxt;
}

static void table_set(struct hfi1u_dev *dd, unsigned int num,
		      struct hfi1u_ctxt *uctxt)
{
	unsigned long flags;

	lockdep_assert_held(&dd->assign_lock);
	spin_lock_irqsave(&dd->ctxts_lock, flags);
	dd->ctxts[num] = uctxt;
	/* read without the lock by hfi1u_nfreectxts() */
	WRITE_ONCE(dd->free_ctxts, dd->free_ctxts + (uctxt ? -1 : 1));
	spin_unlock_irqrestore(&dd->ctxts_lock, flags);
}

static int free_number(const struct hfi1u_dev *dd)
{
	unsigned int i;
	unsigned int end = dd->part.first_user + dd->part.num_user;

	for (i = dd->part.first_user; i < end; i++)
		if (!dd->ctxts[i])
			return i;
	return -1;
}

static struct hfi1u_ctxt *ctxt_create(struct hfi1u_dev *dd, unsigned int num)
{
	int node = dev_to_node(dd->dev);
	struct hfi1u_ctxt *uctxt;

	if (node == NUMA_NO_NODE)
		node = numa_node_id();
	uctxt = kzalloc_node(sizeof(*uctxt), GFP_KERNEL, node);
	if (!uctxt)
		return NULL;
	kref_init(&uctxt->ref);
	uctxt->dd = dd;
	uctxt->num = num;
	uctxt->numa_node = node;
	uctxt->caps = hfi1u_caps(dd);
	uctxt->setup = HFI1U_SETUP_PENDING;
	uctxt->poll_type = HFI1_POLL_TYPE_ANYRCV;
	mutex_init(&uctxt->exp_lock);
	mutex_init(&uctxt->reset_lock);
	spin_lock_init(&uctxt->rcv_lock);
	init_waitqueue_head(&uctxt->setup_wait);
	init_waitqueue_head(&uctxt->poll_wait);
	INIT_LIST_HEAD(&uctxt->groups_free);
	INIT_LIST_HEAD(&uctxt->groups_partial);
	INIT_LIST_HEAD(&uctxt->groups_full);
	return uctxt;
}

static void set_identity(struct hfi1u_ctxt *uctxt,
			 const struct hfi1_user_info *info)
{
	uctxt->jkey = hfi1u_jkey();
	uctxt->userversion = info->userversion;
	uctxt->subctxt_cnt = info->subctxt_cnt;
	uctxt->subctxt_id = info->subctxt_id;
	memcpy(uctxt->uuid, info->uuid, sizeof(uctxt->uuid));
	__set_bit(0, uctxt->in_use);
}

static enum hfi1u_check take_send_ctxt(struct hfi1u_ctxt *uctxt)
{
	enum hfi1u_check check;

	uctxt->sc = hfi1u_sc_alloc(uctxt->dd, uctxt->caps);
	if (!uctxt->sc)
		return HFI1U_CHECK_ASSIGN_CTXT_NO_SEND_CONTEXT;
	check = hfi1u_sc_enable(uctxt->sc);
	if (check != HFI1U_CHECK_NONE)
		hfi1u_sc_free(uctxt->sc);
	return check;
}

/* Make a context, its send context enabled; dd->assign_lock is held. */
static int found_ctxt(struct hfi1u_fd *fd, const struct hfi1_user_info *info)
{
	struct hfi1u_dev *dd = fd->dd;
	enum hfi1u_check check;
	struct hfi1u_ctxt *uctxt;
	int num;

	if (test_bit(HFI1U_DEV_FROZEN, &dd->flags))
		return hfi1u_refuse(fd, HFI1U_CHECK_ASSIGN_CTXT_FROZEN);
	num = free_number(dd);
	if (num < 0)
		return hfi1u_refuse(fd,
				    HFI1U_CHECK_ASSIGN_CTXT_NO_FREE_CONTEXT);
	uctxt = ctxt_create(dd, num);
	if (!uctxt)
		return hfi1u_refuse(fd, HFI1U_CHECK_ASSIGN_CTXT_NO_MEMORY);
	check = take_send_ctxt(uctxt);
	if (check != HFI1U_CHECK_NONE) {
		hfi1u_ctxt_put(uctxt);
		return hfi1u_refuse(fd, check);
	}
	set_identity(uctxt, info);
	table_set(dd, num, uctxt);
	fd->uctxt = uctxt;
	fd->subctxt = 0;
	fd->rec_cpu = hfi1u_cpu_get(dd);
	return 0;
}

/* Take everything of a context off the chip and free its number. */
static void ctxt_take_down(struct hfi1u_ctxt *uctxt)
{
	struct hfi1u_dev *dd = uctxt->dd;
	unsigned long flags;

	hfi1u_rcv_stop(uctxt);
	spin_lock_irqsave(&uctxt->rcv_lock, flags);
	clear_bit(HFI1U_CTXT_WAIT_RCV, &uctxt->flags);
	clear_bit(HFI1U_CTXT_WAIT_URG, &uctxt->flags);
	spin_unlock_irqrestore(&uctxt->rcv_lock, flags);

	hfi1u_write(dd, WFR_SEND_CTXT_CHECK_JOB_KEY(uctxt->sc->hw), 0);
	hfi1u_sc_free(uctxt->sc);
	hfi1u_exp_exit(uctxt);
	hfi1u_rcv_free(uctxt);
	hfi1u_share_free(uctxt);

	mutex_lock(&dd->assign_lock);
	table_set(dd, uctxt->num, NULL);
	hfi1u_event_clear_all(uctxt);
	mutex_unlock(&dd->assign_lock);
}

/**
 * hfi1u_ctxt_leave - give a file's place in its context up
 * @fd: file whose own use of the context has ended
 */
void hfi1u_ctxt_leave(struct hfi1u_fd *fd)
{
	struct hfi1u_ctxt *uctxt = fd->uctxt;
	struct hfi1u_dev *dd = fd->dd;
	bool last;

	mutex_lock(&dd->assign_lock);
	hfi1u_event_clear(fd);
	__clear_bit(fd->subctxt, uctxt->in_use);
	last = bitmap_empty(uctxt->in_use, HFI1_MAX_SHARED_CTXTS);
	hfi1u_cpu_put(dd, fd->rec_cpu);
	fd->rec_cpu = -1;
	mutex_unlock(&dd->assign_lock);
	if (last)
		ctxt_take_down(uctxt);
	fd->uctxt = NULL;
	hfi1u_ctxt_put(uctxt);
}

/* What a file has of its own beside the context. */
static int file_set_up(struct hfi1u_fd *fd)
{
	int ret = hfi1u_sdma_fd_init(fd);

	if (!ret)
		ret = hfi1u_tid_fd_init(fd);
	return ret;
}

static void file_take_down(struct hfi1u_fd *fd)
{
	hfi1u_tid_fd_exit(fd);
	hfi1u_sdma_fd_exit(fd);
}

static int founder_set_up(struct hfi1u_fd *fd)
{
	struct hfi1u_ctxt *uctxt = fd->uctxt;
	int ret = hfi1u_rcv_alloc(uctxt);

	if (!ret)
		ret = hfi1u_share_alloc(uctxt);
	if (!ret)
		ret = hfi1u_exp_init(uctxt);
	if (!ret)
		ret = file_set_up(fd);
	if (!ret)
		hfi1u_rcv_start(uctxt);
	hfi1u_share_settle(uctxt, !ret);
	return ret ? hfi1u_refuse(fd, HFI1U_CHECK_ASSIGN_CTXT_NO_MEMORY) : 0;
}

static int follower_set_up(struct hfi1u_fd *fd)
{
	int ret = hfi1u_share_wait(fd);

	if (ret)
		return ret;
	if (file_set_up(fd))
		return hfi1u_refuse(fd, HFI1U_CHECK_ASSIGN_CTXT_NO_MEMORY);
	return 0;
}

static int assign(struct hfi1u_fd *fd, const struct hfi1_user_info *info)
{
	struct hfi1u_dev *dd = fd->dd;
	bool joined;
	int ret;

	mutex_lock(&dd->assign_lock);
	ret = hfi1u_share_join(fd, info);
	joined = ret > 0;
	if (!ret)
		ret = found_ctxt(fd, info);
	mutex_unlock(&dd->assign_lock);
	if (ret < 0)
		return ret;

	ret = joined ? follower_set_up(fd) : founder_set_up(fd);
	if (ret) {
		file_take_down(fd);
		hfi1u_ctxt_leave(fd);
	}
	return ret;
}

/**
 * hfi1u_do_assign_ctxt - ASSIGN_CTXT
 * @fd: file
 * @in: who the caller is and with whom it shares
 *
 * Return: 0 or a negative errno; after an error the file is as it was.
 */
int hfi1u_do_assign_ctxt(struct hfi1u_fd *fd, const struct hfi1_user_info *in)
{
	int ret;

	if (cmpxchg(&fd->state, HFI1U_STATE_UNASSIGNED,
		    HFI1U_STATE_ASSIGNING) != HFI1U_STATE_UNASSIGNED)
		return hfi1u_refuse(fd,
				    HFI1U_CHECK_ASSIGN_CTXT_ALREADY_ASSIGNED);
	fd->mm = current->mm;
	mmgrab(fd->mm);
	ret = assign(fd, in);
	if (ret) {
		mmdrop(fd->mm);
		fd->mm = NULL;
	}
	/* all that the state promises comes before it; hfi1u_fd_state() */
	smp_store_release(&fd->state,
			  ret ? HFI1U_STATE_UNASSIGNED : HFI1U_STATE_ASSIGNED);
	return ret;
}
