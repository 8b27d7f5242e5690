// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
/*
 * The CPU that CTXT_INFO recommends.
 *
 * A task that is bound to one CPU gets that one, a task that is bound to some
 * is not advised (it knows better), any other gets the CPU of the adapter's
 * node that the fewest files were sent to.  Each recommendation is counted
 * until its file gives it back.
 *
 * Locks: callers hold dd->assign_lock.
 */
#include <linux/cpumask.h>
#include <linux/topology.h>

#include "priv.h"

static int least_used(const struct hfi1u_dev *dd, int node)
{
	int best = -1;
	int cpu;

	for_each_online_cpu(cpu) {
		if (node != NUMA_NO_NODE && cpu_to_node(cpu) != node)
			continue;
		if (best < 0 || dd->cpu_users[cpu] < dd->cpu_users[best])
			best = cpu;
	}
	return best;
}

/**
 * hfi1u_cpu_get - choose a CPU for the calling task
 * @dd: device
 *
 * Return: the CPU, to be given back with hfi1u_cpu_put(), or -1 for no advice.
 */
int hfi1u_cpu_get(struct hfi1u_dev *dd)
{
	int cpu = -1;

	lockdep_assert_held(&dd->assign_lock);
	if (current->nr_cpus_allowed == 1)
		cpu = cpumask_first(current->cpus_ptr);
	else if (current->nr_cpus_allowed >= num_online_cpus())
		cpu = least_used(dd, dev_to_node(dd->dev));
	if (cpu < 0 || cpu >= nr_cpu_ids)
		return -1;
	dd->cpu_users[cpu]++;
	dd->cpus_out++;
	return cpu;
}

/**
 * hfi1u_cpu_put - give a recommendation back
 * @dd: device
 * @cpu: from hfi1u_cpu_get()
 */
void hfi1u_cpu_put(struct hfi1u_dev *dd, int cpu)
{
	lockdep_assert_held(&dd->assign_lock);
	if (cpu < 0)
		return;
	dd->cpu_users[cpu]--;
	dd->cpus_out--;
}
