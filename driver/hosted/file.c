// SPDX-License-Identifier: BSD-3-Clause
/*
 * Files: from a system call to the driver's operations.  The order of checks
 * is that of the 6.1 kernel (fs/open.c, fs/read_write.c, fs/ioctl.c).
 */
#include <limits.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <linux/kernel.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <hosted/vfs.h>
#include "internal.h"

#define SETFL_MASK   (O_APPEND | O_NONBLOCK | O_DIRECT | O_NOATIME)
#define MAX_RW_COUNT (INT_MAX & PAGE_MASK)
#define MAX_SEGMENTS 1024
#define SEEK_LAST    4

#ifndef FIOQSIZE
#define FIOQSIZE 0x5460
#endif
#define FIGETBSZ_CMD   _IO(0x00, 2)
#define DEVTMPFS_BLOCK 4096

static long files_live;

long hosted_files_live(void)
{
	return READ_ONCE(files_live);
}

void hosted_chrdev_init(struct hosted_chrdev *dev,
			const struct file_operations *fops, unsigned int major,
			unsigned int minor, struct cdev *cdev, void *private)
{
	dev->fops = fops;
	dev->inode = (struct inode){ .i_rdev = MKDEV(major, minor),
				     .i_mode = S_IFCHR | 0666,
				     .i_cdev = cdev,
				     .i_private = private };
}

static fmode_t mode_of(const struct file_operations *fops, int flags)
{
	int acc = flags & O_ACCMODE;
	fmode_t mode = 0;

	/* Access mode 3 is for ioctls only: neither reading nor writing. */
	if (acc == O_RDONLY || acc == O_RDWR)
		mode |= FMODE_READ;
	if (acc == O_WRONLY || acc == O_RDWR)
		mode |= FMODE_WRITE;
	if ((mode & FMODE_READ) && (fops->read || fops->read_iter))
		mode |= FMODE_CAN_READ;
	if ((mode & FMODE_WRITE) && (fops->write || fops->write_iter))
		mode |= FMODE_CAN_WRITE;
	mode |= FMODE_PREAD | FMODE_PWRITE;
	if (fops->llseek && fops->llseek != no_llseek)
		mode |= FMODE_LSEEK;
	return mode;
}

struct file *hosted_open(struct hosted_chrdev *dev, int flags)
{
	struct file *file;
	int err = 0;

	if (flags & O_DIRECTORY)
		return ERR_PTR(-ENOTDIR);
	file = calloc(1, sizeof(*file));
	if (!file || hosted_should_fail()) {
		free(file);
		return ERR_PTR(-ENOMEM);
	}
	file->f_op = dev->fops;
	file->f_inode = &dev->inode;
	file->f_mode = mode_of(dev->fops, flags);
	file->f_flags = flags &
			~(O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | O_CLOEXEC);
	atomic_long_set(&file->f_count, 1);
	if (dev->fops->open)
		err = dev->fops->open(&dev->inode, file);
	if (!err && (flags & O_DIRECT)) {
		/* No address space to do direct I/O on. */
		if (dev->fops->release)
			dev->fops->release(&dev->inode, file);
		err = -EINVAL;
	}
	if (err) {
		free(file);
		return ERR_PTR(err);
	}
	__atomic_fetch_add(&files_live, 1, __ATOMIC_RELAXED);
	return file;
}

struct file *get_file(struct file *f)
{
	atomic_long_inc(&f->f_count);
	return f;
}

void fput(struct file *f)
{
	if (atomic_long_sub_return(1, &f->f_count))
		return;
	if (f->f_op->release)
		f->f_op->release(f->f_inode, f);
	__atomic_fetch_sub(&files_live, 1, __ATOMIC_RELAXED);
	free(f);
}

loff_t noop_llseek(struct file *file, loff_t off, int whence)
{
	(void)off;
	(void)whence;
	return file->f_pos;
}

loff_t no_llseek(struct file *file, loff_t off, int whence)
{
	(void)file;
	(void)off;
	(void)whence;
	return -ESPIPE;
}

int nonseekable_open(struct inode *inode, struct file *file)
{
	(void)inode;
	file->f_mode &= ~(FMODE_LSEEK | FMODE_PREAD | FMODE_PWRITE);
	return 0;
}

int stream_open(struct inode *inode, struct file *file)
{
	return nonseekable_open(inode, file);
}

static long ioctl_fionbio(struct file *file, int __user *arg)
{
	int on;

	if (get_user(on, arg))
		return -EFAULT;
	WRITE_ONCE(file->f_flags, on ? file->f_flags | O_NONBLOCK :
				       file->f_flags & ~O_NONBLOCK);
	return 0;
}

