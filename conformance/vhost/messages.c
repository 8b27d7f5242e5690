// SPDX-License-Identifier: BSD-3-Clause
/*
 * Messages of both versions by write(), and numbers that are no commands.
 */
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <linux/virtio_config.h>

#include "../lib/buffers.h"
#include "../lib/calls.h"
#include "device.h"

#define UNKNOWN _IOW(VHOST_VIRTIO, 0xfe, struct vhost_vring_state)

static const struct vhost_iotlb_msg update = {
	.iova = 0x1000,
	.size = 0x1000,
	.uaddr = 0x10000000,
	.perm = VHOST_ACCESS_RW,
	.type = VHOST_IOTLB_UPDATE,
};

static void build(struct hfi1c_world *w)
{
	hfi1c_world_build(w, &hfi1c_scenario_owned);
}

/* The device translates by messages once this feature is chosen. */
static void translate(const struct hfi1c_world *w)
{
	uint64_t features = 1ULL << VIRTIO_F_ACCESS_PLATFORM;

	hfi1c_expect_ok(hfi1c_ioctl(w->fd, VHOST_SET_FEATURES, &features));
}

static long send_v1(const struct hfi1c_world *w,
		    const struct vhost_iotlb_msg *iotlb)
{
	struct vhost_msg msg = { .type = VHOST_IOTLB_MSG, .iotlb = *iotlb };

	return hfi1c_write(w->fd, &msg, sizeof(msg));
}

static long send_v2(const struct hfi1c_world *w,
		    const struct vhost_iotlb_msg *iotlb)
{
	struct vhost_msg_v2 msg = { .type = VHOST_IOTLB_MSG_V2,
				    .iotlb = *iotlb };

	return hfi1c_write(w->fd, &msg, sizeof(msg));
}

static void both_versions(const struct hfi1c_case *c)
{
	struct vhost_iotlb_msg back = update;
	struct hfi1c_world w;

	(void)c;
	back.type = VHOST_IOTLB_INVALIDATE;
	build(&w);
	translate(&w);
	hfi1c_expect_result(send_v1(&w, &update), sizeof(struct vhost_msg),
			    "an update, version 1");
	hfi1c_expect_result(send_v1(&w, &back), sizeof(struct vhost_msg),
			    "its end, version 1");
	hfi1c_expect_result(send_v2(&w, &update), sizeof(struct vhost_msg_v2),
			    "an update, version 2");
	hfi1c_expect_result(send_v2(&w, &back), sizeof(struct vhost_msg_v2),
			    "its end, version 2");
	hfi1c_world_close(&w);
}

static void untranslated(const struct hfi1c_case *c)
{
	struct hfi1c_world w;

	(void)c;
	build(&w);
	hfi1c_expect_errno(send_v1(&w, &update), EFAULT);
	hfi1c_expect_errno(send_v2(&w, &update), EFAULT);
	hfi1c_world_close(&w);
}

/* The union is as long as its longest member, but no more is read of it. */
static void lengths(const struct hfi1c_case *c)
{
	struct vhost_msg_v2 msg = { .type = VHOST_IOTLB_MSG_V2,
				    .iotlb = update };
	size_t enough = offsetof(struct vhost_msg_v2, iotlb) +
			sizeof(struct vhost_iotlb_msg);
	struct hfi1c_world w;
	size_t n;

	(void)c;
	build(&w);
	translate(&w);
	for (n = 1; n < enough; n++)
		hfi1c_expect_result(hfi1c_write(w.fd, &msg, n), -EINVAL,
				    "a message that is cut off");
	hfi1c_expect_result(hfi1c_write(w.fd, &msg, enough), sizeof(msg),
			    "a message without the rest of the union");
	hfi1c_world_close(&w);
}

static void kinds(const struct hfi1c_case *c)
{
	struct vhost_iotlb_msg msg = update;
	struct hfi1c_world w;

	(void)c;
	build(&w);
	translate(&w);
	msg.size = 0;
	hfi1c_expect_errno(send_v2(&w, &msg), EINVAL);
	msg = update;
	msg.uaddr = 0xffff888000000000ULL;
	hfi1c_expect_errno(send_v2(&w, &msg), EFAULT);
	msg = update;
	msg.type = VHOST_IOTLB_MISS;
	hfi1c_expect_errno(send_v2(&w, &msg), EFAULT);
	msg.type = 200;
	hfi1c_expect_errno(send_v2(&w, &msg), EFAULT);
	hfi1c_world_close(&w);
}

static void unknown_reads(const struct hfi1c_case *c)
{
	struct vhost_vring_state ring = { .index = 2 };
	struct hfi1c_world w;

	(void)c;
	build(&w);
	hfi1c_expect_errno(hfi1c_ioctl(w.fd, UNKNOWN, NULL), EFAULT);
	hfi1c_expect_errno(hfi1c_ioctl(w.fd, UNKNOWN, &ring), ENOBUFS);
	ring.index = 1;
	hfi1c_expect_errno(hfi1c_ioctl(w.fd, UNKNOWN, &ring),
			   hfi1c_unknown_command.error);
	hfi1c_world_close(&w);
}

static const struct hfi1c_case cases[] = {
	{ .name = "messages.versions",
	  .clause = "struct.vhost_msg struct.vhost_msg_v2 file.write",
	  .doc = "Both versions of messages give and take back translations.",
	  .run = both_versions },
	{ .name = "messages.untranslated",
	  .clause = "file.write SET_FEATURES",
	  .doc = "Without VIRTIO_F_ACCESS_PLATFORM there is nothing to update.",
	  .run = untranslated },
	{ .name = "messages.lengths",
	  .clause = "file.write.no-message struct.vhost_msg_v2",
	  .doc = "A message that is cut off is refused; the rest of the union need not be there.",
	  .run = lengths },
	{ .name = "messages.kinds",
	  .clause = "file.write struct.vhost_iotlb_msg",
	  .doc = "Messages that a device does not take are refused.",
	  .run = kinds },
	{ .name = "messages.unknown-reads",
	  .clause = "ioctl.unknown-command quirk.unknown-reads",
	  .doc = "An unknown command fails by the index at its argument first.",
	  .run = unknown_reads },
};

HFI1C_GROUP(messages, "messages", "Messages, and what is no command.", cases);
