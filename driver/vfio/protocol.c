// SPDX-License-Identifier: BSD-3-Clause
/*
 * One handler for each command.  The sizes in the table at the end are
 * checked before a handler runs; everything else that a client says is
 * checked here.
 */
#include <errno.h>
#include <linux/vfio.h>
#include <stdio.h>
#include <string.h>

#include "adapter.h"
#include "dma.h"
#include "irq.h"
#include "log.h"
#include "pciconf.h"
#include "protocol.h"
#include "wfr_regs.h"

static void *reply_with(struct vfu_session *s, size_t len)
{
	s->reply.len = len;
	memset(s->reply.buf, 0, len);
	return s->reply.buf;
}

/*
 * The client proposes a version; any 0.x is fine, since this server needs
 * none of what later minors added, and 0.0 is what QEMU speaks.
 */
static int do_version(struct vfu_session *s, struct vfu_msg *msg)
{
	const struct vfu_version *ask = (void *)msg->body;
	struct vfu_version *rep;
	char *json;

	if (ask->major != 0)
		return -EPROTONOSUPPORT;
	if (msg->len > sizeof(*ask) && msg->body[msg->len - 1])
		return -EINVAL;
	rep = reply_with(s, sizeof(*rep) + 256);
	json = (char *)(rep + 1);
	s->reply.len = sizeof(*rep) + 1 +
		       snprintf(json, 256,
				"{\"capabilities\":{\"max_msg_fds\":%u,"
				"\"max_data_xfer_size\":%u,"
				"\"max_dma_maps\":%u,\"pgsizes\":%u,"
				"\"write_multiple\":true}}",
				VFU_MAX_FDS, VFU_MAX_XFER, VFU_MAX_MAPS,
				VFU_PAGE_SIZE);
	s->versioned = true;
	return 0;
}

static int do_dma_map(struct vfu_session *s, struct vfu_msg *msg)
{
	const struct vfu_dma_map *map = (void *)msg->body;

	if (msg->nfds > 1)
		return -EINVAL;
	return vfu_dma_add(vfu_adapter_dma(s->ad), map,
			   msg->nfds ? msg->fd[0] : -1);
}

static int do_dma_unmap(struct vfu_session *s, struct vfu_msg *msg)
{
	const struct vfu_dma_unmap *unmap = (void *)msg->body;
	int err;

	if (unmap->flags)
		return -EINVAL;
	err = vfu_dma_del(vfu_adapter_dma(s->ad), unmap->addr, unmap->size);
	if (!err)
		memcpy(reply_with(s, sizeof(*unmap)), unmap, sizeof(*unmap));
	return err;
}

static int do_device_info(struct vfu_session *s, struct vfu_msg *msg)
{
	const struct vfu_device_info *ask = (void *)msg->body;
	struct vfu_device_info *rep;

	if (ask->argsz < sizeof(*rep))
		return -EINVAL;
	rep = reply_with(s, sizeof(*rep));
	rep->argsz = sizeof(*rep);
	rep->flags = VFIO_DEVICE_FLAGS_RESET | VFIO_DEVICE_FLAGS_PCI;
	rep->num_regions = VFIO_PCI_NUM_REGIONS;
	rep->num_irqs = VFIO_PCI_NUM_IRQS;
	return 0;
}

static uint64_t region_size(uint32_t region)
{
	switch (region) {
	case VFIO_PCI_BAR0_REGION_INDEX:
		return WFR_BAR0_SIZE;
	case VFIO_PCI_CONFIG_REGION_INDEX:
		return VFU_CONFIG_SIZE;
	default:
		return 0;
	}
}

/* BAR 0 with the sparse mmap capability for its one mappable part, if any. */
struct bar_info {
	struct vfio_region_info info;
	struct vfio_info_cap_header cap;
	uint32_t nr_areas;
	uint32_t reserved;
	struct vfio_region_sparse_mmap_area area;
};

static void describe_bar(struct vfu_session *s, struct bar_info *bar)
{
	uint64_t off, size;
	int fd = vfu_adapter_mappable(s->ad, &off, &size);

	if (fd < 0)
		return;
	bar->info.argsz = sizeof(*bar);
	bar->info.flags |= VFIO_REGION_INFO_FLAG_MMAP |
			   VFIO_REGION_INFO_FLAG_CAPS;
	bar->info.cap_offset = offsetof(struct bar_info, cap);
	bar->cap.id = VFIO_REGION_INFO_CAP_SPARSE_MMAP;
	bar->cap.version = 1;
	bar->nr_areas = 1;
	bar->area.offset = off;
	bar->area.size = size;
	s->reply.fd = fd;
}

