/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What generated tables are made of, and the functions that run them.
 *
 * A table says which input to build and which check of the spec must answer;
 * the engine builds the world and the input, proves with the spec's own
 * conditions that the input isolates that check, makes one system call and
 * judges the result.  An input that does not isolate its check makes the case
 * broken, never passed.
 */
#ifndef HFI1C_ENGINE_H
#define HFI1C_ENGINE_H

#include <stdio.h>

#include "world.h"

/* --- rules ------------------------------------------------------------- */

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

/* --- the state machine of a file ---------------------------------------- */

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

/* --- layout and numbers ------------------------------------------------ */

/**
 * struct hfi1c_layout - what the spec says and what the compiler made of it
 * @name:     type, member or constant
 * @expected: by the spec
 * @actual:   by the compiler, for this data model
 * @index:    of the row in the 32-bit model's table
 */
struct hfi1c_layout_row {
	const char *what;
	uint64_t expected;
	uint64_t actual;
};

struct hfi1c_layout {
	const struct hfi1c_layout_row *rows;
	unsigned int count;
};

/** struct hfi1c_layout32 - numbers of rows in the 32-bit model's table */
struct hfi1c_layout32 {
	const char *const *what;
	const uint32_t *expected;
	unsigned int first;
	unsigned int count;
};

/* The table the 32-bit compiler made; empty where there was none. */
extern const uint32_t hfi1c_layout32_start[], hfi1c_layout32_end[];

struct hfi1c_number {
	const char *name;
	uint32_t value;
	uint32_t published;
	unsigned char dir;
	unsigned char type;
	unsigned char nr;
	unsigned short size;
	unsigned short type_size;
};

void hfi1c_run_layout(const struct hfi1c_case *c);
void hfi1c_run_layout32(const struct hfi1c_case *c);
void hfi1c_run_number(const struct hfi1c_case *c);
void hfi1c_run_number_hole(const struct hfi1c_case *c);

/* --- encoding ---------------------------------------------------------- */

/**
 * struct hfi1c_encoding - numbers that are no commands
 * @scenario: where to try them
 * @first:    lowest number to try, all of these fields
 * @nr_first, @nr_last: range of nr, inclusive
 * @request:  the number when @nr_last is 0
 * @answer:   the rule that answers
 */
struct hfi1c_encoding {
	const struct hfi1c_scenario *scenario;
	const struct hfi1c_check *answer;
	uint32_t request;
	unsigned short nr_first;
	unsigned short nr_last;
	unsigned char type;
};

void hfi1c_run_encoding(const struct hfi1c_case *c);
void hfi1c_run_encoding_range(const struct hfi1c_case *c);
void hfi1c_run_encoding_upper(const struct hfi1c_case *c);

/* --- checks and pairs -------------------------------------------------- */

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

/* --- pointers ---------------------------------------------------------- */

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

/* --- outputs, padding, flow -------------------------------------------- */

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

/* --- states ------------------------------------------------------------ */

struct hfi1c_state_case {
	const struct hfi1c_rules *rules;
	const struct hfi1c_scenario *scenario;
};

void hfi1c_run_state(const struct hfi1c_case *c);
void hfi1c_run_state_bad_pointer(const struct hfi1c_case *c);
void hfi1c_run_idempotent(const struct hfi1c_case *c);

/* --- mmap -------------------------------------------------------------- */

/**
 * struct hfi1c_map_region - a thing to map
 * @token_offset: of the token in hfi1_base_info
 * @clears_read, @clears_write: protections that cannot be gained
 * @length:       in bytes
 * @common, @checks: both lists, in order
 */
struct hfi1c_map_region {
	const char *name;
	unsigned int type;
	unsigned int token_offset;
	bool clears_read;
	bool clears_write;
	uint64_t (*length)(const struct hfi1c_world *w);
	const struct hfi1c_check *common;
	unsigned int common_count;
	const struct hfi1c_check *checks;
	unsigned int check_count;
};

/* generated/conformance/machine.c */
extern const struct hfi1c_map_region *const hfi1c_map_regions[];
extern const unsigned int hfi1c_map_region_count;

/** hfi1c_map_token() - the region's token, forged where the file has none. */
uint64_t hfi1c_map_token(const struct hfi1c_world *w,
			 const struct hfi1c_map_region *r);

enum hfi1c_length_change {
	HFI1C_LENGTH_EXACT,
	HFI1C_LENGTH_LESS, /* a page less */
	HFI1C_LENGTH_MORE, /* a page more */
	HFI1C_LENGTH_DOUBLE,
	HFI1C_LENGTH_ZERO,
	HFI1C_LENGTH_UNROUNDED, /* a byte less: the VFS rounds it up */
};

/**
 * struct hfi1c_mapping - one mmap()
 * @region, @scenario: what and where
 * @token_xor: bits of the token to flip
 * @length:    change of the length
 * @prot:      PROT_*
 * @private:   MAP_PRIVATE
 * @access:    O_* of the file
 * @gain:      protections that mprotect() adds afterwards
 * @error:     errno of a refusal by the kernel's own rules, before the driver
 * @check:     clause of the check that must answer, NULL for success
 * @second:    clause of a check that must be violated too, or NULL
 */