static long ioctl_fioasync(struct file *file, int __user *arg)
{
	unsigned int flag;
	int on, ret = 0;

	if (get_user(on, arg))
		return -EFAULT;
	flag = on ? O_ASYNC : 0;
	if ((flag ^ file->f_flags) & O_ASYNC)
		ret = file->f_op->fasync ? file->f_op->fasync(-1, file, on) :
					   -ENOTTY;
	return ret < 0 ? ret : 0;
}

/* Commands every file understands; -ENOIOCTLCMD for the others. */
static long generic_ioctl(struct file *file, unsigned int cmd,
			  unsigned long arg)
{
	switch (cmd) {
	case FIOCLEX:
	case FIONCLEX:
		/* About the descriptor, which lives with the process. */
		return 0;
	case FIONBIO:
		return ioctl_fionbio(file, (int __user *)arg);
	case FIOASYNC:
		return ioctl_fioasync(file, (int __user *)arg);
	case FIOQSIZE:
		return -ENOTTY;
	case FIGETBSZ_CMD:
		return put_user(DEVTMPFS_BLOCK, (int __user *)arg);
	}
	return -ENOIOCTLCMD;
}

long hosted_ioctl(struct file *file, unsigned long cmd, unsigned long arg)
{
	/* The system call takes 32 bits of the command. */
	long ret = generic_ioctl(file, (unsigned int)cmd, arg);

	if (ret != -ENOIOCTLCMD)
		return ret;
	if (!file->f_op->unlocked_ioctl)
		return -ENOTTY;
	ret = file->f_op->unlocked_ioctl(file, (unsigned int)cmd, arg);
	return ret == -ENOIOCTLCMD ? -ENOTTY : ret;
}

static ssize_t check_pos(struct file *file, loff_t pos, size_t count)
{
	if (pos >= 0)
		return pos + (loff_t)count < pos ? -EOVERFLOW : 0;
	if (!(file->f_mode & FMODE_UNSIGNED_OFFSET))
		return -EINVAL;
	return (loff_t)count >= -pos ? -EOVERFLOW : 0;
}

static ssize_t call_iter(struct file *file, struct iov_iter *iter, loff_t pos,
			 bool write)
{
	struct kiocb iocb = { .ki_filp = file, .ki_pos = pos };
	ssize_t ret;

	ret = write ? file->f_op->write_iter(&iocb, iter) :
		      file->f_op->read_iter(&iocb, iter);
	if (ret > 0)
		WRITE_ONCE(file->f_pos, iocb.ki_pos);
	return ret;
}

static ssize_t rw_one(struct file *file, void __user *buf, size_t n, loff_t pos,
		      bool write)
{
	fmode_t want = write ? FMODE_WRITE : FMODE_READ;
	fmode_t can = write ? FMODE_CAN_WRITE : FMODE_CAN_READ;
	struct iov_iter iter;
	ssize_t ret;

	if (!(file->f_mode & want))
		return -EBADF;
	if (!(file->f_mode & can))
		return -EINVAL;
	if (!access_ok(buf, n))
		return -EFAULT;
	if ((ssize_t)n < 0)
		return -EINVAL;
	ret = check_pos(file, pos, n);
	if (ret)
		return ret;
	n = min_t(size_t, n, MAX_RW_COUNT);
	if (write && file->f_op->write)
		return file->f_op->write(file, buf, n, &pos);
	if (!write && file->f_op->read)
		return file->f_op->read(file, buf, n, &pos);
	iov_iter_ubuf(&iter, write ? ITER_SOURCE : ITER_DEST, buf, n);
	return call_iter(file, &iter, pos, write);
}

ssize_t hosted_read(struct file *file, void __user *buf, size_t n)
{
	return rw_one(file, buf, n, file->f_pos, false);
}

ssize_t hosted_write(struct file *file, const void __user *buf, size_t n)
{
	return rw_one(file, (void __user *)buf, n, file->f_pos, true);
}

ssize_t hosted_pread(struct file *file, void __user *buf, size_t n, loff_t pos)
{
	if (pos < 0)
		return -EINVAL;
	if (!(file->f_mode & FMODE_PREAD))
		return -ESPIPE;
	return rw_one(file, buf, n, pos, false);
}

ssize_t hosted_pwrite(struct file *file, const void __user *buf, size_t n,
		      loff_t pos)
{
	if (pos < 0)
		return -EINVAL;
	if (!(file->f_mode & FMODE_PWRITE))
		return -ESPIPE;
	return rw_one(file, (void __user *)buf, n, pos, true);
}

