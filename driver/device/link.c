// SPDX-License-Identifier: BSD-3-Clause
/*
 * The link: what physical states it passes through and when the host hears
 * of it.  Every step takes the configured delay, because a driver logs and
 * checks the state it asked for before it expects the next one.
 */
#include "wfr_priv.h"

#define WFR_PORT(state)	  WFR_DC8051_STS_CUR_STATE_PORT_##state
#define WFR_LSTATE(state) WFR_DCC_CFG_PORT_CONFIG_LINK_STATE_##state
#define WFR_MSG(msg)	  WFR_DC8051_DBG_ERR_INFO_SET_BY_8051_HOST_MSG_##msg

static void wfr_link_show(struct wfr_device *dev, enum wfr_link_phase phase,
			  uint64_t port)
{
	dev->link = phase;
	wfr_put(dev, WFR_DC8051_STS_CUR_STATE,
		WFR_PREP(WFR_DC8051_STS_CUR_STATE_FIRMWARE,
			 WFR_DC8051_STS_CUR_STATE_FIRMWARE_READY) |
			WFR_PREP(WFR_DC8051_STS_CUR_STATE_PORT, port));
	wfr_put(dev, WFR_LCB_STS_LINK_TRANSFER_ACTIVE, phase == WFR_LINK_UP);
}

static void wfr_link_set_lstate(struct wfr_device *dev, uint64_t state)
{
	wfr_put(dev, WFR_DCC_CFG_PORT_CONFIG,
		WFR_SET(wfr_get(dev, WFR_DCC_CFG_PORT_CONFIG),
			WFR_DCC_CFG_PORT_CONFIG_LINK_STATE, state));
}

unsigned int wfr_link_lstate(struct wfr_device *dev)
{
	return WFR_GET(WFR_DCC_CFG_PORT_CONFIG_LINK_STATE,
		       wfr_get(dev, WFR_DCC_CFG_PORT_CONFIG));
}

bool wfr_link_up(struct wfr_device *dev)
{
	return dev->link == WFR_LINK_UP;
}

static void wfr_link_copy_field(struct wfr_device *dev, unsigned int to,
				unsigned int from)
{
	wfr_8051_field_set(dev, WFR_8051_LANE_GENERAL, to,
			   wfr_8051_field_get(dev, WFR_8051_LANE_GENERAL,
					      from));
}

static void wfr_link_verify_cap(struct wfr_device *dev)
{
	/* The peer can do what this side can. */
	wfr_link_copy_field(dev, WFR_8051_FIELD_REMOTE_PHY,
			    WFR_8051_FIELD_LOCAL_PHY);
	wfr_link_copy_field(dev, WFR_8051_FIELD_REMOTE_FABRIC,
			    WFR_8051_FIELD_LOCAL_FABRIC);
	wfr_link_show(dev, WFR_LINK_VERIFYCAP, WFR_PORT(VERIFYCAP));
	wfr_8051_message(dev, WFR_MSG(VERIFY_CAP_FRAME));
}

static void wfr_link_go_up(struct wfr_device *dev)
{
	uint32_t mode = wfr_8051_field_get(dev, WFR_8051_LANE_GENERAL,
					   WFR_8051_FIELD_LOCAL_LINK_MODE);

	/* Four lanes each way. */
	wfr_8051_field_set(dev, WFR_8051_LANE_GENERAL,
			   WFR_8051_FIELD_LOCAL_LINK_MODE,
			   (mode & ~0xff00u) | 0x4400);
	wfr_link_show(dev, WFR_LINK_UP, WFR_PORT(LINKUP));
	wfr_link_set_lstate(dev, WFR_LSTATE(INIT));
	wfr_8051_message(dev, WFR_MSG(LINKUP_ACHIEVED));
}

static void wfr_link_go_down(struct wfr_device *dev, uint64_t port,
			     uint32_t reason)
{
	wfr_timer_stop(dev, WFR_TIMER_LINK);
	wfr_8051_field_set(dev, WFR_8051_LANE_GENERAL,
			   WFR_8051_FIELD_LINK_DOWN_REASON, reason);
	wfr_link_show(dev, WFR_LINK_OFFLINE, port);
	wfr_link_set_lstate(dev, WFR_LSTATE(DOWN));
}