struct hfi1c_mapping {
	const struct hfi1c_map_region *region;
	const struct hfi1c_scenario *scenario;
	uint64_t token_xor;
	enum hfi1c_length_change length;
	int prot;
	bool private;
	int access;
	int gain;
	int error;
	const char *check;
	const char *second;
};

/** The locals of the lists that stand before a mapping. */
struct hfi1c_locals_mmap_common;
struct hfi1c_locals_mmap_region;

void hfi1c_run_mapping(const struct hfi1c_case *c);
void hfi1c_run_mapping_twice(const struct hfi1c_case *c);
void hfi1c_run_mapping_gain(const struct hfi1c_case *c);
void hfi1c_run_mapping_foreign(const struct hfi1c_case *c);

/* --- check lists outside the commands ---------------------------------- */

/**
 * struct hfi1c_list - a named list and what realises its locals
 * @name:   in the spec
 * @checks: in order
 */
struct hfi1c_list {
	const char *name;
	const struct hfi1c_check *checks;
	unsigned int check_count;
};

/**
 * struct hfi1c_chain - lists that are gone through one after the other
 * @lists: in order
 * @count: how many
 */
struct hfi1c_chain {
	const struct hfi1c_list *const *lists;
	unsigned int count;
};

/**
 * struct hfi1c_performer - how a chain's locals become a system call
 * @prepare: a valid plan
 * @set:     set a local (or a field of one) to a value
 * @locals:  the struct of locals of the chain's list number @list
 * @perform: make the call; the result
 * @intact:  nothing changed but what the refusal by @check says
 * @size:    of a plan
 *
 * One object hfi1c_performer_<chain> for each chain; a missing one fails the
 * link.
 */
struct hfi1c_performer {
	size_t size;
	void (*prepare)(struct hfi1c_world *w, void *plan);
	void (*set)(struct hfi1c_world *w, void *plan, const char *name,
		    uint64_t value, uint64_t mask);
	const void *(*locals)(struct hfi1c_world *w, void *plan,
			      const char *list);
	long (*perform)(struct hfi1c_world *w, void *plan);
	void (*intact)(struct hfi1c_world *w, void *plan,
		       const struct hfi1c_check *check);
};

/** struct hfi1c_candidate - settings that may violate a check */
struct hfi1c_candidate {
	const struct hfi1c_set *sets;
	unsigned int count;
};

/**
 * struct hfi1c_list_trial - a check of a list, or a pair of them
 * @chain, @performer, @scenario: what and where
 * @check:      clause of the check that must answer, NULL for success
 * @candidates: settings to try until the check is isolated; none: as prepared
 * @provoke:    what the driver alone can tell, brought about by the engine
 * @second, @second_candidates, @second_provoke: the same for a pair
 * @sweep:      which bad pointers to go through
 */
struct hfi1c_list_trial {
	const struct hfi1c_chain *chain;
	const struct hfi1c_performer *performer;
	const struct hfi1c_scenario *scenario;
	const char *check;
	const struct hfi1c_candidate *candidates;
	unsigned int candidate_count;
	void (*provoke)(struct hfi1c_world *w, void *plan);
	const char *second;
	const struct hfi1c_candidate *second_candidates;
	unsigned int second_count;
	void (*second_provoke)(struct hfi1c_world *w, void *plan);
	enum hfi1c_sweep_kind sweep;
};

void hfi1c_run_list(const struct hfi1c_case *c);

/* --- poll and file operations ------------------------------------------ */

/**
 * struct hfi1c_probe - a hand-written call of a family whose rules the spec
 * only names
 * @scenario: where
 * @probe:    makes the call and judges it
 * @mask, @error: what the spec says of the result
 */
struct hfi1c_probe {
	const struct hfi1c_scenario *scenario;
	void (*probe)(struct hfi1c_world *w, const struct hfi1c_probe *p);
	unsigned int mask;
	int error;
};

void hfi1c_run_probe(const struct hfi1c_case *c);

/* --- coverage ---------------------------------------------------------- */

/**
 * struct hfi1c_coverage - what the generated cases cover of one list
 * @list:    command or check list
 * @checks, @covered: ordered checks, and those a case violates
 * @pairs:   pairs i < j
 * @same:    pairs with equal errno, which no caller can tell apart
 * @told:    pairs a case violates together
 * @reasons: one line per check or pair without a case
 */
struct hfi1c_coverage {
	const char *list;
	unsigned int checks;
	unsigned int covered;
	unsigned int pairs;
	unsigned int same;
	unsigned int told;
	const char *const *reasons;
	unsigned int reason_count;
};

/* generated/conformance/coverage.c */
extern const struct hfi1c_coverage hfi1c_coverage[];
extern const unsigned int hfi1c_coverage_count;

/** hfi1c_coverage_print() - the table behind --coverage. */
void hfi1c_coverage_print(FILE *out);

#define HFI1C_COUNT(array) (sizeof(array) / sizeof((array)[0]))

#endif
