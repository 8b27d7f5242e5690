/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Test rig: the core on a modelled adapter, in one process and without a
 * daemon.  The test's thread is the user; "user pointers" are its own.
 */
#ifndef HFI1U_TEST_RIG_H
#define HFI1U_TEST_RIG_H

#include <check.h>
#include <pthread.h>

#include <hosted/hosted.h>
#include <rdma/hfi/hfi1_cmds.h>
#include <rdma/hfi/hfi1_ioctl.h>
#include <rdma/hfi/hfi1_user.h>

#include "hfi1u.h"
#include "wfr.h"
#include "wfr_regs.h"
#include "wfr_words.h"

#define RIG_LID	 7
#define RIG_PKEY 0x8001
#define RIG_VERSION \
	((u32)HFI1_USER_SWMAJOR << HFI1_SWMAJOR_SHIFT | HFI1_USER_SWMINOR)

struct rig {
	struct device dev;
	struct wfr_device *wfr;
	struct hfi1u_dev *dd;
	struct hosted_chrdev chrdev;
	void __iomem *bar;
	phys_addr_t bar_phys;
	int pio_fd, uregs_fd, rcv_array_fd;
	void *pio, *uregs;
	u64 *rcv_array; /* what the chip has, write enable bits included */

	pthread_t stepper, interrupter;
	pthread_mutex_t lock;
	pthread_cond_t work, vectors_set;
	bool kicked, stop, busy;
	u64 vectors;

	/* called before the driver writes to a register, NULL for nothing */
	void (*on_write)(struct rig *rig, u64 offset);
};

/* What a rig is made of, for tests that want another. */
struct rig_opts {
	struct hfi1u_params params;
	struct wfr_config wfr;
};

void rig_opts_default(struct rig_opts *opts);
void rig_start(struct rig *rig, const struct rig_opts *opts);
void rig_stop(struct rig *rig);

/* Wait until no interrupt is being served: all it freed is free. */
void rig_settle(struct rig *rig);

/* Fail the test unless nothing is in use any more. */
void rig_assert_idle(struct rig *rig);

struct file *rig_open(struct rig *rig);
int rig_assign(struct file *file, u16 subctxt_cnt, u16 subctxt_id);
struct file *rig_open_assigned(struct rig *rig);
struct hfi1_ctxt_info rig_ctxt_info(struct file *file);
struct hfi1_base_info rig_base_info(struct file *file);
int rig_ioctl(struct file *file, unsigned int cmd, void *arg);

/* Map a region by its token and return where it is; the length is exact. */
void *rig_map(struct file *file, u64 token, size_t len, int prot,
	      struct vm_area_struct **vma);

/* Wait up to a second for a condition; its last value is the result. */
#define rig_wait(cond)                            \
	({                                        \
		int left = 2000;                  \
		bool met;                         \
		while (!(met = (cond)) && left--) \
			usleep(500);              \
		met;                              \
	})

/* Build the headers of a KDETH packet that this file sends to itself. */
void rig_header(struct file *file, struct hfi1_pkt_header *hdr, size_t payload);

/* Run a suite; the exit status of the program. */
int rig_run(Suite *suite);

#endif
