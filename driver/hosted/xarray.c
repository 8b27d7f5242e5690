// SPDX-License-Identifier: BSD-3-Clause
/* XArray, IDR and IDA: entries by number, kept in a tree of nodes. */
#include <linux/idr.h>
#include <linux/slab.h>
#include <linux/xarray.h>

struct slot {
	struct rb_node rb;
	unsigned long index;
	void *entry;
};

#define slot_of(n) rb_entry(n, struct slot, rb)

void xa_init_flags(struct xarray *xa, gfp_t flags)
{
	spin_lock_init(&xa->xa_lock);
	xa->xa_flags = flags;
	xa->root = RB_ROOT;
}

/* First slot at or after @index. */
static struct slot *slot_from(const struct xarray *xa, unsigned long index)
{
	struct rb_node *n = xa->root.rb_node;
	struct slot *best = NULL;

	while (n) {
		if (slot_of(n)->index == index)
			return slot_of(n);
		if (slot_of(n)->index > index) {
			best = slot_of(n);
			n = n->rb_left;
		} else {
			n = n->rb_right;
		}
	}
	return best;
}

static struct slot *slot_at(const struct xarray *xa, unsigned long index)
{
	struct slot *s = slot_from(xa, index);

	return s && s->index == index ? s : NULL;
}

static void insert_slot(struct xarray *xa, struct slot *s)
{
	struct rb_node **link = &xa->root.rb_node;
	struct rb_node *parent = NULL;

	while (*link) {
		parent = *link;
		link = s->index < slot_of(parent)->index ? &parent->rb_left :
							   &parent->rb_right;
	}
	rb_link_node(&s->rb, parent, link);
	rb_insert_color(&s->rb, &xa->root);
}

void *xa_load(struct xarray *xa, unsigned long index)
{
	unsigned long flags;
	struct slot *s;
	void *entry;

	xa_lock_irqsave(xa, flags);
	s = slot_at(xa, index);
	entry = s ? s->entry : NULL;
	xa_unlock_irqrestore(xa, flags);
	return entry;
}

void *__xa_erase(struct xarray *xa, unsigned long index)
{
	struct slot *s = slot_at(xa, index);
	void *entry;

	if (!s)
		return NULL;
	entry = s->entry;
	rb_erase(&s->rb, &xa->root);
	kfree(s);
	return entry;
}

/* Called with the lock held, so the node's memory must not need to sleep. */
void *__xa_store(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp)
{
	struct slot *s = slot_at(xa, index);
	void *old;

	if (!entry)
		return __xa_erase(xa, index);
	if (s) {
		old = s->entry;
		s->entry = entry;
		return old;
	}
	s = kmalloc(sizeof(*s), gfp & ~__GFP_RECLAIM);
	if (!s)
		return ERR_PTR(-ENOMEM);
	s->index = index;
	s->entry = entry;
	insert_slot(xa, s);
	return NULL;
}

void *xa_store(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp)
{
	unsigned long flags;
	void *old;

	xa_lock_irqsave(xa, flags);
	old = __xa_store(xa, index, entry, gfp);
	xa_unlock_irqrestore(xa, flags);
	return old;
}

void *xa_erase(struct xarray *xa, unsigned long index)
{
	return xa_store(xa, index, NULL, 0);
}

void *xa_cmpxchg(struct xarray *xa, unsigned long index, void *old, void *entry,
		 gfp_t gfp)
{
	unsigned long flags;
	struct slot *s;
	void *cur, *ret;

	xa_lock_irqsave(xa, flags);
	s = slot_at(xa, index);
	cur = s ? s->entry : NULL;
	if (cur == old) {
		ret = __xa_store(xa, index, entry, gfp);
		if (IS_ERR(ret))
			cur = ret;
	}
	xa_unlock_irqrestore(xa, flags);
	return cur;
}

int xa_insert(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp)
{
	void *cur = xa_cmpxchg(xa, index, NULL, entry, gfp);

	if (IS_ERR(cur))
		return PTR_ERR(cur);
	return cur ? -EBUSY : 0;
}

/* Lowest free number in [min, max]; false when there is none. */
static bool free_index(struct xarray *xa, unsigned long min, unsigned long max,
		       unsigned long *index)
{
	struct slot *s = slot_from(xa, min);
	struct rb_node *n = s ? &s->rb : NULL;

	for (; n && slot_of(n)->index == min && min <= max; n = rb_next(n))
		min++;
	*index = min;
	return min <= max;
}

static int alloc_index(struct xarray *xa, u32 *id, void *entry,
		       struct xa_limit limit, u32 *next, gfp_t gfp)
{
	unsigned long index, flags;
	void *old;
	int ret = -EBUSY;
	u32 lo = limit.min;

