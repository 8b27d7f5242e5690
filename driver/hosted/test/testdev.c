// SPDX-License-Identifier: BSD-3-Clause
/*
 * A small char driver in kernel style, the subject of the shim's and the
 * emulator's own tests.
 */
#include <linux/delay.h>
#include <linux/device.h>
#include <linux/dma-mapping.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mmu_notifier.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>
#include <linux/wait.h>
#include <hosted/hosted.h>
#include "testdev.h"
#include "testdev_host.h"

struct td_file {
	struct testdev *dev;
	struct mutex lock;
	wait_queue_head_t wait;
	atomic_t wakes;
	void *shared;

	struct page **pages;
	int npages;
	struct mmu_interval_notifier notifier;
	atomic_t unmaps;
	dma_addr_t bus;
};

static unsigned int td_refuse;
module_param_named(refuse, td_refuse, uint, 0644);
MODULE_PARM_DESC(refuse, "errno that open fails with");

static bool td_invalidate(struct mmu_interval_notifier *sub,
			  const struct mmu_notifier_range *range,
			  unsigned long seq)
{
	struct td_file *f = container_of(sub, struct td_file, notifier);

	mmu_interval_set_seq(sub, seq);
	if (range->event == MMU_NOTIFY_UNMAP)
		atomic_inc(&f->unmaps);
	return true;
}

static const struct mmu_interval_notifier_ops td_notifier_ops = {
	.invalidate = td_invalidate,
};

static void td_unpin(struct td_file *f)
{
	if (!f->npages)
		return;
	mmu_interval_notifier_remove(&f->notifier);
	dma_unmap_page(f->dev->dev, f->bus, f->npages * PAGE_SIZE,
		       DMA_BIDIRECTIONAL);
	unpin_user_pages_dirty_lock(f->pages, f->npages, true);
	kfree(f->pages);
	f->npages = 0;
}

static int td_pin_pages(struct td_file *f, const struct td_range *r, int n)
{
	int got = pin_user_pages_fast(
		r->addr, n, FOLL_LONGTERM | (r->write ? FOLL_WRITE : 0),
		f->pages);

	if (got <= 0)
		return got ? got : -EFAULT;
	f->bus = dma_map_page(f->dev->dev, f->pages[0], 0, got * PAGE_SIZE,
			      DMA_BIDIRECTIONAL);
	if (dma_mapping_error(f->dev->dev, f->bus)) {
		unpin_user_pages(f->pages, got);
		return -ENOSPC;
	}
	f->npages = got;
	return 0;
}

static long td_pin(struct td_file *f, struct td_range __user *arg)
{
	struct td_range r;
	int err, n;

	if (copy_from_user(&r, arg, sizeof(r)))
		return -EFAULT;
	n = PFN_UP(r.len);
	if (f->npages || !n)
		return -EBUSY;
	err = mmu_interval_notifier_insert(&f->notifier, current->mm, r.addr,
					   r.len, &td_notifier_ops);
	if (err)
		return err;
	f->pages = kcalloc(n, sizeof(*f->pages), GFP_KERNEL);
	err = f->pages ? td_pin_pages(f, &r, n) : -ENOMEM;
	if (err) {
		kfree(f->pages);
		mmu_interval_notifier_remove(&f->notifier);
		return err;
	}
	r.result = f->npages;
	return copy_to_user(arg, &r, sizeof(r)) ? -EFAULT : 0;
}

static long td_dma_write(struct td_file *f, u32 __user *arg)
{
	size_t len = f->npages * PAGE_SIZE;
	u32 byte;
	void *buf;
	int err;

	if (get_user(byte, arg))
		return -EFAULT;
	buf = kvmalloc(len, GFP_KERNEL);
	if (!buf)
		return -ENOMEM;
	memset(buf, byte, len);
	err = hosted_dma_write(f->dev->dev, f->bus, buf, len);
	kvfree(buf);
	return err;
}

static long td_dma_read(struct td_file *f, struct td_range __user *arg)
{
	size_t len = f->npages * PAGE_SIZE;
	struct td_range r;
	void *buf;
	int err;

	if (copy_from_user(&r, arg, sizeof(r)))
		return -EFAULT;
	buf = kvzalloc(len, GFP_KERNEL);
	if (!buf)
		return -ENOMEM;
	err = hosted_dma_read(f->dev->dev, f->bus, buf, len);
	if (!err && copy_to_user(u64_to_user_ptr(r.addr), buf,
				 min_t(size_t, r.len, len)))
		err = -EFAULT;
	kvfree(buf);
	return err;
}

static long td_copy(struct td_range __user *arg)
{
	struct td_range r;
	void *buf;

	if (copy_from_user(&r, arg, sizeof(r)))
		return -EFAULT;
	buf = kvmalloc(r.len, GFP_KERNEL);
	if (!buf)
		return -ENOMEM;
	memset(buf, 0x5a, r.len);
	r.result = r.write ?
			   copy_to_user(u64_to_user_ptr(r.addr), buf, r.len) :
			   copy_from_user(buf, u64_to_user_ptr(r.addr), r.len);
	kvfree(buf);
	return copy_to_user(arg, &r, sizeof(r)) ? -EFAULT : 0;
}

static long td_who(struct td_who __user *arg)
{
	struct td_who who = {
		.pid = task_tgid_nr(current),
		.uid = from_kuid(current_user_ns(), current_uid()),
		.admin = capable(CAP_SYS_ADMIN),
		.cpus = cpumask_weight(current->cpus_ptr),
	};

	return copy_to_user(arg, &who, sizeof(who)) ? -EFAULT : 0;
}

static long td_echo(struct td_echo __user *arg)
{
	struct td_echo e;

	if (copy_from_user(&e, arg, sizeof(e)))
		return -EFAULT;
	e.out = ~e.in;
	return copy_to_user(arg, &e, sizeof(e)) ? -EFAULT : 0;
}

