/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The object model of the device model.
 *
 * Locking order: wfr_device.lock -> wfr_fabric.lock -> wfr_port.lock.
 * wfr_device.lock guards all of a device but its port; wfr_port.lock guards
 * the queue of arrived packets, which other devices append to.  Host
 * callbacks run under wfr_device.lock of the calling device.
 */
#ifndef WFR_PRIV_H
#define WFR_PRIV_H

#include <errno.h>
#include <pthread.h>
#include <string.h>

#include "wfr.h"
#include "wfr_regs.h"
#include "wfr_regtable.h"
#include "wfr_words.h"

#define WFR_CSR_SPACE	   WFR_PIO_BASE
#define WFR_BLOCK_DWS	   ((unsigned int)WFR_PIO_BLOCK_SIZE / 4)
#define WFR_BLOCK_FULL	   0xffffu
#define WFR_PORT_QUEUE_MAX 1024
#define WFR_HELD_MAX	   512
#define WFR_STEP_BUDGET	   64

#define WFR_ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* csr.c: registers */

/* Which element of a register array an access hit. */
struct wfr_at {
	uint64_t off;
	unsigned int n;
	unsigned int m;
};

/*
 * Special behaviour of a register; @off is the offset of its element 0.  A
 * missing function means what the register's access kind says.  The write
 * function stores the value itself if it is to be kept.
 */
struct wfr_hook {
	uint64_t off;
	uint64_t (*read)(struct wfr_device *dev, const struct wfr_at *at);
	void (*write)(struct wfr_device *dev, const struct wfr_at *at,
		      uint64_t val);
};

extern const struct wfr_hook wfr_cce_hooks[], wfr_int_hooks[], wfr_err_hooks[],
	wfr_asic_hooks[], wfr_dc8051_hooks[], wfr_link_hooks[], wfr_pio_hooks[],
	wfr_credit_hooks[], wfr_sdma_hooks[], wfr_rcv_hooks[],
	wfr_tidflow_hooks[], wfr_rcvarray_hooks[], wfr_counter_hooks[],
	wfr_txe_hooks[];

const struct wfr_reg_desc *wfr_reg_find(uint64_t off, struct wfr_at *at);
const struct wfr_hook *wfr_hook_find(const struct wfr_reg_desc *reg);
uint64_t wfr_get(struct wfr_device *dev, uint64_t off);
void wfr_put(struct wfr_device *dev, uint64_t off, uint64_t val);
bool wfr_cas(struct wfr_device *dev, uint64_t off, uint64_t *old, uint64_t val);
int wfr_csr_init(struct wfr_device *dev);
void wfr_csr_exit(struct wfr_device *dev);
void wfr_csr_reset(struct wfr_device *dev);
uint64_t wfr_csr_read(struct wfr_device *dev, uint64_t off);
void wfr_csr_write(struct wfr_device *dev, uint64_t off, uint64_t val);

/* packet.c: packets and queues of them */

struct wfr_packet {
	struct wfr_packet *next;
	uint64_t pbc;
	uint64_t ready_ns; /* may leave from then on */
	unsigned int damage; /* enum wfr_damage */
	unsigned int src; /* send context or engine */
	unsigned int epoch; /* of the send context when launched */
	unsigned int blocks; /* PIO blocks to free when it leaves */
	bool sdma;
	uint8_t sc;
	uint8_t vl;
	uint32_t len; /* bytes of data: LRH to the end of the payload */
	/* Headers are whole quadwords: the payload is as aligned as they are. */
	_Alignas(8) uint8_t data[];
};

struct wfr_pktq {
	struct wfr_packet *head;
	struct wfr_packet **tail;
	unsigned int count;
};

