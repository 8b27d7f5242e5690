/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_ASM_BARRIER_H
#define HOSTED_ASM_BARRIER_H

#include <linux/compiler.h>

#define mb()	  __atomic_thread_fence(__ATOMIC_SEQ_CST)
#define rmb()	  __atomic_thread_fence(__ATOMIC_ACQUIRE)
#define wmb()	  __atomic_thread_fence(__ATOMIC_RELEASE)
#define smp_mb()  __atomic_thread_fence(__ATOMIC_SEQ_CST)
#define smp_rmb() __atomic_thread_fence(__ATOMIC_ACQUIRE)
#define smp_wmb() __atomic_thread_fence(__ATOMIC_RELEASE)
#define dma_rmb() __atomic_thread_fence(__ATOMIC_ACQUIRE)
#define dma_wmb() __atomic_thread_fence(__ATOMIC_RELEASE)

#define smp_load_acquire(p) __atomic_load_n((p), __ATOMIC_ACQUIRE)
#define smp_store_release(p, v)                                 \
	do {                                                    \
		__typeof__(*(p)) __sr_v = (v);                  \
		__atomic_store((p), &__sr_v, __ATOMIC_RELEASE); \
	} while (0)
#define smp_store_mb(var, value)        \
	do {                            \
		WRITE_ONCE(var, value); \
		smp_mb();               \
	} while (0)

#endif /* HOSTED_ASM_BARRIER_H */
