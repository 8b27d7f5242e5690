/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_LINUX_JIFFIES_H
#define HOSTED_LINUX_JIFFIES_H

#include <linux/types.h>
#include <linux/math.h>

#define HZ		 1000
#define MAX_JIFFY_OFFSET ((LONG_MAX >> 1) - 1)

unsigned long hosted_jiffies(void);
#define jiffies		 hosted_jiffies()
#define get_jiffies_64() ((u64)hosted_jiffies())

static inline unsigned long msecs_to_jiffies(unsigned int m)
{
	return m;
}

static inline unsigned int jiffies_to_msecs(unsigned long j)
{
	return j;
}

static inline unsigned long usecs_to_jiffies(unsigned int u)
{
	return DIV_ROUND_UP(u, 1000);
}

static inline unsigned long nsecs_to_jiffies(u64 n)
{
	return n / 1000000;
}

#define time_after(a, b)	  ((long)((b) - (a)) < 0)
#define time_before(a, b)	  time_after(b, a)
#define time_after_eq(a, b)	  ((long)((a) - (b)) >= 0)
#define time_before_eq(a, b)	  time_after_eq(b, a)
#define time_is_before_jiffies(a) time_after(jiffies, a)
#define time_is_after_jiffies(a)  time_before(jiffies, a)

#endif /* HOSTED_LINUX_JIFFIES_H */
