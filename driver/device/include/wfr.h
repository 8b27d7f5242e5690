/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: libwfr, a model of the WFR host fabric adapter
 *
 * The model answers register accesses like the chip does, moves packets
 * between host memory and a fabric of other models, and raises MSI-X
 * vectors.  It knows nothing of any driver and uses no kernel API.
 *
 * A host creates a device with wfr_create(), forwards accesses to BAR 0 with
 * wfr_mmio_read() and wfr_mmio_write(), and calls wfr_step() whenever the
 * kick callback asked for it or the time wfr_step() returned has passed.
 * Work that takes a chip time (packets, descriptors, link events) happens in
 * wfr_step() only; register side effects happen in the access itself.
 *
 * Locking: every function here may be called from any thread.  A device has
 * one lock.  Host callbacks run with it held, except where noted; they must
 * not call into the same device and must not wait for a thread that does.
 * wfr_step() of one device may be called by one thread at a time or many,
 * they take turns.
 *
 * Errors: functions return 0 or a negative errno unless noted.
 */
#ifndef WFR_H
#define WFR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

struct wfr_device;
struct wfr_fabric;

/**
 * struct wfr_host_ops - what the model needs of the machine it is part of
 * @dma_read: copy @len bytes at DMA address @addr to @buf.  Return 0, or a
 *	negative errno when the address is not readable: the engine that asked
 *	reports a memory read error.
 * @dma_write: copy @len bytes from @buf to DMA address @addr.  A naturally
 *	aligned write of 8 bytes must become visible at once, and after all
 *	earlier writes; the chip publishes queue entries and credits that way.
 *	A failing write is dropped, as a PCIe posted write would be.
 * @msix: raise vector @vector (0 to 255).
 * @kick: the device has work for wfr_step().  May be called from any thread
 *	and, for packets from another unit, without the device lock; it should
 *	wake the stepping thread and nothing else.  NULL if the host steps
 *	after every access anyway.
 * @now_ns: monotonic time; NULL means CLOCK_MONOTONIC.
 */
struct wfr_host_ops {
	int (*dma_read)(void *host, uint64_t addr, void *buf, size_t len);
	int (*dma_write)(void *host, uint64_t addr, const void *buf,
			 size_t len);
	void (*msix)(void *host, unsigned int vector);
	void (*kick)(void *host);
	uint64_t (*now_ns)(void *host);
};

/**
 * struct wfr_window - part of BAR 0 kept in memory of the host
 * @mem: page aligned memory, owned by the host and valid until wfr_destroy();
 *	NULL means that every access to the part goes through the model.
 * @size: bytes of @mem; must cover the whole part.
 *
 * Whoever has @mem mapped may access it without the model seeing a trap.
 */
struct wfr_window {
	void *mem;
	size_t size;
};

/** enum wfr_impl - CceRevision2.IMPL_CODE, see WFR_CCE_REVISION2_IMPL_CODE_* */
enum wfr_impl {
	WFR_IMPL_SILICON = 0,
	WFR_IMPL_RTL = 1,
	WFR_IMPL_FPGA = 2,
	WFR_IMPL_SIMULATOR = 3,
};

/**
 * struct wfr_config - shape of a device, fixed at creation
 * @impl: what the chip says implements it.
 * @hfi_id: which half of a dual package (0 or 1).
 * @rcv_contexts: receive contexts, at most WFR_RCV_CTXTS_MAX.
 * @send_contexts: send contexts, at most WFR_SEND_CTXTS_MAX.
 * @sdma_engines: at most WFR_SDMA_ENGINES_MAX.
 * @rcv_array_cnt: RcvArray entries, at most WFR_RCV_ARRAY_MAX, multiple of 8.
 * @pio_mem_size: bytes of PIO send memory, multiple of the block size.
 * @sdma_mem_size: bytes of SDMA packet memory.
 * @port_guid: GUID of the port, not zero.
 * @link_auto: the link comes up by itself after creation and reset, to the
 *	logical state INIT; without it the driver trains the link through the
 *	8051 as it does on the real chip.
 * @link_delay_ns: time one step of link training takes.  0 with @link_auto:
 *	the link is up when wfr_create() or wfr_reset() returns, and a plugged
 *	cable works at once.
 * @pio: the PIO send windows (WFR_PIO_SIZE bytes).  When @pio.mem is set the
 *	model finds packets by scanning, see wfr_step().
 * @uregs: user register pages (WFR_RCV_UREGS_STRIDE * rcv_contexts bytes).
 * @rcv_array: the RcvArray (8 * rcv_array_cnt bytes).
 * @scan_min_ns: shortest pause between two scans of @pio while packets flow.
 * @scan_max_ns: longest pause, reached after a while without packets.
 */
