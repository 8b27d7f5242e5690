/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/*
 * Object model of the driver core.
 *
 *	hfi1u_dev ──┬── hfi1u_send_ctxt[]     one per user send context
 *	            ├── hfi1u_sdma_engine[]
 *	            └── hfi1u_ctxt *[]        a bound receive context, refcounted
 *	                   ▲
 *	hfi1u_fd ──────────┘                  one per open file; up to
 *	   ├── hfi1u_tid_node                 HFI1_MAX_SHARED_CTXTS per context
 *	   └── hfi1u_sdma_req
 *
 * A file holds its unit from open() to release() and its context from
 * ASSIGN_CTXT to release(); a mapping holds the file.  fd->state is the only
 * door to fd->uctxt: it is set to HFI1U_STATE_ASSIGNED with release semantics
 * after everything below the file is complete, and read with acquire
 * semantics by hfi1u_fd_state().  It never goes back.
 *
 * Locks, outermost first; a line may be taken under those above it:
 *
 *	dd->link_lock		mutex	port state changes and freeze recovery
 *	dd->assign_lock		mutex	who holds which context: dd->ctxts[] and
 *					places in use, matching, free counts
 *	uctxt->reset_lock	mutex	CTXT_RESET and RECV_CTRL of one context
 *	uctxt->exp_lock		mutex	expected entries of a context
 *	  mmap_lock			taken by the mm under exp_lock (page
 *					faults, notifier registration)
 *	sde->lock		spin	ring and state of an engine
 *	fd->req_lock		spin	slots of the completion ring
 *	fd->pins.lock		spin	pages kept pinned for sending
 *	dd->ctxts_lock		spin	dd->ctxts[], for interrupts
 *	uctxt->rcv_lock		spin	RcvCtxtCtrl of a context and what poll
 *					has armed
 *	sc->lock		spin	flags and checks of a send context
 *	dd->sc_lock		spin	send context allocation
 *	dd->init_lock		spin	the SendPioInitCtxt handshake
 *	dd->port_lock		spin	port attributes and global switches
 *	fd->tid_lock		spin	pending invalidations of a file
 *	dd->irq_lock		spin	CceIntMask
 *	dd->caps_lock		spin	writers of the capability word
 *
 * All spin locks are taken with interrupts off: the handler takes most of
 * them.  mmap() runs under mmap_lock and therefore takes no mutex, and the MMU
 * notifier takes only spin locks.
 */
#ifndef HFI1U_PRIV_H
#define HFI1U_PRIV_H

#include <linux/bitmap.h>
#include <linux/completion.h>
#include <linux/cred.h>
#include <linux/dma-mapping.h>
#include <linux/interval_tree.h>
#include <linux/io.h>
#include <linux/kernel.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/mmu_notifier.h>
#include <linux/mutex.h>
#include <linux/poll.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include <rdma/hfi/hfi1_ioctl.h>
#include <rdma/hfi/hfi1_user.h>

#include "wfr_regs.h"
#include "wfr_words.h"
#include "hfi1u_gen.h"
#include "hfi1u.h"

#define HFI1U_VERSION \
	((u32)HFI1_USER_SWMAJOR << HFI1_SWMAJOR_SHIFT | HFI1_USER_SWMINOR)

/* dd->flags */
enum {
	HFI1U_DEV_PRESENT, /* the chip answers */
	HFI1U_DEV_FROZEN, /* between freeze and the end of unfreeze */
	HFI1U_DEV_FORCED_FREEZE, /* thermal: stays frozen for ever */
	HFI1U_DEV_FREEZE_AGAIN, /* a request came during a freeze */
	HFI1U_DEV_REMOVING, /* open() is over */
	HFI1U_DEV_STOPPING, /* nobody waits for the chip any more */
	HFI1U_DEV_SELF_FREEZE, /* the driver must ask the chip to freeze */
};

/* sc->flags */
enum {
	HFI1U_SC_ENABLED,
	HFI1U_SC_HALTED,
	HFI1U_SC_FROZEN,
	HFI1U_SC_IN_FREE,
};

