// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
/*
 * A folder for each SDMA engine in /sys/class/infiniband/hfi1_N, as hfi1 has:
 *
 *	sdmaN/cpu_list	CPUs whose tasks the engine serves, "empty" for none
 *	sdmaN/vl	the lane it serves
 */
#include <linux/sysfs.h>

#include "ibdev.h"
#include "module.h"
#include "wfr_bits.h"

struct engine_attr {
	struct device_attribute attr;
	unsigned int engine;
};

static struct engine_attr cpu_list[WFR_SDMA_ENGINES_MAX];
static struct engine_attr vl[WFR_SDMA_ENGINES_MAX];
static struct attribute *attrs[WFR_SDMA_ENGINES_MAX][3];
static char names[WFR_SDMA_ENGINES_MAX][sizeof("sdma15")];
static struct attribute_group groups[WFR_SDMA_ENGINES_MAX];

static unsigned int engine_of(const struct device_attribute *attr)
{
	return container_of(attr, const struct engine_attr, attr)->engine;
}

static ssize_t cpu_list_show(struct device *dev, struct device_attribute *attr,
			     char *buf)
{
	cpumask_var_t cpus;
	ssize_t len;

	if (!alloc_cpumask_var(&cpus, GFP_KERNEL))
		return -ENOMEM;
	hfi1u_sdma_get_cpus(hfi1u_unit_of_dev(dev)->dd, engine_of(attr), cpus);
	len = cpumask_empty(cpus) ?
		      sysfs_emit(buf, "empty\n") :
		      sysfs_emit(buf, "%*pbl\n", cpumask_pr_args(cpus));
	free_cpumask_var(cpus);
	return len;
}

static ssize_t cpu_list_store(struct device *dev, struct device_attribute *attr,
			      const char *buf, size_t count)
{
	cpumask_var_t cpus;
	int ret;

	if (!alloc_cpumask_var(&cpus, GFP_KERNEL))
		return -ENOMEM;
	ret = cpulist_parse(buf, cpus);
	if (!ret)
		ret = hfi1u_sdma_set_cpus(hfi1u_unit_of_dev(dev)->dd,
					  engine_of(attr), cpus);
	free_cpumask_var(cpus);
	return ret ? ret : count;
}

static ssize_t vl_show(struct device *dev, struct device_attribute *attr,
		       char *buf)
{
	return sysfs_emit(buf, "%u\n",
			  hfi1u_sdma_vl(hfi1u_unit_of_dev(dev)->dd,
					engine_of(attr)));
}

/**
 * hfi1u_sysfs_sdma_init - fill in the tables of attributes, once
 */
void hfi1u_sysfs_sdma_init(void)
{
	unsigned int i;

	for (i = 0; i < WFR_SDMA_ENGINES_MAX; i++) {
		cpu_list[i] = (struct engine_attr){
			__ATTR(cpu_list, 0644, cpu_list_show, cpu_list_store), i
		};
		vl[i] = (struct engine_attr){ __ATTR(vl, 0444, vl_show, NULL),
					      i };
		attrs[i][0] = &cpu_list[i].attr.attr;
		attrs[i][1] = &vl[i].attr.attr;
		snprintf(names[i], sizeof(names[i]), "sdma%u", i);
		groups[i].name = names[i];
		groups[i].attrs = attrs[i];
	}
}

static void remove_first(struct hfi1u_ibdev *ib, unsigned int count)
{
	while (count--)
		sysfs_remove_group(&ib->ibdev.dev.kobj, &groups[count]);
}

/**
 * hfi1u_sysfs_sdma_add - show the engines of a unit
 * @ib: registered InfiniBand device
 *
 * Return: 0 or a negative errno.
 */
int hfi1u_sysfs_sdma_add(struct hfi1u_ibdev *ib)
{
	unsigned int count = hfi1u_num_engines(ib->unit->dd);
	unsigned int i;
	int ret;

	for (i = 0; i < count; i++) {
		ret = sysfs_create_group(&ib->ibdev.dev.kobj, &groups[i]);
		if (ret) {
			remove_first(ib, i);
			return ret;
		}
	}
	return 0;
}

/**
 * hfi1u_sysfs_sdma_remove - undo hfi1u_sysfs_sdma_add()
 * @ib: InfiniBand device
 */
void hfi1u_sysfs_sdma_remove(struct hfi1u_ibdev *ib)
{
	remove_first(ib, hfi1u_num_engines(ib->unit->dd));
}
