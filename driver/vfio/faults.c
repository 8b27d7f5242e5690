// SPDX-License-Identifier: BSD-3-Clause
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <wfr.h>

#include "faults.h"
#include "wfr_bits.h"
#include "wfr_regs.h"

struct name {
	const char *name;
	unsigned int value;
};

struct command {
	const char *name;
	const char *args;
	const char *help;
	int min;
	int max;
	int (*run)(struct wfr_device *chip, int argc, char **argv, FILE *out);
};

static const struct name blocks[] = {
	{ "cce", WFR_FAULT_CCE },   { "rxe", WFR_FAULT_RXE },
	{ "misc", WFR_FAULT_MISC }, { "pio", WFR_FAULT_PIO },
	{ "sdma", WFR_FAULT_SDMA }, { "egress", WFR_FAULT_EGRESS },
	{ "txe", WFR_FAULT_TXE },   { "dcc", WFR_FAULT_DCC },
	{ "lcb", WFR_FAULT_LCB },   { "8051", WFR_FAULT_DC8051 },
	{ .name = NULL },
};

static const struct name damages[] = {
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

static const struct name handshakes[] = {
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

static const struct name switches[] = {
	{ "off", 0 },
	{ "on", 1 },
	{ .name = NULL },
};

enum { FREEZE_DRIVER, FREEZE_CHIP, FREEZE_FORCED };

static const struct name freezes[] = {
	{ "driver", FREEZE_DRIVER },
	{ "chip", FREEZE_CHIP },
	{ "forced", FREEZE_FORCED },
	{ .name = NULL },
};

static const struct name directions[] = {
	{ "down", 0 },
	{ "up", 1 },
	{ .name = NULL },
};

static const struct name states[] = {
	{ "init", WFR_DCC_CFG_PORT_CONFIG_LINK_STATE_INIT },
	{ "armed", WFR_DCC_CFG_PORT_CONFIG_LINK_STATE_ARMED },
	{ "active", WFR_DCC_CFG_PORT_CONFIG_LINK_STATE_ACTIVE },
	{ .name = NULL },
};

static int number(const char *text, uint64_t *value, FILE *out)
{
	char *end;

	errno = 0;
	*value = strtoull(text, &end, 0);
	if (isdigit((unsigned char)*text) && !*end && !errno)
		return 0;
	fprintf(out, "'%s' is not a number\n", text);
	return -EINVAL;
}

static int lookup(const struct name *list, const char *text,
		  unsigned int *value, FILE *out)
{
	const struct name *n;

	for (n = list; n->name; n++)
		if (!strcmp(n->name, text)) {
			*value = n->value;
			return 0;
		}
	fprintf(out, "'%s' is none of", text);
	for (n = list; n->name; n++)
		fprintf(out, " %s", n->name);
	fprintf(out, "\n");
	return -EINVAL;
}

static int result(int err, FILE *out)
{
	if (err)
		fprintf(out, "%s\n", strerror(-err));
	return err;
}

/* A unit number and the error bits to set there. */
static int unit_and_bits(int argc, char **argv, uint64_t dflt, uint64_t *unit,
			 uint64_t *bits, FILE *out)
{
	int err = number(argv[1], unit, out);

	*bits = dflt;
	if (!err && argc > 2)
		err = number(argv[2], bits, out);
	if (!err && *unit > UINT_MAX)
		err = result(-EINVAL, out);
	return err;
}

static int halt_context(struct wfr_device *chip, int argc, char **argv,
			FILE *out)
{
	uint64_t n, bits;
	int err;

	err = unit_and_bits(argc, argv,
			    WFR_SEND_CTXT_ERR_STATUS_DISALLOWED_PACKET, &n,
			    &bits, out);
	return err ? err : result(wfr_fault_send_ctxt(chip, n, bits), out);
}

static int halt_sdma(struct wfr_device *chip, int argc, char **argv, FILE *out)
{
	uint64_t n, bits;
	int err;

	err = unit_and_bits(argc, argv, WFR_SEND_DMA_ENG_ERR_STATUS_FIRST_DESC,
			    &n, &bits, out);
	return err ? err : result(wfr_fault_sdma(chip, n, bits), out);
}

static int raise_error(struct wfr_device *chip, int argc, char **argv,
		       FILE *out)
{
	unsigned int block;
	uint64_t bits;
	int err = lookup(blocks, argv[1], &block, out);

	(void)argc;
	if (!err)
		err = number(argv[2], &bits, out);
	return err ? err : result(wfr_fault_raise(chip, block, bits), out);
}

/*
 * A driver learns of a freeze by the error that caused it.  "driver" and
 * "chip" differ only where a driver can be asked; here both are errors, of
 * two blocks.
 */
static int freeze(struct wfr_device *chip, int argc, char **argv, FILE *out)
{
	unsigned int how = FREEZE_DRIVER;
	int err = argc > 1 ? lookup(freezes, argv[1], &how, out) : 0;

	if (err)
		return err;
	if (how == FREEZE_CHIP)
		err = wfr_fault_raise(
			chip, WFR_FAULT_PIO,
			WFR_SEND_PIO_ERR_STATUS_WRITE_ADDR_PARITY);
	else if (how == FREEZE_FORCED)
		wfr_fault_temperature(chip);
	else
		err = wfr_fault_raise(chip, WFR_FAULT_SDMA,
				      WFR_SEND_DMA_ERR_STATUS_RPY_TAG);
	return result(err, out);
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
	int err = unit_and_bits(argc, argv, UINT_MAX, &n, &count, out);

	if (count > UINT_MAX)
		count = UINT_MAX;
	return err ? err : result(wfr_fault_drop_credits(chip, n, count), out);
}

static int delay(struct wfr_device *chip, int argc, char **argv, FILE *out)
{
	uint64_t ns;
	int err = number(argv[1], &ns, out);

	(void)argc;
	if (!err)
		wfr_fault_delay(chip, ns);
	return err;
}

static int corrupt(struct wfr_device *chip, int argc, char **argv, FILE *out)
{
	unsigned int how;
	uint64_t skip = 0;
	int err = lookup(damages, argv[1], &how, out);

	if (!err && argc > 2)
		err = number(argv[2], &skip, out);
	return err ? err : result(wfr_fault_corrupt_next(chip, how, skip), out);
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
		err = lookup(handshakes, argv[i], &one, out);
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
	int err = lookup(switches, argv[1], &on, out);

	(void)argc;
	if (!err)
		wfr_fault_sticky(chip, on ? WFR_STICKY_UNFREEZE : 0);
	return err;
}

/*
 * The emulator can let a driver's call sleep half-way.  A guest's kernel runs
 * on its own: here nothing is ever held up, so there is nothing to release.
 */
static int stall_assign(struct wfr_device *chip, int argc, char **argv,
			FILE *out)
{
	unsigned int on;
	int err = lookup(switches, argv[1], &on, out);

	(void)chip;
	(void)argc;
	if (err || !on)
		return err;
	fprintf(out, "only hfi1-emu can let a driver's call sleep half-way\n");
	return -EOPNOTSUPP;
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
	int err = lookup(directions, argv[1], &up, out);

	(void)argc;
	if (!err)
		wfr_link_set(chip, up);
	return err;
}

static int port_state(struct wfr_device *chip, int argc, char **argv, FILE *out)
{
	unsigned int state;
	int err = lookup(states, argv[1], &state, out);

	(void)argc;
	return err ? err : result(wfr_port_state_set(chip, state), out);
}

static const struct command commands[] = {
	{ "link", "up|down", "plug or pull the cable", 1, 1, link_set },
	{ "port-state", "init|armed|active", "what a subnet manager sets", 1, 1,
	  port_state },
	{ "halt", "N [BITS]", "error in a hardware send context", 1, 2,
	  halt_context },
	{ "halt-send-context", "N [BITS]", "the same", 1, 2, halt_context },
	{ "halt-sdma", "N [BITS]", "error in an SDMA engine", 1, 2, halt_sdma },
	{ "raise", "BLOCK BITS", "set error status bits of a block", 2, 2,
	  raise_error },
	{ "freeze", "[driver|chip|forced]",
	  "by an error of SDMA, of PIO, or by heat", 0, 1, freeze },
	{ "hold-freeze", "on|off", "a freeze does not end, or may again", 1, 1,
	  hold_freeze },
	{ "stall-assign", "on|off", "only hfi1-emu can; off does nothing", 1, 1,
	  stall_assign },
	{ "heal", "", "take back all faults", 0, 0, heal },
	{ "temperature", "", "critical temperature", 0, 0, temperature },
	{ "drop-credits", "N [COUNT]", "lose credit returns of a context", 1, 2,
	  drop_credits },
	{ "delay", "NS", "handle packets and descriptors later, 0 ends it", 1,
	  1, delay },
	{ "corrupt", "HOW [SKIP]", "damage the next packet sent", 1, 2,
	  corrupt },
	{ "fail-pio-init", "", "next send context set-up fails", 0, 0,
	  fail_pio_init },
	{ "sticky", "none|WHAT...", "handshakes that never finish", 1, 8,
	  sticky },
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

void vfu_fault_help(FILE *out)
{
	const struct command *c;

	for (c = commands; c < commands + COMMANDS; c++)
		fprintf(out, "  %-14s %-20s %s\n", c->name, c->args, c->help);
}

int vfu_fault_run(struct wfr_device *chip, int argc, char **argv, FILE *out)
{
	const struct command *c;

	for (c = commands; c < commands + COMMANDS; c++)
		if (!strcmp(c->name, argv[0]))
			break;
	if (c == commands + COMMANDS) {
		fprintf(out, "unknown command '%s', see help\n", argv[0]);
		return -ENOENT;
	}
	if (argc - 1 < c->min || argc - 1 > c->max) {
		fprintf(out, "usage: %s UNIT %s\n", c->name, c->args);
		return -EINVAL;
	}
	return c->run(chip, argc, argv, out);
}
