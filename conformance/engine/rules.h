/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The rules of the spec as tables, and what they say of a call.
 *
 * An input is built of a rule's settings; whether it isolates the check it is for
 * is proved with the spec's own conditions.
 */
#ifndef HFI1C_RULES_H
#define HFI1C_RULES_H

#include "world.h"

#define HFI1C_COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum hfi1c_check_kind {
	HFI1C_CHECK_EXPR, /* a condition over the input and the world */
	HFI1C_CHECK_COPY_IN,
	HFI1C_CHECK_COPY_OUT,
	HFI1C_CHECK_DRIVER, /* only the driver can tell */
};

/**
 * struct hfi1c_check - an entry of an ordered list
 * @id:         its clause
 * @kind:       who decides
 * @error:      errno a program sees, 0 for an early success
 * @when:       enum hfi1c_condition of a DRIVER check, else 0
 * @capability: depends on how the driver was loaded
 * @standing:   a driver's check that refuses in the plain scenario
 * @refuses:    the condition of an EXPR; @input is the argument, or the
 *              list's struct of locals
 */
struct hfi1c_check {
	const char *id;
	enum hfi1c_check_kind kind;
	int error;
	unsigned int when;
	bool capability;
	bool standing;
	bool (*refuses)(const struct hfi1c_world *w, const void *input);
};

/**
 * struct hfi1c_set - a setting of an input
 * @offset, @size: where
 * @mask:          which bits, 0 for all
 * @value:         what, unless
 * @compute:       computes it
 * @name:          the variable's name, for lists of locals
 * @text:          as in the spec, for the report
 */
struct hfi1c_set {
	unsigned short offset;
	unsigned short size;
	uint64_t mask;
	uint64_t value;
	uint64_t (*compute)(const struct hfi1c_world *w);
	const char *name;
	const char *text;
};

/** HFI1C_AT() - where a setting goes: a member of an argument. */
#define HFI1C_AT(type, member) \
	.offset = offsetof(type, member), .size = sizeof(((type *)0)->member)
/** HFI1C_WHOLE() - the same for a scalar argument. */
#define HFI1C_WHOLE(type) .offset = 0, .size = sizeof(type)

struct hfi1c_ensure {
	const char *id;
	const char *text;
	bool (*holds)(const struct hfi1c_world *w, const void *out);
};

struct hfi1c_part {
	const char *name;
	unsigned short offset;
	unsigned short size;
};

/**
 * struct hfi1c_rules - a command
 * @name:       in the spec
 * @cmd:        full number
 * @size:       of the argument, 0 without one
 * @in, @out:   whether the argument is read, written
 * @idempotent: a repetition gives the same result
 * @changing:   the result may differ from one call to the next
 * @undo:       a result that cannot be delivered is taken back
 * @states:     mask of (1 << state) in which it works
 * @bytes:      what becomes of each byte: 'o' written, 'z' written as zero,
 *              '.' left alone
 * @baseline:   settings of a valid argument
 * @checks:     in order
 */
struct hfi1c_rules {
	const char *name;
	uint32_t cmd;
	unsigned short size;
	bool in;
	bool out;
	bool idempotent;
	bool changing;
	bool undo;
	unsigned int states;
	const char *bytes;
	const struct hfi1c_set *baseline;
	unsigned int baseline_count;
	const struct hfi1c_check *checks;
	unsigned int check_count;
};

#define HFI1C_MAX_ARGUMENT 256

/* generated/conformance/spec_rules.c */
extern const char hfi1c_node[]; /* the device, unless the user names another */
extern const char hfi1c_title[]; /* of the interface */
extern const struct hfi1c_rules *const hfi1c_rules_all[];
extern const unsigned int hfi1c_rules_count;
/* Answers to a command in the wrong state, and to an unknown one. */
extern const struct hfi1c_check hfi1c_wrong_state;
extern const struct hfi1c_check hfi1c_unknown_command;
/* What the memory at an unknown command's argument holds; -1: anything. */
extern const int hfi1c_unknown_content;

/**
 * struct hfi1c_report - a command that only tells, and tells the same again
 * @rules:  the command
 * @offset: of its result in the spec's own part of a world
 */
struct hfi1c_report {
	const struct hfi1c_rules *rules;
	unsigned short offset;
};

extern const struct hfi1c_report hfi1c_reports[];
extern const unsigned int hfi1c_report_count;

/* --- the state machine of a file ------------------------------------------- */

/** struct hfi1c_transition - what a command may make of a file's state */
struct hfi1c_transition {
	unsigned int from;
	unsigned int to;
	const struct hfi1c_rules *on;
};

/**
 * struct hfi1c_poll_rule - what poll() reports; the first that holds counts
 * @id:    its clause
 * @mask:  events
 * @when:  enum hfi1c_condition, or
 * @holds: the condition
 */
struct hfi1c_poll_rule {
	const char *id;
	unsigned int mask;
	unsigned int when;
	bool (*holds)(const struct hfi1c_world *w, const void *input);
};

/* generated/conformance/machine.c */
extern const unsigned int hfi1c_initial_state;
extern const struct hfi1c_transition hfi1c_transitions[];
extern const unsigned int hfi1c_transition_count;
extern const struct hfi1c_poll_rule hfi1c_poll_rules[];
extern const unsigned int hfi1c_poll_rule_count;

/** hfi1c_input() - build a command's valid argument, then apply @sets. */
void hfi1c_input(const struct hfi1c_world *w, const struct hfi1c_rules *rules,
		 const struct hfi1c_set *sets, unsigned int count, void *arg);

/** hfi1c_apply() - apply one setting to @data. */
void hfi1c_apply(const struct hfi1c_world *w, const struct hfi1c_set *set,
		 void *data);

/** hfi1c_notes() - note the settings for the report. */
void hfi1c_note_sets(const struct hfi1c_set *sets, unsigned int count);

/**
 * hfi1c_predict() - the check that answers a call with this argument.
 *
 * Pointers are taken to be good and the driver to find nothing wrong, but for
 * standing checks.  NULL: the call succeeds.
 */
const struct hfi1c_check *hfi1c_predict(const struct hfi1c_world *w,
					const struct hfi1c_rules *rules,
					const void *arg);

/**
 * hfi1c_unusable() - the input does not do what it is for, because of @check.
 *
 * That is the table's fault, unless the check depends on how the driver was
 * loaded: then this driver does not support the case.
 */
void hfi1c_unusable(const struct hfi1c_check *check, const char *problem)
	__attribute__((noreturn));

/** hfi1c_isolated() - prove that @check is the first of a list to answer. */
void hfi1c_isolated(const struct hfi1c_world *w,
		    const struct hfi1c_check *checks, unsigned int count,
		    const struct hfi1c_check *check, const void *input);

/** hfi1c_expect_check() - judge a result; NULL: success. */
void hfi1c_expect_check(long result, const struct hfi1c_check *check,
			const char *what);

#endif
