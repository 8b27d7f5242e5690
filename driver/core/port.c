// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
/*
 * The port: what the fabric manager sets and what users feel of it.
 *
 * The host speaks for the fabric manager.  A port that goes down takes the
 * whole chip through a freeze, because only that leaves egress clean.
 *
 * Locks: dd->link_lock around a change of state, dd->port_lock for the values,
 * which interrupts and checks read.
 */
#include "csr.h"
#include "priv.h"

#define HFI1U_DEFAULT_PKEY    0x8001
#define HFI1U_SCS_PER_REG     8
#define HFI1U_PKEYS_PER_REG   4
#define HFI1U_VLS_PER_LEN_REG 4
#define HFI1U_LEN_BITS	      12
#define HFI1U_SLID_BITS	      16

static void default_sc2vl(u8 vls[HFI1U_NUM_SCS])
{
	unsigned int sc;

	memset(vls, 0, HFI1U_NUM_SCS);
	for (sc = 0; sc < HFI1U_SCS_PER_REG; sc++)
		vls[sc] = sc;
	vls[WFR_VL15] = WFR_VL15;
}

/**
 * hfi1u_port_init - the state of a port nobody has configured
 * @dd: device with parameters
 */
void hfi1u_port_init(struct hfi1u_dev *dd)
{
	struct hfi1u_port *port = &dd->port;

	port->state = HFI1U_PORT_DOWN;
	port->vls = dd->params.num_vls;
	port->pkeys[0] = HFI1U_DEFAULT_PKEY;
	port->pkeys[1] = WFR_LIM_MGMT_PKEY;
	default_sc2vl(port->sc2vl);
}

static void write_pkeys(struct hfi1u_dev *dd)
{
	unsigned int i;

	for (i = 0; i < HFI1U_NUM_PKEYS; i += HFI1U_PKEYS_PER_REG) {
		const u16 *k = &dd->port.pkeys[i];

		hfi1u_write(dd, WFR_RCV_PARTITION_KEY(i / HFI1U_PKEYS_PER_REG),
			    (u64)k[3] << 48 | (u64)k[2] << 32 |
				    (u64)k[1] << 16 | k[0]);
	}
}

static void write_sc2vl(struct hfi1u_dev *dd)
{
	unsigned int reg, sc;

	for (reg = 0; reg < HFI1U_NUM_SCS / HFI1U_SCS_PER_REG; reg++) {
		u64 value = 0;

		for (sc = 0; sc < HFI1U_SCS_PER_REG; sc++)
			value |=
				(u64)dd->port.sc2vl[reg * HFI1U_SCS_PER_REG + sc]
				<< (sc * 8);
		hfi1u_write(dd, WFR_SEND_SC2VLT(reg), value);
	}
}

/* Longest packet per lane: payload, the largest header, and the ICRC. */
static void write_lengths(struct hfi1u_dev *dd)
{
	u64 dwords = dd->params.max_mtu / 4 + dd->params.hdrq_entsize -
		     WFR_RHF_DWS + WFR_ICRC_DWS;
	u64 reg = 0;
	unsigned int vl;

	for (vl = 0; vl < HFI1U_VLS_PER_LEN_REG; vl++)
		reg |= dwords << (vl * HFI1U_LEN_BITS);
	hfi1u_write(dd, WFR_SEND_LEN_CHECK0, reg);
	hfi1u_write(dd, WFR_SEND_LEN_CHECK1,
		    reg | WFR_PREP(WFR_SEND_LEN_CHECK1_LEN_VL15, dwords));
}

static void write_slid(struct hfi1u_dev *dd)
{
	u64 mask = 0xffff & ~((1U << dd->port.lmc) - 1);
	u64 reg =
		WFR_PREP(WFR_SEND_CTXT_CHECK_SLID_VALUE, dd->port.lid & mask) |
		WFR_PREP(WFR_SEND_CTXT_CHECK_SLID_MASK, mask);
	unsigned int i;

	hfi1u_write(dd, WFR_DCC_CFG_PORT_CONFIG1,
		    WFR_PREP(WFR_DCC_CFG_PORT_CONFIG1_TARGET_DLID,
			     dd->port.lid) |
			    WFR_PREP(WFR_DCC_CFG_PORT_CONFIG1_DLID_MASK, mask));
	for (i = 0; i < dd->chip.send_contexts; i++)
		hfi1u_write(dd, WFR_SEND_CTXT_CHECK_SLID(i), reg);
	hfi1u_sdma_set_slid(dd, reg);
}

static void write_rcvctrl(struct hfi1u_dev *dd, u64 set, u64 clear)
{
	dd->rcvctrl = (dd->rcvctrl & ~clear) | set;
	hfi1u_write(dd, WFR_RCV_CTRL, dd->rcvctrl);
}

/**
 * hfi1u_port_program - write the whole configuration to a chip after reset
 * @dd: device
 */
