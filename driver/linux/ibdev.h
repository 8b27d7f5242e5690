/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/*
 * The InfiniBand device: what makes a unit appear in /sys/class/infiniband,
 * where user libraries look for adapters and ports.  It carries no verbs.
 */
#ifndef HFI1U_IBDEV_H
#define HFI1U_IBDEV_H

#include <rdma/ib_verbs.h>

struct hfi1u_unit;

struct hfi1u_ibdev {
	struct ib_device ibdev;
	struct hfi1u_unit *unit;
};

/* ibdev.c */
int hfi1u_ibdev_register(struct hfi1u_unit *unit);
void hfi1u_ibdev_unregister(struct hfi1u_unit *unit);
void hfi1u_ibdev_port_event(struct hfi1u_unit *unit);

static inline struct hfi1u_unit *hfi1u_unit_of(struct ib_device *ibdev)
{
	return container_of(ibdev, struct hfi1u_ibdev, ibdev)->unit;
}

static inline struct hfi1u_unit *hfi1u_unit_of_dev(struct device *dev)
{
	return rdma_device_to_drv_device(dev, struct hfi1u_ibdev, ibdev)->unit;
}

/* sysfs.c */
extern const struct attribute_group hfi1u_device_group;
extern const struct attribute_group *hfi1u_port_groups[];

void hfi1u_sysfs_init(void);

/* sysfs_sdma.c */
void hfi1u_sysfs_sdma_init(void);
int hfi1u_sysfs_sdma_add(struct hfi1u_ibdev *ib);
void hfi1u_sysfs_sdma_remove(struct hfi1u_ibdev *ib);

#endif
