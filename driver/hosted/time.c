// SPDX-License-Identifier: BSD-3-Clause
/* Clocks and delays. */
#include <time.h>
#include <linux/delay.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/sched.h>
#include "internal.h"

static u64 clock_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

unsigned long hosted_jiffies(void)
{
	return clock_ns(CLOCK_MONOTONIC) / 1000000;
}

struct timespec hosted_deadline(unsigned long jiffies_ahead)
{
	/* Round up: a sleep may be longer than asked for, never shorter. */
	u64 at = (hosted_jiffies() + jiffies_ahead + 1) * 1000000ULL;

	return (struct timespec){ .tv_sec = at / 1000000000ULL,
				  .tv_nsec = at % 1000000000ULL };
}

ktime_t ktime_get(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

u64 ktime_get_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

ktime_t ktime_get_real(void)
{
	return clock_ns(CLOCK_REALTIME);
}

u64 ktime_get_real_ns(void)
{
	return clock_ns(CLOCK_REALTIME);
}

static void sleep_ns(u64 ns)
{
	struct timespec ts = { .tv_sec = ns / 1000000000ULL,
			       .tv_nsec = ns % 1000000000ULL };

	while (clock_nanosleep(CLOCK_MONOTONIC, 0, &ts, &ts))
		;
}

/* Delays spin in the kernel; beyond a few microseconds we sleep instead. */
void ndelay(unsigned long nsecs)
{
	u64 end = ktime_get_ns() + nsecs;

	if (nsecs > 50000)
		sleep_ns(nsecs);
	while (ktime_get_ns() < end)
		cpu_relax();
}

void udelay(unsigned long usecs)
{
	ndelay(usecs * 1000);
}

void mdelay(unsigned long msecs)
{
	ndelay(msecs * 1000000);
}

void usleep_range(unsigned long min, unsigned long max)
{
	(void)max;
	might_sleep();
	sleep_ns(min * 1000ULL);
}

void fsleep(unsigned long usecs)
{
	usleep_range(usecs, usecs);
}

void msleep(unsigned int msecs)
{
	might_sleep();
	sleep_ns(msecs * 1000000ULL);
}

unsigned long msleep_interruptible(unsigned int msecs)
{
	unsigned long left = msecs_to_jiffies(msecs);

	while (left && !signal_pending(current))
		left = schedule_timeout_interruptible(left);
	return jiffies_to_msecs(left);
}

void ssleep(unsigned int seconds)
{
	msleep(seconds * 1000);
}
