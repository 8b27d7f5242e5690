/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_LINUX_COMPILER_H
#define HOSTED_LINUX_COMPILER_H

/* Compiler attributes and access helpers with the kernel's names. */
#include <stddef.h>
#include <sys/cdefs.h>

#define __user
#define __iomem
#define __kernel
#define __force
#define __rcu
#define __percpu
#define __nocast
#define __private
#define __acquires(x)
#define __releases(x)
#define __must_hold(x)
#define __acquire(x) ((void)0)
#define __release(x) ((void)0)

#ifndef __must_check
#define __must_check __attribute__((__warn_unused_result__))
#endif
#ifndef __always_inline
#define __always_inline inline __attribute__((__always_inline__))
#endif
#define __packed	__attribute__((__packed__))
#define __aligned(x)	__attribute__((__aligned__(x)))
#define __maybe_unused	__attribute__((__unused__))
#define __always_unused __attribute__((__unused__))
#define __used		__attribute__((__used__))
#define __weak		__attribute__((__weak__))
#define __cold		__attribute__((__cold__))
#define __malloc	__attribute__((__malloc__))
#define __printf(a, b)	__attribute__((__format__(printf, a, b)))
#define __noreturn	__attribute__((__noreturn__))
#define __read_mostly
#define __ro_after_init
#define __cacheline_aligned	     __aligned(64)
#define ____cacheline_aligned	     __aligned(64)
#define ____cacheline_aligned_in_smp __aligned(64)
#define noinline		     __attribute__((__noinline__))
#if __has_attribute(__fallthrough__)
#define fallthrough __attribute__((__fallthrough__))
#else
#define fallthrough \
	do {        \
	} while (0)
#endif

#define likely(x)   __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#define barrier()   __asm__ __volatile__("" ::: "memory")

#define typeof_member(T, m) __typeof__(((T *)0)->m)
#define __same_type(a, b) \
	__builtin_types_compatible_p(__typeof__(a), __typeof__(b))

/*
 * Relaxed atomics rather than volatile accesses: they compile to the same
 * instruction and tell the thread sanitizer what the kernel means by them.
 */
#define READ_ONCE(x) __atomic_load_n(&(x), __ATOMIC_RELAXED)
#define WRITE_ONCE(x, val)                                       \
	do {                                                     \
		__typeof__(x) __wo_v = (val);                    \
		__atomic_store(&(x), &__wo_v, __ATOMIC_RELAXED); \
	} while (0)

#define data_race(expr) (expr)

#endif /* HOSTED_LINUX_COMPILER_H */
