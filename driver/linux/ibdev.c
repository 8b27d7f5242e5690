// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
/*
 * The InfiniBand device of a unit.
 *
 * Only what describes the port: no protection domains, queue pairs or
 * management packets, so neither verbs nor a fabric manager can use it, and
 * the core of InfiniBand knows that.
 */
#include <linux/io.h>
#include <linux/module.h>

#include "ibdev.h"
#include "module.h"
#include "wfr_bits.h"

#define HFI1U_PORT 1
#define HFI1U_GIDS 1

/* The link-local subnet, where nobody has assigned another. */
#define HFI1U_GID_PREFIX 0xfe80000000000000ULL

static u64 port_guid(const struct hfi1u_unit *unit)
{
	return readq(unit->bar + WFR_DC8051_CFG_LOCAL_GUID);
}

static u8 phys_state(const struct hfi1u_unit *unit)
{
	u64 state = WFR_GET(WFR_DC8051_STS_CUR_STATE_PORT,
			    readq(unit->bar + WFR_DC8051_STS_CUR_STATE));

	switch (state) {
	case WFR_DC8051_STS_CUR_STATE_PORT_LINKUP:
		return IB_PORT_PHYS_STATE_LINK_UP;
	case WFR_DC8051_STS_CUR_STATE_PORT_OFFLINE:
	case WFR_DC8051_STS_CUR_STATE_PORT_DISABLED:
		return IB_PORT_PHYS_STATE_DISABLED;
	case WFR_DC8051_STS_CUR_STATE_PORT_POLLING:
		return IB_PORT_PHYS_STATE_POLLING;
	default:
		return IB_PORT_PHYS_STATE_PORT_CONFIGURATION_TRAINING;
	}
}

static enum ib_port_state port_state(const struct hfi1u_unit *unit)
{
	static const enum ib_port_state states[] = {
		[HFI1U_PORT_DOWN] = IB_PORT_DOWN,
		[HFI1U_PORT_INIT] = IB_PORT_INIT,
		[HFI1U_PORT_ARMED] = IB_PORT_ARMED,
		[HFI1U_PORT_ACTIVE] = IB_PORT_ACTIVE,
	};

	return states[hfi1u_port_get_state(unit->dd)];
}

static int query_device(struct ib_device *ibdev, struct ib_device_attr *attr,
			struct ib_udata *udata)
{
	const struct hfi1u_unit *unit = hfi1u_unit_of(ibdev);

	memset(attr, 0, sizeof(*attr));
	attr->sys_image_guid = ibdev->node_guid;
	attr->vendor_id = unit->pdev->vendor;
	attr->vendor_part_id = unit->pdev->device;
	attr->hw_ver = WFR_GET(WFR_CCE_REVISION_CHIP_REV_MINOR,
			       hfi1u_chip_revision(unit->dd));
	attr->max_pkeys = HFI1U_NUM_PKEYS;
	return 0;
}

static int query_port(struct ib_device *ibdev, u32 port,
		      struct ib_port_attr *attr)
{
	const struct hfi1u_unit *unit = hfi1u_unit_of(ibdev);

	/* the caller has cleared it */
	attr->state = port_state(unit);
	attr->phys_state = phys_state(unit);
	attr->lid = hfi1u_port_lid(unit->dd);
	attr->lmc = hfi1u_port_lmc(unit->dd);
	attr->sm_lid = attr->lid ? hfi1u_port_lid_param(unit) : 0;
	attr->gid_tbl_len = HFI1U_GIDS;
	attr->pkey_tbl_len = HFI1U_NUM_PKEYS;
	/* the names that InfiniBand has for 4 lanes of 25 Gbit/s */
	attr->active_width = IB_WIDTH_4X;
	attr->active_speed = IB_SPEED_EDR;
	/* and for the largest payloads there are */
	attr->max_mtu = IB_MTU_4096;
	attr->active_mtu = IB_MTU_4096;
	attr->max_vl_num = 1;
	return 0;
}

static int query_pkey(struct ib_device *ibdev, u32 port, u16 index, u16 *pkey)
{
	if (index >= HFI1U_NUM_PKEYS)
		return -EINVAL;
	*pkey = hfi1u_port_pkey(hfi1u_unit_of(ibdev)->dd, index);
	return 0;
}

