/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_LINUX_CPUMASK_H
#define HOSTED_LINUX_CPUMASK_H

#include <linux/bitmap.h>

#define NR_CPUS 1024

typedef struct cpumask {
	DECLARE_BITMAP(bits, NR_CPUS);
} cpumask_t;

typedef struct cpumask cpumask_var_t[1];

extern const struct cpumask *const hosted_online_mask;
unsigned int hosted_nr_cpu_ids(void);
#define nr_cpu_ids	    hosted_nr_cpu_ids()
#define cpu_online_mask	    hosted_online_mask
#define cpu_possible_mask   hosted_online_mask
#define cpu_present_mask    hosted_online_mask
#define cpumask_bits(m)	    ((m)->bits)
#define num_online_cpus()   cpumask_weight(cpu_online_mask)
#define num_possible_cpus() num_online_cpus()
#define num_present_cpus()  num_online_cpus()
unsigned int raw_smp_processor_id(void);
#define smp_processor_id() raw_smp_processor_id()
#define get_cpu()	   raw_smp_processor_id()
#define put_cpu()	   ((void)0)

static inline void cpumask_set_cpu(unsigned int cpu, struct cpumask *m)
{
	set_bit(cpu, m->bits);
}

static inline void cpumask_clear_cpu(unsigned int cpu, struct cpumask *m)
{
	clear_bit(cpu, m->bits);
}

static inline bool cpumask_test_cpu(unsigned int cpu, const struct cpumask *m)
{
	return test_bit(cpu, m->bits);
}

static inline void cpumask_clear(struct cpumask *m)
{
	bitmap_zero(m->bits, NR_CPUS);
}

static inline void cpumask_copy(struct cpumask *d, const struct cpumask *s)
{
	bitmap_copy(d->bits, s->bits, NR_CPUS);
}

static inline unsigned int cpumask_weight(const struct cpumask *m)
{
	return bitmap_weight(m->bits, NR_CPUS);
}

static inline bool cpumask_empty(const struct cpumask *m)
{
	return bitmap_empty(m->bits, NR_CPUS);
}

static inline unsigned int cpumask_first(const struct cpumask *m)
{
	return find_first_bit(m->bits, NR_CPUS);
}

static inline unsigned int cpumask_next(int n, const struct cpumask *m)
{
	return find_next_bit(m->bits, NR_CPUS, n + 1);
}

static inline bool cpumask_subset(const struct cpumask *a,
				  const struct cpumask *b)
{
	size_t i;

	for (i = 0; i < NR_CPUS / 64; i++)
		if (a->bits[i] & ~b->bits[i])
			return false;
	return true;
}

static inline bool cpumask_and(struct cpumask *d, const struct cpumask *a,
			       const struct cpumask *b)
{
	unsigned long any = 0;
	size_t i;

	for (i = 0; i < NR_CPUS / 64; i++)
		any |= d->bits[i] = a->bits[i] & b->bits[i];
	return any;
}

static inline bool cpumask_andnot(struct cpumask *d, const struct cpumask *a,
				  const struct cpumask *b)
{
	unsigned long any = 0;
	size_t i;

	for (i = 0; i < NR_CPUS / 64; i++)
		any |= d->bits[i] = a->bits[i] & ~b->bits[i];
	return any;
}

static inline bool zalloc_cpumask_var(cpumask_var_t *m, gfp_t flags)
{
	(void)flags;
	cpumask_clear(*m);
	return true;
}

static inline bool alloc_cpumask_var(cpumask_var_t *m, gfp_t flags)
{
	(void)m;
	(void)flags;
	return true;
}

static inline void free_cpumask_var(cpumask_var_t m)
{
	(void)m;
}

const struct cpumask *cpumask_of_node(int node);
int cpu_to_node(int cpu);

#define for_each_cpu(cpu, mask)                               \
	for ((cpu) = cpumask_first(mask); (cpu) < nr_cpu_ids; \
	     (cpu) = cpumask_next((cpu), (mask)))
#define for_each_online_cpu(cpu)   for_each_cpu(cpu, cpu_online_mask)
#define for_each_possible_cpu(cpu) for_each_cpu(cpu, cpu_possible_mask)
#define for_each_present_cpu(cpu)  for_each_cpu(cpu, cpu_present_mask)

#endif /* HOSTED_LINUX_CPUMASK_H */