static long td_range_ioctl(struct td_file *f, unsigned int cmd,
			   unsigned long arg)
{
	long ret = -EINVAL;

	mutex_lock(&f->lock);
	switch (cmd) {
	case TD_PIN:
		ret = td_pin(f, (struct td_range __user *)arg);
		break;
	case TD_UNPIN:
		td_unpin(f);
		ret = 0;
		break;
	case TD_DMA_WRITE:
		ret = td_dma_write(f, (u32 __user *)arg);
		break;
	case TD_DMA_READ:
		ret = td_dma_read(f, (struct td_range __user *)arg);
		break;
	}
	mutex_unlock(&f->lock);
	return ret;
}

static long td_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct td_file *f = file->private_data;
	int seen = atomic_read(&f->wakes);

	switch (cmd) {
	case TD_ECHO:
		return td_echo((struct td_echo __user *)arg);
	case TD_WAIT:
		return wait_event_interruptible(f->wait,
						atomic_read(&f->wakes) != seen);
	case TD_WAIT_KILLABLE:
		return wait_event_killable(f->wait,
					   atomic_read(&f->wakes) != seen);
	case TD_WAIT_MS:
		msleep(arg);
		return 0;
	case TD_WAKE:
		atomic_inc(&f->wakes);
		wake_up_all(&f->wait);
		return 0;
	case TD_CONSUME:
		atomic_set(&f->wakes, 0);
		return 0;
	case TD_COPY:
		return td_copy((struct td_range __user *)arg);
	case TD_UNMAPS:
		return atomic_read(&f->unmaps);
	case TD_WHO:
		return td_who((struct td_who __user *)arg);
	}
	return td_range_ioctl(f, cmd, arg);
}

static vm_fault_t td_fault(struct vm_fault *vmf)
{
	struct td_file *f = vmf->vma->vm_private_data;

	if (vmf->address != vmf->vma->vm_start)
		return VM_FAULT_SIGBUS;
	vmf->page = vmalloc_to_page(f->shared);
	return 0;
}

static const struct vm_operations_struct td_vm_ops = { .fault = td_fault };

static int td_map_ro(struct td_file *f, struct vm_area_struct *vma)
{
	if (vma->vm_flags & VM_WRITE)
		return -EPERM;
	vm_flags_clear(vma, VM_MAYWRITE);
	vma->vm_pgoff = 0;
	return dma_mmap_coherent(f->dev->dev, vma, f->dev->coherent,
				 f->dev->coherent_bus, PAGE_SIZE);
}

static int td_map_bar(struct td_file *f, struct vm_area_struct *vma)
{
	vm_flags_mod(vma, VM_DONTCOPY | VM_DONTEXPAND, VM_MAYREAD);
	vma->vm_page_prot = pgprot_writecombine(vma->vm_page_prot);
	return io_remap_pfn_range(vma, vma->vm_start,
				  PFN_DOWN(f->dev->bar_phys), PAGE_SIZE,
				  vma->vm_page_prot);
}

static int td_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct td_file *f = file->private_data;
	unsigned long pages = vma_pages(vma);

	switch (vma->vm_pgoff) {
	case TD_MAP_SHARED:
		return pages > TD_PAGES ?
			       -EINVAL :
			       remap_vmalloc_range(vma, f->shared, 0);
	case TD_MAP_RO:
		return pages == 1 ? td_map_ro(f, vma) : -EINVAL;
	case TD_MAP_BAR:
		return pages == 1 ? td_map_bar(f, vma) : -EINVAL;
	case TD_MAP_HOLE:
		vma->vm_ops = &td_vm_ops;
		vma->vm_private_data = f;
		return pages == 2 ? 0 : -EINVAL;
	}
	return -EINVAL;
}

static __poll_t td_poll(struct file *file, struct poll_table_struct *pt)
{
	struct td_file *f = file->private_data;

	poll_wait(file, &f->wait, pt);
	return atomic_read(&f->wakes) ? EPOLLIN | EPOLLRDNORM : 0;
}

/* The number of segments of a writev(); a plain write() is refused. */
static ssize_t td_write_iter(struct kiocb *iocb, struct iov_iter *from)
{
	char byte;

	(void)iocb;
	if (!iter_is_iovec(from))
		return -EINVAL;
	if (copy_from_iter(&byte, 1, from) != 1)
		return -EFAULT;
	return from->nr_segs;
}

static int td_open(struct inode *inode, struct file *file)
{
	struct testdev *dev = inode->i_private;
	struct td_file *f;

	if (READ_ONCE(td_refuse))
		return -READ_ONCE(td_refuse);
	f = kzalloc(sizeof(*f), GFP_KERNEL);
	if (!f)
		return -ENOMEM;
	f->shared = vmalloc_user(TD_PAGES * PAGE_SIZE);
	if (!f->shared) {
		kfree(f);
		return -ENOMEM;
	}
	f->dev = dev;
	mutex_init(&f->lock);
	init_waitqueue_head(&f->wait);
	file->private_data = f;
	atomic_inc(&dev->open);
	return 0;
}

static int td_release(struct inode *inode, struct file *file)
{
	struct testdev *dev = inode->i_private;
	struct td_file *f = file->private_data;

	td_unpin(f);
	vfree(f->shared);
	kfree(f);
	atomic_dec(&dev->open);
	return 0;
}

const struct file_operations testdev_fops = {
	.owner = THIS_MODULE,
	.open = td_open,
	.release = td_release,
	.unlocked_ioctl = td_ioctl,
	.write_iter = td_write_iter,
	.mmap = td_mmap,
	.poll = td_poll,
	.llseek = noop_llseek,
};