/* The time of the current step has passed. */
void wfr_link_due(struct wfr_device *dev)
{
	if (!dev->cable)
		return;
	switch (dev->link) {
	case WFR_LINK_POLLING:
		if (dev->cfg.impl == WFR_IMPL_SIMULATOR)
			wfr_link_go_up(dev);
		else
			wfr_link_verify_cap(dev);
		break;
	case WFR_LINK_CONFIG:
		wfr_link_go_up(dev);
		break;
	case WFR_LINK_OFFLINE:
		if (dev->cfg.link_auto)
			wfr_link_go_up(dev);
		break;
	default:
		break;
	}
}

/* The host asks for a physical state; false if there is no such request. */
bool wfr_link_request(struct wfr_device *dev, uint64_t state)
{
	bool down = (state & 0xff) == WFR_PORT(OFFLINE) ||
		    (state & 0xff) == WFR_PORT(DISABLED);

	/* nothing else takes a link down, whatever the host took it for */
	if (wfr_link_up(dev) && !down)
		return false;
	switch (state & 0xff) {
	case WFR_PORT(POLLING):
		wfr_link_show(dev, WFR_LINK_POLLING, WFR_PORT(POLLING));
		wfr_timer_set(dev, WFR_TIMER_LINK, dev->cfg.link_delay_ns);
		return true;
	case WFR_PORT(LINKUP):
	case WFR_PORT(QUICK_LINKUP):
		wfr_link_show(dev, WFR_LINK_CONFIG, WFR_PORT(CONFIGLT));
		wfr_timer_set(dev, WFR_TIMER_LINK, dev->cfg.link_delay_ns);
		return true;
	case WFR_PORT(OFFLINE):
	case WFR_PORT(DISABLED):
		wfr_link_go_down(dev, state & 0xff,
				 WFR_LDR_RECEIVED_HOST_OFFLINE_REQ);
		return true;
	default:
		return false;
	}
}

/* Take the next step after the delay; without one there is no waiting. */
static void wfr_link_step(struct wfr_device *dev)
{
	if (dev->cfg.link_delay_ns)
		wfr_timer_set(dev, WFR_TIMER_LINK, dev->cfg.link_delay_ns);
	else
		wfr_link_due(dev);
}

void wfr_link_reset(struct wfr_device *dev)
{
	wfr_link_go_down(dev, WFR_PORT(OFFLINE), 0);
	wfr_port_set_lid(dev, 0);
	if (dev->cfg.link_auto)
		wfr_link_step(dev);
}

void wfr_link_set(struct wfr_device *dev, bool up)
{
	pthread_mutex_lock(&dev->lock);
	dev->cable = up;
	if (!up && dev->link != WFR_LINK_OFFLINE) {
		wfr_link_go_down(dev, WFR_PORT(OFFLINE),
				 WFR_LDR_LINK_TRANSFER_ACTIVE_LOW);
		wfr_8051_message(dev, WFR_MSG(LINK_GOING_DOWN));
	}
	if (up && dev->link != WFR_LINK_UP)
		wfr_link_step(dev);
	pthread_mutex_unlock(&dev->lock);
}

bool wfr_link_is_up(struct wfr_device *dev)
{
	bool up;

	pthread_mutex_lock(&dev->lock);
	up = wfr_link_up(dev);
	pthread_mutex_unlock(&dev->lock);
	return up;
}

int wfr_port_state_set(struct wfr_device *dev, unsigned int state)
{
	int err = 0;

	pthread_mutex_lock(&dev->lock);
	if (state > WFR_LSTATE(DOWN) && !wfr_link_up(dev))
		err = -ENOLINK;
	else
		wfr_link_set_lstate(dev, state);
	pthread_mutex_unlock(&dev->lock);
	wfr_kick(dev);
	return err;
}

static void wfr_config1_write(struct wfr_device *dev, const struct wfr_at *at,
			      uint64_t val)
{
	wfr_put(dev, at->off, val);
	wfr_port_set_lid(dev, val);
}

const struct wfr_hook wfr_link_hooks[] = { { .off = WFR_DCC_CFG_PORT_CONFIG1,
					     .write = wfr_config1_write },
					   { 0 } };
