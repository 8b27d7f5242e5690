// SPDX-License-Identifier: BSD-3-Clause
/* hfi1-emu ctl: the units' state and fault hooks. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <linux/delay.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <rdma/hfi/hfi1_user.h>
#include "unit.h"
#include "wfr_regs.h"

/* How long files that were waiting for a fault to end may take to close. */
#define HEAL_MS 5000

static struct unit *unit_arg(const char *text, FILE *out)
{
	struct unit *u;
	uint64_t n;

	if (ctl_number(text, UNIT_MAX, &n, out))
		return NULL;
	u = unit_get(n);
	if (!u)
		fprintf(out, "no unit %s\n", text);
	return u;
}

/* Index of @word in a list that ends with NULL, or -1 with a message. */
static int word_arg(const char *word, const char *const *list, FILE *out)
{
	int i;

	for (i = 0; list[i]; i++)
		if (list[i][0] && !strcasecmp(word, list[i]))
			return i;
	fprintf(out, "'%s' is none of", word);
	for (i = 0; list[i]; i++)
		if (list[i][0])
			fprintf(out, " %s", list[i]);
	fprintf(out, "\n");
	return -1;
}

static int done(int err, FILE *out)
{
	if (err)
		fprintf(out, "%s\n", strerror(-err));
	return err;
}

/* An optional number: the default when the argument is not there. */
static int number_or(int argc, char **argv, int at, uint64_t def,
		     uint64_t *value, FILE *out)
{
	*value = def;
	return at < argc ? ctl_number(argv[at], UINT64_MAX, value, out) : 0;
}

static int cmd_link(int argc, char **argv, FILE *out)
{
	static const char *const words[] = { "down", "up", NULL };
	struct unit *u = unit_arg(argv[1], out);
	int word = word_arg(argv[2], words, out), err = 0;

	(void)argc;
	if (!u || word < 0)
		return -EINVAL;
	if (word)
		err = unit_port_up(u);
	else
		unit_port_down(u);
	unit_sysfs_update(u);
	return done(err, out);
}

static int cmd_port(int argc, char **argv, FILE *out)
{
	static const char *const words[] = { "",      "down",	"init",
					     "armed", "active", NULL };
	struct unit *u = unit_arg(argv[1], out);
	int word = word_arg(argv[2], words, out), err;

	(void)argc;
	if (!u || word < 0)
		return -EINVAL;
	err = hfi1u_port_set_state(u->dd, word);
	unit_sysfs_update(u);
	return done(err, out);
}

static int cmd_lid(int argc, char **argv, FILE *out)
{
	struct unit *u = unit_arg(argv[1], out);
	uint64_t lid, lmc;
	int err;

	if (!u || ctl_number(argv[2], UINT32_MAX, &lid, out) ||
	    number_or(argc, argv, 3, 0, &lmc, out))
		return -EINVAL;
	err = hfi1u_port_set_lid(u->dd, lid, min_t(uint64_t, lmc, U8_MAX));
	unit_sysfs_update(u);
	return done(err, out);
}

static int cmd_pkeys(int argc, char **argv, FILE *out)
{
	u16 pkeys[HFI1U_NUM_PKEYS] = { 0 };
	struct unit *u = unit_arg(argv[1], out);
	uint64_t v;
	int i;

	for (i = 2; i < argc; i++) {
		if (ctl_number(argv[i], U16_MAX, &v, out))
			return -EINVAL;
		pkeys[i - 2] = v;
	}
	if (!u)
		return -EINVAL;
	hfi1u_port_set_pkeys(u->dd, pkeys);
	unit_sysfs_update(u);
	return 0;
}

static int cmd_vls(int argc, char **argv, FILE *out)
{
	struct unit *u = unit_arg(argv[1], out);
	uint64_t n;

	(void)argc;
	if (!u || ctl_number(argv[2], 16, &n, out))
		return -EINVAL;
	return done(hfi1u_port_set_operational_vls(u->dd, n), out);
}

static int cmd_egress_pkey(int argc, char **argv, FILE *out)
{
	static const char *const words[] = { "off", "on", NULL };
	struct unit *u = unit_arg(argv[1], out);
	int word = word_arg(argv[2], words, out);

	(void)argc;
	if (!u || word < 0)
		return -EINVAL;
	hfi1u_port_set_egress_pkey_check(u->dd, word);
	return 0;
}

