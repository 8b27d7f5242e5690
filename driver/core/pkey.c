// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
/*
 * SET_PKEY: the key a context's packets must carry.
 */
#include "priv.h"

static bool in_table(struct hfi1u_dev *dd, u16 pkey)
{
	unsigned long flags;
	bool found = false;
	unsigned int i;

	spin_lock_irqsave(&dd->port_lock, flags);
	for (i = 0; i < HFI1U_NUM_PKEYS; i++)
		found |= dd->port.pkeys[i] == pkey;
	spin_unlock_irqrestore(&dd->port_lock, flags);
	return found;
}

/**
 * hfi1u_do_set_pkey - SET_PKEY
 * @fd: assigned file
 * @in: key; the generated checks have refused management keys
 *
 * Return: 0 or a negative errno.
 */
int hfi1u_do_set_pkey(struct hfi1u_fd *fd, u16 in)
{
	if (!in_table(fd->dd, in))
		return hfi1u_refuse(fd, HFI1U_CHECK_SET_PKEY_NOT_IN_TABLE);
	hfi1u_sc_set_pkey(fd->uctxt->sc, in);
	return 0;
}
