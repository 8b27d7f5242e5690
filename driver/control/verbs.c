// SPDX-License-Identifier: BSD-3-Clause
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <wfr.h>

#include "verbs.h"
#include "wfr_bits.h"
#include "wfr_regs.h"

static const struct ctl_word blocks[] = {
	{ "cce", WFR_FAULT_CCE },   { "rxe", WFR_FAULT_RXE },
	{ "misc", WFR_FAULT_MISC }, { "pio", WFR_FAULT_PIO },
	{ "sdma", WFR_FAULT_SDMA }, { "egress", WFR_FAULT_EGRESS },
	{ "txe", WFR_FAULT_TXE },   { "dcc", WFR_FAULT_DCC },
	{ "lcb", WFR_FAULT_LCB },   { "8051", WFR_FAULT_DC8051 },
	{ .name = NULL },
};

static const struct ctl_word damages[] = {
	{ "icrc", WFR_CORRUPT_ICRC },
	{ "hcrc", WFR_CORRUPT_HCRC },
	{ "kver", WFR_CORRUPT_KVER },
	{ "length", WFR_CORRUPT_LENGTH },
	{ "tid", WFR_CORRUPT_TID },
	{ "ecc", WFR_CORRUPT_ECC },
	{ "drop", WFR_CORRUPT_DROP },
	{ "duplicate", WFR_CORRUPT_DUPLICATE },
	{ .name = NULL },
};

static const struct ctl_word handshakes[] = {
	{ "none", 0 },
	{ "pio-init", WFR_STICKY_PIO_INIT },
	{ "freeze", WFR_STICKY_FREEZE },
	{ "unfreeze", WFR_STICKY_UNFREEZE },
	{ "sdma-halt", WFR_STICKY_SDMA_HALT },
	{ "sdma-clean", WFR_STICKY_SDMA_CLEAN },
	{ "egress", WFR_STICKY_EGRESS },
	{ "halted", WFR_STICKY_HALTED },
	{ .name = NULL },
};

const struct ctl_word ctl_freezes[] = {
	{ "driver", CTL_FREEZE_DRIVER },
	{ "chip", CTL_FREEZE_CHIP },
	{ "forced", CTL_FREEZE_FORCED },
	{ .name = NULL },
};

const struct ctl_word ctl_ahgs[] = {
	{ "off", CTL_AHG_OFF },
	{ "on", CTL_AHG_ON },
	{ "default", CTL_AHG_DEFAULT },
	{ .name = NULL },
};

const struct ctl_word ctl_directions[] = {
	{ "down", 0 },
	{ "up", 1 },
	{ .name = NULL },
};

const struct ctl_word ctl_port_states[] = {
	{ "down", WFR_DCC_CFG_PORT_CONFIG_LINK_STATE_DOWN },
	{ "init", WFR_DCC_CFG_PORT_CONFIG_LINK_STATE_INIT },
	{ "armed", WFR_DCC_CFG_PORT_CONFIG_LINK_STATE_ARMED },
	{ "active", WFR_DCC_CFG_PORT_CONFIG_LINK_STATE_ACTIVE },
	{ .name = NULL },
};

/* A context or an engine, and the error bits to set there. */
static int place_and_bits(int argc, char **argv, uint64_t dflt, uint64_t *place,
			  uint64_t *bits, FILE *out)
{
	int err = ctl_number(argv[1], UINT_MAX, place, out);

	return err ? err : ctl_number_or(argc, argv, 2, dflt, bits, out);
}

static int halt_context(struct wfr_device *chip, int argc, char **argv,
			FILE *out)
{
	uint64_t n, bits;
	int err;

	err = place_and_bits(argc, argv,
			     WFR_SEND_CTXT_ERR_STATUS_DISALLOWED_PACKET, &n,
			     &bits, out);
	return err ? err : ctl_result(wfr_fault_send_ctxt(chip, n, bits), out);
}

static int halt_sdma(struct wfr_device *chip, int argc, char **argv, FILE *out)
{
	uint64_t n, bits;
	int err;

	err = place_and_bits(argc, argv, WFR_SEND_DMA_ENG_ERR_STATUS_FIRST_DESC,
			     &n, &bits, out);
	return err ? err : ctl_result(wfr_fault_sdma(chip, n, bits), out);
}

static int raise_error(struct wfr_device *chip, int argc, char **argv,
		       FILE *out)
{
	unsigned int block;
	uint64_t bits;
	int err = ctl_lookup(blocks, argv[1], &block, out);

	(void)argc;
	if (!err)
		err = ctl_number(argv[2], UINT64_MAX, &bits, out);
	return err ? err : ctl_result(wfr_fault_raise(chip, block, bits), out);
}

