/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/*
 * What the sources use and older kernels do not have yet; included before
 * every source file.
 */
#ifndef HFI1U_COMPAT_H
#define HFI1U_COMPAT_H

#include <linux/mm.h>
#include <linux/uio.h>
#include <linux/version.h>

/* What a class's devnode function is called with. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
#define HFI1U_DEVNODE_DEVICE struct device
#else
#define HFI1U_DEVNODE_DEVICE const struct device
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
static inline void vm_flags_set(struct vm_area_struct *vma, vm_flags_t flags)
{
	vma->vm_flags |= flags;
}

static inline void vm_flags_clear(struct vm_area_struct *vma, vm_flags_t flags)
{
	vma->vm_flags &= ~flags;
}
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 4, 0)
/* Before 6.4 a single buffer has no vector that describes it. */
static inline const struct iovec *iter_iov(const struct iov_iter *i)
{
	return iter_is_iovec(i) ? i->iov : NULL;
}
#endif

#endif