	if ((xa->xa_flags & XA_FLAGS_ALLOC1) == XA_FLAGS_ALLOC1)
		lo = max(lo, 1u);
	xa_lock_irqsave(xa, flags);
	if (free_index(xa, next ? max(lo, *next) : lo, limit.max, &index) ||
	    (next && free_index(xa, lo, limit.max, &index))) {
		old = __xa_store(xa, index, entry, gfp);
		ret = xa_err(old);
	}
	if (!ret) {
		*id = index;
		if (next)
			*next = index + 1;
	}
	xa_unlock_irqrestore(xa, flags);
	return ret;
}

int xa_alloc(struct xarray *xa, u32 *id, void *entry, struct xa_limit limit,
	     gfp_t gfp)
{
	return alloc_index(xa, id, entry, limit, NULL, gfp);
}

int xa_alloc_cyclic(struct xarray *xa, u32 *id, void *entry,
		    struct xa_limit limit, u32 *next, gfp_t gfp)
{
	return alloc_index(xa, id, entry, limit, next, gfp);
}

void xa_destroy(struct xarray *xa)
{
	unsigned long flags;
	struct rb_node *n;

	xa_lock_irqsave(xa, flags);
	while ((n = xa->root.rb_node) != NULL) {
		rb_erase(n, &xa->root);
		kfree(slot_of(n));
	}
	xa_unlock_irqrestore(xa, flags);
}

bool xa_empty(const struct xarray *xa)
{
	return RB_EMPTY_ROOT(&xa->root);
}

void *xa_find(struct xarray *xa, unsigned long *index, unsigned long max)
{
	void *entry = NULL;
	unsigned long flags;
	struct slot *s;

	xa_lock_irqsave(xa, flags);
	s = slot_from(xa, *index);
	if (s && s->index <= max) {
		*index = s->index;
		entry = s->entry;
	}
	xa_unlock_irqrestore(xa, flags);
	return entry;
}

void *xa_find_after(struct xarray *xa, unsigned long *index, unsigned long max)
{
	if (*index >= max)
		return NULL;
	++*index;
	return xa_find(xa, index, max);
}

void idr_init(struct idr *idr)
{
	xa_init_flags(&idr->xa, XA_FLAGS_ALLOC);
	idr->next = 0;
}

static struct xa_limit idr_limit(int start, int end)
{
	return XA_LIMIT(start, end > 0 ? (u32)end - 1 : (u32)INT_MAX);
}

static int idr_result(int err, u32 id)
{
	return err == -EBUSY ? -ENOSPC : err ? err : (int)id;
}

int idr_alloc(struct idr *idr, void *ptr, int start, int end, gfp_t gfp)
{
	u32 id = 0;
	int err = xa_alloc(&idr->xa, &id, ptr, idr_limit(start, end), gfp);

	return idr_result(err, id);
}

int idr_alloc_cyclic(struct idr *idr, void *ptr, int start, int end, gfp_t gfp)
{
	u32 id = 0;
	int err = xa_alloc_cyclic(&idr->xa, &id, ptr, idr_limit(start, end),
				  &idr->next, gfp);

	return idr_result(err, id);
}

void *idr_find(struct idr *idr, unsigned long id)
{
	return xa_load(&idr->xa, id);
}

void *idr_remove(struct idr *idr, unsigned long id)
{
	return xa_erase(&idr->xa, id);
}

void *idr_get_next(struct idr *idr, int *nextid)
{
	unsigned long index = *nextid;
	void *entry = xa_find(&idr->xa, &index, INT_MAX);

	if (entry)
		*nextid = index;
	return entry;
}

bool idr_is_empty(const struct idr *idr)
{
	return xa_empty(&idr->xa);
}

void idr_destroy(struct idr *idr)
{
	xa_destroy(&idr->xa);
}

void ida_init(struct ida *ida)
{
	xa_init_flags(&ida->xa, XA_FLAGS_ALLOC);
}

int ida_alloc_range(struct ida *ida, unsigned int min, unsigned int max,
		    gfp_t gfp)
{
	u32 id = 0;
	int err = xa_alloc(&ida->xa, &id, xa_mk_value(0),
			   XA_LIMIT(min, min_t(u32, max, INT_MAX)), gfp);

	return idr_result(err, id);
}

void ida_free(struct ida *ida, unsigned int id)
{
	WARN_ON(!xa_erase(&ida->xa, id));
}

void ida_destroy(struct ida *ida)
{
	xa_destroy(&ida->xa);
}
