// SPDX-License-Identifier: BSD-3-Clause
/*
 * Resources both halves of a package share, and firmware verification.
 *
 * The serial bus has no receivers behind it: writes are taken, reads give 0.
 * No firmware ever runs here, so every signature is good.
 */
#include "wfr_priv.h"

#define WFR_QUARTER_DEGREES(c) ((c)*4)

/* The first to write its mark has the lock until it writes 0. */
static void wfr_mutex_write(struct wfr_device *dev, const struct wfr_at *at,
			    uint64_t val)
{
	if (!val || !wfr_get(dev, at->off))
		wfr_put(dev, at->off, val);
}

static uint64_t wfr_sbus_outcome(uint64_t request)
{
	if (WFR_GET(WFR_ASIC_CFG_SBUS_REQUEST_COMMAND, request) ==
	    WFR_ASIC_CFG_SBUS_REQUEST_COMMAND_READ)
		return WFR_ASIC_STS_SBUS_RESULT_RESULT_CODE_READ_OK;
	return WFR_ASIC_STS_SBUS_RESULT_RESULT_CODE_WRITE_OK;
}

static void wfr_sbus_request_write(struct wfr_device *dev,
				   const struct wfr_at *at, uint64_t val)
{
	wfr_put(dev, at->off, val);
	wfr_put(dev, WFR_ASIC_STS_SBUS_RESULT,
		WFR_PREP(WFR_ASIC_STS_SBUS_RESULT_RESULT_CODE,
			 wfr_sbus_outcome(val)));
}

static void wfr_sbus_execute_write(struct wfr_device *dev,
				   const struct wfr_at *at, uint64_t val)
{
	uint64_t done = WFR_ASIC_STS_SBUS_RESULT_DONE |
			WFR_ASIC_STS_SBUS_RESULT_RCV_DATA_VALID;
	uint64_t result = wfr_get(dev, WFR_ASIC_STS_SBUS_RESULT);

	wfr_put(dev, at->off, val);
	if (val & WFR_ASIC_CFG_SBUS_EXECUTE_EXECUTE)
		wfr_put(dev, WFR_ASIC_STS_SBUS_RESULT, result | done);
	else
		wfr_put(dev, WFR_ASIC_STS_SBUS_RESULT, result & ~done);
}

static void wfr_rsa_cmd_write(struct wfr_device *dev, const struct wfr_at *at,
			      uint64_t val)
{
	uint64_t ctrl = wfr_get(dev, WFR_MISC_CFG_FW_CTRL);
	uint64_t state;

	(void)at;
	switch (WFR_GET(WFR_MISC_CFG_RSA_CMD_CMD, val)) {
	case WFR_MISC_CFG_RSA_CMD_CMD_INIT:
		state = WFR_MISC_CFG_FW_CTRL_RSA_STATUS_IDLE;
		break;
	case WFR_MISC_CFG_RSA_CMD_CMD_START:
		state = WFR_MISC_CFG_FW_CTRL_RSA_STATUS_DONE;
		break;
	default:
		return;
	}
	wfr_put(dev, WFR_MISC_CFG_FW_CTRL,
		WFR_SET(ctrl, WFR_MISC_CFG_FW_CTRL_RSA_STATUS, state));
}

static void wfr_fw_ctrl_write(struct wfr_device *dev, const struct wfr_at *at,
			      uint64_t val)
{
	uint64_t status = wfr_get(dev, at->off) &
			  WFR_MISC_CFG_FW_CTRL_RSA_STATUS;

	wfr_put(dev, at->off,
		(val & ~WFR_MISC_CFG_FW_CTRL_RSA_STATUS) | status);
}

void wfr_asic_reset(struct wfr_device *dev)
{
	wfr_put(dev, WFR_ASIC_STS_THERM,
		WFR_PREP(WFR_ASIC_STS_THERM_CURR_TEMP,
			 WFR_QUARTER_DEGREES(35)) |
			WFR_PREP(WFR_ASIC_STS_THERM_HI_TEMP,
				 WFR_QUARTER_DEGREES(95)) |
			WFR_PREP(WFR_ASIC_STS_THERM_CRIT_TEMP,
				 WFR_QUARTER_DEGREES(105)));
}

const struct wfr_hook wfr_asic_hooks[] = {
	{ .off = WFR_ASIC_CFG_MUTEX, .write = wfr_mutex_write },
	{ .off = WFR_ASIC_CFG_SBUS_REQUEST, .write = wfr_sbus_request_write },
	{ .off = WFR_ASIC_CFG_SBUS_EXECUTE, .write = wfr_sbus_execute_write },
	{ .off = WFR_MISC_CFG_RSA_CMD, .write = wfr_rsa_cmd_write },
	{ .off = WFR_MISC_CFG_FW_CTRL, .write = wfr_fw_ctrl_write },
	{ 0 }
};
