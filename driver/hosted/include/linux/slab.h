/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_LINUX_SLAB_H
#define HOSTED_LINUX_SLAB_H

#include <linux/compiler.h>
#include <linux/gfp_types.h>
#include <linux/overflow.h>
#include <linux/types.h>

#define ZERO_SIZE_PTR	    ((void *)16)
#define ZERO_OR_NULL_PTR(x) ((unsigned long)(x) <= (unsigned long)ZERO_SIZE_PTR)
#define KMALLOC_MAX_SIZE    (1UL << 22)
#define SLAB_HWCACHE_ALIGN  0x2000u
#define SLAB_PANIC	    0x40000u
#define SLAB_ACCOUNT	    0x4000000u

void *hosted_kmalloc(size_t size, gfp_t flags, bool large) __malloc;
void *krealloc(const void *p, size_t size, gfp_t flags);
void kfree(const void *p);
void kfree_sensitive(const void *p);
size_t ksize(const void *p);

#define kmalloc(size, flags)		hosted_kmalloc(size, flags, false)
#define kzalloc(size, flags)		hosted_kmalloc(size, (flags) | __GFP_ZERO, false)
#define kmalloc_array(n, size, flags)	kmalloc(size_mul(n, size), flags)
#define kcalloc(n, size, flags)		kzalloc(size_mul(n, size), flags)
#define kmalloc_node(size, flags, node) ((void)(node), kmalloc(size, flags))
#define kzalloc_node(size, flags, node) ((void)(node), kzalloc(size, flags))
#define kcalloc_node(n, size, flags, node) \
	((void)(node), kcalloc(n, size, flags))
#define kmalloc_array_node(n, size, flags, node) \
	((void)(node), kmalloc_array(n, size, flags))
#define kvmalloc(size, flags)		 hosted_kmalloc(size, flags, true)
#define kvzalloc(size, flags)		 hosted_kmalloc(size, (flags) | __GFP_ZERO, true)
#define kvmalloc_array(n, size, flags)	 kvmalloc(size_mul(n, size), flags)
#define kvcalloc(n, size, flags)	 kvzalloc(size_mul(n, size), flags)
#define kvzalloc_node(size, flags, node) ((void)(node), kvzalloc(size, flags))
#define kvmalloc_node(size, flags, node) ((void)(node), kvmalloc(size, flags))
#define kvfree(p)			 kfree(p)

struct kmem_cache;
struct kmem_cache *kmem_cache_create(const char *name, unsigned int size,
				     unsigned int align, slab_flags_t flags,
				     void (*ctor)(void *));
void kmem_cache_destroy(struct kmem_cache *s);
void *kmem_cache_alloc(struct kmem_cache *s, gfp_t flags) __malloc;
#define kmem_cache_zalloc(s, flags) kmem_cache_alloc(s, (flags) | __GFP_ZERO)
void kmem_cache_free(struct kmem_cache *s, void *p);
#define KMEM_CACHE(s, flags)                                                  \
	kmem_cache_create(#s, sizeof(struct s), __alignof__(struct s), flags, \
			  NULL)

#endif /* HOSTED_LINUX_SLAB_H */
