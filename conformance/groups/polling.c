// SPDX-License-Identifier: BSD-3-Clause
/*
 * poll() and what it waits for.
 */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <wfr_words.h>

#include "../lib/calls.h"
#include "../lib/context.h"
#include "../lib/wire.h"
#include "groups.h"

#define WAIT_MS 2000
#define READY	(POLLIN | POLLRDNORM)

static long set_type(int fd, int type)
{
	return hfi1c_ioctl(fd, HFI1_IOCTL_POLL_TYPE, &type);
}

static void start(struct hfi1c_context *ctxt, struct hfi1c_wire *w)
{
	hfi1c_open_context(ctxt);
	hfi1c_wire_open(w, ctxt, 0);
	hfi1c_wire_allow(w);
}

static void expect_poll(int fd, int timeout_ms, int expected)
{
	hfi1c_expect_u64(hfi1c_poll(fd, READY, timeout_ms), expected,
			 "events of poll()");
}

static void unassigned_is_an_error(const struct hfi1c_case *c)
{
	int fd = hfi1c_open_device();

	(void)c;
	expect_poll(fd, 0, POLLERR);
	expect_poll(fd, -1, POLLERR);
	close(fd);
}

static void nothing_yet(const struct hfi1c_case *c)
{
	struct hfi1c_context ctxt;

	hfi1c_open_context(&ctxt);
	hfi1c_expect_ok(set_type(ctxt.fd, *(const int *)c->data));
	expect_poll(ctxt.fd, 0, 0);
	expect_poll(ctxt.fd, 20, 0);
	close(ctxt.fd);
}

static void unknown_type_is_an_error(const struct hfi1c_case *c)
{
	struct hfi1c_context ctxt;

	hfi1c_open_context(&ctxt);
	hfi1c_expect_ok(set_type(ctxt.fd, *(const int *)c->data));
	expect_poll(ctxt.fd, 0, POLLERR);
	/* The mistake can be repaired. */
	hfi1c_expect_ok(set_type(ctxt.fd, HFI1_POLL_TYPE_ANYRCV));
	expect_poll(ctxt.fd, 0, 0);
	close(ctxt.fd);
}

static void bad_pointer_keeps_type(const struct hfi1c_case *c)
{
	struct hfi1c_context ctxt;

	(void)c;
	hfi1c_open_context(&ctxt);
	hfi1c_expect_ok(set_type(ctxt.fd, 7));
	hfi1c_expect_errno(hfi1c_ioctl(ctxt.fd, HFI1_IOCTL_POLL_TYPE, NULL),
			   EFAULT);
	expect_poll(ctxt.fd, 0, POLLERR);
	close(ctxt.fd);
}

static void type_is_the_context_s(const struct hfi1c_case *c)
{
	struct hfi1c_context one, two;

	(void)c;
	hfi1c_open_pair(&one, &two);
	hfi1c_expect_ok(set_type(two.fd, 5));
	expect_poll(one.fd, 0, POLLERR);
	hfi1c_expect_ok(set_type(one.fd, HFI1_POLL_TYPE_ANYRCV));
	expect_poll(two.fd, 0, 0);
	close(one.fd);
	close(two.fd);
}

static void contexts_have_own_types(const struct hfi1c_case *c)
{
	struct hfi1c_context one, two;

	(void)c;
	hfi1c_open_context(&one);
	hfi1c_open_context(&two);
	hfi1c_expect_ok(set_type(two.fd, 5));
	expect_poll(one.fd, 0, 0);
	close(one.fd);
	close(two.fd);
}

static void packet_makes_ready(const struct hfi1c_case *c)
{
	struct hfi1c_context ctxt;
	struct hfi1c_arrival a;
	struct hfi1c_packet p;
	struct hfi1c_wire w;

	(void)c;
	start(&ctxt, &w);
	p = hfi1c_packet_to(&w, &ctxt);
	hfi1c_send(&w, &p);
	expect_poll(ctxt.fd, WAIT_MS, READY);
	/* Level, not edge: ready as long as there is something to read. */
	expect_poll(ctxt.fd, 0, READY);
	hfi1c_expect(hfi1c_arrives(&w, &a, WAIT_MS), "nothing arrives");
	hfi1c_release(&w);
	expect_poll(ctxt.fd, 0, 0);
	hfi1c_send(&w, &p);
	expect_poll(ctxt.fd, WAIT_MS, READY);
	close(ctxt.fd);
}

