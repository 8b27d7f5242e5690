/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_LINUX_ALIGN_H
#define HOSTED_LINUX_ALIGN_H

#define __ALIGN_MASK(x, mask) (((x) + (mask)) & ~(mask))
#define ALIGN(x, a)	      __ALIGN_MASK(x, (__typeof__(x))(a)-1)
#define ALIGN_DOWN(x, a)      ((x) & ~((__typeof__(x))(a)-1))
#define PTR_ALIGN(p, a) \
	((__typeof__(p))ALIGN((unsigned long)(p), (unsigned long)(a)))
#define IS_ALIGNED(x, a) (((x) & ((__typeof__(x))(a)-1)) == 0)

#endif /* HOSTED_LINUX_ALIGN_H */
