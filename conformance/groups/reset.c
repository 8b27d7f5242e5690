// SPDX-License-Identifier: BSD-3-Clause
/*
 * CTXT_RESET: recovering a send context that the chip has halted.
 *
 * A KDETH packet before SET_PKEY is a way to be halted that needs no help.
 */
#include <errno.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include <wfr_words.h>

#include "../lib/calls.h"
#include "../lib/context.h"
#include "../lib/regions.h"
#include "../lib/wire.h"
#include "groups.h"

#define WAIT_MS 2000

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static long reset(int fd)
{
	return hfi1c_ioctl(fd, HFI1_IOCTL_CTXT_RESET, NULL);
}

static void halt(struct hfi1c_wire *w)
{
	struct hfi1c_packet p = hfi1c_packet_to(w, w->c);

	/* Whatever the context may send, no key of this kind is in a table. */
	p.pkey = 0x5a5a;
	hfi1c_send(w, &p);
	hfi1c_setup(hfi1c_halts(w, WAIT_MS), "the context does not halt");
}

/* What libpsm2 relies on: all credits are back at once. */
static void expect_fresh(const struct hfi1c_wire *w)
{
	hfi1c_expect_u64(*w->credit & WFR_CREDIT_COUNTER, 0,
			 "credit counter after CTXT_RESET");
	hfi1c_expect_u64(*w->credit & WFR_CREDIT_STATUS, 0,
			 "halt in the credit word after CTXT_RESET");
}

static void healthy_waits_in_vain(const struct hfi1c_case *c)
{
	struct hfi1c_context ctxt;
	double start, took;

	(void)c;
	hfi1c_open_context(&ctxt);
	start = now();
	hfi1c_expect_errno(reset(ctxt.fd), ENOLCK);
	took = now() - start;
	hfi1c_expect(took > 0.9 && took < 3, "it took %.2f s", took);
	close(ctxt.fd);
}

static void interrupted(int signal)
{
	(void)signal;
}

static void signal_ends_the_wait(const struct hfi1c_case *c)
{
	struct sigaction action = { .sa_handler = interrupted };
	struct hfi1c_context ctxt;
	double start, took;

	(void)c;
	hfi1c_open_context(&ctxt);
	sigaction(SIGALRM, &action, NULL);
	start = now();
	ualarm(100000, 0);
	hfi1c_expect_errno(reset(ctxt.fd), ENOLCK);
	took = now() - start;
	hfi1c_expect(took < 0.8, "the signal did not end it: %.2f s", took);
	close(ctxt.fd);
}

static void healthy_stays_healthy(const struct hfi1c_case *c)
{
	struct hfi1c_context ctxt;
	struct hfi1c_wire w;

	(void)c;
	hfi1c_open_context(&ctxt);
	hfi1c_wire_open(&w, &ctxt, 0);
	hfi1c_wire_works(&w, WAIT_MS);
	hfi1c_expect_errno(reset(ctxt.fd), ENOLCK);
	hfi1c_wire_works(&w, WAIT_MS);
	close(ctxt.fd);
}

static void halted_recovers(const struct hfi1c_case *c)
{
	struct hfi1c_context ctxt;
	struct hfi1c_wire w;
	int i;

	(void)c;
	hfi1c_open_context(&ctxt);
	hfi1c_wire_open(&w, &ctxt, 0);
	for (i = 0; i < 10; i++) {
		halt(&w);
		hfi1c_expect_ok(reset(ctxt.fd));
		expect_fresh(&w);
		w.block = 0;
		w.fill = 0;
		hfi1c_wire_works(&w, WAIT_MS);
	}
	close(ctxt.fd);
}

static void halted_sends_nothing(const struct hfi1c_case *c)
{
	struct hfi1c_context ctxt;
	struct hfi1c_arrival a;
	struct hfi1c_packet p;
	struct hfi1c_wire w;

	(void)c;
	hfi1c_open_context(&ctxt);
	hfi1c_wire_open(&w, &ctxt, 0);
	hfi1c_wire_allow(&w);
	p = hfi1c_packet_to(&w, &ctxt);
	halt(&w);
	hfi1c_send(&w, &p);
	hfi1c_expect(!hfi1c_arrives(&w, &a, 50), "a halted context sends");
	hfi1c_expect_ok(reset(ctxt.fd));
	hfi1c_expect(!hfi1c_arrives(&w, &a, 50),
		     "CTXT_RESET sends what was written before");
	close(ctxt.fd);
}