#define AHG (HFI1_CAP_SDMA_AHG << HFI1U_CAP_USER_SHIFT)

static void set_ahg(struct unit *u, bool on)
{
	u64 caps = hfi1u_caps_read(u->dd);

	hfi1u_caps_write(u->dd, on ? caps | AHG : caps & ~AHG);
}

/* The capability of users that requests look at when they are made. */
static int cmd_ahg(int argc, char **argv, FILE *out)
{
	static const char *const words[] = { "off", "on", NULL };
	struct unit *u = unit_arg(argv[1], out);
	int word = word_arg(argv[2], words, out);

	(void)argc;
	if (!u || word < 0)
		return -EINVAL;
	set_ahg(u, word);
	return 0;
}

static int cmd_halt_send(int argc, char **argv, FILE *out)
{
	struct unit *u = unit_arg(argv[1], out);
	uint64_t ctxt, bits;

	if (!u || ctl_number(argv[2], UINT32_MAX, &ctxt, out) ||
	    number_or(argc, argv, 3, WFR_SEND_CTXT_ERR_STATUS_WRITE_OVERFLOW,
		      &bits, out))
		return -EINVAL;
	return done(wfr_fault_send_ctxt(u->wfr, ctxt, bits), out);
}

static int cmd_halt_sdma(int argc, char **argv, FILE *out)
{
	struct unit *u = unit_arg(argv[1], out);
	uint64_t engine, bits;

	if (!u || ctl_number(argv[2], UINT32_MAX, &engine, out) ||
	    number_or(argc, argv, 3, WFR_SEND_DMA_ENG_ERR_STATUS_MEM_READ,
		      &bits, out))
		return -EINVAL;
	return done(wfr_fault_sdma(u->wfr, engine, bits), out);
}

static int cmd_raise(int argc, char **argv, FILE *out)
{
	static const char *const blocks[] = { "cce",  "rxe",	"misc", "pio",
					      "sdma", "egress", "txe",	"dcc",
					      "lcb",  "8051",	NULL };
	struct unit *u = unit_arg(argv[1], out);
	int block = word_arg(argv[2], blocks, out);
	uint64_t bits;

	(void)argc;
	if (!u || block < 0 || ctl_number(argv[3], UINT64_MAX, &bits, out))
		return -EINVAL;
	return done(wfr_fault_raise(u->wfr, block, bits), out);
}

static int cmd_freeze(int argc, char **argv, FILE *out)
{
	static const char *const words[] = { "driver", "chip", "forced", NULL };
	struct unit *u = unit_arg(argv[1], out);
	int word = argc > 2 ? word_arg(argv[2], words, out) : 0;

	if (!u || word < 0)
		return -EINVAL;
	/* the error that freezes a chip is what tells its driver */
	if (word == 1)
		return done(wfr_fault_raise(
				    u->wfr, WFR_FAULT_PIO,
				    WFR_SEND_PIO_ERR_STATUS_WRITE_ADDR_PARITY),
			    out);
	hfi1u_dev_freeze(u->dd, word == 2);
	return 0;
}

static int cmd_temperature(int argc, char **argv, FILE *out)
{
	struct unit *u = unit_arg(argv[1], out);

	(void)argc;
	if (!u)
		return -EINVAL;
	wfr_fault_temperature(u->wfr);
	return 0;
}

static int cmd_drop_credits(int argc, char **argv, FILE *out)
{
	struct unit *u = unit_arg(argv[1], out);
	uint64_t ctxt, count;

	if (!u || ctl_number(argv[2], UINT32_MAX, &ctxt, out) ||
	    number_or(argc, argv, 3, UINT_MAX, &count, out))
		return -EINVAL;
	return done(wfr_fault_drop_credits(u->wfr, ctxt,
					   min_t(uint64_t, count, UINT_MAX)),
		    out);
}