/*
 * A driver learns of a freeze by the error that caused it.  "driver" and
 * "chip" differ only where a driver can be asked; here both are errors, of
 * two blocks.
 */
static int freeze(struct wfr_device *chip, int argc, char **argv, FILE *out)
{
	unsigned int how = CTL_FREEZE_DRIVER;
	int err = argc > 1 ? ctl_lookup(ctl_freezes, argv[1], &how, out) : 0;

	if (err)
		return err;
	if (how == CTL_FREEZE_CHIP)
		err = wfr_fault_raise(
			chip, WFR_FAULT_PIO,
			WFR_SEND_PIO_ERR_STATUS_WRITE_ADDR_PARITY);
	else if (how == CTL_FREEZE_FORCED)
		wfr_fault_temperature(chip);
	else
		err = wfr_fault_raise(chip, WFR_FAULT_SDMA,
				      WFR_SEND_DMA_ERR_STATUS_RPY_TAG);
	return ctl_result(err, out);
}

static int temperature(struct wfr_device *chip, int argc, char **argv,
		       FILE *out)
{
	(void)argc;
	(void)argv;
	(void)out;
	wfr_fault_temperature(chip);
	return 0;
}

static int drop_credits(struct wfr_device *chip, int argc, char **argv,
			FILE *out)
{
	uint64_t n, count;
	int err = place_and_bits(argc, argv, UINT_MAX, &n, &count, out);

	if (count > UINT_MAX)
		count = UINT_MAX;
	return err ? err :
		     ctl_result(wfr_fault_drop_credits(chip, n, count), out);
}

static int delay(struct wfr_device *chip, int argc, char **argv, FILE *out)
{
	uint64_t ns;
	int err = ctl_number(argv[1], UINT64_MAX, &ns, out);

	(void)argc;
	if (!err)
		wfr_fault_delay(chip, ns);
	return err;
}

static int corrupt(struct wfr_device *chip, int argc, char **argv, FILE *out)
{
	unsigned int how;
	uint64_t skip;
	int err = ctl_lookup(damages, argv[1], &how, out);

	if (!err)
		err = ctl_number_or(argc, argv, 2, 0, &skip, out);
	return err ? err :
		     ctl_result(wfr_fault_corrupt_next(chip, how, skip), out);
}

static int fail_pio_init(struct wfr_device *chip, int argc, char **argv,
			 FILE *out)
{
	(void)argc;
	(void)argv;
	(void)out;
	wfr_fault_pio_init(chip);
	return 0;
}

static int sticky(struct wfr_device *chip, int argc, char **argv, FILE *out)
{
	unsigned int all = 0, one;
	int i, err;

	for (i = 1; i < argc; i++) {
		err = ctl_lookup(handshakes, argv[i], &one, out);
		if (err)
			return err;
		all |= one;
	}
	wfr_fault_sticky(chip, all);
	return 0;
}

/* A driver that waits for the end of a freeze never sees one. */
static int hold_freeze(struct wfr_device *chip, int argc, char **argv,
		       FILE *out)
{
	unsigned int on;
	int err = ctl_lookup(ctl_switch, argv[1], &on, out);

	(void)argc;
	if (!err)
		wfr_fault_sticky(chip, on ? WFR_STICKY_UNFREEZE : 0);
	return err;
}

static int heal(struct wfr_device *chip, int argc, char **argv, FILE *out)
{
	(void)argc;
	(void)argv;
	(void)out;
	wfr_fault_sticky(chip, 0);
	wfr_fault_delay(chip, 0);
	wfr_link_set(chip, true);
	return 0;
}

static int link_set(struct wfr_device *chip, int argc, char **argv, FILE *out)
{
	unsigned int up;
	int err = ctl_lookup(ctl_directions, argv[1], &up, out);

	(void)argc;
	if (!err)
		wfr_link_set(chip, up);
	return err;
}

/* A port that is told to go down loses its link. */
static int port_state(struct wfr_device *chip, int argc, char **argv, FILE *out)
{
	unsigned int state;
	int err = ctl_lookup(ctl_port_states, argv[1], &state, out);

	(void)argc;
	if (err)
		return err;
	if (state != WFR_DCC_CFG_PORT_CONFIG_LINK_STATE_DOWN)
		return ctl_result(wfr_port_state_set(chip, state), out);
	wfr_link_set(chip, false);
	return 0;
}