/* Copy an iovec array in and check it; returns the total or an error. */
static ssize_t import_iov(const struct iovec __user *user, unsigned long count,
			  struct iovec **out)
{
	struct iovec *iov;
	size_t total = 0;
	unsigned long i;

	*out = NULL;
	if (!count)
		return 0;
	if (count > MAX_SEGMENTS)
		return -EINVAL;
	iov = memdup_user(user, count * sizeof(*iov));
	if (IS_ERR(iov))
		return PTR_ERR(iov);
	*out = iov;
	for (i = 0; i < count; i++) {
		if ((ssize_t)iov[i].iov_len < 0)
			return -EINVAL;
		if (!access_ok(iov[i].iov_base, iov[i].iov_len))
			return -EFAULT;
		iov[i].iov_len =
			min_t(size_t, iov[i].iov_len, MAX_RW_COUNT - total);
		total += iov[i].iov_len;
	}
	return total;
}

static ssize_t do_rwv(struct file *file, const struct iovec *iov,
		      unsigned long count, size_t total, loff_t pos, bool write)
{
	struct iov_iter iter;
	ssize_t ret;

	if (!(file->f_mode & (write ? FMODE_WRITE : FMODE_READ)))
		return -EBADF;
	if (!(file->f_mode & (write ? FMODE_CAN_WRITE : FMODE_CAN_READ)))
		return -EINVAL;
	if (!total)
		return 0;
	ret = check_pos(file, pos, total);
	if (ret)
		return ret;
	/* A driver with plain read and write only is called per segment. */
	if (write ? !file->f_op->write_iter : !file->f_op->read_iter)
		return rw_one(file, iov->iov_base, iov->iov_len, pos, write);
	iov_iter_init(&iter, write ? ITER_SOURCE : ITER_DEST, iov, count,
		      total);
	return call_iter(file, &iter, pos, write);
}

static ssize_t rwv(struct file *file, const struct iovec __user *user,
		   unsigned long count, loff_t pos, bool write)
{
	struct iovec *iov;
	ssize_t ret = import_iov(user, count, &iov);

	if (ret >= 0)
		ret = do_rwv(file, iov, count, ret, pos, write);
	kfree(iov);
	return ret;
}

ssize_t hosted_readv(struct file *file, const struct iovec __user *iov,
		     unsigned long count)
{
	return rwv(file, iov, count, READ_ONCE(file->f_pos), false);
}

ssize_t hosted_writev(struct file *file, const struct iovec __user *iov,
		      unsigned long count)
{
	return rwv(file, iov, count, READ_ONCE(file->f_pos), true);
}

static ssize_t prwv(struct file *file, const struct iovec __user *iov,
		    unsigned long count, loff_t pos, bool write)
{
	if (pos < 0)
		return -EINVAL;
	if (!(file->f_mode & (write ? FMODE_PWRITE : FMODE_PREAD)))
		return -ESPIPE;
	return rwv(file, iov, count, pos, write);
}

ssize_t hosted_preadv(struct file *file, const struct iovec __user *iov,
		      unsigned long count, loff_t pos)
{
	return prwv(file, iov, count, pos, false);
}

ssize_t hosted_pwritev(struct file *file, const struct iovec __user *iov,
		       unsigned long count, loff_t pos)
{
	return prwv(file, iov, count, pos, true);
}

loff_t hosted_llseek(struct file *file, loff_t off, unsigned int whence)
{
	if (whence > SEEK_LAST)
		return -EINVAL;
	if (!(file->f_mode & FMODE_LSEEK))
		return -ESPIPE;
	return file->f_op->llseek(file, off, whence);
}

long hosted_setfl(struct file *file, unsigned int flags)
{
	int err = 0;

	if (flags & O_DIRECT)
		return -EINVAL;
	if (((flags ^ file->f_flags) & O_ASYNC) && file->f_op->fasync)
		err = file->f_op->fasync(-1, file, !!(flags & O_ASYNC));
	if (err < 0)
		return err;
	WRITE_ONCE(file->f_flags,
		   (flags & SETFL_MASK) | (file->f_flags & ~SETFL_MASK));
	return 0;
}

__poll_t hosted_poll(struct file *file, struct poll_table_struct *pt)
{
	if (!file->f_op->poll)
		return EPOLLIN | EPOLLOUT | EPOLLRDNORM | EPOLLWRNORM;
	return file->f_op->poll(file, pt);
}
