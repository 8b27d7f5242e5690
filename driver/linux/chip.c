// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
/*
 * The chip as a PCI device: its BAR and its reset.
 */
#include <linux/io.h>

#include "module.h"
#include "wfr_bits.h"

static int check_bar(struct pci_dev *pdev)
{
	resource_size_t len = pci_resource_len(pdev, 0);

	if (!(pci_resource_flags(pdev, 0) & IORESOURCE_MEM))
		return dev_err_probe(&pdev->dev, -ENODEV,
				     "BAR 0 is not memory\n");
	if (len != WFR_BAR0_SIZE)
		return dev_err_probe(&pdev->dev, -EINVAL,
				     "BAR 0 has %pa bytes, not %#x\n", &len,
				     WFR_BAR0_SIZE);
	return 0;
}

/**
 * hfi1u_chip_map - map the registers
 * @unit: unit whose device is enabled
 *
 * The PIO buffers stay out: users map them write-combining, and a page has
 * one memory type for everybody.
 *
 * Return: 0 or a negative errno; undone when the driver lets go.
 */
int hfi1u_chip_map(struct hfi1u_unit *unit)
{
	struct pci_dev *pdev = unit->pdev;
	int ret = check_bar(pdev);

	if (!ret &&
	    !devm_request_mem_region(&pdev->dev, pci_resource_start(pdev, 0),
				     WFR_BAR0_SIZE, KBUILD_MODNAME))
		ret = dev_err_probe(&pdev->dev, -EBUSY, "BAR 0 is taken\n");
	if (ret)
		return ret;
	unit->bar = devm_ioremap(&pdev->dev, pci_resource_start(pdev, 0),
				 WFR_PIO_BASE);
	if (!unit->bar)
		return dev_err_probe(&pdev->dev, -ENOMEM,
				     "BAR 0 cannot be mapped\n");
	if (readq(unit->bar + WFR_CCE_REVISION) == ~0ULL)
		return dev_err_probe(&pdev->dev, -ENODEV, "chip is dead\n");
	return 0;
}

/* The first steppings need a second reset before all of them is reset. */
static bool is_a_step(const struct hfi1u_unit *unit)
{
	u64 minor = WFR_GET(WFR_CCE_REVISION_CHIP_REV_MINOR,
			    readq(unit->bar + WFR_CCE_REVISION));

	return !(minor & 0xf0);
}

static void reset_link_block(struct hfi1u_unit *unit, u64 reset)
{
	writeq(reset, unit->bar + WFR_CCE_DC_CTRL);
	readq(unit->bar + WFR_CCE_DC_CTRL);
}

/**
 * hfi1u_chip_reset - reset the function, whatever was there before
 * @unit: unit that is mapped; its interrupts are not yet allocated
 *
 * Return: 0 or a negative errno.
 */
int hfi1u_chip_reset(struct hfi1u_unit *unit)
{
	struct pci_dev *pdev = unit->pdev;
	int times = is_a_step(unit) ? 2 : 1;
	int ret = pci_save_state(pdev);

	if (ret)
		return dev_err_probe(&pdev->dev, ret, "state not saved\n");
	/* traffic on the link must not disturb the reset */
	reset_link_block(unit, WFR_CCE_DC_CTRL_DC_RESET);
	while (times-- && !ret) {
		ret = pcie_reset_flr(pdev, PCI_RESET_DO_RESET);
		pci_restore_state(pdev);
		pci_save_state(pdev);
	}
	if (ret)
		return dev_err_probe(&pdev->dev, ret, "reset failed\n");
	reset_link_block(unit, 0);
	if (readq(unit->bar + WFR_CCE_REVISION) == ~0ULL)
		return dev_err_probe(&pdev->dev, -EIO,
				     "chip is dead after reset\n");
	return 0;
}
