/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_LINUX_BUG_H
#define HOSTED_LINUX_BUG_H

#include <linux/build_bug.h>
#include <linux/compiler.h>

/*
 * A warning is printed, counted (hosted_warn_count()) and, when
 * hosted_warn_fatal() says so, ends the process.
 */
void hosted_warn(const char *file, int line, const char *fmt, ...)
	__attribute__((__format__(printf, 3, 4)));
void hosted_bug(const char *file, int line, const char *what)
	__attribute__((__noreturn__));

#define BUG() hosted_bug(__FILE__, __LINE__, "BUG()")
#define BUG_ON(cond)                                           \
	do {                                                   \
		if (unlikely(cond))                            \
			hosted_bug(__FILE__, __LINE__, #cond); \
	} while (0)
#define WARN(cond, fmt...)                                    \
	({                                                    \
		int __w_c = !!(cond);                         \
		if (unlikely(__w_c))                          \
			hosted_warn(__FILE__, __LINE__, fmt); \
		unlikely(__w_c);                              \
	})
#define WARN_ON(cond)                                                 \
	({                                                            \
		int __w_c = !!(cond);                                 \
		if (unlikely(__w_c))                                  \
			hosted_warn(__FILE__, __LINE__, "%s", #cond); \
		unlikely(__w_c);                                      \
	})
#define WARN_ONCE(cond, fmt...)                                           \
	({                                                                \
		static int __w_done;                                      \
		int __w_c = !!(cond);                                     \
		if (unlikely(__w_c) &&                                    \
		    !__atomic_exchange_n(&__w_done, 1, __ATOMIC_RELAXED)) \
			hosted_warn(__FILE__, __LINE__, fmt);             \
		unlikely(__w_c);                                          \
	})
#define WARN_ON_ONCE(cond) WARN_ONCE(cond, "%s", #cond)

#endif /* HOSTED_LINUX_BUG_H */
