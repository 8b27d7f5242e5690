/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_LINUX_PRINTK_H
#define HOSTED_LINUX_PRINTK_H

#include <linux/compiler.h>

enum hosted_level {
	HOSTED_EMERG,
	HOSTED_ALERT,
	HOSTED_CRIT,
	HOSTED_ERR,
	HOSTED_WARNING,
	HOSTED_NOTICE,
	HOSTED_INFO,
	HOSTED_DEBUG,
};

void hosted_printk(enum hosted_level level, const char *fmt, ...)
	__printf(2, 3);

#ifndef pr_fmt
#define pr_fmt(fmt) fmt
#endif
#define KERN_ERR	 ""
#define KERN_WARNING	 ""
#define KERN_INFO	 ""
#define printk(fmt, ...) hosted_printk(HOSTED_INFO, fmt, ##__VA_ARGS__)
#define pr_emerg(fmt, ...) \
	hosted_printk(HOSTED_EMERG, pr_fmt(fmt), ##__VA_ARGS__)
#define pr_err(fmt, ...) hosted_printk(HOSTED_ERR, pr_fmt(fmt), ##__VA_ARGS__)
#define pr_warn(fmt, ...) \
	hosted_printk(HOSTED_WARNING, pr_fmt(fmt), ##__VA_ARGS__)
#define pr_notice(fmt, ...) \
	hosted_printk(HOSTED_NOTICE, pr_fmt(fmt), ##__VA_ARGS__)
#define pr_info(fmt, ...) hosted_printk(HOSTED_INFO, pr_fmt(fmt), ##__VA_ARGS__)
#define pr_debug(fmt, ...) \
	hosted_printk(HOSTED_DEBUG, pr_fmt(fmt), ##__VA_ARGS__)
#define pr_err_once(fmt, ...)  __hosted_once(pr_err(fmt, ##__VA_ARGS__))
#define pr_warn_once(fmt, ...) __hosted_once(pr_warn(fmt, ##__VA_ARGS__))
#define pr_err_ratelimited(fmt, ...) \
	__hosted_ratelimited(pr_err(fmt, ##__VA_ARGS__))
#define pr_warn_ratelimited(fmt, ...) \
	__hosted_ratelimited(pr_warn(fmt, ##__VA_ARGS__))

#define __hosted_once(stmt)                                               \
	do {                                                              \
		static int __o_done;                                      \
		if (!__atomic_exchange_n(&__o_done, 1, __ATOMIC_RELAXED)) \
			stmt;                                             \
	} while (0)

struct hosted_ratelimit {
	unsigned long long window;
	unsigned int printed;
};

int hosted_ratelimit(struct hosted_ratelimit *rl);

#define __hosted_ratelimited(stmt)                   \
	do {                                         \
		static struct hosted_ratelimit __rl; \
		if (hosted_ratelimit(&__rl))         \
			stmt;                        \
	} while (0)

#endif /* HOSTED_LINUX_PRINTK_H */