void hfi1u_port_program(struct hfi1u_dev *dd)
{
	unsigned int unsupported = 0xff & ~((1U << dd->params.num_vls) - 1);
	unsigned long flags;

	spin_lock_irqsave(&dd->port_lock, flags);
	write_pkeys(dd);
	write_sc2vl(dd);
	write_lengths(dd);
	write_slid(dd);
	write_rcvctrl(dd, WFR_RCV_CTRL_PORT_ENABLE, 0);
	if (hfi1u_caps_test_kernel(hfi1u_caps(dd), HFI1_CAP_EXTENDED_PSN))
		write_rcvctrl(dd, WFR_RCV_CTRL_EXTENDED_PSN_ENABLE, 0);
	hfi1u_write(dd, WFR_SEND_CTRL,
		    WFR_SEND_CTRL_SEND_ENABLE |
			    WFR_PREP(WFR_SEND_CTRL_UNSUPPORTED_VL,
				     unsupported));
	spin_unlock_irqrestore(&dd->port_lock, flags);
}

/**
 * hfi1u_port_rcv_enable - let packets into the chip, or not
 * @dd: device
 * @on: let them in
 */
void hfi1u_port_rcv_enable(struct hfi1u_dev *dd, bool on)
{
	unsigned long flags;

	spin_lock_irqsave(&dd->port_lock, flags);
	write_rcvctrl(dd, on ? WFR_RCV_CTRL_PORT_ENABLE : 0,
		      on ? 0 : WFR_RCV_CTRL_PORT_ENABLE);
	spin_unlock_irqrestore(&dd->port_lock, flags);
}

/**
 * hfi1u_port_is_active - can users reach the fabric through this unit?
 * @dd: device
 *
 * Return: true if they can.
 */
bool hfi1u_port_is_active(struct hfi1u_dev *dd)
{
	return READ_ONCE(dd->port.state) == HFI1U_PORT_ACTIVE &&
	       READ_ONCE(dd->port.lid);
}

static void show_state(struct hfi1u_dev *dd, enum hfi1u_port_state state)
{
	u64 bits = 0;

	if (state >= HFI1U_PORT_ARMED)
		bits |= HFI1_STATUS_IB_CONF;
	if (state == HFI1U_PORT_ACTIVE)
		bits |= HFI1_STATUS_IB_READY;
	WRITE_ONCE(dd->status->port, bits);
}

static void write_state(struct hfi1u_dev *dd, enum hfi1u_port_state state)
{
	u64 reg = hfi1u_read(dd, WFR_DCC_CFG_PORT_CONFIG);

	hfi1u_write(dd, WFR_DCC_CFG_PORT_CONFIG,
		    WFR_SET(reg, WFR_DCC_CFG_PORT_CONFIG_LINK_STATE, state));
}

static void went_down(struct hfi1u_dev *dd)
{
	hfi1u_sdma_link(dd, false);
	hfi1u_freeze_start(dd, BIT(HFI1U_DEV_SELF_FREEZE));
	hfi1u_event_all(dd, _HFI1_EVENT_LINKDOWN_BIT);
}

static void change_state(struct hfi1u_dev *dd, enum hfi1u_port_state state)
{
	WRITE_ONCE(dd->port.state, state);
	write_state(dd, state);
	show_state(dd, state);
	if (state == HFI1U_PORT_DOWN)
		went_down(dd);
	else
		hfi1u_sdma_link(dd, state == HFI1U_PORT_ACTIVE);
}

/**
 * hfi1u_port_set_state - change the logical state of the port
 * @dd: device
 * @state: new state; users can send and receive in HFI1U_PORT_ACTIVE
 *
 * Return: 0, or -EINVAL for a state that does not exist.
 */
int hfi1u_port_set_state(struct hfi1u_dev *dd, enum hfi1u_port_state state)
{
	bool changed;

	if (state < HFI1U_PORT_DOWN || state > HFI1U_PORT_ACTIVE)
		return -EINVAL;
	mutex_lock(&dd->link_lock);
	changed = state != dd->port.state;
	if (changed)
		change_state(dd, state);
	mutex_unlock(&dd->link_lock);
	if (changed && dd->port_changed)
		dd->port_changed(dd->host_data);
	return 0;
}

/* The chip takes a port back to INIT when its link was away meanwhile. */
static bool link_is_up(struct hfi1u_dev *dd)
{
	u64 shown = WFR_GET(WFR_DCC_CFG_PORT_CONFIG_LINK_STATE,
			    hfi1u_read(dd, WFR_DCC_CFG_PORT_CONFIG));

	if (dd->port.state > HFI1U_PORT_INIT && shown <= HFI1U_PORT_INIT)
		change_state(dd, HFI1U_PORT_DOWN);
	if (dd->port.state != HFI1U_PORT_DOWN)
		return false;
	change_state(dd, HFI1U_PORT_INIT);
	return true;
}

static bool link_is_down(struct hfi1u_dev *dd)
{
	if (dd->port.state == HFI1U_PORT_DOWN)
		return false;
	change_state(dd, HFI1U_PORT_DOWN);
	return true;
}

