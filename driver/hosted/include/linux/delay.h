/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_LINUX_DELAY_H
#define HOSTED_LINUX_DELAY_H

#include <linux/jiffies.h>

void udelay(unsigned long usecs);
void ndelay(unsigned long nsecs);
void mdelay(unsigned long msecs);
void usleep_range(unsigned long min, unsigned long max);
void fsleep(unsigned long usecs);
void msleep(unsigned int msecs);
unsigned long msleep_interruptible(unsigned int msecs);
void ssleep(unsigned int seconds);

#endif /* HOSTED_LINUX_DELAY_H */
