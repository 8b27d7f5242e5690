/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/*
 * Send DMA, inside the core: engines (sdma_engine.c, sdma_state.c) and the
 * requests of users (user_sdma.c, sdma_build.c, sdma_pages.c).
 */
#ifndef HFI1U_SDMA_H
#define HFI1U_SDMA_H

#include "priv.h"

/*
 * A packet touches at most 5 pages of payload, each data vector adds two
 * partial ones, and there is a pad.
 */
#define HFI1U_SDMA_PIECES 32

/* Most edits of a stored header: one in the first descriptor, 4 in others. */
#define HFI1U_SDMA_EDITS	  9
#define HFI1U_SDMA_EDITS_PER_DESC 4
#define HFI1U_SDMA_NO_AHG	  (-1)

/* Status of a packet, as completion entries report it (negated). */
enum hfi1u_sdma_status {
	HFI1U_SDMA_OK = 0,
	HFI1U_SDMA_SEND_ERROR = 1,
	HFI1U_SDMA_ABORTED = 2,
	HFI1U_SDMA_SHUTDOWN = 3,
};

struct hfi1u_sdma_desc {
	__le64 qw[2];
};

/**
 * struct hfi1u_sdma_tx - a packet for an engine
 * @list: in the engine's queue until @done was called
 * @done: called once for each packet that was accepted, from any context and
 *	without locks
 * @end: free-running index behind the last descriptor
 * @interrupt: ask for an interrupt when it has been sent
 * @hdr: its 64 bytes of PBC and headers, or NULL to edit the stored ones
 * @ahg: place of a stored header: of this one, or of the one to edit;
 *	HFI1U_SDMA_NO_AHG for none
 * @nedits: number of edits
 * @edits: what to change of the stored header
 * @npieces: number of pieces of payload
 * @addr: DMA addresses of the pieces
 * @len: lengths of the pieces
 */
struct hfi1u_sdma_tx {
	struct list_head list;
	void (*done)(struct hfi1u_sdma_tx *tx, enum hfi1u_sdma_status status);
	u32 end;
	bool interrupt;
	const void *hdr;
	int ahg;
	unsigned int nedits;
	u32 edits[HFI1U_SDMA_EDITS];
	unsigned int npieces;
	dma_addr_t addr[HFI1U_SDMA_PIECES];
	u16 len[HFI1U_SDMA_PIECES];
};

/* States; the names say what an engine waits for. */
enum hfi1u_sdma_state {
	HFI1U_SDMA_HW_DOWN, /* to be started */
	HFI1U_SDMA_START_HALT_WAIT, /* the halt after reset */
	HFI1U_SDMA_START_CLEAN_WAIT, /* the first clean-up */
	HFI1U_SDMA_IDLE, /* the link */
	HFI1U_SDMA_SW_CLEAN, /* software to retire and abort packets */
	HFI1U_SDMA_HW_CLEAN_WAIT, /* the clean-up after a halt */
	HFI1U_SDMA_HW_HALT_WAIT, /* the halt after an error */
	HFI1U_SDMA_IDLE_HALT_WAIT, /* the halt it was asked for */
	HFI1U_SDMA_FREEZE, /* the chip to be frozen */
	HFI1U_SDMA_FREEZE_SW_CLEAN, /* the end of the freeze */
	HFI1U_SDMA_RUNNING, /* packets */
	HFI1U_SDMA_NUM_STATES,
};

struct hfi1u_sdma_engine {
	struct hfi1u_dev *dd;
	unsigned int num;
	struct hfi1u_sdma_desc *ring;
	dma_addr_t ring_dma;
	size_t ring_size;
	unsigned int ring_shift;
	/* a packet's header is in the place of its first descriptor */
	struct hfi1_pkt_header *headers;
	dma_addr_t headers_dma;
	__le64 *head_word;
	dma_addr_t head_dma;

	spinlock_t lock;
	enum hfi1u_sdma_state state;
	bool go; /* run when possible */
	u32 head; /* free-running */
	u32 tail; /* free-running */
	unsigned int epoch; /* counts beginnings of the ring */
	unsigned long ahg_used; /* stored headers, atomic */
	struct list_head queue;
	wait_queue_head_t space_wait;
	struct work_struct work;
	struct cpumask cpus; /* whose tasks it serves, see sdma_select.c */
};

/* sdma_state.c */
void hfi1u_sdma_work(struct work_struct *work);
void hfi1u_sdma_state_start(struct hfi1u_sdma_engine *sde);
u64 hfi1u_sdma_state_error(struct hfi1u_sdma_engine *sde);

/* sdma_engine.c */
void hfi1u_sdma_ring_reset(struct hfi1u_sdma_engine *sde);
void hfi1u_sdma_retire(struct hfi1u_sdma_engine *sde, struct list_head *list);
void hfi1u_sdma_abort(struct hfi1u_sdma_engine *sde);
bool hfi1u_sdma_running(struct hfi1u_sdma_engine *sde);
bool hfi1u_sdma_wait_space(struct hfi1u_sdma_engine *sde,
			   const struct hfi1u_sdma_tx *tx);
