/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_LINUX_FS_H
#define HOSTED_LINUX_FS_H

#include <fcntl.h>
#include <linux/atomic.h>
#include <linux/errno.h>
#include <linux/kdev_t.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/types.h>
#include <linux/uio.h>

#define FMODE_READ	      ((fmode_t)0x1)
#define FMODE_WRITE	      ((fmode_t)0x2)
#define FMODE_LSEEK	      ((fmode_t)0x4)
#define FMODE_PREAD	      ((fmode_t)0x8)
#define FMODE_PWRITE	      ((fmode_t)0x10)
#define FMODE_EXCL	      ((fmode_t)0x80)
#define FMODE_UNSIGNED_OFFSET ((fmode_t)0x2000)
#define FMODE_CAN_READ	      ((fmode_t)0x20000)
#define FMODE_CAN_WRITE	      ((fmode_t)0x40000)

struct cdev;
struct file;
struct module;
struct poll_table_struct;
struct vm_area_struct;

struct inode {
	dev_t i_rdev;
	umode_t i_mode;
	struct cdev *i_cdev;
	void *i_private;
};

struct kiocb {
	struct file *ki_filp;
	loff_t ki_pos;
	int ki_flags;
};

struct file_operations {
	struct module *owner;
	loff_t (*llseek)(struct file *file, loff_t off, int whence);
	ssize_t (*read)(struct file *file, char __user *buf, size_t n,
			loff_t *pos);
	ssize_t (*write)(struct file *file, const char __user *buf, size_t n,
			 loff_t *pos);
	ssize_t (*read_iter)(struct kiocb *iocb, struct iov_iter *to);
	ssize_t (*write_iter)(struct kiocb *iocb, struct iov_iter *from);
	__poll_t (*poll)(struct file *file, struct poll_table_struct *pt);
	long (*unlocked_ioctl)(struct file *file, unsigned int cmd,
			       unsigned long arg);
	long (*compat_ioctl)(struct file *file, unsigned int cmd,
			     unsigned long arg);
	int (*mmap)(struct file *file, struct vm_area_struct *vma);
	int (*open)(struct inode *inode, struct file *file);
	int (*flush)(struct file *file, void *id);
	int (*release)(struct inode *inode, struct file *file);
	int (*fasync)(int fd, struct file *file, int on);
};

struct file {
	const struct file_operations *f_op;
	struct inode *f_inode;
	fmode_t f_mode;
	unsigned int f_flags;
	loff_t f_pos;
	void *private_data;
	atomic_long_t f_count;
};

static inline struct inode *file_inode(const struct file *f)
{
	return f->f_inode;
}

static inline unsigned int iminor(const struct inode *inode)
{
	return MINOR(inode->i_rdev);
}

static inline unsigned int imajor(const struct inode *inode)
{
	return MAJOR(inode->i_rdev);
}

struct file *get_file(struct file *f);
void fput(struct file *f);
loff_t noop_llseek(struct file *file, loff_t off, int whence);
loff_t no_llseek(struct file *file, loff_t off, int whence);
int nonseekable_open(struct inode *inode, struct file *file);
int stream_open(struct inode *inode, struct file *file);

#endif /* HOSTED_LINUX_FS_H */