/* uctxt->flags */
enum {
	HFI1U_CTXT_WAIT_RCV, /* poll waits for any packet */
	HFI1U_CTXT_WAIT_URG, /* poll waits for an urgent packet */
};

/* How far a context's set-up has come; see share.c. */
enum hfi1u_setup {
	HFI1U_SETUP_PENDING,
	HFI1U_SETUP_DONE,
	HFI1U_SETUP_FAILED,
};

/**
 * struct hfi1u_partition - how the chip is divided, see partition.c
 * @num_rcv: receive contexts in use, kernel ones included
 * @first_user: first receive context for users
 * @num_user: receive contexts for users
 * @group_share: RcvArray groups of every context
 * @group_extra: contexts from @first_user on that get one group more
 * @num_send: send contexts in use, all types
 * @user_send_base: software index of the first user send context
 * @user_send_block: PIO block where user contexts begin
 * @user_credits: PIO blocks of a user send context
 */
struct hfi1u_partition {
	unsigned int num_rcv;
	unsigned int first_user;
	unsigned int num_user;
	unsigned int group_share;
	unsigned int group_extra;
	unsigned int num_send;
	unsigned int user_send_base;
	unsigned int user_send_block;
	unsigned int user_credits;
};

/* Constants read from the chip. */
struct hfi1u_chip {
	u64 revision;
	u64 revision2;
	unsigned int rcv_contexts;
	unsigned int rcv_array;
	unsigned int send_contexts;
	unsigned int sdma_engines;
	unsigned int pio_blocks;
	unsigned int sdma_blocks;
};

struct hfi1u_port {
	enum hfi1u_port_state state;
	u32 lid;
	u8 lmc;
	bool egress_pkey_check;
	unsigned int vls;
	u16 pkeys[HFI1U_NUM_PKEYS];
	u8 sc2vl[HFI1U_NUM_SCS];
};

/**
 * struct hfi1u_send_ctxt - a user send context
 * @dd: device
 * @hw: number on the chip
 * @base: first PIO block
 * @credits: PIO blocks
 * @allocated: a receive context has it; dd->sc_lock
 * @lock: for @flags, @ctrl and @checks
 * @flags: HFI1U_SC_* bits
 * @ctrl: shadow of SendCtxtCtrl
 * @checks: CheckEnable after set-up and until SET_PKEY
 * @credit: this context's word in its credit return line
 * @halt_wait: woken when the context was halted
 */
struct hfi1u_send_ctxt {
	struct hfi1u_dev *dd;
	u16 hw;
	u16 base;
	u16 credits;
	bool allocated;
	spinlock_t lock;
	unsigned long flags;
	u64 ctrl;
	u64 checks;
	__le64 *credit;
	wait_queue_head_t halt_wait;
};

struct hfi1u_eager_buf {
	void *addr;
	dma_addr_t dma;
	size_t len;
};

/**
 * struct hfi1u_eager - eager buffers of a context
 * @bufs: allocations, in the order of the user's mapping
 * @nbufs: number of allocations
 * @entry_size: bytes covered by one RcvArray entry
 * @entries: RcvArray entries in use
 * @limit: RcvArray entries the context may use
 */
struct hfi1u_eager {
	struct hfi1u_eager_buf *bufs;
	unsigned int nbufs;
	unsigned int entry_size;
	unsigned int entries;
	unsigned int limit;
};

/* Eight consecutive RcvArray entries of a context's expected area. */
struct hfi1u_tid_group {
	struct list_head list;
	u32 base; /* first entry, relative to the expected area */
	u8 used; /* bitmap */
};

struct hfi1u_ctxt {
	struct kref ref;
	struct hfi1u_dev *dd;
	u16 num;
	u16 jkey;
	int numa_node;
	u64 caps; /* capability word when the context was made */
	struct hfi1u_send_ctxt *sc;

	/* sharing: assign_lock; constant after creation but for the bitmap */
	u32 userversion;
	u16 subctxt_cnt;
	u16 subctxt_id;
	u8 uuid[16];
	DECLARE_BITMAP(in_use, HFI1_MAX_SHARED_CTXTS);
	enum hfi1u_setup setup;
	wait_queue_head_t setup_wait;
	void *shared_uregs;
	void *shared_hdrq;
	void *shared_eager;

