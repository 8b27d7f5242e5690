// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
/*
 * Attributes below /sys/class/infiniband/hfi1_N that are hfi1's own:
 *
 *	nctxts nfreectxts hw_rev board_id boardversion serial
 *	ports/1/sl2sc/0..31 ports/1/sc2vl/0..31 ports/1/vl2mtu/0..15
 *	sdmaN/cpu_list sdmaN/vl (sysfs_sdma.c)
 *
 * The rest is what every InfiniBand device shows.
 */
#include <linux/sysfs.h>
#include <rdma/ib_sysfs.h>

#include "ibdev.h"
#include "module.h"
#include "wfr_bits.h"
#include "wfr_words.h"

#define HFI1U_NUM_SLS  32
#define HFI1U_NUM_VLS  16
#define HFI1U_VL15_MTU 2048

/* Version of the register interface this driver is written for. */
#define HFI1U_CHIP_ABI "3.0"

static ssize_t nctxts_show(struct device *dev, struct device_attribute *attr,
			   char *buf)
{
	return sysfs_emit(buf, "%u\n",
			  hfi1u_nctxts(hfi1u_unit_of_dev(dev)->dd));
}
static DEVICE_ATTR_RO(nctxts);

static ssize_t nfreectxts_show(struct device *dev,
			       struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%u\n",
			  hfi1u_nfreectxts(hfi1u_unit_of_dev(dev)->dd));
}
static DEVICE_ATTR_RO(nfreectxts);

static ssize_t hw_rev_show(struct device *dev, struct device_attribute *attr,
			   char *buf)
{
	u64 revision = hfi1u_chip_revision(hfi1u_unit_of_dev(dev)->dd);

	return sysfs_emit(buf, "%x\n",
			  (unsigned int)WFR_GET(WFR_CCE_REVISION_CHIP_REV_MINOR,
						revision));
}
static DEVICE_ATTR_RO(hw_rev);

static ssize_t board_id_show(struct device *dev, struct device_attribute *attr,
			     char *buf)
{
	return sysfs_emit(buf, "Omni-Path Host Fabric Interface 100 Series\n");
}
static DEVICE_ATTR_RO(board_id);

static ssize_t boardversion_show(struct device *dev,
				 struct device_attribute *attr, char *buf)
{
	u64 revision = hfi1u_chip_revision(hfi1u_unit_of_dev(dev)->dd);

	return sysfs_emit(buf,
			  "ChipABI " HFI1U_CHIP_ABI
			  ", ChipRev %u.%u, SW Compat %u\n",
			  (unsigned int)WFR_GET(WFR_CCE_REVISION_CHIP_REV_MAJOR,
						revision),
			  (unsigned int)WFR_GET(WFR_CCE_REVISION_CHIP_REV_MINOR,
						revision),
			  (unsigned int)WFR_GET(WFR_CCE_REVISION_SW, revision));
}
static DEVICE_ATTR_RO(boardversion);

static ssize_t serial_show(struct device *dev, struct device_attribute *attr,
			   char *buf)
{
	u64 guid = be64_to_cpu(hfi1u_unit_of_dev(dev)->ibdev->ibdev.node_guid);

	return sysfs_emit(buf, "0x%08llx\n", guid & 0xffffff);
}
static DEVICE_ATTR_RO(serial);

static struct attribute *device_attrs[] = {
	&dev_attr_nctxts.attr,
	&dev_attr_nfreectxts.attr,
	&dev_attr_hw_rev.attr,
	&dev_attr_board_id.attr,
	&dev_attr_boardversion.attr,
	&dev_attr_serial.attr,
	NULL,
};

const struct attribute_group hfi1u_device_group = {
	.attrs = device_attrs,
};

/* A folder of numbers: each file is named after its index. */
struct indexed {
	struct ib_port_attribute attr;
	unsigned int index;
};

static unsigned int index_of(const struct ib_port_attribute *attr)
{
	return container_of(attr, const struct indexed, attr)->index;
}

/* Service levels and channels are the same until somebody can change it. */
static ssize_t sl2sc_show(struct ib_device *ibdev, u32 port,
			  struct ib_port_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%u\n", index_of(attr));
}

static ssize_t sc2vl_show(struct ib_device *ibdev, u32 port,
			  struct ib_port_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%u\n",
			  hfi1u_port_sc2vl(hfi1u_unit_of(ibdev)->dd,
					   index_of(attr)));
}

static ssize_t vl2mtu_show(struct ib_device *ibdev, u32 port,
			   struct ib_port_attribute *attr, char *buf)
{
	unsigned int mtu = index_of(attr) == WFR_VL15 ?
				   HFI1U_VL15_MTU :
				   hfi1u_max_mtu(hfi1u_unit_of(ibdev)->dd);

	return sysfs_emit(buf, "%u\n", mtu);
}

static struct indexed sl2sc[HFI1U_NUM_SLS];
static struct attribute *sl2sc_attrs[HFI1U_NUM_SLS + 1];
static struct indexed sc2vl[HFI1U_NUM_SCS];
static struct attribute *sc2vl_attrs[HFI1U_NUM_SCS + 1];
static struct indexed vl2mtu[HFI1U_NUM_VLS];
static struct attribute *vl2mtu_attrs[HFI1U_NUM_VLS + 1];

static const struct attribute_group sl2sc_group = {
	.name = "sl2sc",
	.attrs = sl2sc_attrs,
};

static const struct attribute_group sc2vl_group = {
	.name = "sc2vl",
	.attrs = sc2vl_attrs,
};

static const struct attribute_group vl2mtu_group = {
	.name = "vl2mtu",
	.attrs = vl2mtu_attrs,
};

const struct attribute_group *hfi1u_port_groups[] = {
	&sl2sc_group,
	&sc2vl_group,
	&vl2mtu_group,
	NULL,
};

/* More names than any folder needs. */
#define HFI1U_MAX_INDEX 32

static char names[HFI1U_MAX_INDEX][sizeof("31")];

static void fill(struct indexed *table, struct attribute **attrs,
		 unsigned int count,
		 ssize_t (*show)(struct ib_device *ibdev, u32 port,
				 struct ib_port_attribute *attr, char *buf))
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		table[i].index = i;
		table[i].attr.attr.name = names[i];
		table[i].attr.attr.mode = 0444;
		table[i].attr.show = show;
		attrs[i] = &table[i].attr.attr;
	}
}

/**
 * hfi1u_sysfs_init - fill in the tables of attributes, once
 */
void hfi1u_sysfs_init(void)
{
	unsigned int i;

	for (i = 0; i < HFI1U_MAX_INDEX; i++)
		snprintf(names[i], sizeof(names[i]), "%u", i);
	fill(sl2sc, sl2sc_attrs, HFI1U_NUM_SLS, sl2sc_show);
	fill(sc2vl, sc2vl_attrs, HFI1U_NUM_SCS, sc2vl_show);
	fill(vl2mtu, vl2mtu_attrs, HFI1U_NUM_VLS, vl2mtu_show);
	hfi1u_sysfs_sdma_init();
}
