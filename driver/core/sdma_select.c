// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
/*
 * Which engine serves which request.
 *
 * Packets to one destination must stay in order, and different destinations
 * should spread over the engines.  A destination gets its selector when it is
 * first seen, so that the first few land on different engines.
 *
 * An administrator may give engines to CPUs.  They serve the tasks that are
 * bound to one of these CPUs, as long as they serve the task's lane; a task
 * that may move would lose its order on the way.
 *
 * Locks: selectors_lock for the table, which all devices share, and for the
 * engines' CPUs.
 */
#include "sdma.h"

#define HFI1U_SELECTOR_CELLS 256
#define HFI1U_SELECTORS	     128

static DEFINE_SPINLOCK(selectors_lock);
static u8 selectors[HFI1U_SELECTOR_CELLS]; /* plus one; 0 is unused */
static unsigned int selectors_used;

static unsigned int selector(u16 dlid)
{
	u8 *cell = &selectors[((dlid >> 8) ^ dlid) % HFI1U_SELECTOR_CELLS];
	unsigned long flags;
	unsigned int value;

	spin_lock_irqsave(&selectors_lock, flags);
	if (!*cell)
		*cell = selectors_used++ % HFI1U_SELECTORS + 1;
	value = *cell - 1;
	spin_unlock_irqrestore(&selectors_lock, flags);
	return value;
}

/* Lanes have engines of their own as far as there are enough. */
static unsigned int lane_engines(const struct hfi1u_dev *dd, unsigned int vl,
				 unsigned int *first)
{
	unsigned int vls = READ_ONCE(dd->port.vls);
	unsigned int per_vl = dd->num_engines / vls;
	unsigned int extra = dd->num_engines % vls;

	if (!per_vl) {
		*first = vl % dd->num_engines;
		return 1;
	}
	*first = vl * per_vl + min(vl, extra);
	return per_vl + (vl < extra);
}

/* Of the engines of a lane one that serves the CPU the caller is bound to. */
static struct hfi1u_sdma_engine *engine_of_cpu(struct hfi1u_sdma_engine *lane,
					       unsigned int count,
					       unsigned int which)
{
	unsigned int cpu, found = 0, i;
	u8 own[WFR_SDMA_ENGINES_MAX];
	unsigned long flags;

	if (current->nr_cpus_allowed != 1)
		return NULL;
	cpu = cpumask_first(current->cpus_ptr);
	spin_lock_irqsave(&selectors_lock, flags);
	for (i = 0; i < count; i++)
		if (cpumask_test_cpu(cpu, &lane[i].cpus))
			own[found++] = i;
	spin_unlock_irqrestore(&selectors_lock, flags);
	return found ? &lane[own[which % found]] : NULL;
}

/**
 * hfi1u_sdma_select - choose the engine of a request
 * @fd: file
 * @dlid: destination
 * @vl: lane, an operational one
 *
 * Return: the engine, or NULL if the device has none.
 */
struct hfi1u_sdma_engine *hfi1u_sdma_select(struct hfi1u_fd *fd, u16 dlid,
					    unsigned int vl)
{
	struct hfi1u_dev *dd = fd->dd;
	struct hfi1u_sdma_engine *sde;
	unsigned int first, count, which;

	if (!dd->num_engines)
		return NULL;
	which = selector(dlid) + fd->uctxt->num + fd->subctxt;
	count = lane_engines(dd, vl, &first);
	sde = engine_of_cpu(&dd->engines[first], count, which);
	return sde ? sde : &dd->engines[first + which % count];
}

/** hfi1u_num_engines - SDMA engines that are in use */
unsigned int hfi1u_num_engines(const struct hfi1u_dev *dd)
{
	return dd->num_engines;
}

/**
 * hfi1u_sdma_vl - the lane an engine serves
 * @dd: device
 * @engine: one of hfi1u_num_engines()
 *
 * Return: the lane, the first one if it serves several.
 */
unsigned int hfi1u_sdma_vl(const struct hfi1u_dev *dd, unsigned int engine)
{
	unsigned int vl = 0, first;

	while (engine >= lane_engines(dd, vl, &first) + first)
		vl++;
	return vl;
}

/**
 * hfi1u_sdma_set_cpus - give an engine to the tasks of some CPUs
 * @dd: device
 * @engine: one of hfi1u_num_engines()
 * @cpus: the CPUs; none: the engine serves everyone alike
 *
 * Requests under way stay where they are.
 *
 * Return: 0, or -EINVAL for a CPU that is not online.
 */
int hfi1u_sdma_set_cpus(struct hfi1u_dev *dd, unsigned int engine,
			const struct cpumask *cpus)
{
	unsigned long flags;

	if (!cpumask_subset(cpus, cpu_online_mask))
		return -EINVAL;
	spin_lock_irqsave(&selectors_lock, flags);
	cpumask_copy(&dd->engines[engine].cpus, cpus);
	spin_unlock_irqrestore(&selectors_lock, flags);
	return 0;
}

/**
 * hfi1u_sdma_get_cpus - the CPUs an engine was given to
 * @dd: device
 * @engine: one of hfi1u_num_engines()
 * @cpus: gets them
 */
void hfi1u_sdma_get_cpus(struct hfi1u_dev *dd, unsigned int engine,
			 struct cpumask *cpus)
{
	unsigned long flags;

	spin_lock_irqsave(&selectors_lock, flags);
	cpumask_copy(cpus, &dd->engines[engine].cpus);
	spin_unlock_irqrestore(&selectors_lock, flags);
}