struct wfr_packet *wfr_packet_new(uint64_t pbc, const void *data, size_t len);
struct wfr_packet *wfr_packet_dup(const struct wfr_packet *pkt);
void wfr_pktq_init(struct wfr_pktq *q);
void wfr_pktq_push(struct wfr_pktq *q, struct wfr_packet *pkt);
struct wfr_packet *wfr_pktq_pop(struct wfr_pktq *q);
void wfr_pktq_purge(struct wfr_pktq *q);
uint16_t wfr_pkt_lrh(const struct wfr_packet *pkt, unsigned int i);
uint32_t wfr_pkt_bth(const struct wfr_packet *pkt, unsigned int i);
uint32_t wfr_pkt_kdeth(const struct wfr_packet *pkt, unsigned int i);
bool wfr_pkt_is_kdeth(const struct wfr_packet *pkt, unsigned int prefix);

/* timer.c: things that happen later */

enum wfr_timer_id {
	WFR_TIMER_LINK,
	WFR_TIMER_8051_MSG,
	WFR_TIMER_RBUF_INIT,
	WFR_TIMERS
};

void wfr_timer_set(struct wfr_device *dev, enum wfr_timer_id id,
		   uint64_t delay_ns);
void wfr_timer_stop(struct wfr_device *dev, enum wfr_timer_id id);
bool wfr_timers_run(struct wfr_device *dev, uint64_t now);
uint64_t wfr_timers_next(const struct wfr_device *dev);
uint64_t wfr_now(struct wfr_device *dev);

/* Send context: pio.c frames packets, credits.c gives blocks back. */

enum wfr_block_flag {
	WFR_BLK_SOP = 1 << 0, /* written through the SOP window */
	WFR_BLK_PLAIN = 1 << 1, /* written through the plain window */
	WFR_BLK_BUSY = 1 << 2, /* launched and not yet free again */
};

struct wfr_send_ctxt {
	bool enabled;
	bool halted;
	bool stale; /* went through a freeze, needs a new enable */
	unsigned int epoch; /* counts enables */
	uint32_t base; /* blocks */
	uint32_t depth; /* blocks */
	uint32_t head; /* block the next packet starts with */
	uint32_t ready; /* blocks from there on known to be complete */
	uint32_t tail; /* oldest block that is not free */
	uint32_t freed; /* blocks since enable */
	uint32_t returned; /* value of freed that software was told */
	uint32_t occupancy; /* packets in egress */
	unsigned int drop_credits; /* fault: returns to lose */
	uint16_t valid[WFR_PIO_CTXT_BLOCKS_MAX]; /* one bit per dword */
	uint8_t flags[WFR_PIO_CTXT_BLOCKS_MAX];
	struct wfr_scan *scan; /* only with a shared PIO window */
};

void wfr_pio_reset(struct wfr_device *dev);
int wfr_pio_store(struct wfr_device *dev, uint64_t off, const void *buf,
		  size_t len);
void wfr_pio_launch(struct wfr_device *dev, unsigned int c, uint32_t blocks);
unsigned int wfr_pio_blocks(uint64_t pbc);
void wfr_pio_fail(struct wfr_device *dev, unsigned int c, uint64_t bits);
uint8_t *wfr_pio_mem(struct wfr_device *dev, unsigned int c, uint32_t block);
void wfr_pio_freeze(struct wfr_device *dev);
bool wfr_pio_accepts(struct wfr_device *dev, unsigned int c);

void wfr_credits_free(struct wfr_device *dev, unsigned int c, unsigned int n,
		      uint64_t pbc);
void wfr_credits_return(struct wfr_device *dev, unsigned int c,
			uint64_t reason);

int wfr_scan_init(struct wfr_device *dev);
void wfr_scan_exit(struct wfr_device *dev);
void wfr_scan_arm(struct wfr_device *dev, unsigned int c);
bool wfr_scan_rearm(struct wfr_device *dev, unsigned int c, uint32_t block);
void wfr_scan_catch_up(struct wfr_device *dev, unsigned int c);
bool wfr_scan_run(struct wfr_device *dev);
uint64_t wfr_scan_next(struct wfr_device *dev, uint64_t now);

/* integrity.c, egress.c: the way out */

