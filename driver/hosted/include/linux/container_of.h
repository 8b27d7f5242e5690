/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_LINUX_CONTAINER_OF_H
#define HOSTED_LINUX_CONTAINER_OF_H

#include <linux/build_bug.h>
#include <linux/compiler.h>

#define container_of(ptr, type, member)                                    \
	({                                                                 \
		void *__co_p = (void *)(ptr);                              \
		_Static_assert(__same_type(*(ptr), ((type *)0)->member) || \
				       __same_type(*(ptr), void),          \
			       "pointer type mismatch in container_of()"); \
		((type *)((char *)__co_p - offsetof(type, member)));       \
	})

#endif /* HOSTED_LINUX_CONTAINER_OF_H */