/**
 * hfi1u_port_follow - bring the port in line with its link
 * @dd: device
 *
 * Looks at the link with the port held: whoever takes the port through its
 * states meanwhile would be judged by a link of the past.
 *
 * Return: the physical state of the link.
 */
u64 hfi1u_port_follow(struct hfi1u_dev *dd)
{
	bool changed = false;
	u64 link;

	mutex_lock(&dd->link_lock);
	link = hfi1u_link_state(dd);
	if (link == WFR_DC8051_STS_CUR_STATE_PORT_LINKUP)
		changed = link_is_up(dd);
	else if (link == WFR_DC8051_STS_CUR_STATE_PORT_OFFLINE)
		changed = link_is_down(dd);
	mutex_unlock(&dd->link_lock);
	if (changed && dd->port_changed)
		dd->port_changed(dd->host_data);
	return link;
}

enum hfi1u_port_state hfi1u_port_get_state(const struct hfi1u_dev *dd)
{
	return READ_ONCE(dd->port.state);
}

/**
 * hfi1u_port_set_lid - give the port an address
 * @dd: device
 * @lid: local identifier, a unicast one
 * @lmc: bits at its end that select a path
 *
 * Return: 0, or -EINVAL for an address that no unicast packet can have.
 */
int hfi1u_port_set_lid(struct hfi1u_dev *dd, u32 lid, u8 lmc)
{
	bool lid_changed, lmc_changed;
	unsigned long flags;

	if (lid >= WFR_MULTICAST_LID_BASE || lmc >= HFI1U_SLID_BITS)
		return -EINVAL;
	spin_lock_irqsave(&dd->port_lock, flags);
	lid_changed = dd->port.lid != lid;
	lmc_changed = dd->port.lmc != lmc;
	WRITE_ONCE(dd->port.lid, lid);
	WRITE_ONCE(dd->port.lmc, lmc);
	if (lid_changed || lmc_changed)
		write_slid(dd);
	spin_unlock_irqrestore(&dd->port_lock, flags);
	if (lid_changed)
		hfi1u_event_all(dd, _HFI1_EVENT_LID_CHANGE_BIT);
	if (lmc_changed)
		hfi1u_event_all(dd, _HFI1_EVENT_LMC_CHANGE_BIT);
	return 0;
}

/**
 * hfi1u_port_set_pkeys - set the port's partition keys
 * @dd: device
 * @pkeys: all entries of the table, 0 where unused
 *
 * Reception checks the table from now on.
 */
void hfi1u_port_set_pkeys(struct hfi1u_dev *dd,
			  const u16 pkeys[HFI1U_NUM_PKEYS])
{
	unsigned long flags;

	spin_lock_irqsave(&dd->port_lock, flags);
	memcpy(dd->port.pkeys, pkeys, sizeof(dd->port.pkeys));
	write_pkeys(dd);
	write_rcvctrl(dd, WFR_RCV_CTRL_PARTITION_KEY_ENABLE, 0);
	spin_unlock_irqrestore(&dd->port_lock, flags);
}

/**
 * hfi1u_port_set_sc2vl - map service channels to lanes
 * @dd: device
 * @vls: lane of each channel
 */
void hfi1u_port_set_sc2vl(struct hfi1u_dev *dd, const u8 vls[HFI1U_NUM_SCS])
{
	unsigned long flags;

	spin_lock_irqsave(&dd->port_lock, flags);
	memcpy(dd->port.sc2vl, vls, sizeof(dd->port.sc2vl));
	write_sc2vl(dd);
	spin_unlock_irqrestore(&dd->port_lock, flags);
}

/**
 * hfi1u_port_set_operational_vls - set how many lanes are in operation
 * @dd: device
 * @vls: 1 to the number of lanes the device was made with
 *
 * Return: 0 or -EINVAL.
 */
int hfi1u_port_set_operational_vls(struct hfi1u_dev *dd, unsigned int vls)
{
	if (!vls || vls > dd->params.num_vls)
		return -EINVAL;
	WRITE_ONCE(dd->port.vls, vls);
	return 0;
}

/**
 * hfi1u_port_set_egress_pkey_check - enforce partitions on what is sent
 * @dd: device
 * @on: enforce
 */
void hfi1u_port_set_egress_pkey_check(struct hfi1u_dev *dd, bool on)
{
	WRITE_ONCE(dd->port.egress_pkey_check, on);
}

u32 hfi1u_port_lid(const struct hfi1u_dev *dd)
{
	return READ_ONCE(dd->port.lid);
}

u8 hfi1u_port_lmc(const struct hfi1u_dev *dd)
{
	return READ_ONCE(dd->port.lmc);
}

u16 hfi1u_port_pkey(const struct hfi1u_dev *dd, unsigned int index)
{
	return index < HFI1U_NUM_PKEYS ? READ_ONCE(dd->port.pkeys[index]) : 0;
}

u8 hfi1u_port_sc2vl(const struct hfi1u_dev *dd, unsigned int sc)
{
	return sc < HFI1U_NUM_SCS ? READ_ONCE(dd->port.sc2vl[sc]) : 0;
}
