// SPDX-License-Identifier: BSD-3-Clause
/*
 * Opening an endpoint: the calls a process makes before it can use the wire,
 * in the order in which the interface wants them.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "endpoint.h"

/* A number of the port's folder in sysfs, or -1. */
static long port_number(const char *device, const char *attribute)
{
	const char *slash = strrchr(device, '/');
	char path[256], line[64];
	char *end = line;
	long value = -1;
	FILE *f;

	snprintf(path, sizeof(path), "/sys/class/infiniband/%s/ports/1/%s",
		 slash ? slash + 1 : device, attribute);
	f = fopen(path, "re");
	if (!f)
		return -1;
	if (fgets(line, sizeof(line), f))
		value = strtol(line, &end, 0);
	fclose(f);
	return end == line ? -1 : value;
}

/* What packets have to say about the port they leave from. */
static int read_port(struct hfi1t *t, const char *device)
{
	char lane[32];
	long lid = port_number(device, "lid");
	long pkey = port_number(device, "pkeys/0");
	long vl = port_number(device, "sc2vl/0");
	long mtu;

	if (lid <= 0)
		return -ENETDOWN;
	t->lid = lid;
	t->pkey = pkey < 0 ? 0 : pkey;
	t->vl = vl < 0 ? 0 : vl;
	snprintf(lane, sizeof(lane), "vl2mtu/%u", t->vl);
	mtu = port_number(device, lane);
	t->mtu = mtu < 0 ? WFR_PAGE_SIZE : mtu;
	return 0;
}

#define ASSIGN_TRIES	1000
#define ASSIGN_PAUSE_US 1000

/*
 * While the chip is frozen, as it is for a moment when the link goes down, no
 * context can be had: the interface says to try again soon.
 */
static int assign(struct hfi1t *t, const struct hfi1_user_info *user)
{
	int tries, ret;

	for (tries = 0; tries < ASSIGN_TRIES; tries++) {
		ret = hfi1u_assign_ctxt(t->fd, user);
		if (ret != -EIO)
			break;
		usleep(ASSIGN_PAUSE_US);
	}
	return ret;
}

static int get_context(struct hfi1t *t)
{
	const struct hfi1_user_info user = {
		.userversion = HFI1_USER_SWMAJOR << HFI1_SWMAJOR_SHIFT |
			       HFI1_USER_SWMINOR,
	};
	int ret = assign(t, &user);

	if (!ret)
		ret = hfi1u_ctxt_info(t->fd, &t->info);
	if (!ret)
		ret = hfi1u_user_info(t->fd, &t->base);
	/* Without it a PIO packet would halt the context. */
	if (!ret)
		ret = hfi1u_set_pkey(t->fd, t->pkey);
	return ret;
}

static int map_regions(struct hfi1t *t)
{
	static const unsigned int wanted[] = {
		HFI1U_REGION_PIO_BUFS,	 HFI1U_REGION_PIO_BUFS_SOP,
		HFI1U_REGION_PIO_CRED,	 HFI1U_REGION_RCV_HDRQ,
		HFI1U_REGION_RCV_EGRBUF, HFI1U_REGION_UREGS,
		HFI1U_REGION_EVENTS,	 HFI1U_REGION_STATUS,
		HFI1U_REGION_SDMA_COMP,	 HFI1U_REGION_RTAIL,
	};
	const struct hfi1u_view view = { .base_info = &t->base,
					 .ctxt_info = &t->info };
	unsigned int i;
	int ret = 0;

	for (i = 0; !ret && i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		ret = hfi1u_map(t->fd, wanted[i], &view, &t->map[wanted[i]]);
		/* No token: the driver does not write tails to memory. */
		if (ret == -ENOENT && wanted[i] == HFI1U_REGION_RTAIL)
			ret = 0;
	}
	return ret;
}

static void set_limits(struct hfi1t *t)
{
	size_t pio = (t->info.credits / 2 - 1) * WFR_PIO_BLOCK_SIZE;
	size_t eager = t->info.rcvegr_size;

	t->mtu -= t->mtu % WFR_PIO_BLOCK_SIZE;
	if (t->mtu > eager)
		t->mtu = eager;
	t->pio_max = pio < t->mtu ? pio : t->mtu;
	/* One entry and one buffer stay free, and we return them late. */
	t->room_packets = t->info.rcvhdrq_cnt - HFI1T_RELEASE_EVERY - 1;
	/* The end of a buffer may be too short for the next packet. */
	t->room_bytes = (t->info.egrtids - 2) * (eager - t->mtu);
}

static bool port_is_active(const struct hfi1t *t)
{
	const struct hfi1_status *status = t->map[HFI1U_REGION_STATUS].object;

	return status->port & HFI1_STATUS_IB_READY;
}

int hfi1t_open(struct hfi1t *t, const char *device)
{
	int ret;

	memset(t, 0, sizeof(*t));
	t->sequence = 1;
	t->fd = open(device, O_RDWR | O_CLOEXEC);
	if (t->fd < 0)
		return -errno;
	ret = read_port(t, device);
	if (!ret)
		ret = get_context(t);
	if (!ret)
		ret = map_regions(t);
	if (!ret && !port_is_active(t))
		ret = -ENETDOWN;
	if (ret)
		hfi1t_close(t);
	else
		set_limits(t);
	return ret;
}

void hfi1t_close(struct hfi1t *t)
{
	unsigned int i;

	/* Mappings hold the context as much as the file does. */
	for (i = 0; i < sizeof(t->map) / sizeof(t->map[0]); i++)
		if (t->map[i].start)
			hfi1u_unmap(&t->map[i]);
	close(t->fd);
	t->fd = -1;
}

struct hfi1t_address hfi1t_address(const struct hfi1t *t)
{
	return (struct hfi1t_address){
		.lid = t->lid,
		.ctxt = t->info.ctxt,
		.subctxt = t->info.subctxt,
		.jkey = t->base.jkey,
	};
}

void hfi1t_describe(const struct hfi1t *t, const struct hfi1t_packet *p,
		    struct hfi1t_header *h)
{
	*h = (struct hfi1t_header){
		.slid = t->lid,
		.dlid = p->to.lid,
		.pkey = t->pkey,
		.jkey = p->to.jkey,
		.vl = t->vl,
		.lnh = WFR_LRH0_LNH_BTH,
		.opcode = p->opcode ? p->opcode : HFI1T_OPCODE,
		.ctxt = p->to.ctxt,
		.subctxt = p->to.subctxt,
		.flow = p->flow,
		.intr = p->urgent,
		.psn = p->psn,
	};
	memcpy(h->words, p->words, sizeof(h->words));
}

int hfi1t_wait(struct hfi1t *t, int timeout_ms)
{
	struct pollfd p = { .fd = t->fd, .events = POLLIN };
	int ret;

	/* The driver judges by what it was told is read. */
	hfi1t_release(t);
	ret = poll(&p, 1, timeout_ms);
	if (ret < 0)
		return -errno;
	return ret && (p.revents & POLLERR) ? -EIO : ret;
}

int hfi1t_recover(struct hfi1t *t)
{
	const volatile uint64_t *word = t->map[HFI1U_REGION_EVENTS].object;
	uint64_t events = *word;
	int ret = hfi1u_ctxt_reset(t->fd);

	if (ret)
		return ret;
	t->block = 0;
	t->fill = 0;
	/* A freeze takes the receive side down too, a halt does not. */
	if (events & HFI1_EVENT_FROZEN) {
		t->entry = 0;
		t->sequence = 1;
		t->unreleased = 0;
		t->eager = 0;
	}
	return hfi1u_ack_event(t->fd, events);
}
