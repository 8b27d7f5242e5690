/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Cases about one command: what it checks, where it reads and writes, and in
 * which states it is there.
 */
#ifndef HFI1C_COMMAND_H
#define HFI1C_COMMAND_H

#include "rules.h"

/* --- checks and pairs ------------------------------------------------------ */

enum hfi1c_placement {
	HFI1C_PLACE_PLAIN,
	HFI1C_PLACE_CUT_OFF, /* the last byte cannot be read */
	HFI1C_PLACE_UNMAPPED,
	HFI1C_PLACE_READ_ONLY,
	HFI1C_PLACE_FITS, /* nothing behind it can be read */
};

/**
 * struct hfi1c_trial - one call that exactly one check must answer
 * @rules:     the command
 * @scenario:  where
 * @sets:      what to change in a valid argument
 * @check:     index of the check that answers, -1 for success
 * @second:    index of the check that would answer if it came first, or -1
 * @spared:    index of the check whose last accepted value this is, or -1
 * @placement: of the argument
 */
struct hfi1c_trial {
	const struct hfi1c_rules *rules;
	const struct hfi1c_scenario *scenario;
	const struct hfi1c_set *sets;
	unsigned int set_count;
	signed char check;
	signed char second;
	signed char spared;
	enum hfi1c_placement placement;
};

void hfi1c_run_trial(const struct hfi1c_case *c);

/* --- pointers -------------------------------------------------------------- */

/**
 * struct hfi1c_pointer - a bad (or odd) pointer at one copy site
 * @rules, @scenario, @sets: as in a trial
 * @kind:   of pointer
 * @check:  index of the check that answers
 * @member: offset of the member that holds the pointer; -1: the argument's
 * @size:   bytes behind the pointer that are looked at, 0: all of the argument
 */
struct hfi1c_pointer {
	const struct hfi1c_rules *rules;
	const struct hfi1c_scenario *scenario;
	const struct hfi1c_set *sets;
	unsigned int set_count;
	enum hfi1c_pointer_kind kind;
	signed char check;
	short member;
	unsigned short size;
};

void hfi1c_run_pointer(const struct hfi1c_case *c);

/**
 * hfi1c_bad_bytes() - memory of which only the first bytes can be read
 * @first:    so many must be readable for the check to be the one meant
 * @size:     all of them
 * @readable: how many are
 *
 * The world's sweep says which kind of pointer it is.  It is over when no
 * byte is missing any more, and unfit when @first bytes cannot be had from a
 * pointer of that kind.
 */
void *hfi1c_bad_bytes(struct hfi1c_world *w, size_t first, size_t size,
		      size_t *readable);

/* --- outputs, padding, flow ------------------------------------------------ */

struct hfi1c_output {
	const struct hfi1c_rules *rules;
	const struct hfi1c_scenario *scenario;
	const struct hfi1c_ensure *ensure;
};

/**
 * struct hfi1c_bytes - bytes of a command's argument to look at
 * @rules, @scenario: the call
 * @parts, @count:    which bytes
 */
struct hfi1c_bytes {
	const struct hfi1c_rules *rules;
	const struct hfi1c_scenario *scenario;
	const struct hfi1c_part *parts;
	unsigned int count;
};

void hfi1c_run_ensure(const struct hfi1c_case *c);
void hfi1c_run_padding(const struct hfi1c_case *c);
void hfi1c_run_outside(const struct hfi1c_case *c);
void hfi1c_run_not_read(const struct hfi1c_case *c);
void hfi1c_run_not_written(const struct hfi1c_case *c);

/* --- states ---------------------------------------------------------------- */

struct hfi1c_state_case {
	const struct hfi1c_rules *rules;
	const struct hfi1c_scenario *scenario;
};

void hfi1c_run_state(const struct hfi1c_case *c);
void hfi1c_run_state_bad_pointer(const struct hfi1c_case *c);
void hfi1c_run_idempotent(const struct hfi1c_case *c);

#endif
