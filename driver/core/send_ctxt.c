// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
/*
 * PIO send contexts of users.
 *
 * The chip answers a packet it will not send by halting the context; only a
 * disable followed by an enable brings it back.  sc->flags mirrors what the
 * chip told by interrupt:
 *
 *	ENABLED		the context takes packets
 *	HALTED		it was halted, by an error or by a freeze
 *	FROZEN		it was halted by a freeze: recovery waits for its end
 *	IN_FREE		it is being given back; recovery must not start
 *
 * Locks: dd->sc_lock (allocation), sc->lock (flags and shadows) above
 * dd->init_lock (one handshake on SendPioInitCtxt at a time).
 */
#include <linux/delay.h>

#include "csr.h"
#include "priv.h"

#define HFI1U_INIT_POLLS      5
#define HFI1U_INIT_FPGA_POLLS 120
#define HFI1U_DRAIN_POLLS     50000

#define SC_CHECK(name) WFR_SEND_CTXT_CHECK_ENABLE_##name

static u64 user_checks(const struct hfi1u_dev *dd, u64 caps)
{
	u64 checks =
		SC_CHECK(CHECK_ENABLE) | SC_CHECK(CHECK_VL) |
		SC_CHECK(CHECK_JOB_KEY) | SC_CHECK(CHECK_SLID) |
		SC_CHECK(CHECK_OPCODE) | SC_CHECK(CHECK_VL_MAPPING) |
		SC_CHECK(CHECK_BYPASS_VL_MAPPING) | SC_CHECK(DISALLOW_RAW) |
		SC_CHECK(DISALLOW_RAW_IPV6) | SC_CHECK(DISALLOW_GRH) |
		SC_CHECK(DISALLOW_BYPASS) | SC_CHECK(DISALLOW_KDETH_PACKETS) |
		SC_CHECK(DISALLOW_NON_KDETH_PACKETS) |
		SC_CHECK(DISALLOW_TOO_SMALL_IB_PACKETS) |
		SC_CHECK(DISALLOW_TOO_SMALL_BYPASS_PACKETS) |
		SC_CHECK(DISALLOW_PBC_TEST) | SC_CHECK(DISALLOW_BAD_PKT_LEN) |
		SC_CHECK(DISALLOW_TOO_LONG_IB_PACKETS) |
		SC_CHECK(DISALLOW_TOO_LONG_BYPASS_PACKETS) |
		SC_CHECK(DISALLOW_PBC_STATIC_RATE_CONTROL) |
		SC_CHECK(DISALLOW_BYPASS_BAD_PKT_LEN);

	if (hfi1u_caps_test_kernel(caps, HFI1_CAP_NO_INTEGRITY))
		return 0;
	if (hfi1u_chip_is_a_step(dd))
		checks &= ~SC_CHECK(CHECK_JOB_KEY);
	if (hfi1u_caps_test_user(caps, HFI1_CAP_STATIC_RATE_CTRL))
		checks &= ~SC_CHECK(DISALLOW_PBC_STATIC_RATE_CONTROL);
	return checks;
}

static size_t credit_offset(unsigned int hw)
{
	return hw * WFR_CREDIT_LINE_SIZE;
}

static void sc_describe(struct hfi1u_dev *dd, unsigned int i)
{
	const struct hfi1u_partition *p = &dd->part;
	struct hfi1u_send_ctxt *sc = &dd->scs[i];
	u8 *line;

	sc->dd = dd;
	/* software counts up, the chip's numbers count down */
	sc->hw = dd->chip.send_contexts - 1 - (p->user_send_base + i);
	sc->base = p->user_send_block + i * p->user_credits;
	sc->credits = p->user_credits;
	spin_lock_init(&sc->lock);
	init_waitqueue_head(&sc->halt_wait);
	line = (u8 *)dd->credit_lines + credit_offset(sc->hw);
	sc->credit = (__le64 *)line + sc->hw % WFR_CREDIT_LINE_WORDS;
}

/**
 * hfi1u_scs_init - make the send contexts of all users
 * @dd: device with a partition
 *
 * Return: 0 or -ENOMEM.
 */
