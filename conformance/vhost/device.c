// SPDX-License-Identifier: BSD-3-Clause
/*
 * The suite of virtio accelerators: how a file is opened and brought into each
 * state.
 */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "../lib/calls.h"
#include "device.h"

void hfi1c_file_open(struct hfi1c_world *w, const struct hfi1c_probe *p);
void hfi1c_file_release(struct hfi1c_world *w, const struct hfi1c_probe *p);
void hfi1c_file_write(struct hfi1c_world *w, const struct hfi1c_probe *p);

static void open_file(struct hfi1c_world *w)
{
	w->fd = hfi1c_world_open(w->access);
}

static void own_file(struct hfi1c_world *w)
{
	open_file(w);
	hfi1c_setup(!hfi1c_ioctl(w->fd, VHOST_SET_OWNER, NULL),
		    "SET_OWNER failed");
}

static void unowned(struct hfi1c_world *w)
{
	open_file(w);
	hfi1c_world_observe(w);
}

const struct hfi1c_scenario hfi1c_scenario_unowned = {
	.name = "unowned",
	.state = HFI1C_STATE_UNOWNED,
	.build = unowned,
};

static void owned(struct hfi1c_world *w)
{
	own_file(w);
	hfi1c_world_observe(w);
}

const struct hfi1c_scenario hfi1c_scenario_owned = {
	.name = "owned",
	.state = HFI1C_STATE_OWNED,
	.build = owned,
};

static void memory_set(struct hfi1c_world *w)
{
	struct vhost_memory none = { 0 };

	own_file(w);
	hfi1c_setup(!hfi1c_ioctl(w->fd, VHOST_SET_MEM_TABLE, &none),
		    "SET_MEM_TABLE failed");
	hfi1c_world_observe(w);
}

const struct hfi1c_scenario hfi1c_scenario_memory_set = {
	.name = "memory-set",
	.state = HFI1C_STATE_OWNED,
	.build = memory_set,
};

/* No report tells who owns the file, but a command on a ring does. */
static void intact(const struct hfi1c_world *w)
{
	struct vhost_vring_state ring = { .index = 0 };
	long result = hfi1c_ioctl(w->fd, VHOST_GET_VRING_BASE, &ring);
	long expected =
		w->state == HFI1C_STATE_OWNED ? 0 : -hfi1c_wrong_state.error;

	hfi1c_expect(
		result == expected,
		"the refused call left the file in another state: GET_VRING_BASE gives %ld",
		result);
}

const struct hfi1c_provider hfi1c_provider = { .intact = intact };

void hfi1c_file_open(struct hfi1c_world *w, const struct hfi1c_probe *p)
{
	static const int modes[] = { O_RDWR, O_RDONLY, O_WRONLY };
	uint64_t features;
	unsigned int i;
	long fd;

	for (i = 0; i < HFI1C_COUNT(modes); i++) {
		fd = hfi1c_open(hfi1c_device(), modes[i] | O_CLOEXEC);
		hfi1c_expect(fd >= 0, "open with mode %d fails: %s", modes[i],
			     strerror(-fd));
		hfi1c_expect_result(hfi1c_ioctl(fd, VHOST_GET_FEATURES,
						&features),
				    -p->error, "GET_FEATURES on the new file");
		close(fd);
	}
	hfi1c_world_intact(w);
}

/* Nothing of an old file is in a new one. */
void hfi1c_file_release(struct hfi1c_world *w, const struct hfi1c_probe *p)
{
	hfi1c_expect_result(hfi1c_close(w->fd), -p->error, "close");
	w->fd = hfi1c_world_open(O_RDWR);
	w->state = HFI1C_STATE_UNOWNED;
	hfi1c_world_intact(w);
}

void hfi1c_file_write(struct hfi1c_world *w, const struct hfi1c_probe *p)
{
	struct vhost_msg msg = { .type = VHOST_IOTLB_MSG_V2 + 1 };

	hfi1c_expect_result(hfi1c_write(w->fd, &msg, sizeof(msg)), -p->error,
			    "write of an unknown message");
	hfi1c_expect_result(hfi1c_write(w->fd, &msg, 3), -p->error,
			    "write of less than a type");
	hfi1c_world_intact(w);
}

int main(int argc, char **argv)
{
	static const struct hfi1c_group *const behaviour[] = {
		&hfi1c_group_ownership,
		&hfi1c_group_memory,
		&hfi1c_group_messages,
	};
	const struct hfi1c_suite suite = {
		.program = "vhost-conformance",
		.module = "vhost_net",
	};

	return hfi1c_suite_main(suite, behaviour, HFI1C_COUNT(behaviour), argc,
				argv);
}
