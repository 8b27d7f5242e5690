// SPDX-License-Identifier: BSD-3-Clause
/*
 * The fabric manager's role: give the port an address and take it through
 * INIT and ARMED to ACTIVE once the link is up.
 */
#include <errno.h>
#include <linux/delay.h>
#include "unit.h"

#define LINK_UP_MS 5000

static int wait_link(struct unit *u)
{
	unsigned int left = LINK_UP_MS;

	while (!wfr_link_is_up(u->wfr)) {
		if (!left--)
			return -ETIMEDOUT;
		msleep(1);
	}
	return 0;
}

int unit_port_up(struct unit *u)
{
	static const enum hfi1u_port_state states[] = { HFI1U_PORT_INIT,
							HFI1U_PORT_ARMED,
							HFI1U_PORT_ACTIVE };
	unsigned int i;
	int err;

	wfr_link_set(u->wfr, true);
	err = wait_link(u);
	if (!err && !hfi1u_port_lid(u->dd))
		err = hfi1u_port_set_lid(u->dd, u->number + 1, 0);
	for (i = 0; !err && i < ARRAY_SIZE(states); i++)
		err = hfi1u_port_set_state(u->dd, states[i]);
	return err;
}

void unit_port_down(struct unit *u)
{
	wfr_link_set(u->wfr, false);
	hfi1u_port_set_state(u->dd, HFI1U_PORT_DOWN);
}
