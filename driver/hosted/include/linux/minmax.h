/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_LINUX_MINMAX_H
#define HOSTED_LINUX_MINMAX_H

#include <linux/compiler.h>

/* Both sides must have one type, as the kernel's min() and max() demand. */
#define __hosted_cmp(x, y, op)                      \
	({                                          \
		__typeof__(x) __mm_x = (x);         \
		__typeof__(y) __mm_y = (y);         \
		(void)(&__mm_x == &__mm_y);         \
		__mm_x op __mm_y ? __mm_x : __mm_y; \
	})
#define __hosted_is_const(x) \
	(sizeof(int) == sizeof(*(8 ? ((void *)((long)(x)*0l)) : (int *)8)))
#define __hosted_minmax(x, y, op)                                           \
	__builtin_choose_expr(__hosted_is_const(x) && __hosted_is_const(y), \
			      ((x)op(y) ? (x) : (y)), __hosted_cmp(x, y, op))
#define min(x, y)		   __hosted_minmax(x, y, <)
#define max(x, y)		   __hosted_minmax(x, y, >)
#define min_t(type, x, y)	   __hosted_minmax((type)(x), (type)(y), <)
#define max_t(type, x, y)	   __hosted_minmax((type)(x), (type)(y), >)
#define min3(x, y, z)		   min((__typeof__(x))min(x, y), z)
#define max3(x, y, z)		   max((__typeof__(x))max(x, y), z)
#define clamp(val, lo, hi)	   min((__typeof__(val))max(val, lo), hi)
#define clamp_t(type, val, lo, hi) min_t(type, max_t(type, val, lo), hi)
#define clamp_val(val, lo, hi)	   clamp_t(__typeof__(val), val, lo, hi)
#define swap(a, b)                          \
	do {                                \
		__typeof__(a) __sw_t = (a); \
		(a) = (b);                  \
		(b) = __sw_t;               \
	} while (0)

#endif /* HOSTED_LINUX_MINMAX_H */
