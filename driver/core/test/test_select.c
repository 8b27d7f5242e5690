// SPDX-License-Identifier: BSD-3-Clause
/* Which SDMA engine serves whom. */
#include <check.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

#include "sdma.h"
#include "user.h"

#define DLIDS 64
#define VLS   2

static struct rig rig;
static struct user u;

static void set_up(void)
{
	rig_start(&rig, NULL);
	user_start(&u, &rig);
	ck_assert_int_eq(hfi1u_port_set_operational_vls(rig.dd, VLS), 0);
}

static void tear_down(void)
{
	user_stop(&u);
	rig_stop(&rig);
}

/* The engines that requests to many destinations get on a lane. */
struct asked {
	int cpu; /* that the caller is bound to, -1 for none */
	unsigned int vl;
	unsigned long engines;
	bool steady; /* a destination keeps its engine */
};

/* A thread of its own: a task is asked once where it may run. */
static void *ask_thread(void *arg)
{
	struct asked *a = arg;
	struct hfi1u_sdma_engine *sde;
	cpu_set_t set;
	unsigned int dlid;

	CPU_ZERO(&set);
	CPU_SET(a->cpu < 0 ? 0 : a->cpu, &set);
	if (a->cpu >= 0 && sched_setaffinity(0, sizeof(set), &set))
		return NULL;
	for (dlid = 1; dlid <= DLIDS; dlid++) {
		sde = hfi1u_sdma_select(u.file->private_data, dlid, a->vl);
		a->engines |= 1UL << sde->num;
		a->steady &= sde == hfi1u_sdma_select(u.file->private_data,
						      dlid, a->vl);
	}
	return NULL;
}

static unsigned long engines(int cpu, unsigned int vl)
{
	struct asked a = { .cpu = cpu, .vl = vl, .steady = true };
	pthread_t thread;

	ck_assert_int_eq(pthread_create(&thread, NULL, ask_thread, &a), 0);
	pthread_join(thread, NULL);
	ck_assert(a.steady);
	return a.engines;
}

static unsigned long engines_of_vl(unsigned int vl)
{
	unsigned long found = 0;
	unsigned int i;

	for (i = 0; i < hfi1u_num_engines(rig.dd); i++)
		if (hfi1u_sdma_vl(rig.dd, i) == vl)
			found |= 1UL << i;
	return found;
}

/* The first CPU that this process may use; tests may be confined to some. */
static int a_cpu(void)
{
	cpu_set_t set;
	int cpu = 0;

	ck_assert_int_eq(sched_getaffinity(0, sizeof(set), &set), 0);
	while (!CPU_ISSET(cpu, &set))
		cpu++;
	return cpu;
}

static int give(unsigned int engine, int cpu)
{
	struct cpumask cpus;

	cpumask_clear(&cpus);
	if (cpu >= 0)
		cpumask_set_cpu(cpu, &cpus);
	return hfi1u_sdma_set_cpus(rig.dd, engine, &cpus);
}

START_TEST(test_lanes)
{
	unsigned long all = 0;
	unsigned int vl;

	for (vl = 0; vl < VLS; vl++) {
		ck_assert_uint_eq(engines(-1, vl), engines_of_vl(vl));
		ck_assert_uint_eq(all & engines_of_vl(vl), 0);
		all |= engines_of_vl(vl);
	}
	ck_assert_uint_eq(all, (1UL << hfi1u_num_engines(rig.dd)) - 1);
}
END_TEST

START_TEST(test_given_to_a_cpu)
{
	unsigned long lane = engines_of_vl(1), own;
	unsigned int first = __ffs(lane);
	int cpu = a_cpu();

	ck_assert_int_eq(give(first, cpu), 0);
	ck_assert_uint_eq(engines(cpu, 1), 1UL << first);
	/* other lanes are not concerned */
	ck_assert_uint_eq(engines(cpu, 0), engines_of_vl(0));
	/* several share what there is */
	ck_assert_int_eq(give(first + 1, cpu), 0);
	own = 1UL << first | 1UL << (first + 1);
	ck_assert_uint_eq(engines(cpu, 1), own);
	/* taken back */
	ck_assert_int_eq(give(first, -1), 0);
	ck_assert_int_eq(give(first + 1, -1), 0);
	ck_assert_uint_eq(engines(cpu, 1), lane);
}
END_TEST

/* A task that may move would not keep its engine. */
START_TEST(test_for_bound_tasks_only)
{
	int cpu = a_cpu();

	ck_assert_int_eq(give(0, cpu), 0);
	ck_assert_uint_eq(engines(cpu, 0), 1);
	if (cpumask_weight(hosted_task_cpus(current)) > 1)
		ck_assert_uint_eq(engines(-1, 0), engines_of_vl(0));
}
END_TEST

START_TEST(test_cpus_are_kept)
{
	struct cpumask cpus;
	int cpu = a_cpu();

	hfi1u_sdma_get_cpus(rig.dd, 3, &cpus);
	ck_assert(cpumask_empty(&cpus));
	ck_assert_int_eq(give(3, cpu), 0);
	ck_assert_int_eq(give(3, nr_cpu_ids), -EINVAL);
	hfi1u_sdma_get_cpus(rig.dd, 3, &cpus);
	ck_assert_uint_eq(cpumask_weight(&cpus), 1);
	ck_assert(cpumask_test_cpu(cpu, &cpus));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("core-select");
	TCase *tc = tcase_create("select");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, test_lanes);
	tcase_add_test(tc, test_given_to_a_cpu);
	tcase_add_test(tc, test_for_bound_tasks_only);
	tcase_add_test(tc, test_cpus_are_kept);
	suite_add_tcase(suite, tc);
	return rig_run(suite);
}
