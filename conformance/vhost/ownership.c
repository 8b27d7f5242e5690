// SPDX-License-Identifier: BSD-3-Clause
/*
 * Who may do what: ownership, and what is gone when it is given up.
 */
#include <errno.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../lib/calls.h"
#include "../runner/verdict.h"
#include "device.h"

static void round_trip(const struct hfi1c_case *c)
{
	struct vhost_vring_state ring = { .index = 1, .num = 77 };
	struct hfi1c_world w;
	unsigned int i;

	(void)c;
	hfi1c_world_build(&w, &hfi1c_scenario_owned);
	hfi1c_expect_ok(hfi1c_ioctl(w.fd, VHOST_SET_VRING_BASE, &ring));
	ring.num = 0;
	hfi1c_expect_ok(hfi1c_ioctl(w.fd, VHOST_GET_VRING_BASE, &ring));
	hfi1c_expect_u64(ring.num, 77, "the base of ring 1");
	for (i = 0; i < 3; i++) {
		hfi1c_expect_ok(hfi1c_ioctl(w.fd, VHOST_RESET_OWNER, NULL));
		hfi1c_expect_errno(hfi1c_ioctl(w.fd, VHOST_RESET_OWNER, NULL),
				   hfi1c_wrong_state.error);
		hfi1c_expect_ok(hfi1c_ioctl(w.fd, VHOST_SET_OWNER, NULL));
		hfi1c_expect_errno(hfi1c_ioctl(w.fd, VHOST_SET_OWNER, NULL),
				   EBUSY);
	}
	hfi1c_expect_ok(hfi1c_ioctl(w.fd, VHOST_GET_VRING_BASE, &ring));
	hfi1c_expect_u64(ring.num, 0, "the base of ring 1 for a new owner");
	hfi1c_world_close(&w);
}

/* Ownership is the address space's: a child has one of its own. */
static void child(const struct hfi1c_case *c)
{
	struct vhost_vring_state ring = { .index = 0 };
	struct hfi1c_world w;
	int status;
	pid_t pid;

	(void)c;
	hfi1c_world_build(&w, &hfi1c_scenario_owned);
	pid = fork();
	hfi1c_setup(pid >= 0, "cannot fork");
	if (!pid) {
		hfi1c_verdict_child();
		hfi1c_expect_errno(hfi1c_ioctl(w.fd, VHOST_GET_VRING_BASE,
					       &ring),
				   hfi1c_wrong_state.error);
		hfi1c_expect_errno(hfi1c_ioctl(w.fd, VHOST_SET_OWNER, NULL),
				   EBUSY);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	hfi1c_expect_ok(hfi1c_ioctl(w.fd, VHOST_GET_VRING_BASE, &ring));
	hfi1c_world_close(&w);
}

static void eventfds(const struct hfi1c_case *c)
{
	static const unsigned long commands[] = { VHOST_SET_VRING_KICK,
						  VHOST_SET_VRING_CALL,
						  VHOST_SET_VRING_ERR };
	struct vhost_vring_file file = { .index = 0 };
	struct hfi1c_world w;
	int ends[2];
	unsigned int i;

	(void)c;
	hfi1c_world_build(&w, &hfi1c_scenario_owned);
	hfi1c_setup(!pipe(ends), "cannot make a pipe");
	for (i = 0; i < HFI1C_COUNT(commands); i++) {
		file.fd = eventfd(0, EFD_CLOEXEC);
		hfi1c_setup(file.fd >= 0, "cannot make an eventfd");
		hfi1c_expect_ok(hfi1c_ioctl(w.fd, commands[i], &file));
		close(file.fd);
		file.fd = ends[0];
		hfi1c_expect_errno(hfi1c_ioctl(w.fd, commands[i], &file),
				   EINVAL);
		file.fd = VHOST_FILE_UNBIND;
		hfi1c_expect_ok(hfi1c_ioctl(w.fd, commands[i], &file));
	}
	close(ends[0]);
	close(ends[1]);
	hfi1c_world_close(&w);
}

static const struct hfi1c_case cases[] = {
	{ .name = "ownership.round-trip",
	  .clause = "SET_OWNER RESET_OWNER transition.owned.RESET_OWNER",
	  .doc = "A file can be owned again; nothing of the last owner is left.",
	  .run = round_trip },
	{ .name = "ownership.child",
	  .clause = "ioctl.not-owner SET_OWNER",
	  .doc = "A child process does not own its parent's file.",
	  .run = child },
	{ .name = "ownership.eventfds",
	  .clause = "SET_VRING_KICK SET_VRING_CALL SET_VRING_ERR",
	  .doc = "Rings take eventfds and no other files, and let them go.",
	  .run = eventfds },
};

HFI1C_GROUP(ownership, "ownership", "Who may do what.", cases);