static int cmd_delay(int argc, char **argv, FILE *out)
{
	struct unit *u = unit_arg(argv[1], out);
	uint64_t ns;

	(void)argc;
	if (!u || ctl_number(argv[2], UINT64_MAX, &ns, out))
		return -EINVAL;
	conn_set_impatient(ns >= NSEC_PER_SEC);
	wfr_fault_delay(u->wfr, ns);
	return 0;
}

static int cmd_corrupt(int argc, char **argv, FILE *out)
{
	static const char *const words[] = { "icrc",   "hcrc",	    "kver",
					     "length", "tid",	    "ecc",
					     "drop",   "duplicate", NULL };
	struct unit *u = unit_arg(argv[1], out);
	int how = word_arg(argv[2], words, out);
	uint64_t skip;

	if (!u || how < 0 || number_or(argc, argv, 3, 0, &skip, out))
		return -EINVAL;
	return done(wfr_fault_corrupt_next(u->wfr, how, skip), out);
}

static int cmd_fail_pio_init(int argc, char **argv, FILE *out)
{
	struct unit *u = unit_arg(argv[1], out);

	(void)argc;
	if (!u)
		return -EINVAL;
	wfr_fault_pio_init(u->wfr);
	return 0;
}

static int cmd_sticky(int argc, char **argv, FILE *out)
{
	static const char *const words[] = {
		"none",	      "pio-init", "freeze", "unfreeze", "sdma-halt",
		"sdma-clean", "egress",	  "halted", NULL
	};
	struct unit *u = unit_arg(argv[1], out);
	unsigned int mask = 0;
	int i, word;

	for (i = 2; i < argc; i++) {
		word = word_arg(argv[i], words, out);
		if (word < 0)
			return -EINVAL;
		mask |= word ? 1U << (word - 1) : 0;
	}
	if (!u)
		return -EINVAL;
	wfr_fault_sticky(u->wfr, mask);
	return 0;
}

/* A driver that waits for the end of a freeze never sees one. */
static int cmd_hold_freeze(int argc, char **argv, FILE *out)
{
	static const char *const words[] = { "off", "on", NULL };
	struct unit *u = unit_arg(argv[1], out);
	int word = word_arg(argv[2], words, out);

	(void)argc;
	if (!u || word < 0)
		return -EINVAL;
	wfr_fault_sticky(u->wfr, word ? WFR_STICKY_UNFREEZE : 0);
	return 0;
}

/* The set-up of a context sleeps where it allocates what processes share. */
static int cmd_stall_assign(int argc, char **argv, FILE *out)
{
	static const char *const words[] = { "off", "on", NULL };
	struct unit *u = unit_arg(argv[1], out);
	int word = word_arg(argv[2], words, out);

	(void)argc;
	if (!u || word < 0)
		return -EINVAL;
	hosted_stall_vmalloc(word);
	return 0;
}

/* Take back every fault there may be; a unit no file uses starts afresh. */
static int cmd_heal(int argc, char **argv, FILE *out)
{
	struct unit *u = unit_arg(argv[1], out);
	unsigned int tries;
	int err = 0;

	(void)argc;
	if (!u)
		return -EINVAL;
	hosted_stall_vmalloc(false);
	hosted_fail_alloc(NULL, 0);
	wfr_fault_sticky(u->wfr, 0);
	wfr_fault_delay(u->wfr, 0);
	conn_set_impatient(false);
	set_ahg(u, unit_params.cap_mask & AHG);
	if (!u->damaged)
		return 0;
	for (tries = 0; tries < HEAL_MS; tries++) {
		err = unit_reload(u);
		if (err != -EBUSY)
			break;
		msleep(1);
	}
	if (err == -EBUSY)
		fprintf(out, "unit %u is in use\n", u->number);
	u->damaged = err;
	unit_sysfs_update(u);
	return err;
}

static int cmd_remove(int argc, char **argv, FILE *out)
{
	struct unit *u = unit_arg(argv[1], out);

	(void)argc;
	if (!u)
		return -EINVAL;
	hfi1u_dev_gone(u->dd);
	return 0;
}