uint64_t wfr_integrity_check(struct wfr_device *dev,
			     const struct wfr_packet *pkt);
void wfr_integrity_report(struct wfr_device *dev, const struct wfr_packet *pkt,
			  uint64_t info);
void wfr_egress_add(struct wfr_device *dev, struct wfr_packet *pkt);
bool wfr_egress_run(struct wfr_device *dev, uint64_t now);
uint64_t wfr_egress_next(struct wfr_device *dev, uint64_t now);
void wfr_egress_purge(struct wfr_device *dev);

/* sdma.c, sdma_fetch.c, ahg.c */

struct wfr_sdma {
	bool enabled;
	uint32_t head; /* descriptor index */
	uint32_t gen; /* passes over the ring */
	bool gen_check;
	bool stopped; /* by an error, a freeze or a clean-up */
	bool active; /* handled something since the last idle report */
	uint64_t due; /* with a delay fault, when to go on; 0 is now */
	uint32_t progress; /* descriptors to the progress interrupt */
	uint32_t occupancy; /* packets in egress */
	uint8_t ahg[WFR_AHG_ENTRIES][WFR_AHG_HEADER_DWS * 4];
	uint32_t ahg_valid; /* one bit per entry */
};

void wfr_sdma_reset(struct wfr_device *dev);
bool wfr_sdma_run(struct wfr_device *dev, uint64_t now);
uint64_t wfr_sdma_next(struct wfr_device *dev);
int wfr_sdma_one(struct wfr_device *dev, unsigned int e);
void wfr_sdma_fail(struct wfr_device *dev, unsigned int e, uint64_t bits);
void wfr_sdma_advance(struct wfr_device *dev, unsigned int e, uint32_t n,
		      uint64_t flags);
uint32_t wfr_sdma_ring(struct wfr_device *dev, unsigned int e);
void wfr_sdma_publish(struct wfr_device *dev, unsigned int e);
void wfr_sdma_freeze(struct wfr_device *dev);
void wfr_sdma_unfreeze(struct wfr_device *dev);
void wfr_ahg_edit(uint8_t *hdr, uint32_t edit);
uint64_t wfr_ahg_start(struct wfr_sdma *eng, uint64_t desc1, uint8_t *hdr,
		       size_t *len);
void wfr_ahg_store(struct wfr_sdma *eng, uint64_t desc1, const uint8_t *data,
		   size_t len);

/* Receive: rxe.c dispatches, the rest places. */

struct wfr_rcv_ctxt {
	bool enabled;
	uint8_t seq; /* of the next RHF */
	/*
	 * The tails software sees are copies: their registers may be in
	 * memory that user code can write to.
	 */
	uint32_t hdr_tail; /* dwords */
	uint32_t egr_tail; /* eager buffer */
	uint32_t egr_off; /* bytes used of the eager buffer at the tail */
	struct wfr_pktq held;
	uint64_t flow[WFR_TID_FLOWS]; /* as written last, see tidflow.c */
};

/* Where a packet goes; filled step by step by the rcv_*.c files. */
struct wfr_rcv {
	struct wfr_packet *pkt;
	unsigned int ctxt;
	uint64_t rhf;
	const uint8_t *payload;
	uint32_t paylen;
};

enum wfr_verdict { WFR_RCV_DONE, WFR_RCV_DROP, WFR_RCV_HOLD };

void wfr_rxe_packet(struct wfr_device *dev, struct wfr_packet *pkt);
bool wfr_rxe_run(struct wfr_device *dev);
void wfr_rxe_held(struct wfr_device *dev, unsigned int ctxt);
void wfr_rxe_freeze(struct wfr_device *dev);
void wfr_rcv_reset(struct wfr_device *dev);
enum wfr_verdict wfr_hdrq_room(struct wfr_device *dev, const struct wfr_rcv *r);
uint32_t wfr_hdrq_header_dws(struct wfr_device *dev, unsigned int ctxt);
void wfr_hdrq_write(struct wfr_device *dev, const struct wfr_rcv *r);
enum wfr_verdict wfr_eager_place(struct wfr_device *dev, struct wfr_rcv *r);
enum wfr_verdict wfr_expected_place(struct wfr_device *dev, struct wfr_rcv *r);

