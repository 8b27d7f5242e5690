/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_LINUX_STRING_H
#define HOSTED_LINUX_STRING_H

#include <string.h>
#include <linux/types.h>
#include <linux/slab.h>

ssize_t strscpy(char *dest, const char *src, size_t count);
char *kstrdup(const char *s, gfp_t gfp) __malloc;
void *kmemdup(const void *src, size_t len, gfp_t gfp);
char *strim(char *s);
void *memchr_inv(const void *p, int c, size_t len);

#define memset_after(obj, v, member)                                       \
	memset((char *)(obj) + offsetofend(__typeof__(*(obj)), member), v, \
	       sizeof(*(obj)) - offsetofend(__typeof__(*(obj)), member))

void memzero_explicit(void *p, size_t len);

#endif /* HOSTED_LINUX_STRING_H */
