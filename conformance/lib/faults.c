// SPDX-License-Identifier: BSD-3-Clause
#include <stdlib.h>
#include <string.h>

#include "../case.h"
#include "ctl.h"
#include "faults.h"

/* The number at the end of the device's name. */
static int unit(void)
{
	const char *name = hfi1c_device();
	const char *at = name + strlen(name);

	while (at > name && at[-1] >= '0' && at[-1] <= '9')
		at--;
	return atoi(at);
}

void hfi1c_fault_freeze(void)
{
	hfi1c_setup(!hfi1c_ctl("freeze %d", unit()), "cannot freeze the chip");
}

void hfi1c_fault_hold_freeze(bool hold)
{
	hfi1c_setup(!hfi1c_ctl("hold-freeze %d %s", unit(), hold ? "on" : "off"),
		    "cannot hold a freeze");
}

void hfi1c_fault_link(bool up)
{
	hfi1c_setup(!hfi1c_ctl("link %d %s", unit(), up ? "up" : "down"),
		    "cannot change the link");
}

void hfi1c_fault_halt(unsigned int send_ctxt)
{
	hfi1c_setup(!hfi1c_ctl("halt %d %u", unit(), send_ctxt),
		    "cannot halt a send context");
}
