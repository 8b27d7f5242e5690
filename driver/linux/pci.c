// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
/*
 * The PCI function: finding adapters and letting go of them.
 *
 * There is no MODULE_DEVICE_TABLE on purpose.  Adapters belong to hfi1 unless
 * somebody loads this module by name, and two drivers of one class of device
 * in one kernel would fight for names and numbers: whoever comes second is
 * refused.
 */
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/slab.h>

#include "ibdev.h"
#include "module.h"
#include "wfr_words.h"

#define HFI1U_PCI_DEVICE_INTEGRATED 0x24f1

/* What a send descriptor can hold of an address. */
#define HFI1U_DMA_BITS hweight64(WFR_SDMA_DESC0_PHY_ADDR)

static const struct pci_device_id hfi1u_pci_ids[] = {
	{ PCI_DEVICE(WFR_PCI_VENDOR_ID, WFR_PCI_DEVICE_ID) },
	{ PCI_DEVICE(WFR_PCI_VENDOR_ID, HFI1U_PCI_DEVICE_INTEGRATED) },
	{ 0 },
};

/* driver_find() keeps no reference, so the pointer is good for this only. */
static bool upstream_is_loaded(void)
{
	return !!driver_find("hfi1", &pci_bus_type);
}

static int enable(struct hfi1u_unit *unit)
{
	struct pci_dev *pdev = unit->pdev;
	int ret = pcim_enable_device(pdev);

	if (ret)
		return dev_err_probe(&pdev->dev, ret, "cannot be enabled\n");
	ret = dma_set_mask_and_coherent(&pdev->dev,
					DMA_BIT_MASK(HFI1U_DMA_BITS));
	if (ret)
		return dev_err_probe(&pdev->dev, ret, "no DMA addresses\n");
	ret = hfi1u_chip_map(unit);
	if (ret)
		return ret;
	ret = hfi1u_chip_reset(unit);
	if (ret)
		return ret;
	pci_set_master(pdev);
	return hfi1u_vectors_alloc(unit);
}

static int create(struct hfi1u_unit *unit)
{
	struct hfi1u_host host = {
		.dev = &unit->pdev->dev,
		.bar = unit->bar,
		.bar_phys = pci_resource_start(unit->pdev, 0),
		.unit = unit->number,
		.num_vectors = unit->num_vectors,
		.port_changed = hfi1u_fm_port_changed,
		.data = unit,
	};

	unit->dd = hfi1u_dev_create(&host, hfi1u_module_params());
	return PTR_ERR_OR_ZERO(unit->dd);
}

/* What the chip writes to is freed: nothing may come from it any more. */
static void destroy(struct hfi1u_unit *unit)
{
	pci_clear_master(unit->pdev);
	hfi1u_dev_destroy(unit->dd);
}

static void stop(struct hfi1u_unit *unit)
{
	hfi1u_fm_stop(unit);
	hfi1u_dev_stop(unit->dd);
	hfi1u_fm_exit(unit);
}

/* From the core's device to the node that users open. */
static int bring_up(struct hfi1u_unit *unit)
{
	int ret = create(unit);

	if (ret)
		return ret;
	ret = hfi1u_vectors_connect(unit);
	if (ret)
		goto destroy;
	ret = hfi1u_dev_start(unit->dd);
	if (ret)
		goto disconnect;
	ret = hfi1u_ibdev_register(unit);
	if (ret)
		goto stop;
	ret = hfi1u_node_create(unit);
	if (ret)
		goto unregister;
	hfi1u_unit_show(unit);
	return 0;

unregister:
	hfi1u_ibdev_unregister(unit);
stop:
	stop(unit);
disconnect:
	hfi1u_vectors_free(unit);
destroy:
	destroy(unit);
	return ret;
}

