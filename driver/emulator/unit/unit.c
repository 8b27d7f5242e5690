// SPDX-License-Identifier: BSD-3-Clause
/*
 * Units: putting the chip model, the driver core and their host together.
 *
 * All units are plugged into one switch, so a packet goes to the unit with
 * its destination's LID.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include "unit.h"
#include "wfr_regs.h"
#include "wfr_words.h"

#define GUID_BASE 0x0011750101000000ULL

/*
 * How long the search for packets in the shared PIO windows pauses: short
 * while packets flow, long enough when idle to cost next to nothing.
 */
#define SCAN_MIN_NS 5000
#define SCAN_MAX_NS 5000000

static struct unit *units[UNIT_MAX + 1];
static struct wfr_fabric *fabric;

struct unit *unit_get(unsigned int number)
{
	return number < UNIT_MAX ? units[number] : NULL;
}

static u64 mmio_read(void *ctx, u64 offset)
{
	struct unit *u = ctx;

	return wfr_mmio_read(u->wfr, offset, 8);
}

static void mmio_write(void *ctx, u64 offset, u64 value)
{
	struct unit *u = ctx;

	wfr_mmio_write(u->wfr, offset, value, 8);
}

static const struct hosted_mmio_ops mmio_ops = { mmio_read, mmio_write };

static int dma_read(void *host, uint64_t addr, void *buf, size_t len)
{
	struct unit *u = host;

	return hosted_dma_read(&u->dev, addr, buf, len);
}

static int dma_write(void *host, uint64_t addr, const void *buf, size_t len)
{
	struct unit *u = host;

	return hosted_dma_write(&u->dev, addr, buf, len);
}

static void msix(void *host, unsigned int vector)
{
	unit_raise(host, vector);
}

static void kick(void *host)
{
	unit_kick(host);
}

static const struct wfr_host_ops wfr_ops = {
	.dma_read = dma_read,
	.dma_write = dma_write,
	.msix = msix,
	.kick = kick,
};

static int make_window(struct unit_window *w, size_t size,
		       struct wfr_window *cfg)
{
	w->fd = memfd_create("hfi1-emu-bar", MFD_CLOEXEC);
	if (w->fd < 0 || ftruncate(w->fd, size))
		return -ENOMEM;
	w->mem = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, w->fd, 0);
	if (w->mem == MAP_FAILED) {
		w->mem = NULL;
		return -ENOMEM;
	}
	w->size = size;
	*cfg = (struct wfr_window){ w->mem, size };
	return 0;
}

static void drop_window(struct unit_window *w)
{
	if (w->mem)
		munmap(w->mem, w->size);
	if (w->fd >= 0)
		close(w->fd);
}

static int make_chip(struct unit *u)
{
	struct wfr_config cfg;
	int err;

	wfr_config_init(&cfg);
	cfg.link_auto = true;
	cfg.link_delay_ns = 0;
	cfg.port_guid = GUID_BASE + u->number + 1;
	cfg.scan_min_ns = SCAN_MIN_NS;
	cfg.scan_max_ns = SCAN_MAX_NS;
	err = make_window(&u->pio, WFR_PIO_SIZE, &cfg.pio);
	if (!err)
		err = make_window(&u->uregs,
				  cfg.rcv_contexts * WFR_RCV_UREGS_STRIDE,
				  &cfg.uregs);
	if (err)
		return err;
	u->wfr = wfr_create(&cfg, &wfr_ops, u, &err);
	return u->wfr ? wfr_fabric_join(fabric, u->wfr) : err;
}

static int make_bar(struct unit *u)
{
	int err;

	u->bar = hosted_iomap(&mmio_ops, u, WFR_BAR0_SIZE, &u->bar_phys);
	if (!u->bar)
		return -ENOMEM;
	err = hosted_iomap_window(u->bar, WFR_PIO_BASE, u->pio.size, u->pio.fd,
				  0);
	if (!err)
		err = hosted_iomap_window(u->bar, WFR_RCV_UREGS_BASE,
					  u->uregs.size, u->uregs.fd, 0);
	return err;
}

