// SPDX-License-Identifier: BSD-3-Clause
/*
 * The workers' parent: starts them, watches them, and ends them.
 */
#include <errno.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../case.h"
#include "../runner/verdict.h"
#include "traffic.h"

#define FEWEST_FAULTS 6
#define START_MS      10000
#define PROGRESS_MS   15000

void traffic_start(struct traffic *t, unsigned int number)
{
	pid_t pid = fork();

	hfi1c_setup(pid >= 0, "fork: %s", strerror(errno));
	if (!pid) {
		hfi1c_verdict_child();
		traffic_work(t, number);
		_exit(0);
	}
	t->peers[number].pid = pid;
}

uint64_t traffic_received(const struct traffic *t, enum traffic_kind kind)
{
	uint64_t sum = 0;
	unsigned int i;

	for (i = 0; i < t->workers; i++)
		sum += __atomic_load_n(&t->peers[i].received[kind],
				       __ATOMIC_RELAXED);
	return sum;
}

static uint64_t received_by(const struct traffic *t, unsigned int i)
{
	uint64_t sum = 0;
	unsigned int kind;

	for (kind = 0; kind < TRAFFIC_KINDS; kind++)
		sum += __atomic_load_n(&t->peers[i].received[kind],
				       __ATOMIC_RELAXED);
	return sum;
}

static uint64_t received(const struct traffic *t)
{
	uint64_t sum = 0;
	unsigned int i;

	for (i = 0; i < t->workers; i++)
		sum += received_by(t, i);
	return sum;
}

/* What is lost to a fault is excused, but only once: all must go on. */
static void wait_for_traffic(struct traffic *t)
{
	uint64_t end = traffic_ms() + PROGRESS_MS, before;
	unsigned int i;

	for (i = 0; i < t->workers; i++)
		for (before = received_by(t, i); received_by(t, i) == before;) {
			traffic_check(t);
			hfi1c_expect(traffic_ms() < end,
				     "worker %u receives nothing after a fault",
				     i);
			usleep(200);
		}
}

/* A worker's verdict is the case's. */
void traffic_check(struct traffic *t)
{
	unsigned int i;
	int status;

	if (hfi1c_verdict_given())
		hfi1c_verdict_leave();
	for (i = 0; i < t->workers; i++)
		if (t->peers[i].pid &&
		    waitpid(t->peers[i].pid, &status, WNOHANG) > 0) {
			if (hfi1c_verdict_given())
				hfi1c_verdict_leave();
			hfi1c_fail("worker %u ended with status %#x", i,
				   status);
		}
}

static void wait_for_life(struct traffic *t, unsigned int number)
{
	uint64_t end = traffic_ms() + START_MS;

	while (!__atomic_load_n(&t->peers[number].life, __ATOMIC_ACQUIRE)) {
		traffic_check(t);
		hfi1c_setup(traffic_ms() < end, "a worker does not start");
		usleep(500);
	}
}

/* Little traffic is over before anything has happened to it. */
static bool enough(const struct traffic *t)
{
	return received(t) >= t->target &&
	       (!t->faults || traffic_epoch(t) / 2 >= FEWEST_FAULTS);
}

static void watch(struct traffic *t)
{
	uint64_t last = 0, now, since = traffic_ms();

	while (!enough(t)) {
		traffic_check(t);
		now = received(t);
		if (now != last)
			since = traffic_ms();
		last = now;
		hfi1c_expect(traffic_ms() - since < PROGRESS_MS,
			     "nothing moves any more after %llu packets: "
			     "%s, %s",
			     (unsigned long long)now, t->peers[0].at,
			     t->peers[1].at);
		usleep(t->faults ? 50000 + hfi1c_random() % 100000 : 2000);
		if (!t->faults)
			continue;
		traffic_inject(t);
		wait_for_traffic(t);
	}
}

static void finish(struct traffic *t)
{
	unsigned int i;
	int status;

	__atomic_store_n(&t->stop, true, __ATOMIC_RELEASE);
	for (i = 0; i < t->workers; i++) {
		waitpid(t->peers[i].pid, &status, 0);
		if (hfi1c_verdict_given())
			hfi1c_verdict_leave();
		hfi1c_expect(WIFEXITED(status) && !WEXITSTATUS(status),
			     "worker %u ended with status %#x", i, status);
	}
}

void traffic_run(struct traffic *t)
{
	unsigned int i;

	for (i = 0; i < t->workers; i++)
		traffic_start(t, i);
	for (i = 0; i < t->workers; i++)
		wait_for_life(t, i);
	watch(t);
	finish(t);
}
