// SPDX-License-Identifier: BSD-3-Clause
/* Copies between the kernel and the memory of the calling process. */
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/uio.h>
#include <asm/page.h>
#include "internal.h"

bool hosted_access_ok(const void __user *addr, unsigned long size)
{
	unsigned long at = (unsigned long)addr;

	return size <= TASK_SIZE_MAX && at <= TASK_SIZE_MAX - size;
}

unsigned long copy_from_user(void *to, const void __user *from, unsigned long n)
{
	size_t done = 0;

	might_sleep();
	if (current->mm && access_ok(from, n))
		done = hosted_user_read(current->mm, (unsigned long)from, to,
					n);
	/* The kernel never leaves the rest of the destination undefined. */
	memset((char *)to + done, 0, n - done);
	return n - done;
}

unsigned long copy_to_user(void __user *to, const void *from, unsigned long n)
{
	might_sleep();
	if (!current->mm || !access_ok(to, n))
		return n;
	return n - hosted_user_write(current->mm, (unsigned long)to, from, n);
}

unsigned long clear_user(void __user *to, unsigned long n)
{
	static const char zeroes[PAGE_SIZE];
	unsigned long chunk, left;

	while (n) {
		chunk = min_t(unsigned long, n, PAGE_SIZE);
		left = copy_to_user(to, zeroes, chunk);
		n -= chunk - left;
		if (left)
			break;
		to = (char *)to + chunk;
	}
	return n;
}

static void *memdup(const void __user *src, size_t len, bool large)
{
	void *p = hosted_kmalloc(len, GFP_USER | __GFP_NOWARN, large);

	if (!p)
		return ERR_PTR(-ENOMEM);
	if (copy_from_user(p, src, len)) {
		kfree(p);
		return ERR_PTR(-EFAULT);
	}
	return p;
}

void *memdup_user(const void __user *src, size_t len)
{
	return memdup(src, len, false);
}

void *vmemdup_user(const void __user *src, size_t len)
{
	return memdup(src, len, true);
}

int check_zeroed_user(const void __user *from, size_t size)
{
	const char *at = from;
	char buf[64];
	size_t n;

	for (; size; size -= n, at += n) {
		n = min(size, sizeof(buf));
		if (copy_from_user(buf, at, n))
			return -EFAULT;
		if (memchr_inv(buf, 0, n))
			return 0;
	}
	return 1;
}

long strncpy_from_user(char *dst, const char __user *src, long count)
{
	long i;

	for (i = 0; i < count; i++) {
		if (copy_from_user(dst + i, src + i, 1))
			return -EFAULT;
		if (!dst[i])
			return i;
	}
	return count;
}

void iov_iter_init(struct iov_iter *i, unsigned int direction,
		   const struct iovec *iov, unsigned long nr_segs, size_t count)
{
	*i = (struct iov_iter){ .iter_type = ITER_IOVEC,
				.data_source = direction == ITER_SOURCE,
				.user_backed = true,
				.iov = iov,
				.nr_segs = nr_segs,
				.count = count };
}

void iov_iter_ubuf(struct iov_iter *i, unsigned int direction, void __user *buf,
		   size_t count)
{
	*i = (struct iov_iter){ .iter_type = ITER_UBUF,
				.data_source = direction == ITER_SOURCE,
				.user_backed = true,
				.ubuf = buf,
				.nr_segs = 1,
				.count = count };
}

void iov_iter_advance(struct iov_iter *i, size_t bytes)
{
	bytes = min(bytes, i->count);
	i->count -= bytes;
	i->iov_offset += bytes;
	if (!iter_is_iovec(i))
		return;
	while (i->nr_segs && i->iov_offset >= i->iov->iov_len) {
		i->iov_offset -= i->iov->iov_len;
		i->iov++;
		i->nr_segs--;
	}
}

void iov_iter_revert(struct iov_iter *i, size_t bytes)
{
	i->count += bytes;
	while (iter_is_iovec(i) && bytes > i->iov_offset) {
		bytes -= i->iov_offset;
		i->iov--;
		i->nr_segs++;
		i->iov_offset = i->iov->iov_len;
	}
	i->iov_offset -= bytes;
}

static size_t copy_iter(void *addr, size_t bytes, struct iov_iter *i, bool from)
{
	size_t done = 0, n, left;
	char *user;

	bytes = min(bytes, i->count);
	while (done < bytes) {
		if (iter_is_iovec(i)) {
			user = (char *)i->iov->iov_base + i->iov_offset;
			n = min(bytes - done, i->iov->iov_len - i->iov_offset);
		} else {
			user = (char *)i->ubuf + i->iov_offset;
			n = bytes - done;
		}
		left = from ? copy_from_user((char *)addr + done, user, n) :
			      copy_to_user(user, (char *)addr + done, n);
		iov_iter_advance(i, n - left);
		done += n - left;
		if (left)
			break;
	}
	return done;
}

size_t copy_from_iter(void *addr, size_t bytes, struct iov_iter *i)
{
	return copy_iter(addr, bytes, i, true);
}

size_t copy_to_iter(const void *addr, size_t bytes, struct iov_iter *i)
{
	return copy_iter((void *)addr, bytes, i, false);
}
