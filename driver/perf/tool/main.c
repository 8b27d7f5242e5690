// SPDX-License-Identifier: BSD-3-Clause
/* hfi1-perf: both ends, and how they find each other. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "perf.h"

#define TALKING (1u << PERF_LATENCY | 1u << PERF_BANDWIDTH | 1u << PERF_RATE)

/* What each end tells the other before anything is sent. */
struct hello {
	uint64_t magic;
	struct perf_plan plan; /* the first end's counts */
	struct hfi1t_address address;
	uint32_t room_packets;
	uint64_t room_bytes;
};

#define HELLO_MAGIC 0x3170657266ULL

static struct hello our_hello(const struct perf_side *side)
{
	struct hello h;

	/* It travels whole, so its padding is zero. */
	memset(&h, 0, sizeof(h));
	h.magic = HELLO_MAGIC;
	h.plan = side->plan;
	h.address = hfi1t_address(&side->t);
	h.room_packets = side->t.room_packets;
	h.room_bytes = side->t.room_bytes;
	return h;
}

static int agree(struct perf_side *side)
{
	struct hello ours = our_hello(side), theirs = ours;
	int ret = 0;

	if (side->peer >= 0)
		ret = perf_swap(side->peer, &ours, sizeof(ours), &theirs,
				sizeof(theirs));
	if (!ret && theirs.magic != HELLO_MAGIC)
		ret = -EPROTO;
	if (ret)
		return perf_fail(ret, "the other end");
	if (!side->first)
		side->plan = theirs.plan;
	side->to = theirs.address;
	side->room_packets = ours.room_packets < theirs.room_packets ?
				     ours.room_packets :
				     theirs.room_packets;
	side->room_bytes = ours.room_bytes < theirs.room_bytes ?
				   ours.room_bytes :
				   theirs.room_bytes;
	return 0;
}

static int run_side(struct perf_side *side, const char *device)
{
	int ret = hfi1t_open(&side->t, device);

	if (ret)
		return perf_fail(ret, "%s", device);
	ret = agree(side);
	if (!ret)
		ret = perf_measure(side);
	hfi1t_close(&side->t);
	return ret;
}

static int run_server(struct perf_side *side)
{
	int listener = perf_peer_listen(side->opt->port), ret;

	if (listener < 0)
		return perf_fail(listener, "port %s", side->opt->port);
	side->peer = perf_peer_accept(listener);
	close(listener);
	if (side->peer < 0)
		return perf_fail(side->peer, "accept");
	ret = run_side(side, side->opt->device);
	close(side->peer);
	return ret;
}

static int run_client(struct perf_side *side)
{
	int ret;

	side->first = true;
	side->peer = perf_peer_connect(side->opt->host, side->opt->port);
	if (side->peer < 0)
		return perf_fail(side->peer, "%s", side->opt->host);
	ret = run_side(side, side->opt->device);
	close(side->peer);
	return ret;
}

static int make_mailboxes(struct perf_side *side)
{
	side->out = perf_mailbox_new();
	side->in = side->opt->place == PERF_SELF ? side->out :
						   perf_mailbox_new();
	return side->out && side->in ? 0 : perf_fail(-ENOMEM, "shared memory");
}

/* The child's end: the same, with the mailboxes the other way round. */
static void run_child(struct perf_side *side, int peer)
{
	struct perf_mailbox *out = side->out;

	side->out = side->in;
	side->in = out;
	side->first = false;
	side->peer = peer;
	_exit(run_side(side, side->opt->peer_device) ? 1 : 0);
}

static int run_fork(struct perf_side *side)
{
	int sv[2], status, ret;
	pid_t child;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv))
		return perf_fail(-errno, "socketpair");
	fflush(NULL);
	child = fork();
	if (child < 0)
		return perf_fail(-errno, "fork");
	if (!child) {
		close(sv[0]);
		run_child(side, sv[1]);
	}
	close(sv[1]);
	side->first = true;
	side->peer = sv[0];
	ret = run_side(side, side->opt->device);
	/* Ends the other one, should it still wait for us. */
	close(sv[0]);
	waitpid(child, &status, 0);
	return ret ? ret : status ? -ECHILD : 0;
}

static int run_self(struct perf_side *side)
{
	side->first = true;
	side->peer = -1;
	return run_side(side, side->opt->device);
}

static int talk(struct perf_side *side)
{
	switch (side->opt->place) {
	case PERF_SERVER:
		return run_server(side);
	case PERF_CLIENT:
		return run_client(side);
	case PERF_FORK:
		return make_mailboxes(side) ? -ENOMEM : run_fork(side);
	default:
		return make_mailboxes(side) ? -ENOMEM : run_self(side);
	}
}

int main(int argc, char **argv)
{
	struct perf_options opt;
	struct perf_side side = { .opt = &opt };
	int ret = 0;

	if (perf_options_parse(&opt, argc, argv))
		return 2;
	side.plan = opt.plan;
	side.report = perf_report_open(&opt);
	if (!side.report)
		return 1;
	if (opt.plan.tests & TALKING)
		ret = talk(&side);
	if (!ret && (opt.plan.tests & 1u << PERF_CONTEXTS))
		ret = perf_scale_contexts(&opt, side.report);
	if (!ret && (opt.plan.tests & 1u << PERF_TIDS))
		ret = perf_scale_tids(&opt, side.report);
	if (perf_report_close(side.report))
		ret = -EIO;
	return ret ? 1 : 0;
}
