/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_LINUX_IOPOLL_H
#define HOSTED_LINUX_IOPOLL_H

#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/io.h>
#include <linux/ktime.h>

#define read_poll_timeout(op, val, cond, sleep_us, timeout_us,               \
			  sleep_before_read, args...)                        \
	({                                                                   \
		u64 __rp_to = (timeout_us);                                  \
		ktime_t __rp_end = ktime_add_us(ktime_get(), __rp_to);       \
		if ((sleep_before_read) && (sleep_us))                       \
			usleep_range(sleep_us, sleep_us);                    \
		for (;;) {                                                   \
			(val) = op(args);                                    \
			if (cond)                                            \
				break;                                       \
			if (__rp_to && ktime_after(ktime_get(), __rp_end)) { \
				(val) = op(args);                            \
				break;                                       \
			}                                                    \
			if (sleep_us)                                        \
				usleep_range(sleep_us, sleep_us);            \
		}                                                            \
		(cond) ? 0 : -ETIMEDOUT;                                     \
	})
#define read_poll_timeout_atomic(op, val, cond, delay_us, timeout_us,        \
				 delay_before_read, args...)                 \
	({                                                                   \
		u64 __ra_to = (timeout_us);                                  \
		ktime_t __ra_end = ktime_add_us(ktime_get(), __ra_to);       \
		if ((delay_before_read) && (delay_us))                       \
			udelay(delay_us);                                    \
		for (;;) {                                                   \
			(val) = op(args);                                    \
			if (cond)                                            \
				break;                                       \
			if (__ra_to && ktime_after(ktime_get(), __ra_end)) { \
				(val) = op(args);                            \
				break;                                       \
			}                                                    \
			if (delay_us)                                        \
				udelay(delay_us);                            \
		}                                                            \
		(cond) ? 0 : -ETIMEDOUT;                                     \
	})
#define readq_poll_timeout(addr, val, cond, delay_us, timeout_us) \
	read_poll_timeout(readq, val, cond, delay_us, timeout_us, false, addr)
#define readq_poll_timeout_atomic(addr, val, cond, delay_us, timeout_us) \
	read_poll_timeout_atomic(readq, val, cond, delay_us, timeout_us, \
				 false, addr)

#endif /* HOSTED_LINUX_IOPOLL_H */
