// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
/*
 * The physical link, as the chip's link controller (8051) tells of it.
 *
 * The controller trains the link and sends messages; the driver asks for a
 * state by a command and answers when the peer's capabilities have arrived.
 * Serial settings are left as the controller has them.
 *
 * What counts is what the registers show when the work runs, not what a
 * message said some time ago: the host may have changed the port meanwhile.
 *
 * Locks: none here; hfi1u_port_*() serialise changes.
 */
#include <linux/delay.h>

#include "csr.h"
#include "priv.h"

#define HFI1U_COMMAND_POLLS 1000

#define PHYS(name) WFR_DC8051_STS_CUR_STATE_PORT_##name

/**
 * hfi1u_link_state - what the link controller shows
 * @dd: device
 *
 * Return: WFR_DC8051_STS_CUR_STATE_PORT_*.
 */
u64 hfi1u_link_state(struct hfi1u_dev *dd)
{
	return WFR_GET(WFR_DC8051_STS_CUR_STATE_PORT,
		       hfi1u_read(dd, WFR_DC8051_STS_CUR_STATE));
}

static bool command_done(struct hfi1u_dev *dd)
{
	int polls = HFI1U_COMMAND_POLLS;

	while (polls-- && hfi1u_present(dd)) {
		if (hfi1u_read(dd, WFR_DC8051_CFG_HOST_CMD_1) &
		    WFR_DC8051_CFG_HOST_CMD_1_COMPLETED)
			return true;
		usleep_range(20, 40);
	}
	return false;
}

/* Ask the controller for a physical state. */
static void request(struct hfi1u_dev *dd, u64 state)
{
	u64 type = WFR_DC8051_CFG_HOST_CMD_0_REQ_TYPE_CHANGE_PHY_STATE;
	u64 reg = WFR_PREP(WFR_DC8051_CFG_HOST_CMD_0_REQ_TYPE, type) |
		  WFR_PREP(WFR_DC8051_CFG_HOST_CMD_0_REQ_DATA, state);

	hfi1u_write(dd, WFR_DC8051_CFG_HOST_CMD_0, reg);
	hfi1u_write(dd, WFR_DC8051_CFG_HOST_CMD_0,
		    reg | WFR_DC8051_CFG_HOST_CMD_0_REQ_NEW);
	if (!command_done(dd))
		dev_err(dd->dev, "link controller ignores request %#llx\n",
			(unsigned long long)state);
	hfi1u_write(dd, WFR_DC8051_CFG_HOST_CMD_0, 0);
}

/**
 * hfi1u_link_work - follow the link
 * @work: link_work of the device
 */
void hfi1u_link_work(struct work_struct *work)
{
	struct hfi1u_dev *dd = container_of(work, struct hfi1u_dev, link_work);

	/* queued by a handler that was late: the host may be gone soon */
	if (test_bit(HFI1U_DEV_STOPPING, &dd->flags))
		return;
	switch (hfi1u_port_follow(dd)) {
	case PHYS(VERIFYCAP):
		request(dd, PHYS(LINKUP));
		break;
	case PHYS(OFFLINE):
		request(dd, PHYS(POLLING));
		break;
	}
}

/**
 * hfi1u_link_interrupt - the link controller has a message
 * @dd: device
 */
void hfi1u_link_interrupt(struct hfi1u_dev *dd)
{
	u64 flags = hfi1u_read(dd, WFR_DC8051_ERR_FLG);

	hfi1u_write(dd, WFR_DC8051_ERR_CLR, flags);
	if (flags & WFR_DC8051_ERR_FLG_SET_BY_8051)
		queue_work(dd->wq, &dd->link_work);
}

/**
 * hfi1u_link_start - have the link controller train the link
 * @dd: device with interrupts
 */
void hfi1u_link_start(struct hfi1u_dev *dd)
{
	hfi1u_write(dd, WFR_DC8051_ERR_CLR, ~0ULL);
	hfi1u_write(dd, WFR_DC8051_ERR_EN, WFR_DC8051_ERR_FLG_SET_BY_8051);
	queue_work(dd->wq, &dd->link_work);
	flush_work(&dd->link_work);
}

/**
 * hfi1u_link_stop - take the link down
 * @dd: device that is stopping; work that is queued from now on does nothing
 */
void hfi1u_link_stop(struct hfi1u_dev *dd)
{
	hfi1u_write(dd, WFR_DC8051_ERR_EN, 0);
	cancel_work_sync(&dd->link_work);
	if (hfi1u_present(dd))
		request(dd, PHYS(OFFLINE));
}
