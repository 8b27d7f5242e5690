/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_LINUX_UIO_H
#define HOSTED_LINUX_UIO_H

#include <sys/uio.h>
#include <linux/types.h>

/* The two user-backed kinds of 6.1: writev() and write(). */
enum iter_type {
	ITER_IOVEC,
	ITER_KVEC,
	ITER_UBUF = 6,
};

#define ITER_SOURCE 1
#define ITER_DEST   0

struct iov_iter {
	u8 iter_type;
	bool nofault;
	bool data_source;
	bool user_backed;
	size_t iov_offset;
	size_t count;
	union {
		const struct iovec *iov;
		void __user *ubuf;
	};
	unsigned long nr_segs;
};

static inline enum iter_type iov_iter_type(const struct iov_iter *i)
{
	return (enum iter_type)i->iter_type;
}

static inline bool iter_is_iovec(const struct iov_iter *i)
{
	return iov_iter_type(i) == ITER_IOVEC;
}

static inline bool iter_is_ubuf(const struct iov_iter *i)
{
	return iov_iter_type(i) == ITER_UBUF;
}

static inline bool user_backed_iter(const struct iov_iter *i)
{
	return i->user_backed;
}

static inline unsigned char iov_iter_rw(const struct iov_iter *i)
{
	return i->data_source ? 1 : 0;
}

static inline size_t iov_iter_count(const struct iov_iter *i)
{
	return i->count;
}

/* The vectors of an ITER_IOVEC, from the current one on; else NULL. */
static inline const struct iovec *iter_iov(const struct iov_iter *i)
{
	return iter_is_iovec(i) ? i->iov : NULL;
}

void iov_iter_init(struct iov_iter *i, unsigned int direction,
		   const struct iovec *iov, unsigned long nr_segs,
		   size_t count);
void iov_iter_ubuf(struct iov_iter *i, unsigned int direction, void __user *buf,
		   size_t count);
void iov_iter_advance(struct iov_iter *i, size_t bytes);
void iov_iter_revert(struct iov_iter *i, size_t bytes);
size_t copy_from_iter(void *addr, size_t bytes, struct iov_iter *i);
size_t copy_to_iter(const void *addr, size_t bytes, struct iov_iter *i);

static inline bool copy_from_iter_full(void *addr, size_t bytes,
				       struct iov_iter *i)
{
	size_t copied = copy_from_iter(addr, bytes, i);

	if (copied == bytes)
		return true;
	iov_iter_revert(i, copied);
	return false;
}

#endif /* HOSTED_LINUX_UIO_H */
