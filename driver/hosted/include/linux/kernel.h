/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_LINUX_KERNEL_H
#define HOSTED_LINUX_KERNEL_H

#include <stdarg.h>
#include <stdio.h>
#include <linux/align.h>
#include <linux/bits.h>
#include <linux/bug.h>
#include <linux/compiler.h>
#include <linux/container_of.h>
#include <linux/err.h>
#include <linux/log2.h>
#include <linux/math.h>
#include <linux/minmax.h>
#include <linux/printk.h>
#include <linux/stringify.h>
#include <linux/types.h>
#include <asm/byteorder.h>

#define ARRAY_SIZE(arr)                   \
	(sizeof(arr) / sizeof((arr)[0]) + \
	 BUILD_BUG_ON_ZERO(__same_type((arr), &(arr)[0])))
#define upper_32_bits(n) ((u32)(((n) >> 16) >> 16))
#define lower_32_bits(n) ((u32)((n)&0xffffffff))
#define U8_MAX		 ((u8)~0U)
#define U16_MAX		 ((u16)~0U)
#define U32_MAX		 ((u32)~0U)
#define S32_MAX		 ((s32)(U32_MAX >> 1))
#define U64_MAX		 ((u64)~0ULL)
#define S64_MAX		 ((s64)(U64_MAX >> 1))
#ifndef INT_MAX
#define INT_MAX ((int)(~0U >> 1))
#endif
#ifndef UINT_MAX
#define UINT_MAX (~0U)
#endif
#ifndef LONG_MAX
#define LONG_MAX ((long)(~0UL >> 1))
#endif
#ifndef ULONG_MAX
#define ULONG_MAX (~0UL)
#endif

#define u64_to_user_ptr(x) ((void __user *)(uintptr_t)(u64)(x))

void hosted_might_sleep(const char *file, int line);
#define might_sleep() hosted_might_sleep(__FILE__, __LINE__)
#define might_sleep_if(cond)           \
	do {                           \
		if (cond)              \
			might_sleep(); \
	} while (0)

__printf(3, 4) int scnprintf(char *buf, size_t size, const char *fmt, ...);
int kstrtou64(const char *s, unsigned int base, u64 *res);
int kstrtou32(const char *s, unsigned int base, u32 *res);
int kstrtouint(const char *s, unsigned int base, unsigned int *res);
int kstrtoint(const char *s, unsigned int base, int *res);
int kstrtoul(const char *s, unsigned int base, unsigned long *res);

#endif /* HOSTED_LINUX_KERNEL_H */