static void *send_later(void *data)
{
	struct hfi1c_wire *w = data;
	struct hfi1c_packet p = hfi1c_packet_to(w, w->c);

	p.intr = true;
	usleep(50000);
	hfi1c_send(w, &p);
	return NULL;
}

static void sleeper_is_woken(const struct hfi1c_case *c)
{
	struct hfi1c_context ctxt;
	struct hfi1c_wire w;
	pthread_t thread;
	int i;

	start(&ctxt, &w);
	hfi1c_expect_ok(set_type(ctxt.fd, *(const int *)c->data));
	for (i = 0; i < 3; i++) {
		struct hfi1c_arrival a;

		pthread_create(&thread, NULL, send_later, &w);
		expect_poll(ctxt.fd, WAIT_MS, READY);
		pthread_join(thread, NULL);
		hfi1c_expect(hfi1c_arrives(&w, &a, WAIT_MS), "nothing came");
		hfi1c_release(&w);
	}
	close(ctxt.fd);
}

static void epoll_is_woken(const struct hfi1c_case *c)
{
	struct epoll_event e = { .events = EPOLLIN };
	struct hfi1c_context ctxt;
	struct hfi1c_wire w;
	pthread_t thread;
	int ep;

	(void)c;
	start(&ctxt, &w);
	ep = epoll_create1(EPOLL_CLOEXEC);
	hfi1c_expect(!epoll_ctl(ep, EPOLL_CTL_ADD, ctxt.fd, &e),
		     "the file cannot be watched by epoll");
	hfi1c_expect_u64(epoll_wait(ep, &e, 1, 0), 0, "events before");
	pthread_create(&thread, NULL, send_later, &w);
	hfi1c_expect_u64(epoll_wait(ep, &e, 1, WAIT_MS), 1, "events after");
	hfi1c_expect(e.events & EPOLLIN, "EPOLLIN is not among %#x", e.events);
	pthread_join(thread, NULL);
	close(ep);
	close(ctxt.fd);
}

/* An urgent packet is reported once, and only if somebody waited before. */
static void urgent_is_an_edge(const struct hfi1c_case *c)
{
	struct hfi1c_context ctxt;
	struct hfi1c_packet p;
	struct hfi1c_wire w;

	(void)c;
	start(&ctxt, &w);
	hfi1c_expect_ok(set_type(ctxt.fd, HFI1_POLL_TYPE_URGENT));
	p = hfi1c_packet_to(&w, &ctxt);
	p.intr = true;
	expect_poll(ctxt.fd, 0, 0);
	hfi1c_send(&w, &p);
	expect_poll(ctxt.fd, WAIT_MS, READY);
	expect_poll(ctxt.fd, 0, 0);
	close(ctxt.fd);
}

static void ordinary_is_not_urgent(const struct hfi1c_case *c)
{
	struct hfi1c_context ctxt;
	struct hfi1c_arrival a;
	struct hfi1c_packet p;
	struct hfi1c_wire w;

	(void)c;
	start(&ctxt, &w);
	hfi1c_expect_ok(set_type(ctxt.fd, HFI1_POLL_TYPE_URGENT));
	p = hfi1c_packet_to(&w, &ctxt);
	expect_poll(ctxt.fd, 0, 0);
	hfi1c_send(&w, &p);
	hfi1c_expect(hfi1c_arrives(&w, &a, WAIT_MS), "nothing arrives");
	expect_poll(ctxt.fd, 20, 0);
	close(ctxt.fd);
}