	/* receive */
	spinlock_t rcv_lock;
	u64 rcvctrl; /* shadow of RcvCtxtCtrl */
	unsigned int rcv_base; /* first RcvArray entry */
	unsigned int rcv_entries;
	void *hdrq;
	dma_addr_t hdrq_dma;
	size_t hdrq_size;
	__le64 *tail;
	dma_addr_t tail_dma;
	struct hfi1u_eager eager;

	/* expected receive: exp_lock */
	struct mutex exp_lock;
	unsigned int exp_base;
	unsigned int exp_count;
	struct hfi1u_tid_group *groups;
	struct list_head groups_free;
	struct list_head groups_partial;
	struct list_head groups_full;
	struct hfi1u_tid_node **nodes; /* per expected entry */

	struct mutex reset_lock;

	/* poll */
	wait_queue_head_t poll_wait;
	unsigned long flags;
	u16 poll_type;
	u32 urgent;
	u32 urgent_seen;
};

/**
 * struct hfi1u_pins - pages a file sends from, see sdma_pin.c
 * @lock: for all of it
 * @tree: pins that requests can find
 * @idle: those of them that no request uses, the oldest first
 * @dead: pins that were invalidated, to be freed
 */
struct hfi1u_pins {
	spinlock_t lock;
	struct rb_root_cached tree;
	struct list_head idle;
	struct list_head dead;
};

struct hfi1u_fd {
	struct hfi1u_dev *dd;
	int state; /* enum hfi1u_state */
	struct hfi1u_ctxt *uctxt;
	u16 subctxt;
	int rec_cpu;
	struct mm_struct *mm; /* that did ASSIGN_CTXT */

	/* expected receive */
	bool tid_caching;
	spinlock_t tid_lock;
	u32 tid_limit;
	u32 tid_used; /* exp_lock */
	u64 tid_update; /* exp_lock: number of the latest TID_UPDATE */
	u32 *invalid; /* tid_lock: TID words of unmapped entries */
	u32 invalid_count;
	atomic_long_t rcv_pinned;

	/* send DMA */
	spinlock_t req_lock;
	struct hfi1_sdma_comp_entry *comps;
	unsigned int ring_size;
	unsigned long *slots;
	unsigned int inflight;
	wait_queue_head_t drain_wait;
	struct hfi1u_pins pins;
	atomic_long_t snd_pinned;
};

struct hfi1u_sdma_engine;

struct hfi1u_dev {
	struct device *dev;
	unsigned int unit;
	void __iomem *bar;
	void __iomem *rcv_array;
	resource_size_t bar_phys;
	unsigned int num_vectors;
	void (*port_changed)(void *data);
	void *host_data;
	struct hfi1u_params params;
	struct hfi1u_chip chip;
	struct hfi1u_partition part;
	unsigned long flags;
	u64 caps;
	spinlock_t caps_lock;
	struct workqueue_struct *wq;

	/* open files: 1 while started, plus one each */
	refcount_t users;
	struct completion users_gone;
	atomic_t open_files;
	atomic_long_t pinned_pages;
	atomic_long_t tids;
	atomic_long_t tid_nodes;
	atomic_t sdma_requests;

	struct mutex assign_lock;
	spinlock_t ctxts_lock;
	struct hfi1u_ctxt **ctxts;
	unsigned int free_ctxts;
	unsigned int *cpu_users;
	unsigned int cpus_out;

	/* receive */
	u64 rcvctrl; /* port_lock: shadow of RcvCtrl */
	void *dummy_tail;
	dma_addr_t dummy_tail_dma;
	unsigned int avail_timeout;

	/* send contexts */
	spinlock_t sc_lock;
	spinlock_t init_lock;
	struct hfi1u_send_ctxt *scs; /* part.num_user */
	void *credit_lines;
	dma_addr_t credit_dma;
	size_t credit_size;

	/* send DMA */
	struct hfi1u_sdma_engine *engines;
	unsigned int num_engines;
	void *sdma_heads;
	dma_addr_t sdma_heads_dma;
	void *sdma_pad;
	dma_addr_t sdma_pad_dma;

