/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/*
 * Access to the chip's registers.
 *
 * A chip that was pulled reads as all ones and ignores writes; the accessors
 * answer for it so that no caller has to ask first.  The RcvArray is no
 * register file and has its own functions (rcvarray.c).
 */
#ifndef HFI1U_CSR_H
#define HFI1U_CSR_H

#include <linux/io.h>
#include "priv.h"

static inline bool hfi1u_present(const struct hfi1u_dev *dd)
{
	return test_bit(HFI1U_DEV_PRESENT, &dd->flags);
}

static inline u64 hfi1u_read(const struct hfi1u_dev *dd, u64 offset)
{
	return hfi1u_present(dd) ? readq(dd->bar + offset) : ~0ULL;
}

static inline void hfi1u_write(const struct hfi1u_dev *dd, u64 offset,
			       u64 value)
{
	if (hfi1u_present(dd))
		writeq(value, dd->bar + offset);
}

#endif
