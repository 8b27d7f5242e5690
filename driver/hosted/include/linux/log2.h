/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_LINUX_LOG2_H
#define HOSTED_LINUX_LOG2_H

#include <linux/types.h>

static inline int __hosted_ilog2(u64 n)
{
	return n < 2 ? 0 : 63 - __builtin_clzll(n);
}

#define ilog2(n)                                                         \
	__builtin_choose_expr(                                           \
		__builtin_constant_p(n),                                 \
		((n) < 2 ? 0 : 63 - __builtin_clzll((n) < 2 ? 1 : (n))), \
		__hosted_ilog2(n))

static inline bool is_power_of_2(unsigned long n)
{
	return n && !(n & (n - 1));
}

static inline unsigned long __hosted_roundup_pow2(unsigned long n)
{
	return n < 2 ? 1 : 1UL << (__hosted_ilog2(n - 1) + 1);
}

#define roundup_pow_of_two(n)                                              \
	__builtin_choose_expr(__builtin_constant_p(n),                     \
			      ((n) < 2 ? 1UL : 1UL << (ilog2((n)-1) + 1)), \
			      __hosted_roundup_pow2(n))

static inline unsigned long __hosted_rounddown_pow2(unsigned long n)
{
	return 1UL << __hosted_ilog2(n);
}

#define rounddown_pow_of_two(n) __hosted_rounddown_pow2(n)

static inline int order_base_2(unsigned long n)
{
	return n > 1 ? __hosted_ilog2(n - 1) + 1 : 0;
}

#endif /* HOSTED_LINUX_LOG2_H */