	/* interrupts */
	spinlock_t irq_lock;
	u64 handled[WFR_INT_REGS];

	/* port and freeze */
	struct mutex link_lock;
	spinlock_t port_lock;
	struct hfi1u_port port;
	struct work_struct freeze_work;
	struct work_struct link_work;
	wait_queue_head_t freeze_wait;

	/* pages for users */
	unsigned long *events;
	size_t events_size;
	struct hfi1_status *status;
};

/* capabilities: caps.c */
bool hfi1u_caps_test_user(u64 caps, u64 flag);
bool hfi1u_caps_test_kernel(u64 caps, u64 flag);
u64 hfi1u_caps_initial(u64 value);
u64 hfi1u_caps_runtime_flags(u64 caps);

static inline u64 hfi1u_caps(const struct hfi1u_dev *dd)
{
	return READ_ONCE(dd->caps);
}

/* partition.c */
int hfi1u_chip_read(struct hfi1u_dev *dd);
int hfi1u_partition(struct hfi1u_dev *dd);
unsigned int hfi1u_rcv_array_base(const struct hfi1u_dev *dd, unsigned int ctxt,
				  unsigned int *entries);

/* params.c */
int hfi1u_params_check(struct hfi1u_dev *dd);

/* file.c */
int hfi1u_unit_add(struct hfi1u_dev *dd);
void hfi1u_unit_remove(struct hfi1u_dev *dd);
unsigned int hfi1u_units_active(void);

/* assign.c */
void hfi1u_ctxt_leave(struct hfi1u_fd *fd);
void hfi1u_ctxt_put(struct hfi1u_ctxt *uctxt);
struct hfi1u_ctxt *hfi1u_ctxt_get(struct hfi1u_dev *dd, unsigned int num);

/* share.c */
int hfi1u_share_join(struct hfi1u_fd *fd, const struct hfi1_user_info *info);
int hfi1u_share_wait(struct hfi1u_fd *fd);
void hfi1u_share_settle(struct hfi1u_ctxt *uctxt, bool done);
int hfi1u_share_alloc(struct hfi1u_ctxt *uctxt);
void hfi1u_share_free(struct hfi1u_ctxt *uctxt);
u16 hfi1u_jkey(void);

/* affinity.c: under assign_lock */
int hfi1u_cpu_get(struct hfi1u_dev *dd);
void hfi1u_cpu_put(struct hfi1u_dev *dd, int cpu);

/* send_ctxt.c */
int hfi1u_scs_init(struct hfi1u_dev *dd);
void hfi1u_scs_exit(struct hfi1u_dev *dd);
struct hfi1u_send_ctxt *hfi1u_sc_alloc(struct hfi1u_dev *dd, u64 caps);
void hfi1u_sc_free(struct hfi1u_send_ctxt *sc);
enum hfi1u_check hfi1u_sc_enable(struct hfi1u_send_ctxt *sc);
void hfi1u_sc_disable(struct hfi1u_send_ctxt *sc);
void hfi1u_sc_return_credits(struct hfi1u_send_ctxt *sc);
void hfi1u_sc_set_jkey(struct hfi1u_send_ctxt *sc, u16 jkey, bool permissive);
void hfi1u_sc_set_pkey(struct hfi1u_send_ctxt *sc, u16 pkey);
struct hfi1u_send_ctxt *hfi1u_sc_by_hw(struct hfi1u_dev *dd, unsigned int hw);
unsigned int hfi1u_sc_index(const struct hfi1u_send_ctxt *sc);
void hfi1u_sc_frozen(struct hfi1u_send_ctxt *sc);
void hfi1u_sc_error(struct hfi1u_send_ctxt *sc);
bool hfi1u_chip_is_a_step(const struct hfi1u_dev *dd);

/* rcvarray.c */
int hfi1u_eager_alloc(struct hfi1u_ctxt *uctxt);
void hfi1u_eager_free(struct hfi1u_ctxt *uctxt);
void hfi1u_rcv_array_write(struct hfi1u_dev *dd, unsigned int index, u64 entry);
u64 hfi1u_rcv_array_entry(dma_addr_t dma, size_t len);
void hfi1u_rcv_array_flush(struct hfi1u_dev *dd);