struct wfr_config {
	enum wfr_impl impl;
	unsigned int hfi_id;
	unsigned int rcv_contexts;
	unsigned int send_contexts;
	unsigned int sdma_engines;
	unsigned int rcv_array_cnt;
	uint32_t pio_mem_size;
	uint32_t sdma_mem_size;
	uint64_t port_guid;
	bool link_auto;
	uint64_t link_delay_ns;
	struct wfr_window pio;
	struct wfr_window uregs;
	struct wfr_window rcv_array;
	uint64_t scan_min_ns;
	uint64_t scan_max_ns;
};

/**
 * wfr_config_init() - fill in the shape of the real chip
 * @cfg: all fields are set; silicon, 160 contexts each way, 16 engines, 8192
 *	RcvArray entries (a driver reads the count in its set-up loop, so a VM
 *	wants fewer than the chip's 32768), no windows, driver-trained link.
 */
void wfr_config_init(struct wfr_config *cfg);

/**
 * wfr_create() - make a device
 * @cfg: its shape, copied.
 * @ops: host callbacks, must stay valid; dma_read, dma_write and msix are
 *	required.
 * @host: passed to the callbacks.
 * @err: set to a negative errno on failure, may be NULL: -EINVAL for a shape
 *	that the chip cannot have, -ENOMEM.
 *
 * Return: the device in its reset state, or NULL.  Owned by the caller, see
 * wfr_destroy().
 */
struct wfr_device *wfr_create(const struct wfr_config *cfg,
			      const struct wfr_host_ops *ops, void *host,
			      int *err);

/**
 * wfr_destroy() - leave the fabric and free a device
 * @dev: may be NULL.  No other thread may be inside the device.
 */
void wfr_destroy(struct wfr_device *dev);

/**
 * wfr_reset() - function level reset
 * @dev: the device; all registers, contexts and engines return to their reset
 *	state and packets under way are lost.  The fabric port and the enabled
 *	traces stay.
 */
void wfr_reset(struct wfr_device *dev);

/**
 * wfr_mmio_read() - read from BAR 0
 * @dev: the device
 * @off: offset, naturally aligned to @size
 * @size: 8, or 4 for one half of a register
 *
 * Return: the value, zero extended; all ones outside of BAR 0 and for an
 * access the chip does not know.
 */
uint64_t wfr_mmio_read(struct wfr_device *dev, uint64_t off, unsigned int size);

/**
 * wfr_mmio_write() - write to BAR 0
 * @dev: the device
 * @off: offset, naturally aligned to @size
 * @val: the value
 * @size: 8, or 4 for one half of a register (read, merge, write)
 */
void wfr_mmio_write(struct wfr_device *dev, uint64_t off, uint64_t val,
		    unsigned int size);

/**
 * wfr_pio_write() - burst write to the PIO windows, as write-combining makes
 * @dev: the device
 * @off: offset in BAR 0 within the PIO windows, multiple of 4
 * @buf: the data
 * @len: bytes, multiple of 4
 *
 * A burst that leaves its block halts the context, see
 * WFR_SEND_CTXT_ERR_STATUS_WRITE_CROSSES_BOUNDARY.
 *
 * Return: 0, or -EINVAL for a range outside of the windows.
 */
int wfr_pio_write(struct wfr_device *dev, uint64_t off, const void *buf,
		  size_t len);

#define WFR_STEP_IDLE UINT64_MAX

