/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_LINUX_XARRAY_H
#define HOSTED_LINUX_XARRAY_H

#include <linux/err.h>
#include <linux/gfp_types.h>
#include <linux/kernel.h>
#include <linux/rbtree.h>
#include <linux/spinlock.h>

struct xarray {
	spinlock_t xa_lock;
	gfp_t xa_flags;
	struct rb_root root;
};

struct xa_limit {
	u32 max;
	u32 min;
};

#define XA_FLAGS_LOCK_IRQ 1u
#define XA_FLAGS_LOCK_BH  2u
#define XA_FLAGS_ALLOC	  4u
#define XA_FLAGS_ALLOC1	  (4u | 8u)
#define XA_LIMIT(lo, hi)             \
	(struct xa_limit)            \
	{                            \
		.min = lo, .max = hi \
	}
#define xa_limit_32b XA_LIMIT(0, U32_MAX)
#define xa_limit_31b XA_LIMIT(0, 0x7fffffffu)
#define xa_limit_16b XA_LIMIT(0, 0xffffu)
#define XARRAY_INIT(name, flags)                           \
	{                                                  \
		__SPIN_LOCK_UNLOCKED(name.xa_lock), flags, \
		{                                          \
			NULL                               \
		}                                          \
	}
#define DEFINE_XARRAY_FLAGS(name, flags) \
	struct xarray name = XARRAY_INIT(name, flags)
#define DEFINE_XARRAY(name)	   DEFINE_XARRAY_FLAGS(name, 0)
#define DEFINE_XARRAY_ALLOC(name)  DEFINE_XARRAY_FLAGS(name, XA_FLAGS_ALLOC)
#define xa_lock(xa)		   spin_lock(&(xa)->xa_lock)
#define xa_unlock(xa)		   spin_unlock(&(xa)->xa_lock)
#define xa_lock_irq(xa)		   spin_lock_irq(&(xa)->xa_lock)
#define xa_unlock_irq(xa)	   spin_unlock_irq(&(xa)->xa_lock)
#define xa_lock_irqsave(xa, flags) spin_lock_irqsave(&(xa)->xa_lock, flags)
#define xa_unlock_irqrestore(xa, flags) \
	spin_unlock_irqrestore(&(xa)->xa_lock, flags)

void xa_init_flags(struct xarray *xa, gfp_t flags);
#define xa_init(xa) xa_init_flags(xa, 0)
void *xa_load(struct xarray *xa, unsigned long index);
void *xa_store(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp);
void *__xa_store(struct xarray *xa, unsigned long index, void *entry,
		 gfp_t gfp);
void *xa_erase(struct xarray *xa, unsigned long index);
void *__xa_erase(struct xarray *xa, unsigned long index);
int xa_insert(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp);
void *xa_cmpxchg(struct xarray *xa, unsigned long index, void *old, void *entry,
		 gfp_t gfp);
int xa_alloc(struct xarray *xa, u32 *id, void *entry, struct xa_limit limit,
	     gfp_t gfp);
int xa_alloc_cyclic(struct xarray *xa, u32 *id, void *entry,
		    struct xa_limit limit, u32 *next, gfp_t gfp);
void xa_destroy(struct xarray *xa);
bool xa_empty(const struct xarray *xa);
void *xa_find(struct xarray *xa, unsigned long *index, unsigned long max);
void *xa_find_after(struct xarray *xa, unsigned long *index, unsigned long max);

#define xa_is_err(entry) IS_ERR(entry)

static inline int xa_err(void *entry)
{
	return IS_ERR(entry) ? PTR_ERR(entry) : 0;
}

static inline void *xa_mk_value(unsigned long v)
{
	return (void *)((v << 1) | 1);
}

static inline unsigned long xa_to_value(const void *entry)
{
	return (unsigned long)entry >> 1;
}

static inline bool xa_is_value(const void *entry)
{
	return (unsigned long)entry & 1;
}

#define xa_for_each_range(xa, index, entry, start, last)              \
	for (index = start, entry = xa_find(xa, &index, last); entry; \
	     entry = xa_find_after(xa, &index, last))
#define xa_for_each(xa, index, entry) \
	xa_for_each_range(xa, index, entry, 0, ULONG_MAX)

#endif /* HOSTED_LINUX_XARRAY_H */
