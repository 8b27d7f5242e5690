/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/*
 * What the files of the kernel module share.
 */
#ifndef HFI1U_MODULE_H
#define HFI1U_MODULE_H

#include <linux/pci.h>
#include <linux/workqueue.h>

#include "hfi1u.h"
#include "wfr_regs.h"

#define HFI1U_MODULE_VERSION "0.1.0"

/* The general vector and one for each SDMA engine. */
#define HFI1U_MAX_VECTORS (1 + WFR_SDMA_ENGINES_MAX)

struct hfi1u_ibdev;
struct hfi1u_unit;

struct hfi1u_vector {
	struct hfi1u_unit *unit;
	unsigned int number;
};

/**
 * struct hfi1u_unit - an adapter this driver is bound to
 * @pdev: PCI function
 * @dd: the core's device
 * @bar: BAR 0 below the PIO buffers
 * @number: unit number, minor number of the node
 * @num_vectors: interrupt vectors allocated
 * @num_irqs: handlers connected
 * @vectors: what the handlers are called with
 * @node: class device behind /dev/hfi1_N
 * @ibdev: what /sys/class/infiniband shows, or NULL
 * @fm_work: stands in for the fabric manager; see fm.c
 * @fm_stopped: it does not any more
 */
struct hfi1u_unit {
	struct pci_dev *pdev;
	struct hfi1u_dev *dd;
	void __iomem *bar;
	unsigned int number;
	unsigned int num_vectors;
	unsigned int num_irqs;
	struct hfi1u_vector vectors[HFI1U_MAX_VECTORS];
	struct device *node;
	struct hfi1u_ibdev *ibdev;
	struct work_struct fm_work;
	bool fm_stopped;
};

/* pci.c */
int hfi1u_pci_register(void);
void hfi1u_pci_unregister(void);

/* chip.c */
int hfi1u_chip_map(struct hfi1u_unit *unit);
int hfi1u_chip_reset(struct hfi1u_unit *unit);

/* msix.c */
int hfi1u_vectors_alloc(struct hfi1u_unit *unit);
int hfi1u_vectors_connect(struct hfi1u_unit *unit);
void hfi1u_vectors_free(struct hfi1u_unit *unit);

/* cdev.c */
int hfi1u_cdev_init(void);
void hfi1u_cdev_exit(void);
int hfi1u_node_create(struct hfi1u_unit *unit);
void hfi1u_node_destroy(struct hfi1u_unit *unit);

/* units.c */
int hfi1u_unit_number(struct hfi1u_unit *unit);
void hfi1u_unit_show(struct hfi1u_unit *unit);
void hfi1u_unit_hide(struct hfi1u_unit *unit);
void hfi1u_unit_release(struct hfi1u_unit *unit);
void hfi1u_units_set_caps(u64 caps);
bool hfi1u_units_get_caps(u64 *caps);
void hfi1u_units_set_lids(void);

/* params.c */
const struct hfi1u_params *hfi1u_module_params(void);
unsigned int hfi1u_port_lid_param(const struct hfi1u_unit *unit);

/* fm.c */
void hfi1u_fm_init(struct hfi1u_unit *unit);
void hfi1u_fm_port_changed(void *data);
void hfi1u_fm_stop(struct hfi1u_unit *unit);
void hfi1u_fm_exit(struct hfi1u_unit *unit);

#endif
