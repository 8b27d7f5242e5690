// SPDX-License-Identifier: BSD-3-Clause
/* Kernel memory no process maps, and what makes allocations fail on demand. */
#include <malloc.h>
#include <stdlib.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <asm/page.h>
#include "internal.h"

static long live_objects;
static long live_bytes;

struct kmem_cache {
	const char *name;
	size_t size;
	void (*ctor)(void *);
	long objects;
};

static void account(const void *p, int sign)
{
	long bytes = malloc_usable_size((void *)p);

	__atomic_fetch_add(&live_objects, sign, __ATOMIC_RELAXED);
	__atomic_fetch_add(&live_bytes, sign * bytes, __ATOMIC_RELAXED);
}

void hosted_slab_live(long *objects, long *bytes)
{
	*objects = READ_ONCE(live_objects);
	*bytes = READ_ONCE(live_bytes);
}

/* Power-of-two sizes are naturally aligned, which drivers rely on. */
static size_t alignment(size_t size)
{
	if (size <= 16 || !is_power_of_2(size))
		return 16;
	return min_t(size_t, size, PAGE_SIZE);
}

void *hosted_kmalloc(size_t size, gfp_t flags, bool large)
{
	void *p;

	if (gfpflags_allow_blocking(flags))
		might_sleep();
	if (!size)
		return ZERO_SIZE_PTR;
	if (size > (large ? (size_t)INT_MAX : KMALLOC_MAX_SIZE)) {
		WARN_ON_ONCE(!(flags & __GFP_NOWARN));
		return NULL;
	}
	if (!(flags & __GFP_NOFAIL) && hosted_should_fail())
		return NULL;
	if (posix_memalign(&p, alignment(size), size))
		return NULL;
	if (flags & __GFP_ZERO)
		memset(p, 0, size);
	account(p, 1);
	return p;
}

void kfree(const void *p)
{
	if (ZERO_OR_NULL_PTR(p))
		return;
	account(p, -1);
	free((void *)p);
}

size_t ksize(const void *p)
{
	return ZERO_OR_NULL_PTR(p) ? 0 : malloc_usable_size((void *)p);
}

void kfree_sensitive(const void *p)
{
	if (!ZERO_OR_NULL_PTR(p))
		memzero_explicit((void *)p, ksize(p));
	kfree(p);
}

void *krealloc(const void *p, size_t size, gfp_t flags)
{
	void *q;

	if (!size) {
		kfree(p);
		return ZERO_SIZE_PTR;
	}
	q = kmalloc(size, flags);
	if (!q || ZERO_OR_NULL_PTR(p))
		return q;
	memcpy(q, p, min(size, ksize(p)));
	kfree(p);
	return q;
}

struct kmem_cache *kmem_cache_create(const char *name, unsigned int size,
				     unsigned int align, slab_flags_t flags,
				     void (*ctor)(void *))
{
	struct kmem_cache *s = kzalloc(sizeof(*s), GFP_KERNEL);

	(void)flags;
	if (!s)
		return NULL;
	s->name = name;
	s->size = ALIGN((size_t)size, align ? align : 8);
	s->ctor = ctor;
	return s;
}

void kmem_cache_destroy(struct kmem_cache *s)
{
	if (!s)
		return;
	WARN(READ_ONCE(s->objects), "cache %s destroyed with %ld objects",
	     s->name, READ_ONCE(s->objects));
	kfree(s);
}

void *kmem_cache_alloc(struct kmem_cache *s, gfp_t flags)
{
	void *p = hosted_kmalloc(s->size, flags, false);

	if (!p)
		return NULL;
	__atomic_fetch_add(&s->objects, 1, __ATOMIC_RELAXED);
	if (s->ctor)
		s->ctor(p);
	return p;
}

void kmem_cache_free(struct kmem_cache *s, void *p)
{
	if (!p)
		return;
	__atomic_fetch_sub(&s->objects, 1, __ATOMIC_RELAXED);
	kfree(p);
}