/**
 * wfr_step() - run the engines
 * @dev: the device
 *
 * Takes a bounded amount of work: due link events, received packets, packets
 * of send contexts, descriptors of SDMA engines and, with @pio.mem, one scan
 * of the PIO windows in use.
 *
 * Return: nanoseconds after which to call again, 0 for more work right now,
 * WFR_STEP_IDLE when only a kick can bring work.
 */
uint64_t wfr_step(struct wfr_device *dev);

/**
 * wfr_drain() - step until nothing is left to do now
 * @dev: the device
 * @max_steps: bound; deadlines in the future are not waited for.
 *
 * Return: true when the device became quiet within the bound.
 */
bool wfr_drain(struct wfr_device *dev, unsigned int max_steps);

/* Fabric */

/**
 * wfr_fabric_create() - make a switch without ports
 *
 * A device that is in no fabric loops packets to its own LID back and drops
 * the rest.
 *
 * Return: the fabric, owned by the caller, or NULL without memory.
 */
struct wfr_fabric *wfr_fabric_create(void);

/**
 * wfr_fabric_destroy() - free a switch
 * @fabric: may be NULL; ports still joined are taken out first.
 */
void wfr_fabric_destroy(struct wfr_fabric *fabric);

/**
 * wfr_fabric_join() - plug a device in
 * @fabric: the switch
 * @dev: a device that is in no fabric
 *
 * Packets go to the port whose LID (DccCfgPortConfig1) matches; multicast
 * and the permissive LID go to all others.
 *
 * Return: 0, -EBUSY when @dev is in a fabric, -ENOMEM.
 */
int wfr_fabric_join(struct wfr_fabric *fabric, struct wfr_device *dev);

/**
 * wfr_fabric_leave() - unplug a device
 * @dev: the device; nothing happens when it is in no fabric.
 */
void wfr_fabric_leave(struct wfr_device *dev);

/* What a packet has at most: the largest PBC length. */
#define WFR_WIRE_MAX 16384

/** enum wfr_damage - what a fault did to a packet, a mask */
enum wfr_damage {
	WFR_BAD_ICRC = 1 << 0,
	WFR_BAD_HCRC = 1 << 1,
	WFR_BAD_KVER = 1 << 2,
	WFR_BAD_LENGTH = 1 << 3,
	WFR_BAD_TID = 1 << 4,
	WFR_BAD_ECC = 1 << 5,
};

/**
 * struct wfr_wire - a packet between two fabrics
 * @pbc: the sender's PBC, for lane and service channel
 * @damage: enum wfr_damage
 * @len: bytes of @data, multiple of 4
 * @data: LRH to the end of the payload
 */
struct wfr_wire {
	uint64_t pbc;
	uint32_t damage;
	uint32_t len;
	const void *data;
};

/**
 * struct wfr_uplink_ops - a way to other fabrics
 * @room: whether a packet can be sent now; the sender keeps it otherwise and
 *	asks again
 * @send: take a packet; it is lost when that fails.
 *
 * Both are called with locks of the sender and of the fabric held; they must
 * neither wait nor call the model.
 */
struct wfr_uplink_ops {
	bool (*room)(void *arg);
	void (*send)(void *arg, const struct wfr_wire *wire);
};

/**
 * wfr_fabric_uplink() - lead packets for other LIDs, and copies of those for
 *	groups, out of this process
 * @fabric: the switch
 * @ops: must stay valid until replaced; NULL takes the uplink away, and no
 *	call is under way when this returns
 * @arg: passed to @ops
 */
void wfr_fabric_uplink(struct wfr_fabric *fabric,
		       const struct wfr_uplink_ops *ops, void *arg);

/**
 * wfr_fabric_tap() - see every packet that a port here sends
 * @fabric: the switch
 * @tap: called for each, whether it has a receiver or not, and before one can
 *	have it; one call at a time, with locks held: it must neither wait for
 *	the model nor call it.  NULL takes the tap away, and no call is under
 *	way when this returns.
 * @arg: passed to @tap
 */
void wfr_fabric_tap(struct wfr_fabric *fabric,
		    void (*tap)(void *arg, const struct wfr_wire *wire),
		    void *arg);