static int query_gid(struct ib_device *ibdev, u32 port, int index,
		     union ib_gid *gid)
{
	if (index >= HFI1U_GIDS)
		return -EINVAL;
	gid->global.subnet_prefix = cpu_to_be64(HFI1U_GID_PREFIX);
	gid->global.interface_id = ibdev->node_guid;
	return 0;
}

static int get_port_immutable(struct ib_device *ibdev, u32 port,
			      struct ib_port_immutable *immutable)
{
	immutable->gid_tbl_len = HFI1U_GIDS;
	immutable->pkey_tbl_len = HFI1U_NUM_PKEYS;
	/* an InfiniBand port, but without MADs, SA or CM */
	immutable->core_cap_flags = RDMA_CORE_CAP_PROT_IB;
	return 0;
}

static const struct ib_device_ops hfi1u_ib_ops = {
	.owner = THIS_MODULE,
	.driver_id = RDMA_DRIVER_UNKNOWN,
	.device_group = &hfi1u_device_group,
	.port_groups = hfi1u_port_groups,
	.get_port_immutable = get_port_immutable,
	.query_device = query_device,
	.query_gid = query_gid,
	.query_pkey = query_pkey,
	.query_port = query_port,
};

static void describe(struct hfi1u_ibdev *ib)
{
	struct hfi1u_unit *unit = ib->unit;
	struct ib_device *ibdev = &ib->ibdev;

	ibdev->node_type = RDMA_NODE_IB_CA;
	ibdev->node_guid = cpu_to_be64(port_guid(unit));
	ibdev->phys_port_cnt = HFI1U_PORT;
	ibdev->num_comp_vectors = 1;
	ibdev->dev.parent = &unit->pdev->dev;
	snprintf(ibdev->node_desc, sizeof(ibdev->node_desc), "hfi1_%u",
		 unit->number);
	ib_set_device_ops(ibdev, &hfi1u_ib_ops);
}

/**
 * hfi1u_ibdev_register - make a unit appear among the InfiniBand devices
 * @unit: started unit
 *
 * Return: 0 or a negative errno.
 */
int hfi1u_ibdev_register(struct hfi1u_unit *unit)
{
	struct hfi1u_ibdev *ib = ib_alloc_device(hfi1u_ibdev, ibdev);
	char name[IB_DEVICE_NAME_MAX];
	int ret;

	if (!ib)
		return -ENOMEM;
	ib->unit = unit;
	describe(ib);
	snprintf(name, sizeof(name), "hfi1_%u", unit->number);
	ret = ib_register_device(&ib->ibdev, name, &unit->pdev->dev);
	if (ret) {
		ib_dealloc_device(&ib->ibdev);
		return dev_err_probe(&unit->pdev->dev, ret,
				     "no InfiniBand device %s\n", name);
	}
	ret = hfi1u_sysfs_sdma_add(ib);
	if (ret) {
		ib_unregister_device(&ib->ibdev);
		ib_dealloc_device(&ib->ibdev);
		return dev_err_probe(&unit->pdev->dev, ret,
				     "no attributes of SDMA engines\n");
	}
	/* complete before hfi1u_ibdev_port_event() sees it */
	smp_store_release(&unit->ibdev, ib);
	return 0;
}

/**
 * hfi1u_ibdev_unregister - undo hfi1u_ibdev_register()
 * @unit: unit
 */
void hfi1u_ibdev_unregister(struct hfi1u_unit *unit)
{
	struct hfi1u_ibdev *ib = unit->ibdev;

	WRITE_ONCE(unit->ibdev, NULL);
	flush_work(&unit->fm_work); /* that may be about to report an event */
	hfi1u_sysfs_sdma_remove(ib);
	ib_unregister_device(&ib->ibdev);
	ib_dealloc_device(&ib->ibdev);
}

/**
 * hfi1u_ibdev_port_event - tell the InfiniBand core how the port is now
 * @unit: unit, registered or not
 *
 * Context: fm_work of the unit.
 */
void hfi1u_ibdev_port_event(struct hfi1u_unit *unit)
{
	struct ib_event event = { .element.port_num = HFI1U_PORT };
	struct hfi1u_ibdev *ib;

	/* pairs with the release in hfi1u_ibdev_register() */
	ib = smp_load_acquire(&unit->ibdev);
	if (!ib)
		return;
	event.device = &ib->ibdev;
	event.event = port_state(unit) == IB_PORT_ACTIVE ?
			      IB_EVENT_PORT_ACTIVE :
			      IB_EVENT_PORT_ERR;
	ib_dispatch_event(&event);
}