static int hfi1u_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct hfi1u_unit *unit;
	int ret;

	if (upstream_is_loaded())
		return dev_err_probe(&pdev->dev, -EBUSY,
				     "left to hfi1, which is loaded\n");
	unit = kzalloc(sizeof(*unit), GFP_KERNEL);
	if (!unit)
		return -ENOMEM;
	unit->pdev = pdev;
	hfi1u_fm_init(unit);
	ret = hfi1u_unit_number(unit);
	if (ret)
		goto free;
	ret = enable(unit);
	if (!ret)
		ret = bring_up(unit);
	if (ret)
		goto release;
	pci_set_drvdata(pdev, unit);
	dev_info(&pdev->dev, "unit %u: %u user contexts, %u vectors\n",
		 unit->number, hfi1u_nctxts(unit->dd), unit->num_irqs);
	return 0;

release:
	hfi1u_unit_release(unit);
free:
	kfree(unit);
	return ret;
}

/* Blocks until all files are closed: their processes use the chip directly. */
static void hfi1u_remove(struct pci_dev *pdev)
{
	struct hfi1u_unit *unit = pci_get_drvdata(pdev);

	if (!pci_device_is_present(pdev))
		hfi1u_dev_gone(unit->dd);
	hfi1u_unit_hide(unit);
	hfi1u_node_destroy(unit);
	hfi1u_ibdev_unregister(unit);
	stop(unit);
	hfi1u_vectors_free(unit);
	destroy(unit);
	hfi1u_unit_release(unit);
	kfree(unit);
}

/* The machine goes down; there is no time to wait for files. */
static void hfi1u_shutdown(struct pci_dev *pdev)
{
	struct hfi1u_unit *unit = pci_get_drvdata(pdev);

	hfi1u_dev_gone(unit->dd);
	pcie_reset_flr(pdev, PCI_RESET_DO_RESET);
}

/*
 * A reset would take the contexts of running processes away behind their
 * back, so a channel that failed is lost until the driver is bound again.
 */
static pci_ers_result_t hfi1u_error_detected(struct pci_dev *pdev,
					     pci_channel_state_t state)
{
	struct hfi1u_unit *unit = pci_get_drvdata(pdev);

	if (state == pci_channel_io_normal)
		return PCI_ERS_RESULT_CAN_RECOVER;
	dev_err(&pdev->dev, "PCI channel failed, adapter is out of use\n");
	if (unit)
		hfi1u_dev_gone(unit->dd);
	return PCI_ERS_RESULT_DISCONNECT;
}

/* The same holds for a reset that somebody asked for through sysfs. */
static void hfi1u_reset_prepare(struct pci_dev *pdev)
{
	struct hfi1u_unit *unit = pci_get_drvdata(pdev);

	dev_err(&pdev->dev,
		"reset from outside, adapter is out of use until bound again\n");
	if (unit)
		hfi1u_dev_gone(unit->dd);
}

static const struct pci_error_handlers hfi1u_pci_errors = {
	.error_detected = hfi1u_error_detected,
	.reset_prepare = hfi1u_reset_prepare,
};

static struct pci_driver hfi1u_pci_driver = {
	.name = KBUILD_MODNAME,
	.id_table = hfi1u_pci_ids,
	.probe = hfi1u_probe,
	.remove = hfi1u_remove,
	.shutdown = hfi1u_shutdown,
	.err_handler = &hfi1u_pci_errors,
};

/**
 * hfi1u_pci_register - look for adapters
 *
 * Return: 0, -EBUSY if upstream's driver is loaded, or a negative errno.
 */
int hfi1u_pci_register(void)
{
	if (upstream_is_loaded()) {
		pr_err(KBUILD_MODNAME ": hfi1 is loaded, unload it first\n");
		return -EBUSY;
	}
	return pci_register_driver(&hfi1u_pci_driver);
}

/**
 * hfi1u_pci_unregister - let go of all adapters
 */
void hfi1u_pci_unregister(void)
{
	pci_unregister_driver(&hfi1u_pci_driver);
}
