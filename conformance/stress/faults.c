// SPDX-License-Identifier: BSD-3-Clause
/*
 * What is done to the traffic: halts, freezes, lost links, killed processes.
 */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../case.h"
#include "../hfi1/unit.h"
#include "traffic.h"

#define START_MS   10000
#define SETTLE_US  20000
#define HEALTHY_MS 20000

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
				traffic_check(t);
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
	traffic_start(t, number);
	while (__atomic_load_n(&p->life, __ATOMIC_ACQUIRE) == life) {
		traffic_check(t);
		hfi1c_expect(traffic_ms() < end,
			     "a worker that was killed does not start again");
		usleep(500);
	}
}

/* A subnet manager takes the port to ACTIVE some time after the link is up. */
static void wait_active(void)
{
	uint64_t end = traffic_ms() + HEALTHY_MS;

	while (hfi1c_port_number("state") >= 0 && !hfi1c_port_is_active()) {
		hfi1c_expect(traffic_ms() < end,
			     "the port does not become active again");
		usleep(1000);
	}
}

static void link_flap(void)
{
	hfi1c_unit_fault("link", "down");
	usleep(SETTLE_US);
	hfi1c_unit_fault("link", "up");
	wait_active();
}

/* Halts and kills more often than what stops everybody. */
static enum traffic_fault draw_fault(const struct traffic *t)
{
	static const enum traffic_fault often[] = {
		TRAFFIC_HALT, TRAFFIC_HALT,	   TRAFFIC_HALT, TRAFFIC_KILL,
		TRAFFIC_KILL, TRAFFIC_CHIP_FREEZE, TRAFFIC_FLAP, TRAFFIC_FREEZE,
	};
	enum traffic_fault fault;

	do
		fault = often[hfi1c_random() %
			      (sizeof(often) / sizeof(often[0]))];
	while (!(t->faults & 1U << fault));
	return fault;
}

static void strike(struct traffic *t, enum traffic_fault fault,
		   unsigned int number)
{
	switch (fault) {
	case TRAFFIC_HALT:
		hfi1c_unit_fault("halt-send-context", "%u",
				 t->peers[number].info.send_ctxt);
		break;
	case TRAFFIC_FREEZE:
		hfi1c_unit_fault("freeze", "driver");
		break;
	case TRAFFIC_CHIP_FREEZE:
		hfi1c_unit_fault("freeze", "chip");
		break;
	case TRAFFIC_FLAP:
		link_flap();
		break;
	default:
		kill_worker(t, number);
	}
}

/* Requests under way keep what they began with; not every lane can do it. */
static void choose_headers(void)
{
	hfi1c_unit_try("ahg", hfi1c_random() & 1 ? "on" : "off");
}

static unsigned int recovered(const struct traffic_peer *p)
{
	return __atomic_load_n(&p->recovered, __ATOMIC_ACQUIRE);
}

/* Whether worker @i has to hear of what @number meets. */
static bool concerns(const struct traffic *t, enum traffic_fault fault,
		     unsigned int number, unsigned int i)
{
	if (fault == TRAFFIC_KILL)
		return false;
	if (fault == TRAFFIC_HALT)
		return i == number;
	return t->peers[i].unit == t->struck;
}

static void wait_told(struct traffic *t, unsigned int i, unsigned int before)
{
	uint64_t end = traffic_ms() + HEALTHY_MS;

	while (recovered(&t->peers[i]) == before) {
		traffic_check(t);
		hfi1c_expect(traffic_ms() < end,
			     "worker %u is not told of a fault", i);
		usleep(200);
	}
}

/* Any worker; on two units each has its turn. */
static unsigned int draw_worker(const struct traffic *t)
{
	unsigned int number = hfi1c_random() % t->workers;

	return t->two_units ? number / 2 * 2 + t->epoch / 2 % 2 : number;
}

/* A worker and its unit meet a fault, and everybody is well again. */
void traffic_inject(struct traffic *t)
{
	unsigned int number = draw_worker(t);
	enum traffic_fault fault = draw_fault(t);
	unsigned int before[TRAFFIC_WORKERS], i;

	for (i = 0; i < t->workers; i++)
		before[i] = recovered(&t->peers[i]);
	t->struck = t->peers[number].unit;
	next_epoch(t);
	if (t->struck)
		hfi1c_use_device(hfi1c_second_device());
	strike(t, fault, number);
	choose_headers();
	hfi1c_use_device(NULL);
	for (i = 0; i < t->workers; i++)
		if (concerns(t, fault, number, i))
			wait_told(t, i, before[i]);
	wait_healthy(t);
	next_epoch(t);
	t->counts[fault]++;
	t->last = fault;
}