static int make_driver(struct unit *u)
{
	struct hfi1u_host host = {
		.dev = &u->dev,
		.bar = u->bar,
		.bar_phys = u->bar_phys,
		.unit = u->number,
		.num_vectors = UNIT_VECTORS,
	};

	u->dd = hfi1u_dev_create(&host, &unit_params);
	if (IS_ERR(u->dd)) {
		int err = PTR_ERR(u->dd);

		u->dd = NULL;
		return err;
	}
	return 0;
}

static void destroy_unit(struct unit *u)
{
	if (u->started)
		hfi1u_dev_stop(u->dd);
	unit_threads_stop(u);
	if (u->dd)
		hfi1u_dev_destroy(u->dd);
	wfr_destroy(u->wfr);
	if (u->bar)
		hosted_iounmap(u->bar);
	drop_window(&u->pio);
	drop_window(&u->uregs);
	if (u->dev.dma)
		hosted_dma_exit(&u->dev);
	units[u->number] = NULL;
	free(u);
}

static int start_unit(struct unit *u, const struct emu_config *cfg)
{
	int err = hosted_dma_init(&u->dev);

	if (!err)
		err = make_chip(u);
	if (!err)
		err = make_bar(u);
	if (!err)
		err = make_driver(u);
	if (!err)
		err = unit_threads_start(u);
	if (!err)
		err = hfi1u_dev_start(u->dd);
	u->started = !err;
	if (!err && !cfg->link_down)
		err = unit_port_up(u);
	return err ? err : unit_sysfs_create(u, cfg->dir);
}

/*
 * As if the driver had been unloaded, the chip reset and the driver loaded:
 * the one way out of a freeze for good.
 */
int unit_reload(struct unit *u)
{
	struct hfi1u_stats stats;
	int err;

	hfi1u_get_stats(u->dd, &stats);
	if (stats.open_files)
		return -EBUSY;
	hfi1u_dev_stop(u->dd);
	u->started = false;
	unit_threads_stop(u);
	hfi1u_dev_destroy(u->dd);
	u->dd = NULL;
	wfr_reset(u->wfr);
	err = make_driver(u);
	if (!err)
		err = unit_threads_start(u);
	if (!err)
		err = hfi1u_dev_start(u->dd);
	u->started = !err;
	return err ? err : unit_port_up(u);
}

static int create_unit(unsigned int number, const struct emu_config *cfg)
{
	struct unit *u = calloc(1, sizeof(*u));

	if (!u)
		return -ENOMEM;
	u->number = number;
	u->pio.fd = u->uregs.fd = -1;
	snprintf(u->name, sizeof(u->name), "hfi1_%u", number);
	u->dev.init_name = u->name;
	units[number] = u;
	hosted_chrdev_init(&u->chrdev, &hfi1u_fops, UNIT_MAJOR, number, NULL,
			   NULL);
	return start_unit(u, cfg);
}

static void destroy(void)
{
	unsigned int i = UNIT_MAX;

	while (i--)
		if (units[i])
			destroy_unit(units[i]);
	if (fabric)
		pcap_stop(fabric);
	wfr_fabric_destroy(fabric);
	fabric = NULL;
}

static int create(const struct emu_config *cfg)
{
	unsigned int i;
	int err = 0;

	if (cfg->contexts)
		unit_params.num_user_contexts = cfg->contexts;
	fabric = wfr_fabric_create();
	if (!fabric)
		return -ENOMEM;
	if (cfg->pcap)
		err = pcap_start(fabric, cfg->pcap);
	for (i = 0; !err && i < cfg->units; i++)
		err = create_unit(i, cfg);
	if (err)
		destroy();
	return err;
}

static struct hosted_chrdev *chrdev(unsigned int number)
{
	struct unit *u = unit_get(number);

	return u ? &u->chrdev : NULL;
}

static void changed(void)
{
	unsigned int i;

	for (i = 0; units[i]; i++)
		unit_sysfs_contexts(units[i]);
}

const struct emu_devices emu_devices = {
	.create = create,
	.destroy = destroy,
	.chrdev = chrdev,
	.changed = changed,
	.status = unit_status,
	.commands = unit_commands,
};