/**
 * wfr_fabric_inject() - deliver a packet of another fabric to the ports here
 * @fabric: the switch
 * @wire: the packet, from a source that need not be trusted
 *
 * Return: 0; -ENETUNREACH when no port here has its LID; -ENOBUFS when one
 * has no room, nothing is delivered then; -EINVAL for a size that no packet
 * has; -ENOMEM.
 */
int wfr_fabric_inject(struct wfr_fabric *fabric, const struct wfr_wire *wire);

/* Link */

/**
 * wfr_link_set() - plug or pull the cable
 * @dev: the device
 * @up: false takes the link down as a pulled cable does (physical state
 *	offline, logical state DOWN, 8051 message "going down"); true lets
 *	it train again, by itself or when the driver asks for it.
 */
void wfr_link_set(struct wfr_device *dev, bool up);

/** wfr_link_is_up() - whether the link carries data */
bool wfr_link_is_up(struct wfr_device *dev);

/**
 * wfr_port_state_set() - set the logical port state as a subnet manager would
 * @dev: the device
 * @state: WFR_DCC_CFG_PORT_CONFIG_LINK_STATE_*
 *
 * Return: 0, -ENOLINK for ARMED or ACTIVE while the link is down.
 */
int wfr_port_state_set(struct wfr_device *dev, unsigned int state);

/* Faults */

/** enum wfr_fault_block - error status registers wfr_fault_raise() can set */
enum wfr_fault_block {
	WFR_FAULT_CCE,
	WFR_FAULT_RXE,
	WFR_FAULT_MISC,
	WFR_FAULT_PIO,
	WFR_FAULT_SDMA,
	WFR_FAULT_EGRESS,
	WFR_FAULT_TXE,
	WFR_FAULT_DCC,
	WFR_FAULT_LCB,
	WFR_FAULT_DC8051,
	WFR_FAULT_BLOCKS
};

/** enum wfr_corruption - what wfr_fault_corrupt_next() does to a packet */
enum wfr_corruption {
	WFR_CORRUPT_ICRC, /**< wrong packet CRC */
	WFR_CORRUPT_HCRC, /**< wrong header CRC */
	WFR_CORRUPT_KVER, /**< wrong KDETH version */
	WFR_CORRUPT_LENGTH, /**< header length shorter than the packet */
	WFR_CORRUPT_TID, /**< TID error reported whatever the entry is */
	WFR_CORRUPT_ECC, /**< uncorrectable memory error on receive */
	WFR_CORRUPT_DROP, /**< lost on the link */
	WFR_CORRUPT_DUPLICATE, /**< arrives twice */
};

/**
 * wfr_fault_send_ctxt() - halt a send context
 * @dev: the device
 * @hw_ctxt: hardware send context
 * @bits: WFR_SEND_CTXT_ERR_STATUS_*
 *
 * Return: 0, -EINVAL for no such context or bits, -ENXIO when it is disabled.
 */
int wfr_fault_send_ctxt(struct wfr_device *dev, unsigned int hw_ctxt,
			uint64_t bits);

/**
 * wfr_fault_sdma() - halt an SDMA engine
 * @dev: the device
 * @engine: engine number
 * @bits: WFR_SEND_DMA_ENG_ERR_STATUS_*
 *
 * Return: 0, -EINVAL.
 */
int wfr_fault_sdma(struct wfr_device *dev, unsigned int engine, uint64_t bits);

/**
 * wfr_fault_raise() - set bits of a block's error status
 * @dev: the device
 * @block: which block
 * @bits: bits of its status register; bits of the freeze class
 *	(WFR_*_ERR_FREEZE) freeze the chip as well.
 *
 * Return: 0, -EINVAL.
 */
int wfr_fault_raise(struct wfr_device *dev, enum wfr_fault_block block,
		    uint64_t bits);

/** wfr_fault_freeze() - freeze the chip without an error bit */
void wfr_fault_freeze(struct wfr_device *dev);

/** wfr_fault_temperature() - raise the critical temperature interrupt */
void wfr_fault_temperature(struct wfr_device *dev);

/**
 * wfr_fault_drop_credits() - withhold credit returns of a send context
 * @dev: the device
 * @hw_ctxt: hardware send context
 * @count: how many of the next returns are lost; UINT_MAX for all
 */
int wfr_fault_drop_credits(struct wfr_device *dev, unsigned int hw_ctxt,
			   unsigned int count);

