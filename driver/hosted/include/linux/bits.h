/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_LINUX_BITS_H
#define HOSTED_LINUX_BITS_H

#include <linux/build_bug.h>
#include <linux/const.h>
#include <linux/types.h>

#define BITS_PER_BYTE	    8
#define BITS_PER_LONG	    64
#define BITS_PER_LONG_LONG  64
#define BITS_PER_TYPE(type) (sizeof(type) * BITS_PER_BYTE)
#define BIT(nr)		    (1UL << (nr))
#define BIT_ULL(nr)	    (1ULL << (nr))
#define BIT_MASK(nr)	    (1UL << ((nr) % BITS_PER_LONG))
#define BIT_WORD(nr)	    ((nr) / BITS_PER_LONG)
#define GENMASK(h, l)	    ((~0UL << (l)) & (~0UL >> (63 - (h))))
#define GENMASK_ULL(h, l)   ((~0ULL << (l)) & (~0ULL >> (63 - (h))))

#endif /* HOSTED_LINUX_BITS_H */