static int do_region_info(struct vfu_session *s, struct vfu_msg *msg)
{
	const struct vfio_region_info *ask = (void *)msg->body;
	struct bar_info *rep;

	if (ask->argsz < sizeof(*ask) || ask->index >= VFIO_PCI_NUM_REGIONS)
		return -EINVAL;
	rep = reply_with(s, sizeof(*rep));
	rep->info.argsz = sizeof(rep->info);
	rep->info.index = ask->index;
	rep->info.size = region_size(ask->index);
	if (rep->info.size)
		rep->info.flags = VFIO_REGION_INFO_FLAG_READ |
				  VFIO_REGION_INFO_FLAG_WRITE;
	if (ask->index == VFIO_PCI_BAR0_REGION_INDEX)
		describe_bar(s, rep);
	s->reply.len = rep->info.argsz;
	/* A client with too little room learns the size and asks again. */
	if (s->reply.len > ask->argsz) {
		s->reply.len = sizeof(rep->info);
		s->reply.fd = -1;
	}
	return 0;
}

static int do_irq_info(struct vfu_session *s, struct vfu_msg *msg)
{
	const struct vfio_irq_info *ask = (void *)msg->body;
	struct vfio_irq_info *rep;

	if (ask->argsz < sizeof(*ask) || ask->index >= VFIO_PCI_NUM_IRQS)
		return -EINVAL;
	/* As for a device that cannot report bus errors. */
	if (ask->index == VFIO_PCI_ERR_IRQ_INDEX)
		return -EINVAL;
	rep = reply_with(s, sizeof(*rep));
	rep->argsz = sizeof(*rep);
	rep->index = ask->index;
	if (ask->index == VFIO_PCI_MSIX_IRQ_INDEX) {
		rep->flags = VFIO_IRQ_INFO_EVENTFD;
		rep->count = VFU_VECTORS;
	}
	return 0;
}

/* Eventfds for a range of vectors; without any the range is disconnected. */
static int connect_vectors(struct vfu_session *s, struct vfu_msg *msg,
			   const struct vfio_irq_set *set)
{
	struct vfu_irqs *irqs = vfu_adapter_irqs(s->ad);
	unsigned int i;
	int err = 0;

	if (msg->nfds && msg->nfds != set->count)
		return -EINVAL;
	for (i = 0; i < set->count && !err; i++)
		err = vfu_irqs_set(irqs, set->start + i,
				   vfu_msg_take_fd(msg, i));
	return err;
}

/* The client plays the device: raise vectors of a range. */
static int trigger_vectors(struct vfu_session *s, const struct vfu_msg *msg,
			   const struct vfio_irq_set *set)
{
	struct vfu_irqs *irqs = vfu_adapter_irqs(s->ad);
	bool some = set->flags & VFIO_IRQ_SET_DATA_BOOL;
	unsigned int i;

	if (some && msg->len < sizeof(*set) + set->count)
		return -EINVAL;
	for (i = 0; i < set->count; i++)
		if (!some || set->data[i])
			vfu_irqs_raise(irqs, set->start + i);
	return 0;
}

static int set_msix(struct vfu_session *s, struct vfu_msg *msg,
		    const struct vfio_irq_set *set)
{
	uint32_t data = set->flags & VFIO_IRQ_SET_DATA_TYPE_MASK;

	if (set->start > VFU_VECTORS || set->count > VFU_VECTORS - set->start)
		return -EINVAL;
	/* Masking is the business of the client, which has the table. */
	if ((set->flags & VFIO_IRQ_SET_ACTION_TYPE_MASK) !=
	    VFIO_IRQ_SET_ACTION_TRIGGER)
		return -EINVAL;
	if (data == VFIO_IRQ_SET_DATA_EVENTFD)
		return connect_vectors(s, msg, set);
	if (data == VFIO_IRQ_SET_DATA_NONE && !set->count) {
		if (set->start)
			return -EINVAL;
		vfu_irqs_clear(vfu_adapter_irqs(s->ad));
		return 0;
	}
	if (data == VFIO_IRQ_SET_DATA_NONE || data == VFIO_IRQ_SET_DATA_BOOL)
		return trigger_vectors(s, msg, set);
	return -EINVAL;
}

static int do_set_irqs(struct vfu_session *s, struct vfu_msg *msg)
{
	const struct vfio_irq_set *set = (void *)msg->body;

	if (set->index >= VFIO_PCI_NUM_IRQS)
		return -EINVAL;
	if (set->index == VFIO_PCI_MSIX_IRQ_INDEX)
		return set_msix(s, msg, set);
	/* The others have no interrupts; disabling none of them is fine. */
	return set->count || set->start ? -EINVAL : 0;
}

