// SPDX-License-Identifier: BSD-3-Clause
/*
 * Cases of traffic: with and without faults.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../engine/unit.h"
#include "../groups/groups.h"
#include "../lib/process.h"
#include "../runner/verdict.h"
#include "traffic.h"

#define START_MS    10000
#define PROGRESS_MS 15000
#define SETTLE_US   20000
#define HEALTHY_MS  20000

#define ALL_KINDS (1U << TRAFFIC_PIO | 1U << TRAFFIC_SDMA | 1U << TRAFFIC_TID)

/** struct plan - what a case sends */
struct plan {
	unsigned int workers;
	unsigned int kinds;
	unsigned int packets;
	bool two_units;
	bool faults;
};

static void start_worker(struct traffic *t, unsigned int number)
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

static uint64_t received(const struct traffic *t)
{
	uint64_t sum = 0;
	unsigned int i;

	for (i = 0; i < t->workers; i++)
		sum += __atomic_load_n(&t->peers[i].received, __ATOMIC_RELAXED);
	return sum;
}

/* A worker's verdict is the case's. */
static void check_workers(struct traffic *t)
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

static void wait_for_lives(struct traffic *t, unsigned int number)
{
	uint64_t end = traffic_ms() + START_MS;

	while (!__atomic_load_n(&t->peers[number].life, __ATOMIC_ACQUIRE)) {
		check_workers(t);
		hfi1c_setup(traffic_ms() < end, "a worker does not start");
		usleep(500);
	}
}

/* --- faults --------------------------------------------------------------- */

static void next_epoch(struct traffic *t)
{
	__atomic_add_fetch(&t->epoch, 1, __ATOMIC_ACQ_REL);
}

/* Everybody has looked after the fault and found itself sound. */
static void wait_healthy(struct traffic *t)
{
	unsigned int i, probe, round;
	uint64_t end = traffic_ms() + HEALTHY_MS;

	/* twice, for a peer may have recovered after one was asked */
	for (round = 0; round < 2; round++) {
		usleep(SETTLE_US);
		probe = __atomic_add_fetch(&t->probe, 1, __ATOMIC_ACQ_REL);
		for (i = 0; i < t->workers; i++)
			while (__atomic_load_n(&t->peers[i].healthy,
					       __ATOMIC_ACQUIRE) != probe) {
				check_workers(t);
				hfi1c_expect(traffic_ms() < end,
					     "worker %u does not recover: %s",
					     i, t->peers[i].at);
				usleep(200);
			}
	}
}

static void kill_worker(struct traffic *t, unsigned int number)
{
	struct traffic_peer *p = &t->peers[number];
	unsigned int life = p->life;
	uint64_t end = traffic_ms() + START_MS;

	kill(p->pid, SIGKILL);
	waitpid(p->pid, NULL, 0);
	start_worker(t, number);
	while (__atomic_load_n(&p->life, __ATOMIC_ACQUIRE) == life) {
		check_workers(t);
		hfi1c_expect(traffic_ms() < end,
			     "a worker that was killed does not start again");
		usleep(500);
	}
}

static void link_flap(void)
{
	hfi1c_unit_fault("link", "down");
	usleep(SETTLE_US);
	hfi1c_unit_fault("link", "up");
}

static void inject(struct traffic *t)
{
	unsigned int number = hfi1c_random() % t->workers;

	next_epoch(t);
	switch (hfi1c_random() % 8) {
	case 0:
	case 1:
	case 2:
		hfi1c_unit_fault("halt-send-context", "%u",
				 t->peers[number].info.send_ctxt);
		break;
	case 3:
	case 4:
		hfi1c_unit_fault("freeze", "driver");
		break;
	case 5:
		link_flap();
		break;
	default:
		kill_worker(t, number);
	}
	wait_healthy(t);
	next_epoch(t);
}

/* --- cases ---------------------------------------------------------------- */

static void run(struct traffic *t)
{
	uint64_t last = 0, now, since = traffic_ms();

	while ((now = received(t)) < t->target) {
		check_workers(t);
		if (now != last)
			since = traffic_ms();
		last = now;
		hfi1c_expect(traffic_ms() - since < PROGRESS_MS,
			     "nothing moves any more after %llu packets: "
			     "%s, %s",
			     (unsigned long long)now, t->peers[0].at,
			     t->peers[1].at);
		usleep(t->faults ? 50000 + hfi1c_random() % 100000 : 2000);
		if (t->faults)
			inject(t);
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

static void run_traffic(const struct hfi1c_case *c)
{
	const struct plan *plan = c->data;
	uint64_t start;
	struct traffic *t;
	unsigned int i;

	if (plan->faults)
		hfi1c_unit_guard();
	t = mmap(NULL, sizeof(*t), PROT_READ | PROT_WRITE,
		 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	hfi1c_setup(t != MAP_FAILED, "cannot map shared memory");
	t->workers = plan->workers;
	t->kinds = plan->kinds;
	t->two_units = plan->two_units;
	t->faults = plan->faults;
	t->target = hfi1c_steps(plan->packets);
	for (i = 0; i < t->workers; i++)
		start_worker(t, i);
	for (i = 0; i < t->workers; i++)
		wait_for_lives(t, i);
	start = traffic_ms();
	run(t);
	finish(t);
	hfi1c_note("%llu packets in %llu ms, %u faults",
		   (unsigned long long)received(t),
		   (unsigned long long)(traffic_ms() - start), t->epoch / 2);
	munmap(t, sizeof(*t));
}

static const struct plan pio = { 2, 1U << TRAFFIC_PIO, 3000, false, false };
static const struct plan sdma = { 2, 1U << TRAFFIC_SDMA, 3000, false, false };
static const struct plan expected = { 2, 1U << TRAFFIC_TID, 2000, false,
				      false };
static const struct plan mixed = { 4, ALL_KINDS, 4000, false, false };
static const struct plan faulty = { 4, ALL_KINDS, 20000, false, true };

#define TRAFFIC(name_, clause_, doc_, plan_, needs_)                \
	{                                                           \
		.name = name_, .clause = clause_, .doc = doc_,      \
		.run = run_traffic, .data = plan_, .needs = needs_, \
		.timeout = 60,                                      \
	}

static const struct hfi1c_case data_cases[] = {
	TRAFFIC("data.pio", "mmap.PIO_BUFS mmap.RCV_EGRBUF",
		"two processes send each other packets by PIO", &pio, 0),
	TRAFFIC("data.eager", "mmap.SDMA_COMP mmap.RCV_EGRBUF",
		"two processes send each other eager requests", &sdma, 0),
	TRAFFIC("data.expected", "TID_UPDATE mmap.SDMA_COMP",
		"two processes send each other messages into registered "
		"buffers",
		&expected, 0),
	TRAFFIC("data.mixed", "mmap.PIO_BUFS mmap.SDMA_COMP TID_UPDATE",
		"four processes send each other packets of all kinds", &mixed,
		0),
};

HFI1C_GROUP(data, "data", "Traffic between processes, every byte checked.",
	    data_cases);

static const struct hfi1c_case stress_cases[] = {
	TRAFFIC("stress.traffic", "CTXT_RESET file.release TID_UPDATE",
		"traffic survives halts, freezes, link losses and kills",
		&faulty, HFI1C_NEEDS_CTL | HFI1C_EXCLUSIVE),
};

HFI1C_GROUP(stress, "stress", "Traffic with faults in between.", stress_cases);