int hfi1u_scs_init(struct hfi1u_dev *dd)
{
	unsigned int i;

	dd->credit_size = PAGE_ALIGN(credit_offset(dd->chip.send_contexts));
	dd->credit_lines = dma_alloc_coherent(dd->dev, dd->credit_size,
					      &dd->credit_dma, GFP_KERNEL);
	if (!dd->credit_lines)
		return -ENOMEM;
	dd->scs = kcalloc(dd->part.num_user, sizeof(*dd->scs), GFP_KERNEL);
	if (!dd->scs) {
		hfi1u_scs_exit(dd);
		return -ENOMEM;
	}
	for (i = 0; i < dd->part.num_user; i++)
		sc_describe(dd, i);
	return 0;
}

/**
 * hfi1u_scs_exit - undo hfi1u_scs_init(), also when it failed
 * @dd: device
 */
void hfi1u_scs_exit(struct hfi1u_dev *dd)
{
	kfree(dd->scs);
	dd->scs = NULL;
	if (dd->credit_lines)
		dma_free_coherent(dd->dev, dd->credit_size, dd->credit_lines,
				  dd->credit_dma);
	dd->credit_lines = NULL;
}

/**
 * hfi1u_sc_index - software index of a send context, as the chip's users count
 * @sc: send context
 *
 * Return: 0 for the first context of users.
 */
unsigned int hfi1u_sc_index(const struct hfi1u_send_ctxt *sc)
{
	return sc - sc->dd->scs;
}

/**
 * hfi1u_sc_by_hw - find a user's send context by its number on the chip
 * @dd: device
 * @hw: number
 *
 * Return: the context, or NULL if @hw is none of a user's.
 */
struct hfi1u_send_ctxt *hfi1u_sc_by_hw(struct hfi1u_dev *dd, unsigned int hw)
{
	unsigned int i =
		dd->chip.send_contexts - 1 - hw - dd->part.user_send_base;

	return i < dd->part.num_user ? &dd->scs[i] : NULL;
}

static struct hfi1u_send_ctxt *claim(struct hfi1u_dev *dd)
{
	struct hfi1u_send_ctxt *found = NULL;
	unsigned long flags;
	unsigned int i;

	spin_lock_irqsave(&dd->sc_lock, flags);
	for (i = 0; i < dd->part.num_user && !found; i++)
		if (!dd->scs[i].allocated)
			found = &dd->scs[i];
	if (found)
		found->allocated = true;
	spin_unlock_irqrestore(&dd->sc_lock, flags);
	return found;
}

static u64 credit_control(const struct hfi1u_send_ctxt *sc, u64 caps)
{
	unsigned int percent = sc->dd->params.user_credit_return_threshold;
	unsigned int threshold = sc->credits * percent / 100;
	u64 reg = WFR_PREP(WFR_SEND_CTXT_CREDIT_CTRL_THRESHOLD,
			   percent ? max(threshold, 1U) : 0);

	if (hfi1u_caps_test_user(caps, HFI1_CAP_EARLY_CREDIT_RETURN))
		reg |= WFR_SEND_CTXT_CREDIT_CTRL_EARLY_RETURN;
	return reg;
}

static u64 opcode_check(void)
{
	return WFR_PREP(WFR_SEND_CTXT_CHECK_OPCODE_VALUE,
			WFR_USER_OPCODE_VALUE) |
	       WFR_PREP(WFR_SEND_CTXT_CHECK_OPCODE_MASK, WFR_USER_OPCODE_MASK);
}

static void program(struct hfi1u_send_ctxt *sc, u64 caps)
{
	struct hfi1u_dev *dd = sc->dd;

	hfi1u_write(dd, WFR_SEND_CTXT_CTRL(sc->hw), sc->ctrl);
	hfi1u_write(dd, WFR_SEND_CTXT_CHECK_ENABLE(sc->hw), sc->checks);
	hfi1u_write(dd, WFR_SEND_CTXT_ERR_MASK(sc->hw), ~0ULL);
	hfi1u_write(dd, WFR_SEND_CTXT_CHECK_PARTITION_KEY(sc->hw),
		    WFR_SEND_CTXT_CHECK_PARTITION_KEY_VALUE);
	hfi1u_write(dd, WFR_SEND_CTXT_CHECK_OPCODE(sc->hw), opcode_check());
	hfi1u_write(dd, WFR_SEND_CTXT_CREDIT_RETURN_ADDR(sc->hw),
		    (dd->credit_dma + credit_offset(sc->hw)) &
			    WFR_SEND_CTXT_CREDIT_RETURN_ADDR_ADDRESS);
	hfi1u_write(dd, WFR_SEND_CTXT_CREDIT_CTRL(sc->hw),
		    credit_control(sc, caps));
	hfi1u_write(dd, WFR_SEND_CTXT_CHECK_VL(sc->hw), BIT_ULL(WFR_VL15));
}

