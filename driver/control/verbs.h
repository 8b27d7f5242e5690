/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What can be asked of a unit: `VERB UNIT [ARGUMENT...]`.
 *
 * The one list of verbs for every control command there is: `hfi1-emu ctl`,
 * hfi1-vfio's socket, and through it a guest.  The chip's part is carried out
 * here, on the model.  The driver's and the fabric manager's part is for who
 * has them at hand: the emulator in its daemon, a guest in its own system.
 */
#ifndef CTL_VERBS_H
#define CTL_VERBS_H

#include <stdbool.h>
#include <stdio.h>

#include "words.h"

struct wfr_device;

/** enum ctl_verb_id - index of a verb in ctl_verbs[] */
enum ctl_verb_id {
	CTL_LINK,
	CTL_PORT_STATE,
	CTL_LID,
	CTL_PKEYS,
	CTL_VLS,
	CTL_EGRESS_PKEY,
	CTL_AHG,
	CTL_HALT,
	CTL_HALT_SEND_CONTEXT,
	CTL_HALT_SDMA,
	CTL_RAISE,
	CTL_FREEZE,
	CTL_HOLD_FREEZE,
	CTL_HEAL,
	CTL_STALL_ASSIGN,
	CTL_TEMPERATURE,
	CTL_DROP_CREDITS,
	CTL_DELAY,
	CTL_CORRUPT,
	CTL_FAIL_PIO_INIT,
	CTL_STICKY,
	CTL_REMOVE,
	CTL_REG,
	CTL_VERBS
};

/** enum ctl_freeze - who freezes, as `freeze` names it */
enum ctl_freeze { CTL_FREEZE_DRIVER, CTL_FREEZE_CHIP, CTL_FREEZE_FORCED };
extern const struct ctl_word ctl_freezes[];

/** enum ctl_ahg - as `ahg` names it; default is what the driver began with */
enum ctl_ahg { CTL_AHG_OFF, CTL_AHG_ON, CTL_AHG_DEFAULT };
extern const struct ctl_word ctl_ahgs[];

/** ctl_directions - "down" and "up" */
extern const struct ctl_word ctl_directions[];

/** ctl_port_states - logical states by their numbers */
extern const struct ctl_word ctl_port_states[];

/**
 * struct ctl_verb - a verb
 * @name: the word
 * @args: unit and arguments, for the help
 * @help: one line
 * @min: least number of words behind the verb
 * @max: most
 * @fault: leaves a unit that has to be healed
 * @chip: carries it out on the model, @argv[1] is the first argument; NULL if
 *	no chip can do it
 */
struct ctl_verb {
	const char *name;
	const char *args;
	const char *help;
	int min;
	int max;
	bool fault;
	int (*chip)(struct wfr_device *chip, int argc, char **argv, FILE *out);
};

/** ctl_verbs - all of them */
extern const struct ctl_verb ctl_verbs[CTL_VERBS];

/** ctl_verb_find() - a verb by its name, or NULL */
const struct ctl_verb *ctl_verb_find(const char *name);

/**
 * ctl_verb_chip() - have the chip carry a verb out
 * @verb: verb
 * @chip: model
 * @argc: words in @argv
 * @argv: the unit, which is @chip, and the arguments
 * @out: gets results and the reason of a failure
 *
 * Return: 0, -EOPNOTSUPP if it is not the chip's to do, another negative
 * errno.
 */
int ctl_verb_chip(const struct ctl_verb *verb, struct wfr_device *chip,
		  int argc, char **argv, FILE *out);

#endif
