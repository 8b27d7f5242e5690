/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/*
 * What a host sees of the hfi1 user-access driver core.
 *
 * A host (the kernel module or the user-space emulator) finds a device, maps
 * its BAR, owns its interrupt vectors and its character device node.  The
 * core does the rest: it never looks for a device and knows no host.
 *
 * Life of a device:
 *
 *	hfi1u_dev_create()	software state, nothing touches the chip but
 *				reads of its constants
 *	hfi1u_dev_start()	chip initialised, interrupts on, open() works
 *	hfi1u_interrupt()	any number of times, from threaded handlers
 *	hfi1u_dev_stop()	open() fails, waits for all files to close,
 *				chip quiet
 *	hfi1u_dev_destroy()
 *
 * The host must have its vectors connected before hfi1u_dev_start(), and may
 * disconnect them after hfi1u_dev_stop().
 */
#ifndef HFI1U_H
#define HFI1U_H

#include <linux/cpumask.h>
#include <linux/device.h>
#include <linux/fs.h>
#include <linux/interrupt.h>
#include <linux/types.h>

#define HFI1U_MAX_UNITS 255
#define HFI1U_NUM_PKEYS 16
#define HFI1U_NUM_SCS	32

struct hfi1u_dev;

/**
 * struct hfi1u_params - configuration of a device, in the module's names
 * @cap_mask: capability word, both halves; see hfi1u_caps_write()
 * @num_user_contexts: receive contexts for users, negative for one per
 *	online CPU
 * @krcvqs: receive queues kept for kernel traffic, beside the control one
 * @num_vls: virtual lanes, a power of two up to 8
 * @rcvarray_split: percent of a context's RcvArray share for eager buffers
 * @rcvhdrcnt: entries of a receive header queue, a multiple of 32
 * @hdrq_entsize: dwords of a header queue entry: 2, 16 or 32
 * @eager_buffer_size: bytes of a context's eager buffers
 * @max_mtu: largest payload of a packet in bytes
 * @rcv_intr_timeout: receive interrupt mitigation, nanoseconds
 * @rcv_intr_count: receive interrupt mitigation, packets
 * @sdma_comp_size: slots of a file's SDMA completion ring
 * @sdma_descq_cnt: descriptors of an SDMA engine's ring
 * @num_sdma: SDMA engines to use, 0 for all
 * @piothreshold: largest kernel packet sent by PIO; sizes kernel contexts
 * @user_credit_return_threshold: percent of the credits that may be unreturned
 * @cache_size: MiB of user memory one file may keep pinned
 */
struct hfi1u_params {
	u64 cap_mask;
	int num_user_contexts;
	unsigned int krcvqs;
	unsigned int num_vls;
	unsigned int rcvarray_split;
	unsigned int rcvhdrcnt;
	unsigned int hdrq_entsize;
	unsigned int eager_buffer_size;
	unsigned int max_mtu;
	unsigned int rcv_intr_timeout;
	unsigned int rcv_intr_count;
	unsigned int sdma_comp_size;
	unsigned int sdma_descq_cnt;
	unsigned int num_sdma;
	unsigned int piothreshold;
	unsigned int user_credit_return_threshold;
	unsigned long cache_size;
};

/**
 * struct hfi1u_host - what the host found
 * @dev: the device, for DMA, memory placement and messages
 * @bar: BAR 0, mapped uncached; at least what is below the PIO buffers, which
 *	the core gives to users and never touches itself
 * @rcv_array: the RcvArray of BAR 0 mapped write-combining, or NULL
 * @bar_phys: physical address of BAR 0, for user mappings
 * @unit: number of the unit, the minor number of its node
 * @num_vectors: interrupt vectors the host connected, at least 1; with fewer
 *	than hfi1u_dev_vectors() the engines share vector 0
 * @port_changed: the port has another logical state, or NULL; called without
 *	locks by whoever changed it
 * @data: for @port_changed
 */
struct hfi1u_host {
	struct device *dev;
	void __iomem *bar;
	void __iomem *rcv_array;
	resource_size_t bar_phys;
	unsigned int unit;
	unsigned int num_vectors;
	void (*port_changed)(void *data);
	void *data;
};