/**
 * wfr_fault_delay() - hold engines back
 * @dev: the device
 * @ns: every packet and descriptor is handled this much later; 0 ends it and
 *	lets go of what was held
 */
void wfr_fault_delay(struct wfr_device *dev, uint64_t ns);

/**
 * wfr_fault_corrupt_next() - damage a packet this device sends
 * @dev: the device
 * @how: the damage
 * @skip: packets to let pass first
 *
 * Return: 0, -EBUSY while another damage is waiting for its packet.
 */
int wfr_fault_corrupt_next(struct wfr_device *dev, enum wfr_corruption how,
			   unsigned int skip);

/** wfr_fault_pio_init() - let the next initialization of a send context fail */
void wfr_fault_pio_init(struct wfr_device *dev);

/**
 * wfr_fault_sticky() - let a handshake of the chip never finish
 * @dev: the device
 * @what: WFR_STICKY_* bits, replacing the earlier set
 */
void wfr_fault_sticky(struct wfr_device *dev, unsigned int what);
#define WFR_STICKY_PIO_INIT   0x1 /* SendPioInitCtxt stays in progress */
#define WFR_STICKY_FREEZE     0x2 /* CceStatus does not show the freeze */
#define WFR_STICKY_UNFREEZE   0x4 /* CceStatus keeps showing the freeze */
#define WFR_STICKY_SDMA_HALT  0x8 /* engines do not report halted */
#define WFR_STICKY_SDMA_CLEAN 0x10 /* engines do not report cleaned up */
#define WFR_STICKY_EGRESS     0x20 /* packets do not leave */
#define WFR_STICKY_HALTED     0x40 /* send contexts do not report halted */

/* Observation */

/** struct wfr_access_rec - one register access */
struct wfr_access_rec {
	uint64_t off; /**< offset in BAR 0 */
	uint64_t val; /**< value read or written */
	uint8_t size; /**< bytes */
	bool write; /**< direction */
};

/**
 * wfr_trace_set() - see every access
 * @dev: the device
 * @fn: called with the device lock held, NULL to stop
 * @arg: passed to @fn
 */
void wfr_trace_set(struct wfr_device *dev,
		   void (*fn)(void *arg, const struct wfr_access_rec *rec),
		   void *arg);

/**
 * wfr_reg_name() - name of a register
 * @off: offset in BAR 0
 * @buf: gets the name with its index, "SEND_CTXT_CTRL[3]"
 * @len: bytes of @buf
 *
 * Return: true when the offset has a declared register; the buffer gets the
 * number otherwise.
 */
bool wfr_reg_name(uint64_t off, char *buf, size_t len);

/**
 * wfr_census_set() - count reads that do not return the value written last
 * @dev: the device
 * @on: start from nothing, or stop and forget
 *
 * What a driver reads there is what a model has to provide.
 *
 * Return: 0, -ENOMEM.
 */
int wfr_census_set(struct wfr_device *dev, bool on);

/**
 * wfr_census_print() - list those registers, one line each, by offset
 * @dev: the device
 * @out: where to
 *
 * Return: number of lines.
 */
unsigned int wfr_census_print(struct wfr_device *dev, FILE *out);

/** struct wfr_stats - counts since creation or reset */
struct wfr_stats {
	uint64_t pio_packets; /**< packets of send contexts sent */
	uint64_t sdma_packets; /**< packets of SDMA engines sent */
	uint64_t disallowed; /**< packets an integrity check refused */
	uint64_t egress_drops; /**< packets without link, route or lane */
	uint64_t rcv_packets; /**< packets that arrived */
	uint64_t rcv_delivered; /**< header queue entries written */
	uint64_t rcv_suppressed; /**< expected packets without an entry */
	uint64_t rcv_drops; /**< packets dropped on receive */
	uint64_t credit_returns; /**< credit words written */
	uint64_t interrupts; /**< MSI-X vectors raised */
};

/** wfr_stats_get() - read the counts */
void wfr_stats_get(struct wfr_device *dev, struct wfr_stats *stats);

#ifdef __cplusplus
}
#endif

#endif /* WFR_H */