/* The key was given to the context; a reset does not take it back. */
static void key_survives(const struct hfi1c_case *c)
{
	struct hfi1c_context ctxt;
	struct hfi1c_arrival a;
	struct hfi1c_packet p;
	struct hfi1c_wire w;

	(void)c;
	hfi1c_open_context(&ctxt);
	hfi1c_wire_open(&w, &ctxt, 0);
	hfi1c_wire_allow(&w);
	halt(&w);
	hfi1c_expect_ok(reset(ctxt.fd));
	w.block = 0;
	w.fill = 0;
	p = hfi1c_packet_to(&w, &ctxt);
	hfi1c_send(&w, &p);
	hfi1c_expect(hfi1c_arrives(&w, &a, WAIT_MS),
		     "after CTXT_RESET the key is forgotten");
	close(ctxt.fd);
}

static void member_may_reset(const struct hfi1c_case *c)
{
	struct hfi1c_context one, two;
	struct hfi1c_wire w;

	(void)c;
	hfi1c_open_pair(&one, &two);
	hfi1c_wire_open(&w, &one, 2);
	halt(&w);
	hfi1c_expect_ok(reset(two.fd));
	expect_fresh(&w);
	w.block = 0;
	w.fill = 0;
	hfi1c_wire_works(&w, WAIT_MS);
	close(one.fd);
	close(two.fd);
}

static void others_go_on(const struct hfi1c_case *c)
{
	struct hfi1c_context one, two;
	struct hfi1c_wire w, v;

	(void)c;
	hfi1c_open_context(&one);
	hfi1c_open_context(&two);
	hfi1c_wire_open(&w, &one, 0);
	hfi1c_wire_open(&v, &two, 0);
	hfi1c_wire_works(&v, WAIT_MS);
	halt(&w);
	hfi1c_wire_works(&v, WAIT_MS);
	hfi1c_expect_ok(reset(one.fd));
	hfi1c_wire_works(&v, WAIT_MS);
	close(one.fd);
	close(two.fd);
}

static void halted_can_close(const struct hfi1c_case *c)
{
	struct hfi1c_context ctxt;
	struct hfi1c_wire w;
	int i;

	(void)c;
	for (i = 0; i < 5; i++) {
		hfi1c_open_context(&ctxt);
		hfi1c_wire_open(&w, &ctxt, 0);
		hfi1c_expect_u64(*w.credit & WFR_CREDIT_STATUS, 0,
				 "halt in the credit word of a new context");
		halt(&w);
		hfi1c_wire_close(&w);
		hfi1c_expect_ok(hfi1c_close(ctxt.fd));
	}
}

static const struct hfi1c_case cases[] = {
	CASE_NEEDS("reset.healthy", "CTXT_RESET.not-halted limit.reset-wait-ms",
		   healthy_waits_in_vain,
		   "a healthy context costs a second and gives ENOLCK",
		   HFI1C_NEEDS_SLOW),
	CASE("reset.signal", "CTXT_RESET.not-halted", signal_ends_the_wait,
	     "a signal ends the wait with ENOLCK"),
	CASE_NEEDS("reset.harmless", "CTXT_RESET.not-halted",
		   healthy_stays_healthy, "a healthy context goes on after it",
		   HFI1C_NEEDS_SLOW),
	CASE("reset.recovers", "CTXT_RESET", halted_recovers,
	     "a halted context sends again, with all its credits"),
	CASE("reset.drops", "CTXT_RESET", halted_sends_nothing,
	     "what a halted context was given is never sent"),
	CASE("reset.keeps-key", "CTXT_RESET SET_PKEY", key_survives,
	     "the partition key survives"),
	CASE("reset.member", "CTXT_RESET", member_may_reset,
	     "any member of a group may recover the context"),
	CASE("reset.others", "CTXT_RESET", others_go_on,
	     "a halt and its recovery concern one context only"),
	CASE("reset.close", "file.release", halted_can_close,
	     "a halted context can be closed and is sound for the next"),
};

HFI1C_GROUP(reset, "reset", "Recovering a halted context.", cases);
