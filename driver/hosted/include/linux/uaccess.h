/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_LINUX_UACCESS_H
#define HOSTED_LINUX_UACCESS_H

#include <linux/errno.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/types.h>

#define TASK_SIZE_MAX 0x7ffffffff000UL
#define TASK_SIZE     TASK_SIZE_MAX

bool hosted_access_ok(const void __user *addr, unsigned long size);
#define access_ok(addr, size) hosted_access_ok(addr, size)

/* All return the number of bytes that could not be copied. */
unsigned long __must_check copy_from_user(void *to, const void __user *from,
					  unsigned long n);
unsigned long __must_check copy_to_user(void __user *to, const void *from,
					unsigned long n);
unsigned long __must_check clear_user(void __user *to, unsigned long n);
#define __copy_from_user copy_from_user
#define __copy_to_user	 copy_to_user

#define get_user(x, ptr)                                                      \
	({                                                                    \
		__typeof__(((void)0, *(ptr))) __gu_v;                         \
		int __gu_e = copy_from_user(&__gu_v, (ptr), sizeof(__gu_v)) ? \
				     -EFAULT :                                \
				     0;                                       \
		(x) = __gu_v;                                                 \
		__gu_e;                                                       \
	})
#define put_user(x, ptr)                                                    \
	({                                                                  \
		__typeof__(*(ptr)) __pu_v = (x);                            \
		copy_to_user((ptr), &__pu_v, sizeof(__pu_v)) ? -EFAULT : 0; \
	})
#define __get_user get_user
#define __put_user put_user

void *memdup_user(const void __user *src, size_t len);
void *vmemdup_user(const void __user *src, size_t len);
int check_zeroed_user(const void __user *from, size_t size);
long strncpy_from_user(char *dst, const char __user *src, long count);

#endif /* HOSTED_LINUX_UACCESS_H */
