/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_LINUX_STDDEF_H
#define HOSTED_LINUX_STDDEF_H

#include <stddef.h>
#include_next <linux/stddef.h>
#define sizeof_field(T, m) sizeof(((T *)0)->m)
#define offsetofend(T, m)  (offsetof(T, m) + sizeof_field(T, m))
#define struct_group(NAME, MEMBERS...) \
	union {                        \
		struct {               \
			MEMBERS        \
		};                     \
		struct {               \
			MEMBERS        \
		} NAME;                \
	}

#endif /* HOSTED_LINUX_STDDEF_H */