static int reg(struct wfr_device *chip, int argc, char **argv, FILE *out)
{
	uint64_t off, value;
	int err = ctl_number(argv[1], WFR_BAR0_SIZE - 8, &off, out);

	if (!err && argc == 2) {
		fprintf(out, "0x%llx\n",
			(unsigned long long)wfr_mmio_read(chip, off, 8));
		return 0;
	}
	if (!err)
		err = ctl_number(argv[2], UINT64_MAX, &value, out);
	if (!err)
		wfr_mmio_write(chip, off, value, 8);
	return err;
}

#define VERB(id, name, args, help, min, max, fault, chip) \
	[CTL_##id] = { name, args, help, min, max, fault, chip }

const struct ctl_verb ctl_verbs[CTL_VERBS] = {
	VERB(LINK, "link", "UNIT down|up", "pull or plug the cable", 2, 2, true,
	     link_set),
	VERB(PORT_STATE, "port-state", "UNIT down|init|armed|active",
	     "logical port state", 2, 2, true, port_state),
	VERB(LID, "lid", "UNIT LID [LMC]", "address of the port", 2, 3, false,
	     NULL),
	VERB(PKEYS, "pkeys", "UNIT KEY...", "partition keys, unused ones 0", 2,
	     17, false, NULL),
	VERB(VLS, "vls", "UNIT N", "lanes in operation", 2, 2, false, NULL),
	VERB(EGRESS_PKEY, "egress-pkey", "UNIT on|off",
	     "enforce partitions when sending", 2, 2, false, NULL),
	VERB(AHG, "ahg", "UNIT on|off|default",
	     "let engines make headers of requests to come", 2, 2, false, NULL),
	VERB(HALT, "halt", "UNIT HW_CTXT [BITS]",
	     "halt a send context with an error", 2, 3, true, halt_context),
	VERB(HALT_SEND_CONTEXT, "halt-send-context", "UNIT HW_CTXT [BITS]",
	     "the same", 2, 3, true, halt_context),
	VERB(HALT_SDMA, "halt-sdma", "UNIT ENGINE [BITS]",
	     "halt an SDMA engine", 2, 3, true, halt_sdma),
	VERB(RAISE, "raise", "UNIT BLOCK BITS",
	     "set bits of a block's error status", 3, 3, true, raise_error),
	VERB(FREEZE, "freeze", "UNIT [driver|chip|forced]",
	     "freeze the chip; forced: for good", 1, 2, true, freeze),
	VERB(HOLD_FREEZE, "hold-freeze", "UNIT on|off",
	     "a freeze does not end, or may again", 2, 2, true, hold_freeze),
	VERB(HEAL, "heal", "UNIT", "take back all faults", 1, 1, false, heal),
	VERB(STALL_ASSIGN, "stall-assign", "UNIT on|off",
	     "let ASSIGN_CTXT sleep half-way", 2, 2, false, NULL),
	VERB(TEMPERATURE, "temperature", "UNIT",
	     "critical temperature interrupt", 1, 1, true, temperature),
	VERB(DROP_CREDITS, "drop-credits", "UNIT HW_CTXT [N]",
	     "lose the next credit returns", 2, 3, true, drop_credits),
	VERB(DELAY, "delay", "UNIT NS",
	     "handle packets and descriptors this much later", 2, 2, true,
	     delay),
	VERB(CORRUPT, "corrupt",
	     "UNIT icrc|hcrc|kver|length|tid|ecc|drop|duplicate [SKIP]",
	     "damage a packet", 2, 3, true, corrupt),
	VERB(FAIL_PIO_INIT, "fail-pio-init", "UNIT",
	     "let the next send context initialization fail", 1, 1, true,
	     fail_pio_init),
	VERB(STICKY, "sticky", "UNIT none|HANDSHAKE...",
	     "handshakes that never finish: pio-init freeze unfreeze sdma-halt "
	     "sdma-clean egress halted",
	     2, 8, true, sticky),
	VERB(REMOVE, "remove", "UNIT", "the chip is pulled", 1, 1, true, NULL),
	VERB(REG, "reg", "UNIT OFFSET [VALUE]", "read or write a register", 2,
	     3, false, reg),
};

const struct ctl_verb *ctl_verb_find(const char *name)
{
	unsigned int i;

	for (i = 0; i < CTL_VERBS; i++)
		if (!strcmp(ctl_verbs[i].name, name))
			return &ctl_verbs[i];
	return NULL;
}

int ctl_verb_chip(const struct ctl_verb *verb, struct wfr_device *chip,
		  int argc, char **argv, FILE *out)
{
	if (verb->chip)
		return verb->chip(chip, argc, argv, out);
	fprintf(out, "'%s' is not the chip's to do: ask where the driver is\n",
		verb->name);
	return -EOPNOTSUPP;
}
