// SPDX-License-Identifier: BSD-3-Clause
/*
 * The 8051 link controller as the host sees it: a mailbox for commands, a
 * data memory with configuration fields, and messages.
 */
#include "wfr_priv.h"

#define WFR_8051_FW_MAJOR      1u
#define WFR_8051_FW_MINOR      27u
#define WFR_8051_LANES	       0xfu
#define WFR_8051_RATE_25G      2u /* code of 25 Gb/s per lane, plus one in fields */
#define WFR_8051_WIDTH_4X      8u
#define WFR_8051_PEER_GUID_BIT 0x800000u /* tells the peer's GUID from ours */

static unsigned int wfr_8051_field_addr(unsigned int lane, unsigned int field)
{
	unsigned int addr = 4 * field;

	if (lane != WFR_8051_LANE_GENERAL)
		addr += WFR_8051_LANE_BASE + WFR_8051_LANE_STRIDE * lane;
	return addr;
}

void wfr_8051_field_set(struct wfr_device *dev, unsigned int lane,
			unsigned int field, uint32_t val)
{
	unsigned int addr = wfr_8051_field_addr(lane, field);

	if (addr + 4 <= WFR_8051_DATA_MEM_SIZE)
		wfr_put_le32(dev->ram + addr, val);
}

uint32_t wfr_8051_field_get(struct wfr_device *dev, unsigned int lane,
			    unsigned int field)
{
	unsigned int addr = wfr_8051_field_addr(lane, field);

	if (addr + 4 > WFR_8051_DATA_MEM_SIZE)
		return 0;
	return wfr_get_le32(dev->ram + addr);
}

/* Tell the host something now; WFR_DC8051_..._HOST_MSG_* bits. */
void wfr_8051_message(struct wfr_device *dev, uint64_t msg)
{
	uint64_t info =
		WFR_PREP(WFR_DC8051_DBG_ERR_INFO_SET_BY_8051_HOST_MSG, msg);

	/*
	 * Hosts clear the flag first and read the reason afterwards, so the
	 * reason stays until the next message.
	 */
	if (wfr_get(dev, WFR_DC8051_ERR_FLG) & WFR_DC8051_ERR_FLG_SET_BY_8051)
		info |= wfr_get(dev, WFR_DC8051_DBG_ERR_INFO_SET_BY_8051);
	wfr_put(dev, WFR_DC8051_DBG_ERR_INFO_SET_BY_8051, info);
	wfr_err_raise(dev, WFR_FAULT_DC8051, WFR_DC8051_ERR_FLG_SET_BY_8051);
}

void wfr_8051_message_later(struct wfr_device *dev, uint64_t msg,
			    uint64_t delay_ns)
{
	dev->msgs_later |= msg;
	wfr_timer_set(dev, WFR_TIMER_8051_MSG, delay_ns);
}

void wfr_8051_messages_due(struct wfr_device *dev)
{
	uint64_t msg = dev->msgs_later;

	dev->msgs_later = 0;
	if (msg)
		wfr_8051_message(dev, msg);
}

static uint64_t wfr_8051_load_config(struct wfr_device *dev, uint64_t data)
{
	wfr_8051_field_set(dev, data >> 32 & 0xf, data >> 40 & 0xff, data);
	return 0;
}

static uint64_t wfr_8051_read_config(struct wfr_device *dev, uint64_t data)
{
	return wfr_8051_field_get(dev, data >> 32 & 0xff, data >> 40 & 0xff);
}

/* There is nobody else on the link: what is sent comes back. */
static uint64_t wfr_8051_send_idle(struct wfr_device *dev, uint64_t data)
{
	dev->idle_msg = data;
	if (wfr_link_up(dev))
		wfr_8051_message_later(
			dev,
			WFR_DC8051_DBG_ERR_INFO_SET_BY_8051_HOST_MSG_BC_SMA,
			dev->cfg.link_delay_ns);
	return 0;
}

static uint64_t wfr_8051_lcb_addr(uint64_t data)
{
	return WFR_LCB_BASE + 8 * (data & 0xff);
}

/* The answer has 48 bits; the host finds the rest in the request register. */
static uint64_t wfr_8051_read_lcb(struct wfr_device *dev, uint64_t data)
{
	uint64_t val = wfr_get(dev, wfr_8051_lcb_addr(data));

	wfr_put(dev, WFR_DC8051_CFG_EXT_DEV_1,
		WFR_PREP(WFR_DC8051_CFG_EXT_DEV_1_REQ_DATA, val >> 48));
	return val & ((1ULL << 48) - 1);
}

static uint64_t wfr_8051_write_lcb(struct wfr_device *dev, uint64_t data)
{
	uint64_t ext = wfr_get(dev, WFR_DC8051_CFG_EXT_DEV_0);
	uint64_t val = data >> 8;

	val |= WFR_GET(WFR_DC8051_CFG_EXT_DEV_0_RETURN_CODE, ext) << 40;
	val |= WFR_GET(WFR_DC8051_CFG_EXT_DEV_0_RSP_DATA, ext) << 48;
	wfr_csr_write(dev, wfr_8051_lcb_addr(data), val);
	return 0;
}

