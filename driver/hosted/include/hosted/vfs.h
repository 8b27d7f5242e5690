/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_HOSTED_VFS_H
#define HOSTED_HOSTED_VFS_H

/*
 * The part of the kernel between a system call and the driver's file
 * operations: access modes, argument checks and reference counts that a
 * driver never sees.  Every call runs on behalf of `current`.  Errors are
 * negative errnos; -ERESTARTSYS reaches the caller, who knows the signal.
 */
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/poll.h>

/* A char device: what a device node names. */
struct hosted_chrdev {
	const struct file_operations *fops;
	struct inode inode;
};

void hosted_chrdev_init(struct hosted_chrdev *dev,
			const struct file_operations *fops, unsigned int major,
			unsigned int minor, struct cdev *cdev, void *private);

/* open(2) of the node; ERR_PTR on failure.  fput() is close(2). */
struct file *hosted_open(struct hosted_chrdev *dev, int flags);

long hosted_ioctl(struct file *file, unsigned long cmd, unsigned long arg);
ssize_t hosted_read(struct file *file, void __user *buf, size_t n);
ssize_t hosted_pread(struct file *file, void __user *buf, size_t n, loff_t pos);
ssize_t hosted_write(struct file *file, const void __user *buf, size_t n);
ssize_t hosted_pwrite(struct file *file, const void __user *buf, size_t n,
		      loff_t pos);
ssize_t hosted_readv(struct file *file, const struct iovec __user *iov,
		     unsigned long count);
ssize_t hosted_writev(struct file *file, const struct iovec __user *iov,
		      unsigned long count);
ssize_t hosted_pwritev(struct file *file, const struct iovec __user *iov,
		       unsigned long count, loff_t pos);
ssize_t hosted_preadv(struct file *file, const struct iovec __user *iov,
		      unsigned long count, loff_t pos);
loff_t hosted_llseek(struct file *file, loff_t off, unsigned int whence);
long hosted_setfl(struct file *file, unsigned int flags);

/* poll(2) of one file; @pt may be NULL for "look only". */
__poll_t hosted_poll(struct file *file, struct poll_table_struct *pt);

/* One piece of a mapping: @length bytes at @start show @fd from @offset. */
struct hosted_vma_seg {
	struct list_head node;
	unsigned long start;
	unsigned long length;
	int fd;
	off_t offset;
};

/**
 * hosted_mmap() - mmap(2) of a device file
 * @file: the file
 * @addr: where the mapping will lie, or a placeholder when the caller picks
 *	the place later; segments are relative to it
 * @len: length as the process gave it
 * @prot: PROT_*
 * @flags: MAP_*
 * @off: byte offset as the process gave it
 *
 * Return: the mapping, or an ERR_PTR.  It holds a reference of the file.
 * Pages no segment covers raise SIGBUS.
 */
struct vm_area_struct *hosted_mmap(struct file *file, unsigned long addr,
				   size_t len, int prot, int flags,
				   unsigned long off);
void hosted_munmap(struct vm_area_struct *vma);

/* Files that are open, for leak checks. */
long hosted_files_live(void);

#endif /* HOSTED_HOSTED_VFS_H */
