/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_LINUX_REFCOUNT_H
#define HOSTED_LINUX_REFCOUNT_H

#include <linux/atomic.h>
#include <linux/bug.h>

typedef struct {
	atomic_t refs;
} refcount_t;

#define REFCOUNT_INIT(n)       \
	{                      \
		ATOMIC_INIT(n) \
	}

static inline void refcount_set(refcount_t *r, int n)
{
	atomic_set(&r->refs, n);
}

static inline unsigned int refcount_read(const refcount_t *r)
{
	return atomic_read(&r->refs);
}

static inline void refcount_inc(refcount_t *r)
{
	WARN_ON(atomic_fetch_inc(&r->refs) <= 0);
}

static inline void refcount_add(int i, refcount_t *r)
{
	WARN_ON(atomic_fetch_add(i, &r->refs) <= 0);
}

static inline bool __must_check refcount_inc_not_zero(refcount_t *r)
{
	return atomic_inc_not_zero(&r->refs);
}

static inline bool __must_check refcount_sub_and_test(int i, refcount_t *r)
{
	int left = atomic_sub_return(i, &r->refs);

	WARN_ON(left < 0);
	return left == 0;
}

static inline bool __must_check refcount_dec_and_test(refcount_t *r)
{
	return refcount_sub_and_test(1, r);
}

static inline void refcount_dec(refcount_t *r)
{
	WARN_ON(atomic_dec_return(&r->refs) <= 0);
}

#endif /* HOSTED_LINUX_REFCOUNT_H */