/**
 * hfi1u_sc_alloc - take a free send context and set it up, disabled
 * @dd: device
 * @caps: capability word that applies
 *
 * Return: the context, to be given back with hfi1u_sc_free(), or NULL when
 * all are taken.
 */
struct hfi1u_send_ctxt *hfi1u_sc_alloc(struct hfi1u_dev *dd, u64 caps)
{
	struct hfi1u_send_ctxt *sc = claim(dd);

	if (!sc)
		return NULL;
	sc->flags = 0;
	sc->checks = user_checks(dd, caps);
	sc->ctrl = WFR_PREP(WFR_SEND_CTXT_CTRL_BASE, sc->base) |
		   WFR_PREP(WFR_SEND_CTXT_CTRL_DEPTH, sc->credits);
	program(sc, caps);
	return sc;
}

/**
 * hfi1u_sc_free - disable a send context and give it back
 * @sc: context, no longer reachable by any user
 */
void hfi1u_sc_free(struct hfi1u_send_ctxt *sc)
{
	struct hfi1u_dev *dd = sc->dd;
	unsigned long flags;

	spin_lock_irqsave(&sc->lock, flags);
	set_bit(HFI1U_SC_IN_FREE, &sc->flags);
	spin_unlock_irqrestore(&sc->lock, flags);
	hfi1u_sc_disable(sc);

	hfi1u_write(dd, WFR_SEND_CTXT_CTRL(sc->hw), 0);
	hfi1u_write(dd, WFR_SEND_CTXT_CHECK_ENABLE(sc->hw), 0);
	hfi1u_write(dd, WFR_SEND_CTXT_ERR_MASK(sc->hw), 0);
	hfi1u_write(dd, WFR_SEND_CTXT_CHECK_PARTITION_KEY(sc->hw), 0);
	hfi1u_write(dd, WFR_SEND_CTXT_CHECK_OPCODE(sc->hw), 0);
	hfi1u_write(dd, WFR_SEND_CTXT_CREDIT_RETURN_ADDR(sc->hw), 0);
	hfi1u_write(dd, WFR_SEND_CTXT_CREDIT_CTRL(sc->hw), 0);

	spin_lock_irqsave(&dd->sc_lock, flags);
	sc->allocated = false;
	spin_unlock_irqrestore(&dd->sc_lock, flags);
}

static enum hfi1u_check wait_initialised(struct hfi1u_dev *dd)
{
	u64 impl = WFR_GET(WFR_CCE_REVISION2_IMPL_CODE, dd->chip.revision2);
	int polls = impl == WFR_CCE_REVISION2_IMPL_CODE_FPGA ?
			    HFI1U_INIT_FPGA_POLLS :
			    HFI1U_INIT_POLLS;
	u64 reg;

	udelay(2);
	for (;;) {
		reg = hfi1u_read(dd, WFR_SEND_PIO_INIT_CTXT);
		if (!(reg & WFR_SEND_PIO_INIT_CTXT_INIT_IN_PROGRESS))
			break;
		if (!polls--)
			return HFI1U_CHECK_ASSIGN_CTXT_SEND_INIT_STUCK;
		udelay(5);
	}
	if (reg & WFR_SEND_PIO_INIT_CTXT_INIT_ERR)
		return HFI1U_CHECK_ASSIGN_CTXT_SEND_INIT_ERROR;
	return HFI1U_CHECK_NONE;
}

static enum hfi1u_check initialise(struct hfi1u_send_ctxt *sc)
{
	struct hfi1u_dev *dd = sc->dd;
	enum hfi1u_check check;

	spin_lock(&dd->init_lock);
	hfi1u_write(dd, WFR_SEND_PIO_INIT_CTXT,
		    WFR_PREP(WFR_SEND_PIO_INIT_CTXT_CTXT_NUM, sc->hw) |
			    WFR_SEND_PIO_INIT_CTXT_SINGLE_CTXT_INIT);
	check = wait_initialised(dd);
	spin_unlock(&dd->init_lock);
	return check;
}

