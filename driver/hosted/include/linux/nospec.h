/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_LINUX_NOSPEC_H
#define HOSTED_LINUX_NOSPEC_H

#include <linux/types.h>

static inline unsigned long array_index_mask_nospec(unsigned long index,
						    unsigned long size)
{
	return index < size ? ~0UL : 0;
}

#define array_index_nospec(index, size) \
	((__typeof__(index))((index)&array_index_mask_nospec(index, size)))

#endif /* HOSTED_LINUX_NOSPEC_H */