static int check_access(uint64_t offset, uint32_t region, uint32_t count)
{
	uint64_t size;

	if (region >= VFIO_PCI_NUM_REGIONS)
		return -EINVAL;
	size = region_size(region);
	if (!count || count > VFU_MAX_XFER)
		return -EINVAL;
	return offset > size || count > size - offset ? -EINVAL : 0;
}

static int do_region_read(struct vfu_session *s, struct vfu_msg *msg)
{
	const struct vfu_region_access *a = (void *)msg->body;
	int err = check_access(a->offset, a->region, a->count);
	uint8_t *data;

	if (err)
		return err;
	s->reply.len = sizeof(*a) + a->count;
	memcpy(s->reply.buf, a, sizeof(*a));
	data = s->reply.buf + sizeof(*a);
	if (a->region == VFIO_PCI_BAR0_REGION_INDEX)
		vfu_adapter_bar_read(s->ad, a->offset, data, a->count);
	else
		vfu_adapter_config_read(s->ad, a->offset, data, a->count);
	return 0;
}

static int region_write(struct vfu_session *s, uint64_t offset, uint32_t region,
			uint32_t count, const void *data)
{
	int err = check_access(offset, region, count);

	if (err)
		return err;
	if (region == VFIO_PCI_BAR0_REGION_INDEX)
		vfu_adapter_bar_write(s->ad, offset, data, count);
	else
		vfu_adapter_config_write(s->ad, offset, data, count);
	return 0;
}

static int do_region_write(struct vfu_session *s, struct vfu_msg *msg)
{
	const struct vfu_region_access *a = (void *)msg->body;
	int err;

	if (msg->len - sizeof(*a) != a->count)
		return -EINVAL;
	err = region_write(s, a->offset, a->region, a->count, a + 1);
	if (!err)
		memcpy(reply_with(s, sizeof(*a)), a, sizeof(*a));
	return err;
}

/* All writes are checked before the first is done. */
static int do_write_multi(struct vfu_session *s, struct vfu_msg *msg)
{
	const struct vfu_write_multi *multi = (void *)msg->body;
	const struct vfu_single_write *w = (void *)(multi + 1);
	size_t room = (msg->len - sizeof(*multi)) / sizeof(*w);
	uint64_t i;
	int err;

	if (multi->count != room ||
	    msg->len != sizeof(*multi) + room * sizeof(*w))
		return -EINVAL;
	for (i = 0; i < room; i++) {
		err = w[i].count > sizeof(w[i].data) ?
			      -EINVAL :
			      check_access(w[i].offset, w[i].region,
					   w[i].count);
		if (err)
			return err;
	}
	for (i = 0; i < room; i++)
		region_write(s, w[i].offset, w[i].region, w[i].count,
			     w[i].data);
	memcpy(reply_with(s, sizeof(*multi)), multi, sizeof(*multi));
	return 0;
}

static int do_reset(struct vfu_session *s, struct vfu_msg *msg)
{
	(void)msg;
	vfu_adapter_reset(s->ad);
	return 0;
}

#define EXACT(type) sizeof(type), sizeof(type)

const struct vfu_command vfu_commands[VFU_COMMANDS] = {
	[VFU_VERSION] = { do_version, sizeof(struct vfu_version), 65536 },
	[VFU_DMA_MAP] = { do_dma_map, EXACT(struct vfu_dma_map) },
	[VFU_DMA_UNMAP] = { do_dma_unmap, EXACT(struct vfu_dma_unmap) },
	[VFU_DEVICE_GET_INFO] = { do_device_info,
				  EXACT(struct vfu_device_info) },
	[VFU_DEVICE_GET_REGION_INFO] = { do_region_info,
					 sizeof(struct vfio_region_info),
					 VFU_MAX_BODY },
	[VFU_DEVICE_GET_IRQ_INFO] = { do_irq_info,
				      EXACT(struct vfio_irq_info) },
	[VFU_DEVICE_SET_IRQS] = { do_set_irqs, sizeof(struct vfio_irq_set),
				  sizeof(struct vfio_irq_set) + VFU_MAX_XFER },
	[VFU_REGION_READ] = { do_region_read, EXACT(struct vfu_region_access) },
	[VFU_REGION_WRITE] = { do_region_write,
			       sizeof(struct vfu_region_access), VFU_MAX_BODY },
	[VFU_DEVICE_RESET] = { do_reset, 0, 0 },
	[VFU_REGION_WRITE_MULTI] = { do_write_multi,
				     sizeof(struct vfu_write_multi),
				     VFU_MAX_BODY },
};
