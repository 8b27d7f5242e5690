// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
/*
 * Share groups: several files, one context.
 *
 * The first caller with a key founds the group and sets the context up; the
 * others take a place at once and wait for it.  A group is open for as long as
 * one member is left: a place that was given up can be taken again.  A group
 * whose founder failed takes nobody any more.
 *
 * Locks: places and uctxt->setup under dd->assign_lock.  A follower waits
 * without any lock and holds its place meanwhile.
 */
#include <linux/capability.h>
#include <linux/uidgid.h>
#include <linux/user_namespace.h>

#include "priv.h"

/* Job keys: 0..31 administrators, 32..63 kernel, users by their uid. */
#define HFI1U_ADMIN_JKEYS    32
#define HFI1U_RESERVED_JKEYS 64
#define HFI1U_JKEY_MASK	     0xffff
#define HFI1U_LOW_UID_JKEY   BIT(15)

/**
 * hfi1u_jkey() - the job key of the calling process
 *
 * Context: process.  The key is the only boundary between the jobs of different
 * users, so nothing that the caller supplies goes into it.
 *
 * Return: the key.
 */
u16 hfi1u_jkey(void)
{
	u32 jkey = from_kuid(current_user_ns(), current_uid()) &
		   HFI1U_JKEY_MASK;

	if (capable(CAP_SYS_ADMIN))
		jkey &= HFI1U_ADMIN_JKEYS - 1;
	else if (jkey < HFI1U_RESERVED_JKEYS)
		jkey |= HFI1U_LOW_UID_JKEY;
	return jkey;
}

static bool same_group(const struct hfi1u_ctxt *uctxt,
		       const struct hfi1_user_info *info, u16 jkey)
{
	return uctxt->setup != HFI1U_SETUP_FAILED &&
	       !bitmap_empty(uctxt->in_use, HFI1_MAX_SHARED_CTXTS) &&
	       !memcmp(uctxt->uuid, info->uuid, sizeof(uctxt->uuid)) &&
	       uctxt->jkey == jkey && uctxt->subctxt_id == info->subctxt_id &&
	       uctxt->subctxt_cnt == info->subctxt_cnt;
}

static int take_place(struct hfi1u_fd *fd, struct hfi1u_ctxt *uctxt,
		      u32 userversion)
{
	unsigned int place;

	if (uctxt->userversion != userversion)
		return hfi1u_refuse(fd, HFI1U_CHECK_ASSIGN_CTXT_GROUP_VERSION);
	place = find_first_zero_bit(uctxt->in_use, HFI1_MAX_SHARED_CTXTS);
	if (place >= uctxt->subctxt_cnt)
		return hfi1u_refuse(fd, HFI1U_CHECK_ASSIGN_CTXT_GROUP_FULL);
	__set_bit(place, uctxt->in_use);
	kref_get(&uctxt->ref);
	fd->uctxt = uctxt;
	fd->subctxt = place;
	fd->rec_cpu = hfi1u_cpu_get(fd->dd);
	return 1;
}

/**
 * hfi1u_share_join - take a place in an existing group
 * @fd: file without a context, dd->assign_lock held
 * @info: the caller's key
 *
 * Return: 1 with a place, 0 if there is no such group, or a negative errno.
 */
int hfi1u_share_join(struct hfi1u_fd *fd, const struct hfi1_user_info *info)
{
	struct hfi1u_dev *dd = fd->dd;
	u16 jkey = hfi1u_jkey();
	unsigned int i;

	lockdep_assert_held(&dd->assign_lock);
	if (!info->subctxt_cnt)
		return 0;
	for (i = dd->part.first_user; i < dd->part.num_rcv; i++) {
		struct hfi1u_ctxt *uctxt = dd->ctxts[i];

		if (uctxt && same_group(uctxt, info, jkey))
			return take_place(fd, uctxt, info->userversion);
	}
	return 0;
}

/**
 * hfi1u_share_wait - wait for the founder of the group
 * @fd: file with a place
 *
 * Return: 0, or a negative errno if the founder failed or a signal came; the
 * caller then gives the place up.
 */
int hfi1u_share_wait(struct hfi1u_fd *fd)
{
	struct hfi1u_ctxt *uctxt = fd->uctxt;

	if (wait_event_interruptible(uctxt->setup_wait,
				     READ_ONCE(uctxt->setup) !=
					     HFI1U_SETUP_PENDING))
		return hfi1u_refuse(fd, HFI1U_CHECK_ASSIGN_CTXT_INTERRUPTED);
	if (READ_ONCE(uctxt->setup) == HFI1U_SETUP_FAILED)
		return hfi1u_refuse(fd, HFI1U_CHECK_ASSIGN_CTXT_LEADER_FAILED);
	/* pairs with the lock of hfi1u_share_settle() */
	smp_rmb();
	return 0;
}

/**
 * hfi1u_share_settle - tell the group how its founder fared
 * @uctxt: context the caller has founded
 * @done: it is complete; otherwise it will be taken down
 */
void hfi1u_share_settle(struct hfi1u_ctxt *uctxt, bool done)
{
	mutex_lock(&uctxt->dd->assign_lock);
	smp_wmb(); /* the context before the news of it */
	WRITE_ONCE(uctxt->setup, done ? HFI1U_SETUP_DONE : HFI1U_SETUP_FAILED);
	mutex_unlock(&uctxt->dd->assign_lock);
	wake_up_all(&uctxt->setup_wait);
}

/**
 * hfi1u_share_alloc - allocate the areas the members of a group share
 * @uctxt: context with queues
 *
 * Return: 0 or -ENOMEM; hfi1u_share_free() cleans up after both.
 */
int hfi1u_share_alloc(struct hfi1u_ctxt *uctxt)
{
	size_t eager = (size_t)uctxt->eager.entries * uctxt->eager.entry_size;

	if (!uctxt->subctxt_cnt)
		return 0;
	uctxt->shared_uregs = vmalloc_user(PAGE_SIZE);
	uctxt->shared_hdrq =
		vmalloc_user(uctxt->hdrq_size * uctxt->subctxt_cnt);
	uctxt->shared_eager = vmalloc_user(eager * uctxt->subctxt_cnt);
	if (!uctxt->shared_uregs || !uctxt->shared_hdrq || !uctxt->shared_eager)
		return -ENOMEM;
	return 0;
}

/**
 * hfi1u_share_free - undo hfi1u_share_alloc(), also when it failed
 * @uctxt: context that nobody maps any more
 */
void hfi1u_share_free(struct hfi1u_ctxt *uctxt)
{
	vfree(uctxt->shared_uregs);
	vfree(uctxt->shared_hdrq);
	vfree(uctxt->shared_eager);
	uctxt->shared_uregs = NULL;
	uctxt->shared_hdrq = NULL;
	uctxt->shared_eager = NULL;
}
