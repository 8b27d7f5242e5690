// SPDX-License-Identifier: BSD-3-Clause
/* Identity, limits and processors of the calling task. */
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <linux/cred.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/topology.h>
#include "internal.h"

struct user_namespace {
	char unused;
};

struct user_namespace init_user_ns;

kuid_t current_uid(void)
{
	return KUIDT_INIT(current->uid);
}

kgid_t current_gid(void)
{
	return (kgid_t){ current->gid };
}

bool hosted_proc_status(pid_t pid, const char *key, int base, u64 *value)
{
	char path[40], line[256];
	size_t len = strlen(key);
	bool found = false;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	f = fopen(path, "re");
	if (!f)
		return false;
	while (!found && fgets(line, sizeof(line), f)) {
		if (strncmp(line, key, len) || line[len] != ':')
			continue;
		*value = strtoull(line + len + 1, NULL, base);
		found = true;
	}
	fclose(f);
	return found;
}

static bool same_userns(pid_t pid)
{
	struct stat theirs, ours;
	char path[40];

	snprintf(path, sizeof(path), "/proc/%d/ns/user", pid);
	return !stat(path, &theirs) && !stat("/proc/self/ns/user", &ours) &&
	       theirs.st_ino == ours.st_ino;
}

/*
 * Capabilities of a nested user namespace count for nothing: the driver asks
 * for those of the first one.
 */
bool capable(int cap)
{
	struct task_struct *tsk = current;
	pid_t pid = tsk->self ? (pid_t)getpid() : tsk->pid;
	u64 caps;

	if (tsk->flags & PF_KTHREAD)
		return true;
	if (!hosted_proc_status(pid, "CapEff", 16, &caps))
		return false;
	return (caps >> cap & 1) && same_userns(pid);
}

unsigned long rlimit(unsigned int limit)
{
	struct task_struct *tsk = current;
	struct rlimit rl;

	if (tsk->flags & PF_KTHREAD)
		return RLIM_INFINITY;
	if (prlimit(tsk->self ? 0 : tsk->tgid, limit, NULL, &rl))
		return 0;
	return rl.rlim_cur;
}

static struct cpumask online;
const struct cpumask *const hosted_online_mask = &online;

/* Before main(), so that the mask is constant for everyone. */
static void __attribute__((__constructor__)) read_online(void)
{
	long n = sysconf(_SC_NPROCESSORS_CONF), i;

	for (i = 0; i < n && i < NR_CPUS; i++)
		set_bit(i, online.bits);
}

unsigned int hosted_nr_cpu_ids(void)
{
	return find_last_bit(online.bits, NR_CPUS) + 1;
}

const struct cpumask *hosted_task_cpus(struct task_struct *tsk)
{
	cpu_set_t *set;

	if (tsk->cpus_read)
		return &tsk->cpus;
	cpumask_copy(&tsk->cpus, cpu_online_mask);
	BUILD_BUG_ON(sizeof(cpu_set_t) != sizeof(struct cpumask));
	set = (cpu_set_t *)&tsk->cpus;
	if (!(tsk->flags & PF_KTHREAD) &&
	    sched_getaffinity(tsk->self ? 0 : tsk->pid, sizeof(*set), set) < 0)
		cpumask_copy(&tsk->cpus, cpu_online_mask);
	tsk->nr_cpus_allowed = cpumask_weight(&tsk->cpus);
	tsk->cpus_read = true;
	return &tsk->cpus;
}

unsigned int raw_smp_processor_id(void)
{
	int cpu = sched_getcpu();

	return cpu < 0 ? 0 : cpu;
}

/* One node: what the adapter's locality can mean to a model. */
int numa_node_id(void)
{
	return 0;
}

int cpu_to_node(int cpu)
{
	(void)cpu;
	return 0;
}

const struct cpumask *cpumask_of_node(int node)
{
	static const struct cpumask none;

	return node == 0 || node == NUMA_NO_NODE ? cpu_online_mask : &none;
}

const struct cpumask *hosted_sibling_mask(int cpu)
{
	static struct cpumask masks[NR_CPUS];

	if (!cpumask_test_cpu(cpu, &masks[cpu]))
		cpumask_set_cpu(cpu, &masks[cpu]);
	return &masks[cpu];
}
