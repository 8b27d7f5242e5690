/* SPDX-License-Identifier: BSD-3-Clause */
/* One emulated adapter: chip model, driver core, and who runs them. */
#ifndef HFI1_EMU_UNIT_H
#define HFI1_EMU_UNIT_H

#include <pthread.h>
#include <hosted/hosted.h>
#include "../daemon/daemon.h"
#include "hfi1u.h"
#include "wfr.h"

#define UNIT_MAX     8
#define UNIT_MAJOR   243
#define UNIT_VECTORS 256

/* A part of the BAR that processes map, as memory they share with the model. */
struct unit_window {
	int fd;
	void *mem;
	size_t size;
};

struct unit {
	unsigned int number;
	char name[16];
	struct device dev;
	struct hosted_chrdev chrdev;
	struct wfr_device *wfr;
	struct hfi1u_dev *dd;
	void __iomem *bar;
	phys_addr_t bar_phys;
	struct unit_window pio;
	struct unit_window uregs;
	bool started;
	bool damaged; /* a fault was injected since the last repair */

	/* threads: the chip's engines, and its interrupts */
	pthread_mutex_t lock;
	pthread_cond_t work;
	pthread_cond_t irq;
	pthread_t engine_thread;
	pthread_t irq_thread;
	bool running;
	bool kicked;
	bool stop;
	u64 vectors[UNIT_VECTORS / 64];
};

/* unit.c */
struct unit *unit_get(unsigned int number);
int unit_reload(struct unit *u);

/* params.c */
extern struct hfi1u_params unit_params;

/* port.c: the fabric manager's role */
int unit_port_up(struct unit *u);
void unit_port_down(struct unit *u);

/* engine.c */
int unit_threads_start(struct unit *u);
void unit_threads_stop(struct unit *u);
void unit_raise(struct unit *u, unsigned int vector);
void unit_kick(struct unit *u);

/* pcap.c: what the ports send, in a file */
int pcap_start(struct wfr_fabric *fabric, const char *path);
void pcap_stop(struct wfr_fabric *fabric);

/* sysfs.c */
int unit_sysfs_create(struct unit *u, const char *dir);
void unit_sysfs_update(struct unit *u);
void unit_sysfs_contexts(struct unit *u);

/* unit_ctl.c */
extern struct ctl_command unit_commands[];
void unit_status(FILE *out);

#endif
