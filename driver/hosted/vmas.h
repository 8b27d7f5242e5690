/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_VMAS_H
#define HOSTED_VMAS_H

#include <linux/mm_types.h>

/*
 * End of the part of [start, end) that can be pinned for reading or writing
 * without a gap; start when nothing can.
 */
unsigned long hosted_vmas_usable(struct mm_struct *mm, unsigned long start,
				 unsigned long end, bool write);

struct hosted_range {
	unsigned long start, end;
};

/* Move the start of each range behind the part that can be read. */
void hosted_vmas_skip_usable(struct mm_struct *mm, struct hosted_range *ranges,
			     unsigned int count);

#endif /* HOSTED_VMAS_H */
