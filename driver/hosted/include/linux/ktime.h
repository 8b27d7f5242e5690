/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_LINUX_KTIME_H
#define HOSTED_LINUX_KTIME_H

#include <linux/types.h>

typedef s64 ktime_t;

#define NSEC_PER_SEC  1000000000L
#define NSEC_PER_MSEC 1000000L
#define NSEC_PER_USEC 1000L
#define USEC_PER_SEC  1000000L
#define MSEC_PER_SEC  1000L
#define USEC_PER_MSEC 1000L

ktime_t ktime_get(void);
u64 ktime_get_ns(void);
ktime_t ktime_get_real(void);
u64 ktime_get_real_ns(void);
#define ktime_get_raw()	     ktime_get()
#define ktime_sub(a, b)	     ((a) - (b))
#define ktime_add(a, b)	     ((a) + (b))
#define ktime_add_ns(a, ns)  ((a) + (s64)(ns))
#define ktime_add_us(a, us)  ((a) + (s64)(us)*1000)
#define ktime_add_ms(a, ms)  ((a) + (s64)(ms)*1000000)
#define ktime_to_ns(a)	     ((s64)(a))
#define ktime_to_us(a)	     ((s64)(a) / 1000)
#define ktime_to_ms(a)	     ((s64)(a) / 1000000)
#define ktime_us_delta(a, b) ktime_to_us(ktime_sub(a, b))
#define ktime_ms_delta(a, b) ktime_to_ms(ktime_sub(a, b))
#define ktime_after(a, b)    ((a) > (b))
#define ktime_before(a, b)   ((a) < (b))
#define ktime_compare(a, b)  (((a) > (b)) - ((a) < (b)))
#define ms_to_ktime(ms)	     ((ktime_t)(ms)*1000000)
#define ns_to_ktime(ns)	     ((ktime_t)(ns))

#endif /* HOSTED_LINUX_KTIME_H */