static const int anyrcv = HFI1_POLL_TYPE_ANYRCV, urgent = HFI1_POLL_TYPE_URGENT,
		 wide_anyrcv = 0x10000, wide_urgent = 0x70001, two = 2,
		 top = 0xffff, minus = -1;

/* The type is the context's and outlives members. */
static void type_stays(const struct hfi1c_case *c)
{
	struct hfi1_user_info info = hfi1c_group_info(2, 0);
	int unknown = HFI1_POLL_TYPE_URGENT + 1;
	struct hfi1c_context one, two;

	(void)c;
	hfi1c_join_context(&one, &info);
	hfi1c_join_context(&two, &info);
	hfi1c_expect_ok(hfi1c_ioctl(two.fd, HFI1_IOCTL_POLL_TYPE, &unknown));
	close(two.fd);
	hfi1c_expect_u64(hfi1c_poll(one.fd, POLLIN, 0), POLLERR,
			 "events after the other member left");
	hfi1c_join_context(&two, &info);
	hfi1c_expect_u64(hfi1c_poll(one.fd, POLLIN, 0), POLLERR,
			 "events after another one joined");
	close(one.fd);
	close(two.fd);
}

static const struct hfi1c_case cases[] = {
	CASE("polling.type.stays", "POLL_TYPE", type_stays,
	     "the type stays when members leave and join"),
	CASE("polling.unassigned", "poll.unassigned", unassigned_is_an_error,
	     "poll() of a file without a context reports POLLERR"),
	CASE_DATA("polling.nothing.anyrcv", "poll.anyrcv-ready", nothing_yet,
		  "nothing received is nothing reported", &anyrcv),
	CASE_DATA("polling.nothing.urgent", "poll.urgent-ready", nothing_yet,
		  "nothing urgent is nothing reported", &urgent),
	CASE_DATA("polling.type.wide-anyrcv", "POLL_TYPE", nothing_yet,
		  "0x10000 is ANYRCV", &wide_anyrcv),
	CASE_DATA("polling.type.wide-urgent", "POLL_TYPE", nothing_yet,
		  "0x70001 is URGENT", &wide_urgent),
	CASE_DATA("polling.type.2", "POLL_TYPE quirk.poll-type-unchecked",
		  unknown_type_is_an_error,
		  "type 2 makes poll() report POLLERR", &two),
	CASE_DATA("polling.type.0xffff", "POLL_TYPE", unknown_type_is_an_error,
		  "type 0xffff makes poll() report POLLERR", &top),
	CASE_DATA("polling.type.minus-1", "POLL_TYPE", unknown_type_is_an_error,
		  "type -1 makes poll() report POLLERR", &minus),
	CASE("polling.type.bad-pointer", "POLL_TYPE.copy-in",
	     bad_pointer_keeps_type, "a refused POLL_TYPE changes nothing"),
	CASE("polling.type.shared", "POLL_TYPE", type_is_the_context_s,
	     "the type is the context's: one member sets it for all"),
	CASE("polling.type.own", "POLL_TYPE", contexts_have_own_types,
	     "each context has a type of its own"),
	CASE("polling.packet", "poll.anyrcv-ready", packet_makes_ready,
	     "poll() reports an unread packet until it is read"),
	CASE_DATA("polling.wakes.anyrcv", "poll.anyrcv-ready", sleeper_is_woken,
		  "a packet ends poll()", &anyrcv),
	CASE_DATA("polling.wakes.urgent", "poll.urgent-ready", sleeper_is_woken,
		  "an urgent packet ends poll()", &urgent),
	CASE("polling.epoll", "poll.anyrcv-ready", epoll_is_woken,
	     "a packet ends epoll_wait()"),
	CASE("polling.urgent-edge", "poll.urgent-ready", urgent_is_an_edge,
	     "an urgent packet is reported once"),
	CASE("polling.not-urgent", "poll.urgent-ready", ordinary_is_not_urgent,
	     "a packet without KDETH.INTR is not urgent"),
};

HFI1C_GROUP(polling, "polling", "poll() and POLL_TYPE.", cases);
