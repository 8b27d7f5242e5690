// SPDX-License-Identifier: BSD-3-Clause
/*
 * Calls whose rules the spec only names; the device makes and judges them.
 */
#include "places.h"

void hfi1c_run_probe(const struct hfi1c_case *c)
{
	const struct hfi1c_probe *p = c->data;
	struct hfi1c_world w;

	hfi1c_world_build(&w, p->scenario);
	p->probe(&w, p);
	hfi1c_world_close(&w);
}
