// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
/*
 * The file operations of /dev/hfi1_N.
 *
 * Locks: units_lock guards the table from minor numbers to devices.  A device
 * stays in it until its last file is gone, so an open file may use it freely.
 */
#include <linux/module.h>
#include <linux/sched/mm.h>

#include "csr.h"
#include "priv.h"

/* Removal says this often what it waits for. */
#define HFI1U_REMOVAL_NOTICE_MS 10000

static DEFINE_SPINLOCK(units_lock);
static struct hfi1u_dev *units[HFI1U_MAX_UNITS];
static unsigned int unit_count; /* those that are there */

/**
 * hfi1u_unit_add - let open() find a device
 * @dd: device, ready for users
 *
 * Return: 0, or -EBUSY if the unit number is taken or too large.
 */
int hfi1u_unit_add(struct hfi1u_dev *dd)
{
	unsigned long flags;
	int ret = -EBUSY;

	spin_lock_irqsave(&units_lock, flags);
	if (dd->unit < HFI1U_MAX_UNITS && !units[dd->unit]) {
		units[dd->unit] = dd;
		unit_count++;
		ret = 0;
	}
	spin_unlock_irqrestore(&units_lock, flags);
	return ret;
}

/**
 * hfi1u_unit_remove - make open() fail and wait until all files are closed
 * @dd: device that was added
 */
void hfi1u_unit_remove(struct hfi1u_dev *dd)
{
	unsigned long flags;

	set_bit(HFI1U_DEV_REMOVING, &dd->flags);
	if (!refcount_dec_and_test(&dd->users)) {
		while (!wait_for_completion_timeout(
			&dd->users_gone,
			msecs_to_jiffies(HFI1U_REMOVAL_NOTICE_MS)))
			dev_notice(dd->dev,
				   "removal waits for %d files to be closed\n",
				   atomic_read(&dd->open_files));
	}
	spin_lock_irqsave(&units_lock, flags);
	units[dd->unit] = NULL;
	unit_count--;
	spin_unlock_irqrestore(&units_lock, flags);
}

/**
 * hfi1u_units_active - how many units of this host can talk to the fabric
 *
 * Return: their number.
 */
unsigned int hfi1u_units_active(void)
{
	unsigned int count = 0;
	unsigned long flags;
	unsigned int i, left;

	spin_lock_irqsave(&units_lock, flags);
	/* CTXT_INFO asks: do not look at all the numbers there could be */
	for (i = 0, left = unit_count; left; i++) {
		if (!units[i])
			continue;
		left--;
		if (hfi1u_port_is_active(units[i]))
			count++;
	}
	spin_unlock_irqrestore(&units_lock, flags);
	return count;
}

static struct hfi1u_dev *unit_get(unsigned int unit, int *error)
{
	struct hfi1u_dev *dd = NULL;
	unsigned long flags;

	*error = -ENXIO;
	spin_lock_irqsave(&units_lock, flags);
	if (unit < HFI1U_MAX_UNITS)
		dd = units[unit];
	if (dd && !hfi1u_present(dd)) {
		*error = -hfi1u_check_info[HFI1U_CHECK_OPEN_NO_CHIP].error;
		dd = NULL;
	} else if (dd && (test_bit(HFI1U_DEV_REMOVING, &dd->flags) ||
			  !refcount_inc_not_zero(&dd->users))) {
		*error = -hfi1u_check_info[HFI1U_CHECK_OPEN_REMOVING].error;
		dd = NULL;
	}
	spin_unlock_irqrestore(&units_lock, flags);
	return dd;
}

static void unit_put(struct hfi1u_dev *dd)
{
	if (refcount_dec_and_test(&dd->users))
		complete(&dd->users_gone);
}

static int hfi1u_open(struct inode *inode, struct file *file)
{
	struct hfi1u_dev *dd;
	struct hfi1u_fd *fd;
	int error;

	dd = unit_get(iminor(inode), &error);
	if (!dd)
		return error;
	fd = kzalloc(sizeof(*fd), GFP_KERNEL);
	if (!fd) {
		unit_put(dd);
		return -hfi1u_check_info[HFI1U_CHECK_OPEN_NO_MEMORY].error;
	}
	fd->dd = dd;
	fd->state = HFI1U_STATE_UNASSIGNED;
	fd->rec_cpu = -1;
	spin_lock_init(&fd->tid_lock);
	spin_lock_init(&fd->req_lock);
	init_waitqueue_head(&fd->drain_wait);
	hfi1u_pins_init(fd);
	file->private_data = fd;
	atomic_inc(&dd->open_files);
	return 0;
}

static int hfi1u_release(struct inode *inode, struct file *file)
{
	struct hfi1u_fd *fd = file->private_data;
	struct hfi1u_dev *dd = fd->dd;

	file->private_data = NULL;
	if (hfi1u_fd_state(fd) == HFI1U_STATE_ASSIGNED) {
		wmb(); /* user stores to PIO buffers must not trail the close */
		hfi1u_sdma_fd_exit(fd);
		hfi1u_tid_fd_exit(fd);
		hfi1u_ctxt_leave(fd);
		mmdrop(fd->mm);
	}
	kfree(fd);
	atomic_dec(&dd->open_files);
	unit_put(dd);
	return 0;
}

static long hfi1u_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	return hfi1u_dispatch(file->private_data, cmd, (void __user *)arg);
}

const struct file_operations hfi1u_fops = {
	.owner = THIS_MODULE,
	.open = hfi1u_open,
	.release = hfi1u_release,
	.unlocked_ioctl = hfi1u_ioctl,
	.write_iter = hfi1u_write_iter,
	.poll = hfi1u_poll,
	.mmap = hfi1u_mmap,
	.llseek = noop_llseek,
};