static void clear_errors(struct hfi1u_send_ctxt *sc)
{
	u64 errors = hfi1u_read(sc->dd, WFR_SEND_CTXT_ERR_STATUS(sc->hw));

	if (errors)
		hfi1u_write(sc->dd, WFR_SEND_CTXT_ERR_CLEAR(sc->hw), errors);
}

/**
 * hfi1u_sc_enable - let a send context take packets
 * @sc: context that was set up
 *
 * Counters, errors and the halt are gone afterwards.  An enabled context is
 * left alone.
 *
 * Return: HFI1U_CHECK_NONE, or ASSIGN_CTXT's check that failed.
 */
enum hfi1u_check hfi1u_sc_enable(struct hfi1u_send_ctxt *sc)
{
	struct hfi1u_dev *dd = sc->dd;
	enum hfi1u_check check = HFI1U_CHECK_NONE;
	unsigned long flags;

	spin_lock_irqsave(&sc->lock, flags);
	if (hfi1u_read(dd, WFR_SEND_CTXT_CTRL(sc->hw)) &
	    WFR_SEND_CTXT_CTRL_ENABLE)
		goto out;
	WRITE_ONCE(*sc->credit, 0);
	clear_bit(HFI1U_SC_HALTED, &sc->flags);
	clear_bit(HFI1U_SC_FROZEN, &sc->flags);
	clear_errors(sc);
	check = initialise(sc);
	if (check != HFI1U_CHECK_NONE)
		goto out;
	sc->ctrl |= WFR_SEND_CTXT_CTRL_ENABLE;
	hfi1u_write(dd, WFR_SEND_CTXT_CTRL(sc->hw), sc->ctrl);
	/* a PIO write must not overtake the enable */
	hfi1u_read(dd, WFR_SEND_CTXT_CTRL(sc->hw));
	/* a freeze that began meanwhile has looked for enabled contexts */
	if (test_bit(HFI1U_DEV_FROZEN, &dd->flags)) {
		set_bit(HFI1U_SC_FROZEN, &sc->flags);
		set_bit(HFI1U_SC_HALTED, &sc->flags);
	} else {
		set_bit(HFI1U_SC_ENABLED, &sc->flags);
	}
out:
	spin_unlock_irqrestore(&sc->lock, flags);
	return check;
}

static bool is_halted(struct hfi1u_send_ctxt *sc, u64 egress)
{
	return test_bit(HFI1U_SC_HALTED, &sc->flags) ||
	       (egress & WFR_SEND_EGRESS_CTXT_STATUS_HALT_STATUS) ||
	       (hfi1u_read(sc->dd, WFR_SEND_CTXT_STATUS(sc->hw)) &
		WFR_SEND_CTXT_STATUS_HALTED);
}

/* Wait until no packet of the context is on its way out of the chip. */
static void drain(struct hfi1u_send_ctxt *sc)
{
	u64 last = 0;
	int stuck = 0;

	while (hfi1u_present(sc->dd)) {
		u64 reg =
			hfi1u_read(sc->dd, WFR_SEND_EGRESS_CTXT_STATUS(sc->hw));
		u64 left = reg & WFR_SEND_EGRESS_CTXT_STATUS_PACKET_OCCUPANCY;

		if (!left || is_halted(sc, reg))
			return;
		stuck = left == last ? stuck + 1 : 0;
		last = left;
		if (stuck > HFI1U_DRAIN_POLLS) {
			dev_err(sc->dd->dev, "send context %u does not drain\n",
				sc->hw);
			return;
		}
		udelay(1);
	}
}

/**
 * hfi1u_sc_disable - stop a send context and forget what it has not sent
 * @sc: context
 *
 * May sleep for long when the link does not take the packets.
 */
void hfi1u_sc_disable(struct hfi1u_send_ctxt *sc)
{
	struct hfi1u_dev *dd = sc->dd;
	unsigned long flags;

	clear_bit(HFI1U_SC_ENABLED, &sc->flags);
	drain(sc);
	/* the last credit return of a drained context is under way */
	udelay(1);

	spin_lock_irqsave(&sc->lock, flags);
	sc->ctrl &= ~WFR_SEND_CTXT_CTRL_ENABLE;
	hfi1u_write(dd, WFR_SEND_CTXT_CTRL(sc->hw), sc->ctrl);
	spin_unlock_irqrestore(&sc->lock, flags);
	udelay(1);
	wake_up_all(&sc->halt_wait);
}