/**
 * struct hfi1u_stats - what is in use, for leak checks
 * @open_files: open files
 * @contexts: user contexts in use
 * @send_contexts: send contexts in use
 * @pinned_pages: user pages pinned, for receive and for send
 * @tids: expected entries programmed and not invalidated
 * @tid_nodes: expected entries owned by files, invalidated ones included
 * @sdma_requests: SDMA requests under way
 * @cpus: recommended CPUs handed out
 */
struct hfi1u_stats {
	unsigned int open_files;
	unsigned int contexts;
	unsigned int send_contexts;
	unsigned long pinned_pages;
	unsigned long tids;
	unsigned long tid_nodes;
	unsigned int sdma_requests;
	unsigned int cpus;
};

/* Values of the chip's logical link state. */
enum hfi1u_port_state {
	HFI1U_PORT_DOWN = 1,
	HFI1U_PORT_INIT = 2,
	HFI1U_PORT_ARMED = 3,
	HFI1U_PORT_ACTIVE = 4,
};

/* The file operations of the node; the minor number selects the unit. */
extern const struct file_operations hfi1u_fops;

void hfi1u_params_default(struct hfi1u_params *params);

struct hfi1u_dev *hfi1u_dev_create(const struct hfi1u_host *host,
				   const struct hfi1u_params *params);
unsigned int hfi1u_dev_vectors(const struct hfi1u_dev *dd);
int hfi1u_dev_start(struct hfi1u_dev *dd);
void hfi1u_dev_stop(struct hfi1u_dev *dd);
void hfi1u_dev_gone(struct hfi1u_dev *dd);
void hfi1u_dev_destroy(struct hfi1u_dev *dd);

irqreturn_t hfi1u_interrupt(struct hfi1u_dev *dd, unsigned int vector);

/* The fabric manager's side of the port; see port.c. */
int hfi1u_port_set_state(struct hfi1u_dev *dd, enum hfi1u_port_state state);
enum hfi1u_port_state hfi1u_port_get_state(const struct hfi1u_dev *dd);
int hfi1u_port_set_lid(struct hfi1u_dev *dd, u32 lid, u8 lmc);
void hfi1u_port_set_pkeys(struct hfi1u_dev *dd,
			  const u16 pkeys[HFI1U_NUM_PKEYS]);
void hfi1u_port_set_sc2vl(struct hfi1u_dev *dd, const u8 vls[HFI1U_NUM_SCS]);
int hfi1u_port_set_operational_vls(struct hfi1u_dev *dd, unsigned int vls);
void hfi1u_port_set_egress_pkey_check(struct hfi1u_dev *dd, bool on);

/* CPUs whose tasks an SDMA engine serves. */
unsigned int hfi1u_num_engines(const struct hfi1u_dev *dd);
int hfi1u_sdma_set_cpus(struct hfi1u_dev *dd, unsigned int engine,
			const struct cpumask *cpus);
void hfi1u_sdma_get_cpus(struct hfi1u_dev *dd, unsigned int engine,
			 struct cpumask *cpus);
unsigned int hfi1u_sdma_vl(const struct hfi1u_dev *dd, unsigned int engine);

/* Freeze on request: a self-test, or the thermal alarm (never undone). */
void hfi1u_dev_freeze(struct hfi1u_dev *dd, bool forced);

/* The cap_mask parameter; users' half begins at this bit. */
#define HFI1U_CAP_USER_SHIFT 24
u64 hfi1u_caps_read(const struct hfi1u_dev *dd);
void hfi1u_caps_write(struct hfi1u_dev *dd, u64 value);
u64 hfi1u_caps_default(void);

/* What sysfs shows. */
unsigned int hfi1u_nctxts(const struct hfi1u_dev *dd);
unsigned int hfi1u_nfreectxts(struct hfi1u_dev *dd);
u64 hfi1u_chip_revision(const struct hfi1u_dev *dd);
unsigned int hfi1u_max_mtu(const struct hfi1u_dev *dd);
u32 hfi1u_port_lid(const struct hfi1u_dev *dd);
u8 hfi1u_port_lmc(const struct hfi1u_dev *dd);
u16 hfi1u_port_pkey(const struct hfi1u_dev *dd, unsigned int index);
u8 hfi1u_port_sc2vl(const struct hfi1u_dev *dd, unsigned int sc);
void hfi1u_get_stats(struct hfi1u_dev *dd, struct hfi1u_stats *stats);

#endif
