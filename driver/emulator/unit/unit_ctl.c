// SPDX-License-Identifier: BSD-3-Clause
/*
 * hfi1-emu ctl: what is asked of a unit.
 *
 * The verbs are those of every lane.  Here stands what concerns the driver and
 * the fabric manager, who are at hand; the chip does the rest.
 */
#include <errno.h>
#include <stdio.h>
#include <linux/delay.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <rdma/hfi/hfi1_user.h>
#include "unit.h"
#include "verbs.h"

/* How long files that were waiting for a fault to end may take to close. */
#define HEAL_MS 5000

#define AHG (HFI1_CAP_SDMA_AHG << HFI1U_CAP_USER_SHIFT)

static int link_set(struct unit *u, int argc, char **argv, FILE *out)
{
	unsigned int up;
	int err = ctl_lookup(ctl_directions, argv[1], &up, out);

	(void)argc;
	if (err)
		return err;
	if (up)
		err = unit_port_up(u);
	else
		unit_port_down(u);
	unit_sysfs_update(u);
	return ctl_result(err, out);
}

static int port_state(struct unit *u, int argc, char **argv, FILE *out)
{
	unsigned int state;
	int err = ctl_lookup(ctl_port_states, argv[1], &state, out);

	(void)argc;
	if (err)
		return err;
	err = hfi1u_port_set_state(u->dd, state);
	unit_sysfs_update(u);
	return ctl_result(err, out);
}

static int lid(struct unit *u, int argc, char **argv, FILE *out)
{
	uint64_t lid, lmc;
	int err;

	if (ctl_number(argv[1], UINT32_MAX, &lid, out) ||
	    ctl_number_or(argc, argv, 2, 0, &lmc, out))
		return -EINVAL;
	err = hfi1u_port_set_lid(u->dd, lid, min_t(uint64_t, lmc, U8_MAX));
	unit_sysfs_update(u);
	return ctl_result(err, out);
}

static int pkeys(struct unit *u, int argc, char **argv, FILE *out)
{
	u16 keys[HFI1U_NUM_PKEYS] = { 0 };
	uint64_t v;
	int i;

	for (i = 1; i < argc && i <= HFI1U_NUM_PKEYS; i++) {
		if (ctl_number(argv[i], U16_MAX, &v, out))
			return -EINVAL;
		keys[i - 1] = v;
	}
	hfi1u_port_set_pkeys(u->dd, keys);
	unit_sysfs_update(u);
	return 0;
}

static int vls(struct unit *u, int argc, char **argv, FILE *out)
{
	uint64_t n;

	(void)argc;
	if (ctl_number(argv[1], UINT32_MAX, &n, out))
		return -EINVAL;
	return ctl_result(hfi1u_port_set_operational_vls(u->dd, n), out);
}

static int egress_pkey(struct unit *u, int argc, char **argv, FILE *out)
{
	unsigned int on;
	int err = ctl_lookup(ctl_switch, argv[1], &on, out);

	(void)argc;
	if (!err)
		hfi1u_port_set_egress_pkey_check(u->dd, on);
	return err;
}

static void set_ahg(struct unit *u, enum ctl_ahg how)
{
	u64 caps = hfi1u_caps_read(u->dd) & ~AHG;

	if (how == CTL_AHG_DEFAULT)
		caps |= unit_params.cap_mask & AHG;
	else if (how == CTL_AHG_ON)
		caps |= AHG;
	hfi1u_caps_write(u->dd, caps);
}

/* The capability of users that requests look at when they are made. */
static int ahg(struct unit *u, int argc, char **argv, FILE *out)
{
	unsigned int how;
	int err = ctl_lookup(ctl_ahgs, argv[1], &how, out);

	(void)argc;
	if (!err)
		set_ahg(u, how);
	return err;
}

/* Here the driver can be asked; the chip's own freeze is an error. */
static int freeze(struct unit *u, int argc, char **argv, FILE *out)
{
	unsigned int how = CTL_FREEZE_DRIVER;
	int err = argc > 1 ? ctl_lookup(ctl_freezes, argv[1], &how, out) : 0;

	if (!err && how == CTL_FREEZE_CHIP)
		return ctl_verb_chip(&ctl_verbs[CTL_FREEZE], u->wfr, argc, argv,
				     out);
	if (!err)
		hfi1u_dev_freeze(u->dd, how == CTL_FREEZE_FORCED);
	return err;
}

static int delay(struct unit *u, int argc, char **argv, FILE *out)
{
	uint64_t ns;

	if (!ctl_number(argv[1], UINT64_MAX, &ns, out))
		conn_set_impatient(ns >= NSEC_PER_SEC);
	return ctl_verb_chip(&ctl_verbs[CTL_DELAY], u->wfr, argc, argv, out);
}

/* The set-up of a context sleeps where it allocates what processes share. */
static int stall_assign(struct unit *u, int argc, char **argv, FILE *out)
{
	unsigned int on;
	int err = ctl_lookup(ctl_switch, argv[1], &on, out);

	(void)u;
	(void)argc;
	if (!err)
		hosted_stall_vmalloc(on);
	return err;
}

/* Take back every fault there may be; a unit no file uses starts afresh. */
static int heal(struct unit *u, int argc, char **argv, FILE *out)
{
	unsigned int tries;
	int err = 0;

	(void)argc;
	(void)argv;
	hosted_stall_vmalloc(false);
	hosted_fail_alloc(NULL, 0);
	wfr_fault_sticky(u->wfr, 0);
	wfr_fault_delay(u->wfr, 0);
	conn_set_impatient(false);
	set_ahg(u, CTL_AHG_DEFAULT);
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

static int pull(struct unit *u, int argc, char **argv, FILE *out)
{
	(void)argc;
	(void)argv;
	(void)out;
	hfi1u_dev_gone(u->dd);
	return 0;
}

static int (*const own[CTL_VERBS])(struct unit *u, int argc, char **argv,
				   FILE *out) = {
	[CTL_LINK] = link_set, [CTL_PORT_STATE] = port_state,
	[CTL_LID] = lid,       [CTL_PKEYS] = pkeys,
	[CTL_VLS] = vls,       [CTL_EGRESS_PKEY] = egress_pkey,
	[CTL_AHG] = ahg,       [CTL_FREEZE] = freeze,
	[CTL_HEAL] = heal,     [CTL_STALL_ASSIGN] = stall_assign,
	[CTL_DELAY] = delay,   [CTL_REMOVE] = pull,
};

static int run(int argc, char **argv, FILE *out)
{
	const struct ctl_verb *verb = ctl_verb_find(argv[0]);
	struct unit *u;
	uint64_t n;

	if (ctl_number(argv[1], UINT_MAX, &n, out))
		return -EINVAL;
	u = unit_get(n);
	if (!u) {
		fprintf(out, "no unit %s\n", argv[1]);
		return -ENODEV;
	}
	u->damaged |= verb->fault;
	if (own[verb - ctl_verbs])
		return own[verb - ctl_verbs](u, argc - 1, argv + 1, out);
	return ctl_verb_chip(verb, u->wfr, argc - 1, argv + 1, out);
}

struct ctl_command unit_commands[CTL_VERBS + 1];

/* Before the first command can come. */
static void __attribute__((__constructor__)) list_verbs(void)
{
	unsigned int i;

	for (i = 0; i < CTL_VERBS; i++) {
		const struct ctl_verb *v = &ctl_verbs[i];

		unit_commands[i] = (struct ctl_command){ v->name, v->args,
							 v->help, v->min,
							 v->max,  run };
	}
}