int hfi1u_sdma_submit(struct hfi1u_sdma_engine *sde, struct hfi1u_sdma_tx *tx,
		      unsigned int *epoch);
int hfi1u_sdma_ahg_get(struct hfi1u_sdma_engine *sde);
void hfi1u_sdma_ahg_put(struct hfi1u_sdma_engine *sde, int ahg);

/**
 * struct hfi1u_pin - pages of one range, see sdma_pin.c
 * @range: addresses, whole pages
 * @notifier: tells what the mm does to them
 * @fd: file that sends from them
 * @list: among the file's idle or dead ones
 * @users: requests that use it
 * @cached: requests can find it
 * @watched: @notifier is registered
 * @stale: the mm has changed the range
 * @npinned: pages that are pinned
 * @pages: the pages
 */
struct hfi1u_pin {
	struct interval_tree_node range;
	struct mmu_interval_notifier notifier;
	struct hfi1u_fd *fd;
	struct list_head list;
	unsigned int users;
	bool cached;
	bool watched;
	bool stale;
	unsigned int npinned;
	struct page *pages[];
};

/**
 * struct hfi1u_sdma_run - memory that is contiguous for the chip
 * @dma: where it is mapped
 * @size: bytes of the mapping
 * @skip: bytes before the data
 * @len: bytes of data
 */
struct hfi1u_sdma_run {
	dma_addr_t dma;
	u32 size;
	u32 skip;
	u32 len;
};

/* A data vector, and where the bytes of it are that will be sent. */
struct hfi1u_sdma_vec {
	unsigned long base;
	size_t len;
	struct hfi1u_pin *pin;
	unsigned int nruns;
	struct hfi1u_sdma_run *runs;
};

/**
 * struct hfi1u_sdma_req - a request of a user
 * @fd: file that made it
 * @sde: engine that sends it
 * @refs: the submitting thread and every packet the engine has
 * @refused: the submitting thread waits for the packets and ends the request
 * @drained: the packets are done, if @refused
 * @status: of the first packet that failed, else HFI1U_SDMA_OK
 * @error: errno of the submission, positive
 * @info: what the caller wants
 * @hdr: headers of the first packet, as the caller gave them
 * @first: and as they are sent, if @ahg
 * @ahg: place of the stored header in the engine, or HFI1U_SDMA_NO_AHG
 * @epoch: of the engine when it got the first packet; 0 before
 * @expected: it goes to expected buffers
 * @nvecs: data vectors in use
 * @vecs: data vectors
 * @total: bytes of all data vectors
 * @sent: bytes in packets made so far
 * @seq: packets made so far
 * @vec: data vector the next byte is in
 * @run: run of it
 * @run_offset: and where in its data
 * @tids: TID words of an expected request
 * @ntids: number of words
 * @tid: the word the next packet goes to
 * @tid_offset: and where in its buffer
 */
struct hfi1u_sdma_req {
	struct hfi1u_fd *fd;
	struct hfi1u_sdma_engine *sde;
	atomic_t refs;
	bool refused;
	struct completion drained;
	int status;
	int error;
	struct sdma_req_info info;
	struct hfi1_pkt_header hdr;
	struct hfi1_pkt_header first;
	int ahg;
	unsigned int epoch;
	bool expected;
	unsigned int nvecs;
	struct hfi1u_sdma_vec vecs[WFR_SDMA_REQ_DATA_VECTORS];
	u64 total;
	u64 sent;
	u32 seq;
	unsigned int vec;
	unsigned int run;
	u32 run_offset;
	u32 *tids;
	unsigned int ntids;
	unsigned int tid;
	u32 tid_offset;
};

/* user_sdma.c */
void hfi1u_req_put(struct hfi1u_sdma_req *req);

/* sdma_pin.c */
enum hfi1u_check hfi1u_pin_get(struct hfi1u_fd *fd, unsigned long start,
			       unsigned int npages, struct hfi1u_pin **pin);
void hfi1u_pin_put(struct hfi1u_pin *pin);
void hfi1u_pins_reap(struct hfi1u_fd *fd);

/* sdma_pages.c */
enum hfi1u_check hfi1u_req_map(struct hfi1u_sdma_req *req);
void hfi1u_req_unmap(struct hfi1u_sdma_req *req);

/* sdma_select.c */
struct hfi1u_sdma_engine *hfi1u_sdma_select(struct hfi1u_fd *fd, u16 dlid,
					    unsigned int vl);

/* sdma_header.c */
void hfi1u_req_header(const struct hfi1u_sdma_req *req,
		      struct hfi1_pkt_header *hdr, u32 len);
unsigned int hfi1u_req_edits(const struct hfi1u_sdma_req *req,
			     const struct hfi1_pkt_header *hdr, u32 *edits);

static inline u32 hfi1u_tid_bytes(u32 word)
{
	return WFR_GET(WFR_TIDINFO_LEN, word) * WFR_PAGE_SIZE;
}

/* sdma_build.c */
enum hfi1u_check hfi1u_req_check_tid(struct hfi1u_sdma_req *req);
enum hfi1u_check hfi1u_req_send(struct hfi1u_sdma_req *req);

#endif
