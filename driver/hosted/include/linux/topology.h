/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_LINUX_TOPOLOGY_H
#define HOSTED_LINUX_TOPOLOGY_H

#include <linux/cpumask.h>
#include <linux/numa.h>

int numa_node_id(void);
#define numa_mem_id()		      numa_node_id()
#define topology_sibling_cpumask(cpu) hosted_sibling_mask(cpu)
const struct cpumask *hosted_sibling_mask(int cpu);

#endif /* HOSTED_LINUX_TOPOLOGY_H */