/* poll.c */
__poll_t hfi1u_poll(struct file *file, struct poll_table_struct *pt);
void hfi1u_rcv_avail(struct hfi1u_ctxt *uctxt);
void hfi1u_rcv_urgent(struct hfi1u_ctxt *uctxt);

/* mmap.c */
int hfi1u_mmap(struct file *file, struct vm_area_struct *vma);
u64 hfi1u_token(const struct hfi1u_fd *fd, unsigned int type, size_t offset);

/* events.c */
int hfi1u_events_init(struct hfi1u_dev *dd);
void hfi1u_events_exit(struct hfi1u_dev *dd);
unsigned long *hfi1u_event_word(const struct hfi1u_fd *fd);
void hfi1u_event_all(struct hfi1u_dev *dd, unsigned int bit);
void hfi1u_event_clear(struct hfi1u_fd *fd);
void hfi1u_event_clear_all(struct hfi1u_ctxt *uctxt);

/* irq.c */
void hfi1u_irq_init(struct hfi1u_dev *dd);
void hfi1u_irq_start(struct hfi1u_dev *dd);
void hfi1u_irq_stop(struct hfi1u_dev *dd);
void hfi1u_irq_mask(struct hfi1u_dev *dd, unsigned int source, bool on);
void hfi1u_irq_mask_locked(struct hfi1u_dev *dd, unsigned int source, bool on);

/* freeze.c */
void hfi1u_freeze_work(struct work_struct *work);
void hfi1u_freeze_start(struct hfi1u_dev *dd, unsigned long flags);

/* link.c */
void hfi1u_link_work(struct work_struct *work);
void hfi1u_link_start(struct hfi1u_dev *dd);
void hfi1u_link_stop(struct hfi1u_dev *dd);
void hfi1u_link_interrupt(struct hfi1u_dev *dd);

/* port.c */
void hfi1u_port_init(struct hfi1u_dev *dd);
void hfi1u_port_program(struct hfi1u_dev *dd);
void hfi1u_port_rcv_enable(struct hfi1u_dev *dd, bool on);
u64 hfi1u_port_follow(struct hfi1u_dev *dd);
u64 hfi1u_link_state(struct hfi1u_dev *dd);
bool hfi1u_port_is_active(struct hfi1u_dev *dd);

/* tid.c */
int hfi1u_exp_init(struct hfi1u_ctxt *uctxt);
void hfi1u_exp_exit(struct hfi1u_ctxt *uctxt);
int hfi1u_tid_fd_init(struct hfi1u_fd *fd);
void hfi1u_tid_fd_exit(struct hfi1u_fd *fd);

/* sdma_pin.c */
void hfi1u_pins_init(struct hfi1u_fd *fd);
void hfi1u_pins_exit(struct hfi1u_fd *fd);

/* user_sdma.c */
int hfi1u_sdma_fd_init(struct hfi1u_fd *fd);
void hfi1u_sdma_fd_exit(struct hfi1u_fd *fd);
ssize_t hfi1u_write_iter(struct kiocb *iocb, struct iov_iter *from);

/* sdma_engine.c */
int hfi1u_sdma_init(struct hfi1u_dev *dd);
void hfi1u_sdma_exit(struct hfi1u_dev *dd);
void hfi1u_sdma_start(struct hfi1u_dev *dd);
void hfi1u_sdma_stop(struct hfi1u_dev *dd);
void hfi1u_sdma_link(struct hfi1u_dev *dd, bool up);
void hfi1u_sdma_freeze(struct hfi1u_dev *dd);
void hfi1u_sdma_frozen(struct hfi1u_dev *dd);
void hfi1u_sdma_unfreeze(struct hfi1u_dev *dd);
void hfi1u_sdma_interrupt(struct hfi1u_dev *dd, unsigned int engine);
void hfi1u_sdma_error(struct hfi1u_dev *dd, unsigned int engine);
void hfi1u_sdma_set_slid(struct hfi1u_dev *dd, u64 slid);

#endif