static int cmd_reg(int argc, char **argv, FILE *out)
{
	struct unit *u = unit_arg(argv[1], out);
	uint64_t off, value;

	if (!u || ctl_number(argv[2], WFR_BAR0_SIZE - 8, &off, out))
		return -EINVAL;
	if (argc == 3) {
		fprintf(out, "0x%llx\n",
			(unsigned long long)wfr_mmio_read(u->wfr, off, 8));
		return 0;
	}
	if (ctl_number(argv[3], UINT64_MAX, &value, out))
		return -EINVAL;
	wfr_mmio_write(u->wfr, off, value, 8);
	return 0;
}

/* Commands that damage a unit, so that healing it means something. */
#define FAULT(fn)                                               \
	static int fault_##fn(int argc, char **argv, FILE *out) \
	{                                                       \
		struct unit *u = unit_arg(argv[1], out);        \
                                                                \
		if (!u)                                         \
			return -EINVAL;                         \
		u->damaged = true;                              \
		return cmd_##fn(argc, argv, out);               \
	}

FAULT(link)
FAULT(port)
FAULT(halt_send)
FAULT(halt_sdma)
FAULT(raise)
FAULT(freeze)
FAULT(hold_freeze)
FAULT(temperature)
FAULT(drop_credits)
FAULT(delay)
FAULT(corrupt)
FAULT(fail_pio_init)
FAULT(sticky)
FAULT(remove)

const struct ctl_command unit_commands[] = {
	{ "link", "UNIT down|up", "pull or plug the cable", 2, 2, fault_link },
	{ "port-state", "UNIT down|init|armed|active", "logical port state", 2,
	  2, fault_port },
	{ "lid", "UNIT LID [LMC]", "address of the port", 2, 3, cmd_lid },
	{ "pkeys", "UNIT KEY...", "partition keys, unused ones 0", 2,
	  1 + HFI1U_NUM_PKEYS, cmd_pkeys },
	{ "vls", "UNIT N", "lanes in operation", 2, 2, cmd_vls },
	{ "egress-pkey", "UNIT on|off", "enforce partitions when sending", 2, 2,
	  cmd_egress_pkey },
	{ "ahg", "UNIT on|off", "let engines make headers of requests to come",
	  2, 2, cmd_ahg },
	{ "halt", "UNIT HW_CTXT [BITS]", "halt a send context with an error", 2,
	  3, fault_halt_send },
	{ "halt-send-context", "UNIT HW_CTXT [BITS]", "the same", 2, 3,
	  fault_halt_send },
	{ "halt-sdma", "UNIT ENGINE [BITS]", "halt an SDMA engine", 2, 3,
	  fault_halt_sdma },
	{ "raise", "UNIT BLOCK BITS", "set bits of a block's error status", 3,
	  3, fault_raise },
	{ "freeze", "UNIT [driver|chip|forced]",
	  "freeze the chip; forced: for good", 1, 2, fault_freeze },
	{ "hold-freeze", "UNIT on|off", "a freeze does not end, or may again",
	  2, 2, fault_hold_freeze },
	{ "heal", "UNIT", "take back all faults", 1, 1, cmd_heal },
	{ "stall-assign", "UNIT on|off", "let ASSIGN_CTXT sleep half-way", 2, 2,
	  cmd_stall_assign },
	{ "temperature", "UNIT", "critical temperature interrupt", 1, 1,
	  fault_temperature },
	{ "drop-credits", "UNIT HW_CTXT [N]", "lose the next credit returns", 2,
	  3, fault_drop_credits },
	{ "delay", "UNIT NS", "handle packets and descriptors this much later",
	  2, 2, fault_delay },
	{ "corrupt", "UNIT icrc|hcrc|kver|length|tid|ecc|drop|duplicate [SKIP]",
	  "damage a packet", 2, 3, fault_corrupt },
	{ "fail-pio-init", "UNIT",
	  "let the next send context initialization fail", 1, 1,
	  fault_fail_pio_init },
	{ "sticky", "UNIT none|HANDSHAKE...",
	  "handshakes that never finish: pio-init freeze unfreeze sdma-halt "
	  "sdma-clean egress halted",
	  2, 8, fault_sticky },
	{ "remove", "UNIT", "the chip is pulled", 1, 1, fault_remove },
	{ "reg", "UNIT OFFSET [VALUE]", "read or write a register", 2, 3,
	  cmd_reg },
	{ .name = NULL },
};