/* What the TID flow of an expected packet says about it. */
enum wfr_flow {
	WFR_FLOW_NONE, /* no check for this packet */
	WFR_FLOW_IN_ORDER,
	WFR_FLOW_SUPPRESS, /* in order, and no header wanted */
	WFR_FLOW_SEQ_ERR,
	WFR_FLOW_SEQ_DROP, /* after a sequence error */
	WFR_FLOW_GEN_ERR,
	WFR_FLOW_GEN_PLACE, /* wrong generation, payload wanted */
	WFR_FLOW_GEN_DROP,
};

enum wfr_flow wfr_tidflow_judge(struct wfr_device *dev,
				const struct wfr_rcv *r);
void wfr_tidflow_commit(struct wfr_device *dev, const struct wfr_rcv *r,
			enum wfr_flow flow);

struct wfr_rcv_entry {
	uint64_t addr;
	uint64_t size; /* bytes, 0 is invalid */
};

struct wfr_rcv_entry wfr_rcvarray_get(struct wfr_device *dev, uint32_t index);

/* errors.c, interrupts.c */

void wfr_err_raise(struct wfr_device *dev, enum wfr_fault_block block,
		   uint64_t bits);
void wfr_err_level(struct wfr_device *dev, unsigned int source);
void wfr_send_ctxt_err(struct wfr_device *dev, unsigned int c, uint64_t bits);
void wfr_sdma_err(struct wfr_device *dev, unsigned int e, uint64_t bits);
void wfr_int_raise(struct wfr_device *dev, unsigned int source);
void wfr_int_reset(struct wfr_device *dev);

/* cce.c */
void wfr_freeze(struct wfr_device *dev);
void wfr_unfreeze(struct wfr_device *dev);
bool wfr_frozen(struct wfr_device *dev, uint64_t bits);

/* dc8051.c, link.c */

enum wfr_link_phase {
	WFR_LINK_OFFLINE,
	WFR_LINK_POLLING,
	WFR_LINK_VERIFYCAP,
	WFR_LINK_CONFIG,
	WFR_LINK_UP,
};

void wfr_8051_reset(struct wfr_device *dev);
void wfr_8051_message(struct wfr_device *dev, uint64_t msg);
void wfr_8051_message_later(struct wfr_device *dev, uint64_t msg,
			    uint64_t delay_ns);
void wfr_8051_messages_due(struct wfr_device *dev);
void wfr_8051_field_set(struct wfr_device *dev, unsigned int lane,
			unsigned int field, uint32_t val);
uint32_t wfr_8051_field_get(struct wfr_device *dev, unsigned int lane,
			    unsigned int field);
void wfr_link_reset(struct wfr_device *dev);
bool wfr_link_request(struct wfr_device *dev, uint64_t state);
void wfr_link_due(struct wfr_device *dev);
bool wfr_link_up(struct wfr_device *dev);
unsigned int wfr_link_lstate(struct wfr_device *dev);

/* fabric.c */

struct wfr_port {
	pthread_mutex_t lock;
	struct wfr_pktq in;
	uint32_t lid; /* low half LID, high half mask; atomic */
	struct wfr_fabric *fabric; /* atomic; changed under fabric lock */
	struct wfr_device *next;
};

int wfr_port_init(struct wfr_device *dev);
void wfr_port_exit(struct wfr_device *dev);
void wfr_port_set_lid(struct wfr_device *dev, uint64_t config1);
bool wfr_fabric_room(struct wfr_device *dev, const struct wfr_packet *pkt);
int wfr_fabric_send(struct wfr_device *dev, struct wfr_packet *pkt);
struct wfr_packet *wfr_port_take(struct wfr_device *dev);
void wfr_port_purge(struct wfr_device *dev);

