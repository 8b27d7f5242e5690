// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
/*
 * In place of a fabric manager: ports that are connected back to back, to a
 * loop-back plug or to a model have nobody who gives them an address and takes
 * them through INIT and ARMED to ACTIVE.  With the port_lid parameter the
 * module does it, now and whenever the link comes back, and gives them other
 * addresses when the parameter changes.
 */
#include <linux/workqueue.h>

#include "ibdev.h"
#include "module.h"

static void activate(struct hfi1u_unit *unit)
{
	unsigned int lid = hfi1u_port_lid_param(unit);
	int state = hfi1u_port_get_state(unit->dd);
	int ret;

	if (!lid || state < HFI1U_PORT_INIT)
		return;
	ret = hfi1u_port_set_lid(unit->dd, lid, 0);
	if (ret) {
		dev_err(&unit->pdev->dev, "port cannot have LID %u\n", lid);
		return;
	}
	if (state != HFI1U_PORT_INIT)
		return;
	hfi1u_port_set_state(unit->dd, HFI1U_PORT_ARMED);
	hfi1u_port_set_state(unit->dd, HFI1U_PORT_ACTIVE);
}

static void work(struct work_struct *work)
{
	struct hfi1u_unit *unit =
		container_of(work, struct hfi1u_unit, fm_work);

	if (!READ_ONCE(unit->fm_stopped))
		activate(unit);
	hfi1u_ibdev_port_event(unit);
}

/**
 * hfi1u_fm_init - prepare a unit
 * @unit: new unit
 */
void hfi1u_fm_init(struct hfi1u_unit *unit)
{
	INIT_WORK(&unit->fm_work, work);
}

/**
 * hfi1u_fm_port_changed - the port has another logical state
 * @data: unit
 */
void hfi1u_fm_port_changed(void *data)
{
	struct hfi1u_unit *unit = data;

	schedule_work(&unit->fm_work);
}

/**
 * hfi1u_fm_stop - leave the port alone from now on
 * @unit: unit that will be stopped
 */
void hfi1u_fm_stop(struct hfi1u_unit *unit)
{
	WRITE_ONCE(unit->fm_stopped, true);
	cancel_work_sync(&unit->fm_work);
}

/**
 * hfi1u_fm_exit - wait for what is under way
 * @unit: unit that was stopped, so that its port changes no more
 */
void hfi1u_fm_exit(struct hfi1u_unit *unit)
{
	cancel_work_sync(&unit->fm_work);
}