/**
 * hfi1u_sc_return_credits - have the chip write the credit word now
 * @sc: context
 */
void hfi1u_sc_return_credits(struct hfi1u_send_ctxt *sc)
{
	u64 reg = WFR_SEND_CTXT_CREDIT_FORCE(sc->hw);

	/* the chip acts on the edge; the read keeps the edge visible */
	hfi1u_write(sc->dd, reg, WFR_SEND_CTXT_CREDIT_FORCE_FORCE_RETURN);
	hfi1u_read(sc->dd, reg);
	hfi1u_write(sc->dd, reg, 0);
}

/**
 * hfi1u_sc_set_jkey - let the chip check the job key of a context's packets
 * @sc: context
 * @jkey: key
 * @permissive: also accept the permissive key
 */
void hfi1u_sc_set_jkey(struct hfi1u_send_ctxt *sc, u16 jkey, bool permissive)
{
	u64 reg = WFR_PREP(WFR_SEND_CTXT_CHECK_JOB_KEY_VALUE, jkey) |
		  WFR_SEND_CTXT_CHECK_JOB_KEY_MASK;

	if (permissive)
		reg |= WFR_SEND_CTXT_CHECK_JOB_KEY_ALLOW_PERMISSIVE;
	hfi1u_write(sc->dd, WFR_SEND_CTXT_CHECK_JOB_KEY(sc->hw), reg);
}

/**
 * hfi1u_sc_set_pkey - check this key from now on, and allow KDETH packets
 * @sc: context
 * @pkey: partition key, validated by the caller
 */
void hfi1u_sc_set_pkey(struct hfi1u_send_ctxt *sc, u16 pkey)
{
	unsigned long flags;

	spin_lock_irqsave(&sc->lock, flags);
	hfi1u_write(sc->dd, WFR_SEND_CTXT_CHECK_PARTITION_KEY(sc->hw), pkey);
	sc->checks |= SC_CHECK(CHECK_PARTITION_KEY);
	sc->checks &= ~SC_CHECK(DISALLOW_KDETH_PACKETS);
	hfi1u_write(sc->dd, WFR_SEND_CTXT_CHECK_ENABLE(sc->hw), sc->checks);
	spin_unlock_irqrestore(&sc->lock, flags);
}

static void mark_halted(struct hfi1u_send_ctxt *sc, bool frozen)
{
	lockdep_assert_held(&sc->lock);
	if (!test_bit(HFI1U_SC_ENABLED, &sc->flags) &&
	    !test_bit(HFI1U_SC_HALTED, &sc->flags))
		return;
	clear_bit(HFI1U_SC_ENABLED, &sc->flags);
	if (frozen)
		set_bit(HFI1U_SC_FROZEN, &sc->flags);
	set_bit(HFI1U_SC_HALTED, &sc->flags);
}

/**
 * hfi1u_sc_frozen - note that a freeze has halted a context
 * @sc: context
 */
void hfi1u_sc_frozen(struct hfi1u_send_ctxt *sc)
{
	unsigned long flags;

	spin_lock_irqsave(&sc->lock, flags);
	mark_halted(sc, true);
	spin_unlock_irqrestore(&sc->lock, flags);
	wake_up_all(&sc->halt_wait);
}

/**
 * hfi1u_sc_error - note that an error has halted a context
 * @sc: context
 *
 * The error stays in the register until the context is enabled again.  It is
 * read under the lock under which that happens: an interrupt that is late
 * cannot halt a context that has been recovered since.
 */
void hfi1u_sc_error(struct hfi1u_send_ctxt *sc)
{
	unsigned long flags;
	u64 errors;

	spin_lock_irqsave(&sc->lock, flags);
	errors = hfi1u_read(sc->dd, WFR_SEND_CTXT_ERR_STATUS(sc->hw));
	if (errors)
		mark_halted(sc, false);
	spin_unlock_irqrestore(&sc->lock, flags);
	wake_up_all(&sc->halt_wait);
	dev_dbg(sc->dd->dev, "send context %u error %#llx\n", sc->hw,
		(unsigned long long)errors);
}