/* counters.c */
void wfr_count(struct wfr_device *dev, uint64_t off, uint64_t n);
void wfr_count_sent(struct wfr_device *dev, const struct wfr_packet *pkt);
void wfr_count_received(struct wfr_device *dev, const struct wfr_packet *pkt);

/* trace.c */
void wfr_trace_access(struct wfr_device *dev, uint64_t off, uint64_t val,
		      unsigned int size, bool write);
void wfr_trace_exit(struct wfr_device *dev);

/* asic.c */
void wfr_asic_reset(struct wfr_device *dev);

struct wfr_faults {
	unsigned int sticky;
	bool unfreeze_due; /* asked for while it could not finish */
	uint64_t delay_ns;
	bool corrupt;
	enum wfr_corruption how;
	unsigned int skip;
	bool pio_init;
};

/* faults.c */
enum wfr_corruption wfr_fault_take(struct wfr_device *dev, bool *hit);

struct wfr_device {
	pthread_mutex_t lock;
	struct wfr_config cfg;
	const struct wfr_host_ops *ops;
	void *host;
	struct wfr_stats stats;
	struct wfr_faults faults;

	uint8_t *csr; /* WFR_CSR_SPACE bytes */
	uint8_t *pio_mem; /* blocks written through traps */
	struct wfr_send_ctxt *sctxt;
	struct wfr_rcv_ctxt *rctxt;
	struct wfr_sdma *sdma;
	struct wfr_pktq out;
	uint64_t out_retry_ns;
	unsigned int sdma_turn;
	struct wfr_port port;

	uint64_t timer[WFR_TIMERS]; /* 0 is off */
	enum wfr_link_phase link;
	bool cable;
	uint8_t *ram; /* of the 8051 */
	uint64_t idle_msg; /* received last */
	uint64_t msgs_later;
	uint64_t busy_ns; /* when a packet moved last */
	uint64_t scan_entropy;

	void (*trace)(void *arg, const struct wfr_access_rec *rec);
	void *trace_arg;
	uint64_t *census_last; /* value written last, per register */
	uint64_t *census_hits;
};

static inline void wfr_kick(struct wfr_device *dev)
{
	if (dev->ops->kick)
		dev->ops->kick(dev->host);
}

static inline int wfr_dma_read(struct wfr_device *dev, uint64_t addr, void *buf,
			       size_t len)
{
	return dev->ops->dma_read(dev->host, addr, buf, len);
}

static inline void wfr_dma_write(struct wfr_device *dev, uint64_t addr,
				 const void *buf, size_t len)
{
	dev->ops->dma_write(dev->host, addr, buf, len);
}

static inline void wfr_put_le64(void *p, uint64_t v)
{
	uint8_t *b = p;
	int i;

	for (i = 0; i < 8; i++)
		b[i] = v >> (8 * i);
}

static inline uint64_t wfr_get_le64(const void *p)
{
	const uint8_t *b = p;
	uint64_t v = 0;
	int i;

	for (i = 7; i >= 0; i--)
		v = v << 8 | b[i];
	return v;
}

static inline uint32_t wfr_get_le32(const void *p)
{
	const uint8_t *b = p;

	return b[0] | b[1] << 8 | b[2] << 16 | (uint32_t)b[3] << 24;
}

static inline void wfr_put_le32(void *p, uint32_t v)
{
	uint8_t *b = p;

	b[0] = v;
	b[1] = v >> 8;
	b[2] = v >> 16;
	b[3] = v >> 24;
}

/* Write 8 bytes that publish what was written before them. */
static inline void wfr_dma_write64(struct wfr_device *dev, uint64_t addr,
				   uint64_t val)
{
	uint64_t le;

	wfr_put_le64(&le, val);
	wfr_dma_write(dev, addr, &le, sizeof(le));
}

#endif /* WFR_PRIV_H */