static uint64_t wfr_8051_command(struct wfr_device *dev, unsigned int type,
				 uint64_t data, unsigned int *code)
{
	*code = WFR_DC8051_CFG_HOST_CMD_1_RETURN_CODE_SUCCESS;
	switch (type) {
	case WFR_DC8051_CFG_HOST_CMD_0_REQ_TYPE_LOAD_CONFIG_DATA:
		return wfr_8051_load_config(dev, data);
	case WFR_DC8051_CFG_HOST_CMD_0_REQ_TYPE_READ_CONFIG_DATA:
		return wfr_8051_read_config(dev, data);
	case WFR_DC8051_CFG_HOST_CMD_0_REQ_TYPE_CHANGE_PHY_STATE:
		if (!wfr_link_request(dev, data))
			*code = WFR_DC8051_CFG_HOST_CMD_1_RETURN_CODE_NOT_SUPPORTED;
		return 0;
	case WFR_DC8051_CFG_HOST_CMD_0_REQ_TYPE_SEND_LCB_IDLE_MSG:
		return wfr_8051_send_idle(dev, data);
	case WFR_DC8051_CFG_HOST_CMD_0_REQ_TYPE_READ_LCB_IDLE_MSG:
		return dev->idle_msg;
	case WFR_DC8051_CFG_HOST_CMD_0_REQ_TYPE_READ_LCB_CSR:
		return wfr_8051_read_lcb(dev, data);
	case WFR_DC8051_CFG_HOST_CMD_0_REQ_TYPE_WRITE_LCB_CSR:
		return wfr_8051_write_lcb(dev, data);
	case WFR_DC8051_CFG_HOST_CMD_0_REQ_TYPE_MISC:
	case WFR_DC8051_CFG_HOST_CMD_0_REQ_TYPE_INTERFACE_TEST:
		return data;
	default:
		*code = WFR_DC8051_CFG_HOST_CMD_1_RETURN_CODE_NOT_SUPPORTED;
		return 0;
	}
}

static void wfr_8051_cmd_write(struct wfr_device *dev, const struct wfr_at *at,
			       uint64_t val)
{
	uint64_t rising = val & ~wfr_get(dev, at->off);
	unsigned int code;
	uint64_t rsp;

	wfr_put(dev, at->off, val);
	if (!(val & WFR_DC8051_CFG_HOST_CMD_0_REQ_NEW)) {
		wfr_put(dev, WFR_DC8051_CFG_HOST_CMD_1, 0);
		return;
	}
	if (!(rising & WFR_DC8051_CFG_HOST_CMD_0_REQ_NEW))
		return;
	rsp = wfr_8051_command(dev,
			       WFR_GET(WFR_DC8051_CFG_HOST_CMD_0_REQ_TYPE, val),
			       WFR_GET(WFR_DC8051_CFG_HOST_CMD_0_REQ_DATA, val),
			       &code);
	wfr_put(dev, WFR_DC8051_CFG_HOST_CMD_1,
		WFR_DC8051_CFG_HOST_CMD_1_COMPLETED |
			WFR_PREP(WFR_DC8051_CFG_HOST_CMD_1_RETURN_CODE, code) |
			WFR_PREP(WFR_DC8051_CFG_HOST_CMD_1_RSP_DATA, rsp));
}

static void wfr_8051_ram_write(struct wfr_device *dev, const struct wfr_at *at,
			       uint64_t val)
{
	uint64_t addr = WFR_GET(WFR_DC8051_CFG_RAM_ACCESS_CTRL_ADDRESS, val) &
			~7ULL;

	wfr_put(dev, at->off, val);
	if (!(val & WFR_DC8051_CFG_RAM_ACCESS_CTRL_READ_ENA))
		return;
	wfr_put(dev, WFR_DC8051_CFG_RAM_ACCESS_RD_DATA,
		addr + 8 <= WFR_8051_DATA_MEM_SIZE ?
			wfr_get_le64(dev->ram + addr) :
			0);
}

static void wfr_8051_general(struct wfr_device *dev, unsigned int field,
			     uint32_t val)
{
	wfr_8051_field_set(dev, WFR_8051_LANE_GENERAL, field, val);
}

void wfr_8051_reset(struct wfr_device *dev)
{
	uint32_t rate = WFR_8051_RATE_25G + 1;

	memset(dev->ram, 0, WFR_8051_DATA_MEM_SIZE);
	dev->idle_msg = 0;
	dev->msgs_later = 0;
	wfr_8051_general(dev, WFR_8051_FIELD_TX_SETTINGS,
			 WFR_8051_LANES | rate << 24);
	wfr_8051_general(dev, WFR_8051_FIELD_LOCAL_LNI, WFR_8051_LANES << 16);
	/* The peer lets this port send management packets. */
	wfr_8051_general(dev, WFR_8051_FIELD_REMOTE_LNI, 1u << 23);
	wfr_8051_general(dev, WFR_8051_FIELD_MISC_STATUS,
			 WFR_8051_FW_MAJOR << 24 | WFR_8051_FW_MINOR << 16);
	wfr_8051_general(dev, WFR_8051_FIELD_REMOTE_LINK_WIDTH,
			 rate << 16 | WFR_8051_WIDTH_4X);
	wfr_8051_general(dev, WFR_8051_FIELD_REMOTE_DEVICE_ID,
			 WFR_PCI_DEVICE_ID << 8 | WFR_PCI_REVISION);
	wfr_put(dev, WFR_DC8051_CFG_LOCAL_GUID, dev->cfg.port_guid);
	wfr_put(dev, WFR_DC8051_STS_REMOTE_GUID,
		dev->cfg.port_guid ^ WFR_8051_PEER_GUID_BIT);
}

const struct wfr_hook wfr_dc8051_hooks[] = {
	{ .off = WFR_DC8051_CFG_HOST_CMD_0, .write = wfr_8051_cmd_write },
	{ .off = WFR_DC8051_CFG_RAM_ACCESS_CTRL, .write = wfr_8051_ram_write },
	{ 0 }
};
