// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
/*
 * Interrupt vectors.  Handlers are threads: the end of a send request gives
 * user pages back.
 */
#include <linux/interrupt.h>

#include "module.h"

static irqreturn_t on_vector(int irq, void *data)
{
	const struct hfi1u_vector *vector = data;

	return hfi1u_interrupt(vector->unit->dd, vector->number);
}

/**
 * hfi1u_vectors_alloc - get as many vectors as there may be use for
 * @unit: enabled unit
 *
 * Return: 0 or a negative errno; hfi1u_vectors_free() gives them back, or the
 * end of the driver's hold on the device.
 */
int hfi1u_vectors_alloc(struct hfi1u_unit *unit)
{
	struct pci_dev *pdev = unit->pdev;
	int ret =
		pci_alloc_irq_vectors(pdev, 1, HFI1U_MAX_VECTORS, PCI_IRQ_MSIX);

	if (ret < 0)
		return dev_err_probe(&pdev->dev, ret, "no MSI-X vectors\n");
	unit->num_vectors = ret;
	return 0;
}

/**
 * hfi1u_vectors_connect - connect the vectors that the device can use
 * @unit: unit with a device
 *
 * Return: 0, or a negative errno with no vector left.
 */
int hfi1u_vectors_connect(struct hfi1u_unit *unit)
{
	unsigned int count =
		min(unit->num_vectors, hfi1u_dev_vectors(unit->dd));

	while (unit->num_irqs < count) {
		struct hfi1u_vector *vector = &unit->vectors[unit->num_irqs];
		int ret;

		vector->unit = unit;
		vector->number = unit->num_irqs;
		ret = pci_request_irq(unit->pdev, vector->number, NULL,
				      on_vector, vector, "hfi1_%u:%u",
				      unit->number, vector->number);
		if (ret) {
			dev_err(&unit->pdev->dev, "vector %u: error %d\n",
				vector->number, ret);
			hfi1u_vectors_free(unit);
			return ret;
		}
		unit->num_irqs++;
	}
	return 0;
}

/**
 * hfi1u_vectors_free - disconnect all vectors and give them back
 * @unit: unit whose chip raises no interrupts
 */
void hfi1u_vectors_free(struct hfi1u_unit *unit)
{
	while (unit->num_irqs) {
		unit->num_irqs--;
		pci_free_irq(unit->pdev, unit->num_irqs,
			     &unit->vectors[unit->num_irqs]);
	}
	pci_free_irq_vectors(unit->pdev);
}
